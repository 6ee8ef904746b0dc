import t from 'tap'
import type { BrowserName, FetchInit } from '../../lib/testing'
import { browsers } from '../../lib/browser/engines'
import { Cookies } from '../../lib/testing/cookies'
import { API, APP, OTHER, allow, browse, failureOf } from './scripted'

const include = { credentials: 'include' } as const

/** The `Cookie` header of each request that a page's `fetch` sends. */
async function cookiesSent (set: readonly (readonly [url: string, line: string])[], page: string, url: string, init?: FetchInit) {
  const browser = browse()
  for (const [at, line] of set) browser.cookies.set(at, line)
  await browser.open(page).fetch(url, init)
  return browser.sent.map(({ headers }) => headers.cookie)
}

t.test('which cookies a request carries', async t => {
  const none = 'a=1; Secure; SameSite=None'
  const cases: { it: string, at?: string, line: string, page?: string, url?: string, init?: FetchInit, sent: string | undefined }[] = [
    { it: 'the site\'s cookie, to another origin of the site', line: 'a=1', init: include, sent: 'a=1' },
    { it: 'the site\'s cookie with SameSite=Strict', line: 'a=1; SameSite=Strict', init: include, sent: 'a=1' },
    { it: 'no cookie without credentials', line: 'a=1', sent: undefined },
    { it: 'the page\'s own origin\'s cookie, by default', at: APP, line: 'a=1', url: '/x', sent: 'a=1' },
    { it: 'no cookie with credentials omit', at: APP, line: 'a=1', url: '/x', init: { credentials: 'omit' }, sent: undefined },
    { it: 'no Lax cookie to another site', at: OTHER, line: 'a=1; SameSite=Lax', url: OTHER, init: include, sent: undefined },
    { it: 'no Strict cookie to another site', at: OTHER, line: 'a=1; SameSite=Strict', url: OTHER, init: include, sent: undefined },
    { it: 'a cookie without SameSite counts as Lax', at: OTHER, line: 'a=1', url: OTHER, init: include, sent: undefined },
    { it: 'a cookie with an unknown SameSite counts as Lax', at: OTHER, line: 'a=1; SameSite=x; Secure', url: OTHER, init: include, sent: undefined },
    { it: 'a None cookie to another site', at: OTHER, line: none, url: OTHER, init: include, sent: 'a=1' },
    { it: 'no None cookie without credentials', at: OTHER, line: none, url: OTHER, sent: undefined },
    { it: 'no Lax cookie over https from the site\'s page over http', line: 'a=1', page: 'http://app.example.com', init: include, sent: undefined },
    { it: 'no Lax cookie from a sandboxed page', line: 'a=1', page: 'null', init: include, sent: undefined },
    { it: 'a None cookie from a sandboxed page', line: none, page: 'null', init: include, sent: 'a=1' },
    { it: 'no Lax cookie between two sites under one public suffix', at: 'https://a.github.io', line: 'a=1', page: 'https://b.github.io', url: 'https://a.github.io', init: include, sent: undefined },
    { it: 'a Lax cookie between ports of one host', at: 'http://localhost:3000', line: 'a=1', page: 'http://localhost:5173', url: 'http://localhost:3000', init: include, sent: 'a=1' },
    { it: 'a Lax cookie between ports of a host without a dot', at: 'http://test', line: 'a=1', page: 'http://test:8080', url: 'http://test', init: include, sent: 'a=1' },
    { it: 'a Lax cookie between hosts under a top-level domain that does not exist', at: 'http://a.app.test', line: 'a=1', page: 'http://b.app.test', url: 'http://a.app.test', init: include, sent: 'a=1' },
    { it: 'no Lax cookie between two addresses', at: 'http://127.0.0.1', line: 'a=1', page: 'http://127.0.0.2', url: 'http://127.0.0.1', init: include, sent: undefined },
    { it: 'a Lax cookie between ports of one address', at: 'http://127.0.0.1', line: 'a=1', page: 'http://127.0.0.1:3000', url: 'http://127.0.0.1', init: include, sent: 'a=1' },
    { it: 'a cookie of the domain', at: APP, line: 'a=1; Domain=example.com', init: include, sent: 'a=1' },
    { it: 'no cookie of another host of the domain', at: APP, line: 'a=1', init: include, sent: undefined },
    { it: 'no cookie of the parent host without Domain', at: 'https://example.com', line: 'a=1; Path=/', init: include, sent: undefined },
    { it: 'no cookie of another path', line: 'a=1; Path=/y', init: include, sent: undefined },
    { it: 'no Secure cookie over http', at: 'https://example.com', line: 'a=1; Secure', page: 'http://example.com', url: '/x', sent: undefined },
    { it: 'the value as it was set', line: 'a="b c"; HttpOnly; Path=/', init: include, sent: 'a="b c"' }
  ]
  for (const { it, at = API, line, page = APP, url = API, init, sent } of cases) {
    t.strictSame(await cookiesSent([[at, line]], page, url, init), [sent], it)
  }
})

