import fc from 'fast-check'
import t from 'tap'
import { type BrowserName, browsers } from '../../lib/browser/engines'
import { PreflightCache } from '../../lib/browser/preflight-cache'
import type { Grant } from '../../lib/browser/preflight'
import { type PageInit, type PageRequest, createRequest } from '../../lib/browser/request'

const page = (init: Partial<PageInit> = {}) => createRequest({ origin: 'https://app.test', url: 'https://api.test/x', method: 'PUT', ...init })
const grant = (given: Partial<Grant> = {}): Grant => ({ methods: ['PUT'], headers: [], maxAge: 5, ...given })

function cacheOf (given: Partial<Grant> = {}, init: Partial<PageInit> = {}, browser = browsers.standard): PreflightCache {
  const cache = new PreflightCache(browser)
  cache.store(page(init), grant(given), 0)
  return cache
}

t.test('an empty cache only covers requests that need no preflight', async t => {
  const cache = new PreflightCache(browsers.standard)
  t.equal(cache.covers(page(), 0), false)
  t.equal(cache.covers(page({ method: 'GET', headers: [['x-a', '1']] }), 0), false)
  t.equal(cache.covers(page({ method: 'GET' }), 0), true)
})

t.test('which requests a cached answer covers', async t => {
  const cases: [string, Partial<Grant>, Partial<PageInit>, boolean][] = [
    ['the same again', {}, {}, true],
    ['another method', {}, { method: 'DELETE' }, false],
    ['any method under *', { methods: ['*'] }, { method: 'DELETE' }, true],
    ['another header', {}, { headers: [['x-a', '1']] }, false],
    ['a listed header', { headers: ['x-a'] }, { headers: [['X-A', '1']] }, true],
    ['one of two headers', { headers: ['x-a'] }, { headers: [['X-A', '1'], ['x-b', '1']] }, false],
    ['any header under *', { headers: ['*'] }, { headers: [['X-A', '1'], ['x-b', '1']] }, true],
    ['Authorization under *', { headers: ['*'] }, { headers: [['authorization', '1']] }, false],
    ['Authorization by name', { headers: ['*', 'authorization'] }, { headers: [['authorization', '1']] }, true],
    ['another URL', {}, { url: 'https://api.test/x?y' }, false],
    ['the URL with a fragment', {}, { url: 'https://api.test/x#y' }, false],
    ['a page of another origin', {}, { origin: 'https://b.test' }, false],
    ['a request with credentials', {}, { credentials: 'include' }, false],
    ['a request without credentials', {}, { credentials: 'omit' }, true]
  ]
  for (const [name, given, init, expected] of cases) t.equal(cacheOf(given).covers(page(init), 0), expected, name)
})

t.test('an answer for a request with credentials covers those without, and its * is not a wildcard', async t => {
  const include = { credentials: 'include' } as const
  t.equal(cacheOf({}, include).covers(page(include), 0), true)
  t.equal(cacheOf({}, include).covers(page(), 0), true)
  t.equal(cacheOf({ methods: ['PUT', '*'] }, include).covers(page({ ...include, method: 'DELETE' }), 0), false)
  t.equal(cacheOf({ headers: ['*'] }, include).covers(page({ ...include, headers: [['x-a', '1']] }), 0), false)
})

t.test('WebKit allows Authorization under * from its cache, and Chromium does not', async t => {
  const covers = (name: 'chromium' | 'webkit') => cacheOf({ headers: ['*'] }, {}, browsers[name]).covers(page({ headers: [['authorization', '1']] }), 0)
  t.equal(covers('webkit'), true)
  t.equal(covers('chromium'), false)
})

t.test('a browser that caches whole answers has the last one for each page and URL', async t => {
  const { chromium } = browsers
  const remove = page({ method: 'DELETE' })
  const replaced = cacheOf({}, {}, chromium)
  replaced.store(remove, grant({ methods: ['DELETE'] }), 0)
  t.equal(replaced.covers(remove, 0), true)
  t.equal(replaced.covers(page(), 0), false, 'the answer for PUT is gone')
  const dropped = cacheOf({}, {}, chromium)
  t.equal(dropped.covers(page({ url: 'https://api.test/y' }), 0), false)
  t.equal(dropped.covers(page(), 0), true, 'a request for another URL changes nothing')
  t.equal(dropped.covers(remove, 0), false)
  t.equal(dropped.covers(page(), 0), false, 'a request that it does not cover removes it')
  const failed = cacheOf({}, {}, chromium)
  failed.clear(page())
  t.equal(failed.covers(page(), 0), true, 'a failure does not remove it')
})

