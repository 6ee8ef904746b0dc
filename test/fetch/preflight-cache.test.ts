import fc from 'fast-check'
import t from 'tap'
import { browsers } from '../../lib/fetch/browsers'
import { PreflightCache } from '../../lib/fetch/preflight-cache'
import type { Grant } from '../../lib/fetch/preflight-check'
import { type PageInit, createRequest } from '../../lib/fetch/request'

const page = (init: Partial<PageInit> = {}) => createRequest({ origin: 'https://app.test', url: 'https://api.test/x', method: 'PUT', ...init })
const grant = (given: Partial<Grant> = {}): Grant => ({ methods: ['PUT'], headers: [], maxAge: 5, ...given })

function cacheOf (given: Partial<Grant> = {}, init: Partial<PageInit> = {}, browser = browsers.standard): PreflightCache {
  const cache = new PreflightCache(browser)
  cache.store(page(init), grant(given), 0)
  return cache
}

t.test('a cache that knows nothing covers what needs no leave', async t => {
  const cache = new PreflightCache(browsers.standard)
  t.equal(cache.covers(page(), 0), false)
  t.equal(cache.covers(page({ method: 'GET', headers: [['x-a', '1']] }), 0), false)
  t.equal(cache.covers(page({ method: 'GET' }), 0), true)
})

t.test('which requests an answer covers', async t => {
  const cases: [string, Partial<Grant>, Partial<PageInit>, boolean][] = [
    ['the same again', {}, {}, true],
    ['another method', {}, { method: 'DELETE' }, false],
    ['any method, by *', { methods: ['*'] }, { method: 'DELETE' }, true],
    ['another header', {}, { headers: [['x-a', '1']] }, false],
    ['a listed header', { headers: ['x-a'] }, { headers: [['X-A', '1']] }, true],
    ['one of two headers', { headers: ['x-a'] }, { headers: [['X-A', '1'], ['x-b', '1']] }, false],
    ['any header, by *', { headers: ['*'] }, { headers: [['X-A', '1'], ['x-b', '1']] }, true],
    ['Authorization, by *', { headers: ['*'] }, { headers: [['authorization', '1']] }, false],
    ['Authorization, by name', { headers: ['*', 'authorization'] }, { headers: [['authorization', '1']] }, true],
    ['another URL', {}, { url: 'https://api.test/x?y' }, false],
    ['the URL with a fragment', {}, { url: 'https://api.test/x#y' }, true],
    ['another page', {}, { origin: 'https://b.test' }, false],
    ['a request with credentials', {}, { credentials: 'include' }, false],
    ['a request without any', {}, { credentials: 'omit' }, true]
  ]
  for (const [name, given, init, expected] of cases) t.equal(cacheOf(given).covers(page(init), 0), expected, name)
})

t.test('an answer to a request with credentials covers those without, and its * is no wildcard', async t => {
  const include = { credentials: 'include' } as const
  t.equal(cacheOf({}, include).covers(page(include), 0), true)
  t.equal(cacheOf({}, include).covers(page(), 0), true)
  t.equal(cacheOf({ methods: ['PUT', '*'] }, include).covers(page({ ...include, method: 'DELETE' }), 0), false)
  t.equal(cacheOf({ headers: ['*'] }, include).covers(page({ ...include, headers: [['x-a', '1']] }), 0), false)
})

t.test('a browser that lets Authorization pass under * does so from its cache', async t => {
  t.equal(cacheOf({ headers: ['*'] }, {}, browsers.chromium).covers(page({ headers: [['authorization', '1']] }), 0), true)
})

t.test('an entry lives for its seconds and not a millisecond longer', async t => {
  fc.assert(fc.property(fc.nat(90_000), fc.nat(), fc.nat(100_000_000), (maxAge, stored, later) => {
    const cache = new PreflightCache(browsers.standard)
    cache.store(page(), grant({ maxAge }), stored)
    return cache.covers(page(), stored + later) === (later < maxAge * 1000)
  }))
})

t.test('a later answer takes the place of the earlier', async t => {
  const cache = cacheOf({ maxAge: 100 })
  cache.store(page(), grant({ maxAge: 1 }), 0)
  t.equal(cache.covers(page(), 2000), false)
})

t.test('tabs of other sites share nothing', async t => {
  const cache = new PreflightCache(browsers.standard)
  cache.store(page(), grant(), 0, 'https://top.test')
  t.equal(cache.covers(page(), 0), false)
  t.equal(cache.covers(page(), 0, 'https://top.test'), true)
  cache.clear(page())
  t.equal(cache.covers(page(), 0, 'https://top.test'), true)
})

t.test('a failure clears all of its URL, with and without credentials, and no other', async t => {
  const cache = cacheOf()
  cache.store(page({ credentials: 'include' }), grant(), 0)
  cache.store(page({ url: '/y' }), grant(), 0)
  cache.clear(page())
  t.equal(cache.covers(page(), 0), false)
  t.equal(cache.covers(page({ credentials: 'include' }), 0), false)
  t.equal(cache.covers(page({ url: '/y' }), 0), true)
})
