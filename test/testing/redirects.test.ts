import t from 'tap'
import type { FetchInit } from '../../lib/testing'
import { API, APP, OTHER, type Reply, allow, browse, failureOf, lines } from './scripted'

const BACK = `${APP}/x`

type Hops = Readonly<Record<string, Reply>>

/** A server with one reply for each URL, which every origin may read. */
function redirecting (hops: Hops) {
  return browse(request => {
    const url = `${request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'}://${request.host}${request.url}`
    const { status, headers } = hops[request.method === 'OPTIONS' ? `OPTIONS ${url}` : url] ?? {}
    return { status, headers: { ...allow(request), ...headers } }
  })
}

const to = (location: string, status = 302): Reply => ({ status, headers: { location } })

t.test('a chain of redirects sends the right requests and origins', async t => {
  const cases: { it: string, hops: Hops, url?: string, init?: FetchInit, sent: string[], origins: (string | undefined)[] }[] = [
    { it: 'to another path', hops: { [API]: to('/y') }, sent: [`GET ${API} 302`, 'GET https://api.example.com/y 200'], origins: [APP, APP] },
    { it: 'from another origin to a third, which makes the origin null', hops: { [API]: to(OTHER) }, sent: [`GET ${API} 302`, `GET ${OTHER} 200`], origins: [APP, 'null'] },
    { it: 'from the page\'s own origin to another', url: '/x', hops: { [BACK]: to(API) }, sent: [`GET ${BACK} 302`, `GET ${API} 200`], origins: [undefined, APP] },
    { it: 'back to the page\'s own origin, which is then cross-origin too', hops: { [API]: to(BACK) }, sent: [`GET ${API} 302`, `GET ${BACK} 200`], origins: [APP, 'null'] },
    {
      it: 'with a preflight for each request',
      init: { method: 'PUT', body: 'x' },
      hops: { [API]: to(OTHER, 307) },
      sent: [`preflight OPTIONS ${API} 200`, `PUT ${API} 307`, `preflight OPTIONS ${OTHER} 200`, `PUT ${OTHER} 200`],
      origins: [APP, APP, 'null', 'null']
    },
    {
      it: 'where 303 turns PUT into GET, which needs no preflight',
      init: { method: 'PUT', body: 'x' },
      hops: { [API]: to('/y', 303) },
      sent: [`preflight OPTIONS ${API} 200`, `PUT ${API} 303`, 'GET https://api.example.com/y 200'],
      origins: [APP, APP, APP]
    },
    { it: 'a redirect without a Location, which counts as an answer', hops: { [API]: { status: 302 } }, sent: [`GET ${API} 302`], origins: [APP] }
  ]
  for (const { it, hops, url = API, init, sent, origins } of cases) {
    const browser = redirecting(hops)
    const response = await browser.open(APP).fetch(url, init)
    t.strictSame(lines(browser), sent, it)
    t.strictSame(browser.sent.map(({ headers }) => headers.origin), origins, it)
    const last = browser.sent.at(-1)
    t.equal(response.url, last?.url, it)
    t.equal(response.redirected, browser.sent.filter(({ preflight }) => !preflight).length > 1, it)
    t.equal(response.type, 'cors', it)
  }
})

t.test('the body and its type are both kept or both dropped', async t => {
  for (const [status, method, body] of [[301, 'GET', ''], [302, 'GET', ''], [303, 'GET', ''], [307, 'POST', 'x'], [308, 'POST', 'x']] as const) {
    let received
    const browser = browse(request => {
      received = `${request.method} ${String(request.body ?? '')}`
      const headers = allow(request)
      return request.url === '/x' ? { status, headers: { ...headers, location: '/y' } } : { headers }
    })
    const response = await browser.open(APP).fetch(API, { method: 'POST', body: 'x' })
    t.ok(response.redirected)
    t.equal(received, `${method} ${body}`)
    const type = browser.sent[1]?.headers['content-type']
    t.equal(type, method === 'GET' ? undefined : 'text/plain;charset=UTF-8', String(status))
    t.equal(browser.sent[1]?.headers['content-length'], method === 'GET' ? undefined : '1', String(status))
  }
})

t.test('Authorization is not sent to another origin', async t => {
  const browser = redirecting({ [API]: to(OTHER) })
  await browser.open(APP).fetch(API, { headers: { authorization: 'x' } })
  t.strictSame(browser.sent.map(({ headers }) => headers.authorization), [undefined, 'x', undefined])
})