t.test('in some cache modes, engines always send a preflight', async t => {
  const rows = [
    ['default', []], ['force-cache', []], ['no-cache', ['chromium']], ['reload', ['chromium', 'firefox']], ['no-store', ['chromium', 'firefox']]
  ] as const
  for (const [cache, engines] of rows) {
    for (const name of ['standard', 'chromium', 'firefox', 'webkit'] as const) {
      const kept = cacheOf({}, {}, browsers[name])
      t.equal(kept.covers(page({ cache }), 0), !engines.some(engine => engine === name), `${cache}, ${name}`)
      t.equal(kept.covers(page(), 0), true, 'it removes nothing')
    }
  }
})

t.test('a conditional request has the cache mode no-store', async t => {
  for (const name of ['If-Match', 'If-Modified-Since', 'If-None-Match', 'If-Range', 'If-Unmodified-Since']) {
    const conditional = page({ headers: [[name, 'x']] })
    const covers = (browser: BrowserName) => cacheOf({ headers: [name.toLowerCase()] }, {}, browsers[browser]).covers(conditional, 0)
    t.strictSame([covers('standard'), covers('webkit'), covers('chromium'), covers('firefox')], [true, true, false, false], name)
  }
})

t.test('Chromium keeps no answer in the cache mode no-store', async t => {
  for (const [name, kept] of [['standard', true], ['chromium', false], ['firefox', true]] as const) {
    t.equal(cacheOf({}, { cache: 'no-store' }, browsers[name]).covers(page(), 0), kept, name)
  }
  t.equal(cacheOf({}, { cache: 'reload' }, browsers.chromium).covers(page(), 0), true, 'in others it does')
})

t.test('opaque origins share cache entries by the standard, and not in Chromium', async t => {
  const sandboxed = page({ origin: 'null' })
  const again = { ...sandboxed, redirectedFrom: [sandboxed.url] }
  const tainted = { ...page(), redirectedFrom: ['https://b.test/'] }
  const covers = (name: 'standard' | 'chromium', stored: PageRequest, asked: PageRequest) => {
    const cache = new PreflightCache(browsers[name])
    cache.store(stored, grant(), 0)
    return cache.covers(asked, 0)
  }
  for (const request of [sandboxed, tainted]) {
    t.equal(covers('standard', request, request), true)
    t.equal(covers('chromium', request, request), false)
  }
  t.equal(covers('chromium', sandboxed, again), true, 'a redirect within one origin keeps the entry')
  t.equal(covers('chromium', page(), tainted), false)
  t.equal(covers('chromium', page(), page()), true)
})

t.test('an entry lasts for its seconds and not a millisecond longer', async t => {
  fc.assert(fc.property(fc.nat(90_000), fc.nat(), fc.nat(100_000_000), (maxAge, stored, later) => {
    const cache = new PreflightCache(browsers.standard)
    cache.store(page(), grant({ maxAge }), stored)
    return cache.covers(page(), stored + later) === (later < maxAge * 1000)
  }))
})

t.test('a later answer replaces an earlier one', async t => {
  const cache = cacheOf({ maxAge: 100 })
  cache.store(page(), grant({ maxAge: 1 }), 0)
  t.equal(cache.covers(page(), 2000), false)
})

t.test('pages of different origins share nothing, even when redirects have made both origins null', async t => {
  const redirected = (origin: string) => ({ ...page({ origin }), redirectedFrom: ['https://b.test/'] })
  const cache = new PreflightCache(browsers.standard)
  cache.store(redirected('https://app.test'), grant(), 0)
  t.equal(cache.covers(redirected('https://other.test'), 0), false)
  t.equal(cache.covers(redirected('https://app.test'), 0), true)
  cache.clear(redirected('https://other.test'))
  t.equal(cache.covers(redirected('https://app.test'), 0), true)
})

t.test('a failure clears the entries of its URL, with and without credentials, and no others', async t => {
  const cache = cacheOf()
  cache.store(page({ credentials: 'include' }), grant(), 0)
  cache.store(page({ url: 'https://api.test/y' }), grant(), 0)
  cache.clear(page())
  t.equal(cache.covers(page(), 0), false)
  t.equal(cache.covers(page({ credentials: 'include' }), 0), false)
  t.equal(cache.covers(page({ url: 'https://api.test/y' }), 0), true)
})

t.test('the entries can be listed by their time of expiry, and cleared', async t => {
  const cache = cacheOf({ methods: ['PUT', '*'], headers: ['x-a', 'x-b'], maxAge: 10 })
  cache.store(page(), grant({ methods: [], headers: ['x-c'], maxAge: 5 }), 1000)
  cache.store(page({ credentials: 'include' }), grant({ methods: ['PUT', '*'], maxAge: 10 }), 0)
  cache.store(page({ url: 'https://api.test/y' }), grant({ maxAge: 0 }), 0)
  const of = { origin: 'https://app.test', url: 'https://api.test/x' }
  const first = { ...of, credentials: false, methods: ['PUT', '*'], headers: ['x-a', 'x-b'] }
  const second = { ...of, credentials: false, methods: [], headers: ['x-c'] }
  const third = { ...of, credentials: true, methods: ['PUT'], headers: [] }
  t.strictSame(cache.entries(1000), [{ ...first, secondsLeft: 9 }, { ...second, secondsLeft: 5 }, { ...third, secondsLeft: 9 }])
  t.strictSame(cache.entries(6000), [{ ...first, secondsLeft: 4 }, { ...third, secondsLeft: 4 }])
  t.strictSame(cache.entries(10_000), [])
  cache.clearAll()
  t.strictSame(cache.entries(0), [])
  t.equal(cache.covers(page(), 0), false)
})