t.test('several cookies make one header, longest path first, and a preflight has none', async t => {
  const set = [[API, 'a=1; Path=/'], [API, 'b=2; Path=/x'], [API, 'c=3; Path=/']] as const
  t.strictSame(await cookiesSent(set, APP, API, { ...include, method: 'PUT' }), [undefined, 'b=2; a=1; c=3'])
})

t.test('which cookies of a response are kept, whether the page may read it or not', async t => {
  const cases: { it: string, line: string, url?: string, init?: FetchInit, kept: string[] }[] = [
    { it: 'a cookie of the site', line: 'a=1', init: include, kept: ['a'] },
    { it: 'no cookie without credentials', line: 'a=1', kept: [] },
    { it: 'no Lax cookie of another site', line: 'a=1', url: OTHER, init: include, kept: [] },
    { it: 'a None cookie of another site', line: 'a=1; SameSite=None; Secure', url: OTHER, init: include, kept: ['a'] },
    { it: 'no None cookie that is not Secure', line: 'a=1; SameSite=None', init: include, kept: [] },
    { it: 'no cookie for a foreign domain', line: 'a=1; Domain=other.test', init: include, kept: [] },
    { it: 'no cookie for a public suffix', line: 'a=1; Domain=com', init: include, kept: [] },
    { it: 'no cookie that breaks the rule of its prefix', line: '__Host-a=1; Secure; Path=/y', init: include, kept: [] },
    { it: 'a cookie that keeps the rule of its prefix', line: '__Host-a=1; Secure; Path=/', init: include, kept: ['__Host-a'] },
    { it: 'nothing that is not a cookie', line: ';', init: include, kept: [] }
  ]
  for (const { it, line, url = API, init, kept } of cases) {
    for (const readable of [true, false]) {
      const browser = browse(request => ({ headers: { ...readable && allow(request), 'set-cookie': [line, 'b; SameSite=None'] } }))
      const fetched = browser.open(APP).fetch(url, init)
      if (readable) await fetched
      else await failureOf(fetched)
      t.strictSame(browser.cookies.list().map(({ name }) => name), kept, it)
    }
  }
})

t.test('each request in a chain of redirects sends and receives cookies', async t => {
  const browser = browse(request => {
    const headers = allow(request, { 'set-cookie': [`${request.url.slice(1)}=1`] })
    return request.url === '/a' ? { status: 302, headers: { ...headers, location: '/b' } } : { headers }
  })
  const page = browser.open(APP)
  await page.fetch('/a')
  t.strictSame(browser.sent.map(({ headers }) => headers.cookie), [undefined, 'a=1'])
  t.strictSame(browser.cookies.list().map(({ name }) => name), ['a', 'b'])
})

t.test('the browser lists its cookies', async t => {
  const browser = browse()
  const { cookies } = browser
  cookies.set('https://api.example.com/x/y', 'a=1')
  cookies.set(API, 'b=2; Domain=example.com; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=60')
  cookies.set(API, 'c=3; SameSite=strict; Expires=Thu, 01 Jan 2099 00:00:00 GMT')
  const [a, b, c] = cookies.list()
  t.strictSame(a, { name: 'a', value: '1', domain: 'api.example.com', path: '/x', hostOnly: true, secure: false, httpOnly: false, sameSite: 'Lax', expires: undefined, partition: undefined })
  t.match(b, { name: 'b', value: '2', domain: 'example.com', path: '/', hostOnly: false, secure: true, httpOnly: true, sameSite: 'None', expires: Date })
  t.match(c, { sameSite: 'Strict' })
  t.equal(Number(c?.expires) - Number(b?.expires), 400 * 86_400_000 - 60_000, 'no cookie is kept for longer than 400 days')
  cookies.clear()
  t.strictSame(cookies.list(), [])
})

t.test('cookies expire by the browser\'s clock, however often they are used', async t => {
  const browser = browse()
  const page = browser.open(APP)
  const names = () => browser.cookies.list().map(({ name }) => name)
  browser.cookies.set(APP, 'a=1; Max-Age=60')
  browser.cookies.set(APP, 'b=2')
  browser.cookies.set(APP, 'c=3; Max-Age=0')
  browser.cookies.set(APP, `d=4; Max-Age=${'9'.repeat(400)}`)
  browser.cookies.set(APP, 'e=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT')
  t.strictSame(names(), ['a', 'b', 'd'])
  browser.advance(59)
  await page.fetch('/x')
  browser.advance(1)
  t.strictSame(names(), ['b', 'd'])
  await page.fetch('/x')
  browser.advance(400 * 86_400)
  await page.fetch('/x')
  t.strictSame(browser.sent.map(({ headers }) => headers.cookie), ['a=1; b=2; d=4', 'b=2; d=4', 'b=2'])
  browser.cookies.set(APP, 'b=; Max-Age=0')
  t.strictSame(names(), [])
})