t.test('Sec-Fetch-Site takes every redirect into account', async t => {
  const browser = redirecting({ [BACK]: to(API), [API]: to(OTHER), [OTHER]: to('https://api.example.com/z') })
  await browser.open(APP).fetch('/x')
  t.strictSame(browser.sent.map(({ headers }) => headers['sec-fetch-site']), ['same-origin', 'same-site', 'cross-site', 'cross-site'])
})

t.test('the request that fails explains the failure', async t => {
  const cases: { it: string, hops: Hops, init?: FetchInit, code: string | undefined, message: RegExp }[] = [
    { it: 'a target that does not allow the origin null', hops: { [API]: to(OTHER), [OTHER]: { headers: { 'access-control-allow-origin': APP } } }, code: 'AllowOriginMismatch', message: /null/ },
    { it: 'a target that refuses the preflight', init: { method: 'PUT' }, hops: { [API]: to('/y', 307), 'OPTIONS https://api.example.com/y': { status: 401 } }, code: 'PreflightInvalidStatus', message: /401/ },
    { it: 'another scheme', hops: { [API]: to('ftp://x.test') }, code: 'CorsDisabledScheme', message: /ftp:/ },
    { it: 'a password in the URL', hops: { [API]: to('https://u:p@other.test') }, code: 'RedirectContainsCredentials', message: /other\.test/ },
    { it: 'a loop', hops: { [API]: to(API) }, code: 'InvalidResponse', message: /./ },
    { it: 'another origin in mode same-origin', init: { mode: 'same-origin' }, hops: { [BACK]: to(API) }, code: 'DisallowedByMode', message: /mode 'same-origin'/ },
    { it: 'a redirect with redirect error', init: { redirect: 'error' }, hops: { [API]: to('/y') }, code: undefined, message: /^https:\/\/api\.example\.com\/x redirects, but the page fetched it with redirect 'error'$/ },
    { it: 'a redirect without a Location with redirect error', init: { redirect: 'error' }, hops: { [API]: { status: 301 } }, code: undefined, message: /redirects/ },
    { it: 'a redirect with redirect error that the CORS check blocks first', init: { redirect: 'error' }, hops: { [API]: { status: 301, headers: { 'access-control-allow-origin': 'x' } } }, code: 'InvalidAllowOriginValue', message: /x/ }
  ]
  for (const { it, hops, init, code, message } of cases) {
    const browser = redirecting(hops)
    const url = init?.mode === 'same-origin' ? BACK : API
    const { cause } = await failureOf(browser.open(APP).fetch(url, init))
    t.equal(cause.code, code, it)
    t.equal(cause.allowed, false, it)
    t.match(cause.message, message, it)
  }
})

t.test('an unwanted redirect is the step that failed', async t => {
  const { cause } = await failureOf(redirecting({ [API]: to('/y') }).open(APP).fetch(API, { redirect: 'error' }))
  t.match(cause, {
    fix: /redirect 'follow'/,
    redirectedTo: undefined,
    steps: [
      { step: 'whether the request is cross-origin' },
      { step: 'whether it needs a preflight' },
      { step: 'the CORS check of the response', outcome: 'passed' },
      { step: 'the redirect', outcome: /redirects, but the page/ }
    ]
  })
})

t.test('an unwanted redirect exposes no headers, even without a Location', async t => {
  const nowhere = redirecting({ [API]: { status: 301, headers: { 'access-control-expose-headers': 'x-a', 'x-a': '1' } } })
  const { cause } = await failureOf(nowhere.open(APP).fetch(API, { redirect: 'error' }))
  t.strictSame(cause.exposedHeaders, [])
})

t.test('redirect error allows an answer that does not redirect', async t => {
  t.equal((await redirecting({}).open(APP).fetch(API, { redirect: 'error' })).status, 200)
})

t.test('the step of an unwanted redirect names its section', async t => {
  const { cause } = await failureOf(redirecting({ [API]: to('/y') }).open(APP).fetch(API, { redirect: 'error' }))
  t.strictSame((cause.steps as readonly unknown[]).at(-1), {
    step: 'the redirect',
    section: 'https://fetch.spec.whatwg.org/#http-fetch',
    outcome: `${API} redirects, but the page fetched it with redirect 'error'`
  })
})
