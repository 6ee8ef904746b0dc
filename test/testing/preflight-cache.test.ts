import t from 'tap'
import { API, APP, OTHER, type Script, allow, browse, failureOf, lines } from './scripted'

const put = { method: 'PUT' }
const ASKED = `preflight OPTIONS ${API} 200`
const SENT = `PUT ${API} 200`

const allowFor = (maxAge: string): Script => request => ({ headers: allow(request, { 'access-control-max-age': maxAge }) })

t.test('the answer to a preflight is cached for its seconds, up to the browser\'s cap', async t => {
  const cases = [
    ['60', undefined, 60],
    ['100000', undefined, 7200],
    ['100000', 'firefox', 86_400],
    ['100000', 'webkit', 600],
    ['100000', 'standard', 100_000]
  ] as const
  for (const [maxAge, name, seconds] of cases) {
    const browser = browse(allowFor(maxAge), { browser: name })
    const page = browser.open(APP)
    await page.fetch(API, put)
    browser.advance(seconds - 1)
    await page.fetch(API, put)
    browser.advance(1)
    await page.fetch(API, put)
    t.strictSame(lines(browser), [ASKED, SENT, SENT, ASKED, SENT], `${maxAge} in ${name}`)
  }
})

t.test('without Access-Control-Max-Age it is cached for five seconds of the browser\'s own clock', async t => {
  const browser = browse()
  await browser.open(APP).fetch(API, put)
  t.equal(browser.preflightCache.entries()[0]?.secondsLeft, 5)
})

t.test('the cache can be listed and cleared', async t => {
  const browser = browse(allowFor('60'))
  const page = browser.open(APP)
  await page.fetch(API, { ...put, headers: { 'x-b': '1', 'X-A': '1' } })
  browser.advance(1.5)
  await browser.open('null').fetch(API, { method: 'DELETE', credentials: 'include' })
  const kept = { url: API, methods: ['PUT'], headers: ['x-a', 'x-b'] }
  t.strictSame(browser.preflightCache.entries(), [
    { ...kept, origin: APP, credentials: false, secondsLeft: 58.5 },
    { ...kept, origin: 'null', credentials: true, methods: ['DELETE'], headers: [], secondsLeft: 60 }
  ])
  browser.advance(58.5)
  t.equal(browser.preflightCache.entries().length, 1)
  browser.preflightCache.clear()
  t.strictSame(browser.preflightCache.entries(), [])
  await page.fetch(API, put)
  t.strictSame(lines(browser).slice(-2), [ASKED, SENT])
})

t.test('by the standard, the failure of a request that needs permission clears the entries of its URL', async t => {
  const cases: { it: string, init: object, cleared: boolean }[] = [
    { it: 'when the cache gave it permission', init: put, cleared: true },
    { it: 'when its preflight was refused', init: { method: 'DELETE' }, cleared: true },
    { it: 'but not when it needs no permission', init: {}, cleared: false }
  ]
  for (const { it, init, cleared } of cases) {
    let broken = false
    const browser = browse(request => broken ? {} : allowFor('60')(request), { browser: 'standard' })
    const page = browser.open(APP)
    await page.fetch(API, put)
    await page.fetch(`${API}/y`, put)
    broken = true
    const { cause } = await failureOf(page.fetch(API, init))
    t.equal(cause.preflighted, 'method' in init && init.method === 'DELETE', it)
    t.strictSame(browser.preflightCache.entries().map(({ url }) => url), cleared ? [`${API}/y`] : [API, `${API}/y`], it)
  }
})

t.test('by the standard, a failure after a redirect clears the entries of the last URL', async t => {
  const browser = browse(request => {
    if (request.method === 'PUT' && request.url === '/x') return { status: 303, headers: allow(request, { location: '/y' }) }
    return request.method === 'GET' ? {} : allowFor('60')(request)
  }, { browser: 'standard' })
  const page = browser.open(APP)
  const y = 'https://api.example.com/y'
  await page.fetch(y, put)
  await failureOf(page.fetch(API, put))
  t.strictSame(browser.preflightCache.entries().map(({ url }) => url), [API])
})

t.test('browsers allow Authorization under *, and the standard does not', async t => {
  const script: Script = () => ({ headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' } })
  const init = { headers: { authorization: 'Bearer x' } }
  for (const name of ['chromium', 'firefox', 'webkit'] as const) {
    t.equal((await browse(script, { browser: name }).open(APP).fetch(OTHER, init)).status, 200, name)
  }
  const error = await failureOf(browse(script, { browser: 'standard' }).open(APP).fetch(OTHER, init))
  t.equal(error.cause.code, 'HeaderDisallowedByPreflightResponse')
})