t.test('setting a cookie that a browser would not keep is a TypeError', async t => {
  const cases: [string, string, RegExp][] = [
    [API, '', /it is not a cookie$/],
    [API, 'a=1; SameSite=None', /SameSite=None needs Secure$/],
    ['http://api.test', 'a=1; Secure', /not a secure connection/],
    [API, 'a=1; Domain=other.test', /^a browser would not keep the cookie "a=1; Domain=other\.test" of https:\/\/api\.example\.com\/x: .*not in this host's domain/],
    [API, '__Secure-a=1', /__Secure/],
    ['nonsense', 'a=1', /Invalid URL/]
  ]
  for (const [url, line, message] of cases) t.throws(() => { browse().cookies.set(url, line) }, { name: 'TypeError', message }, line)
})

t.test('the error names the SameSite of a cookie that another site may not set', async t => {
  const cases: [string, string][] = [['a=1; SameSite=Strict', 'Strict'], ['a=1; SameSite=Lax', 'Lax'], ['a=1', 'Lax']]
  for (const [line, level] of cases) {
    const cookies = new Cookies(browsers.chromium, Date.now)
    t.throws(() => { cookies.store('https://other.test', API, line) }, { message: `a request from another site cannot set a cookie with SameSite=${level}` }, line)
  }
})

t.test('a cookie of a domain is sent to its hosts and to no other', async t => {
  const line = 'a=1; Domain=example.com; Secure; SameSite=None'
  for (const [url, sent] of [[API, 'a=1'], ['https://example.com/', 'a=1'], [OTHER, undefined], ['https://notexample.com/', undefined]] as const) {
    t.strictSame(await cookiesSent([[API, line]], APP, url, include), [sent], url)
  }
})

t.test('each engine has its rules for cookies to another site', async t => {
  const none = 'SameSite=None; Secure'
  /** A page of the server sets `a` to `d`, a page of another site `e` to `h`; then what arrives from these pages and a third. */
  const arrives = async (browser: BrowserName) => {
    let letter = 96
    const lines = (...attributes: string[]) => attributes.map(each => `${String.fromCharCode(++letter)}=1${each}`)
    const attributes = ['', '; SameSite=None', `; ${none}`, `; ${none}; Partitioned`]
    let set: string[] = []
    const tested = browse(request => ({ headers: { ...allow(request), 'set-cookie': set } }), { browser })
    const call = async (page: string) => {
      await tested.open(page).fetch(API, include)
      return tested.sent.at(-1)?.headers.cookie
    }
    for (const page of [API, OTHER]) {
      set = lines(...attributes)
      await call(page)
    }
    set = []
    return { own: await call(API), http: await call('http://api.example.com'), other: await call(OTHER), third: await call('https://third.test'), cookies: tested.cookies }
  }
  for (const [browser, expected] of [
    ['standard', { own: 'a=1; c=1; d=1; g=1', http: 'c=1; g=1', other: 'c=1; g=1; h=1', third: 'c=1; g=1' }],
    ['chromium', { own: 'a=1; c=1; d=1; g=1', http: 'c=1; g=1', other: 'c=1; g=1; h=1', third: 'c=1; g=1' }],
    ['firefox', { own: 'a=1; c=1; d=1', http: 'a=1; c=1', other: 'e=1; g=1; h=1', third: undefined }],
    ['webkit', { own: 'a=1; b=1; c=1; d=1', http: 'a=1; b=1; c=1; d=1', other: undefined, third: undefined }]
  ] as const) {
    const { cookies, ...seen } = await arrives(browser)
    t.strictSame(seen, expected, browser)
    const partitions = cookies.list().map(({ name, sameSite, partition }) => `${name} ${sameSite} ${partition}`)
    if (browser === 'chromium') t.strictSame(partitions, ['a Lax undefined', 'c None undefined', 'd None https://example.com', 'g None undefined', 'h None https://other.test'])
    if (browser === 'firefox') t.match(partitions, ['a None undefined', 'c None undefined', 'd None https://example.com', 'e None https://other.test'])
    cookies.clear()
    t.strictSame(cookies.list(), [])
  }
})

t.test('what a browser does not keep of another site, and not as partitioned', async t => {
  const kept = (name: BrowserName, line: string) => () => { new Cookies(browsers[name], Date.now).store('https://other.test', API, line) }
  t.throws(kept('webkit', 'a=1; SameSite=None; Secure'), { message: 'the browser blocks third-party cookies' })
  t.throws(kept('chromium', 'a=1; SameSite=None; Partitioned'), { message: 'SameSite=None needs Secure' })
  t.throws(kept('firefox', 'a=1; Partitioned'), { message: 'Partitioned needs Secure' })
  t.doesNotThrow(kept('firefox', 'a=1'))
  t.throws(() => { browse().cookies.set(API, 'a=1; Partitioned') }, { message: /Partitioned needs Secure$/ })
  t.doesNotThrow(() => { browse(undefined, { browser: 'webkit' }).cookies.set(API, 'a=1; Partitioned') })
})