t.test('a method does not cover a header of the same name', async t => {
  t.equal(cacheOf({ methods: ['PUT', 'x-a'] }).covers(page({ headers: [['x-a', '1']] }), 0), false)
  t.equal(cacheOf({ headers: ['own'] }).covers(page({ method: 'own' }), 0), false)
})

t.test('an answer expires at the end of its last second', async t => {
  t.equal(cacheOf().covers(page(), 4999), true)
  t.equal(cacheOf().covers(page(), 5000), false)
})

t.test('a whole answer stays until a request that it does not cover', async t => {
  const cache = cacheOf({}, {}, browsers.chromium)
  t.equal(cache.covers(page(), 0), true)
  t.equal(cache.covers(page(), 0), true)
  t.equal(cache.covers(page({ method: 'DELETE' }), 0), false)
  t.equal(cache.covers(page(), 0), false)
  const entries = cacheOf()
  t.equal(entries.covers(page({ method: 'DELETE' }), 0), false)
  t.equal(entries.covers(page(), 0), true, 'by the standard, the entries stay')
})

t.test('which browsers allow Authorization under * from the cache', async t => {
  const authorized = page({ headers: [['authorization', '1']] })
  for (const [name, covers] of [['standard', false], ['chromium', false], ['firefox', false], ['webkit', true]] as const) {
    t.equal(cacheOf({ headers: ['*'] }, {}, browsers[name]).covers(authorized, 0), covers, name)
  }
})

t.test('which browsers cache whole answers', async t => {
  for (const [name, keeps] of [['standard', true], ['chromium', false], ['firefox', true], ['webkit', false]] as const) {
    const cache = cacheOf({}, {}, browsers[name])
    cache.store(page(), { methods: ['DELETE'], headers: [], maxAge: 5 }, 0)
    t.equal(cache.covers(page(), 0), keeps, name)
  }
})

t.test('what engines keep, and for which requests', async t => {
  const cases: [string, Partial<Grant>, Partial<PageInit>, Partial<PageInit>, Readonly<Record<'standard' | 'chromium' | 'firefox' | 'webkit', boolean>>][] = [
    ['any method under *', { methods: ['*'] }, {}, {}, { standard: true, chromium: true, firefox: false, webkit: true }],
    ['any header under *', { headers: ['*'] }, {}, { method: 'GET', headers: [['x-a', '1']] }, { standard: true, chromium: true, firefox: false, webkit: true }],
    ['HEAD, which is not listed', { headers: ['x-a'] }, {}, { method: 'HEAD', headers: [['x-a', '1']] }, { standard: true, chromium: true, firefox: false, webkit: true }],
    ['without credentials, after an answer for a request with them', { methods: ['PUT'] }, { credentials: 'include' }, {}, { standard: true, chromium: true, firefox: false, webkit: true }],
    ['* without credentials, after an answer for a request with them', { methods: ['*'] }, { credentials: 'include' }, {}, { standard: false, chromium: false, firefox: false, webkit: true }],
    ['an upload of a method that is listed', { methods: ['POST'] }, {}, { method: 'POST', uploadListener: true }, { standard: true, chromium: true, firefox: true, webkit: true }],
    ['an upload of a method that is not listed', { headers: ['x-a'] }, {}, { method: 'POST', uploadListener: true }, { standard: false, chromium: false, firefox: false, webkit: false }]
  ]
  for (const [name, given, stored, asked, expected] of cases) {
    for (const [browser, covers] of Object.entries(expected)) {
      const cache = cacheOf({ methods: [], ...given }, stored, browsers[browser as keyof typeof expected])
      t.equal(cache.covers(page(asked), 0), covers, `${name}: ${browser}`)
    }
  }
})

t.test('Firefox and WebKit look for an answer after a redirect too', async t => {
  const redirected = { ...page({ method: 'GET' }), hasAsked: true }
  for (const [name, covers] of [['standard', true], ['chromium', true], ['firefox', false], ['webkit', false]] as const) {
    t.equal(new PreflightCache(browsers[name]).covers(redirected, 0), covers, name)
    t.equal(cacheOf({ methods: [] }, {}, browsers[name]).covers(redirected, 0), true, `${name}: any answer will do`)
  }
})
