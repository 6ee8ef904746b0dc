import t from 'tap'
import type { FetchInit } from '../../lib/testing'
import { API, APP, OTHER, allow, browse, failureOf, lines } from './scripted'

const AGENT = 'Mozilla/5.0 (fastify-cors-policy)'
const always = { accept: '*/*', 'accept-encoding': 'gzip, deflate, br', 'accept-language': 'en-US,en;q=0.9', 'user-agent': AGENT }
const referer = `${APP}/`
const crossSite = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }
const sameSite = { ...crossSite, 'sec-fetch-site': 'same-site' }

/** The headers of each request that a page's `fetch` sends. */
async function sentBy (page: string, url: string, init?: FetchInit) {
  const browser = browse()
  await browser.open(page).fetch(url, init)
  return browser.sent.map(({ headers }) => headers)
}

t.test('the browser adds its headers', async t => {
  const cases: { it: string, page?: string, url: string, init?: FetchInit, headers: object }[] = [
    {
      it: 'sends Origin to another origin',
      url: API,
      headers: { ...always, ...sameSite, origin: APP, referer, host: 'api.example.com' }
    },
    {
      it: 'says that the request is cross-site, and sends the port',
      url: 'https://other.test:8443/x',
      headers: { ...always, ...crossSite, origin: APP, referer, host: 'other.test:8443' }
    },
    {
      it: 'sends no Origin with a GET to the page\'s own origin',
      url: '/x',
      headers: { ...always, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', referer, host: 'app.example.com' }
    },
    {
      it: 'sends Origin and Content-Length: 0 with a POST to the page\'s own origin',
      url: '/x',
      init: { method: 'post', mode: 'same-origin' },
      headers: { ...always, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'same-origin', 'sec-fetch-dest': 'empty', origin: APP, referer, 'content-length': '0', host: 'app.example.com' }
    },
    {
      it: 'sends no Sec-Fetch-Site to a URL that is not trustworthy, and offers it the old codings only',
      page: 'http://app.test',
      url: 'http://api.test/',
      headers: { ...always, 'accept-encoding': 'gzip, deflate', origin: 'http://app.test', referer: 'http://app.test/', host: 'api.test' }
    },
    {
      it: 'treats another scheme as another site',
      page: 'http://example.com',
      url: API,
      headers: { ...always, ...crossSite, origin: 'http://example.com', referer: 'http://example.com/', host: 'api.example.com' }
    },
    {
      it: 'treats a host with a dot at its end as another site',
      url: 'https://app.example.com./',
      headers: { ...always, ...crossSite, origin: APP, referer, host: 'app.example.com.' }
    },
    {
      it: 'trusts localhost, and treats its ports as one site',
      page: 'http://localhost:5173',
      url: 'http://localhost:3000/',
      headers: { ...always, ...sameSite, origin: 'http://localhost:5173', referer: 'http://localhost:5173/', host: 'localhost:3000' }
    },
    {
      it: 'treats every site as another site in a sandboxed page',
      page: 'null',
      url: API,
      headers: { ...always, ...crossSite, origin: 'null', host: 'api.example.com' }
    },
    {
      it: 'sends the origin of an installed application',
      page: 'capacitor://localhost',
      url: API,
      headers: { ...always, ...crossSite, origin: 'capacitor://localhost', host: 'api.example.com' }
    },
    {
      it: 'keeps the page\'s Accept and drops forbidden headers silently',
      url: API,
      init: { headers: { Accept: 'text/html', Cookie: 'a=1', Origin: 'https://evil.test', Host: 'evil.test', 'Sec-Fetch-Site': 'none' } },
      headers: { ...always, ...sameSite, accept: 'text/html', origin: APP, referer, host: 'api.example.com' }
    }
  ]
  for (const { it, page = APP, url, init, headers } of cases) t.strictSame(await sentBy(page, url, init), [headers], it)
})

t.test('a preflight names the method and the headers, and does not send the page\'s headers', async t => {
  const headers: [string, string][] = [['X-B', '1'], ['Authorization', 'Bearer x'], ['x-b', '2']]
  const [preflight, actual] = await sentBy(APP, API, { method: 'PATCH', headers, credentials: 'include' })
  t.strictSame(preflight, {
    ...always,
    ...sameSite,
    'access-control-request-method': 'PATCH',
    'access-control-request-headers': 'authorization,x-b',
    origin: APP,
    referer,
    host: 'api.example.com'
  })
  t.strictSame(actual, { ...always, ...sameSite, 'x-b': '1, 2', authorization: 'Bearer x', origin: APP, referer, host: 'api.example.com' })
})

t.test('a User-Agent of the page needs a preflight, and Chromium drops it', async t => {
  const init = { method: 'PUT', headers: { 'User-Agent': 'x' } }
  const cases = [['chromium', undefined, AGENT], ['firefox', 'user-agent', 'x']] as const
  for (const [name, asked, sent] of cases) {
    const browser = browse(undefined, { browser: name })
    await browser.open(APP).fetch(API, init)
    t.strictSame(browser.sent.map(({ headers }) => headers['user-agent']), [AGENT, sent], name)
    t.equal(browser.sent[0]?.headers['access-control-request-headers'], asked, name)
  }
})

t.test('fetch takes headers in each of their forms', async t => {
  for (const headers of [{ 'X-A': ' 1 ' }, [['x-a', '1']] as [string, string][], new Headers({ 'x-a': '1' })]) {
    t.equal((await sentBy(APP, API, { headers }))[1]?.['x-a'], '1')
  }
})

t.test('a body gets the type that a browser adds, which may need a preflight', async t => {
  const form = new FormData()
  form.set('a', 'ä')
  const cases: { it: string, init: FetchInit, type?: RegExp, bytes: string | RegExp, preflighted: boolean }[] = [
    { it: 'text', init: { body: 'ä' }, type: /^text\/plain;charset=UTF-8$/, bytes: 'ä', preflighted: false },
    { it: 'empty text', init: { body: '' }, type: /^text\/plain;charset=UTF-8$/, bytes: '', preflighted: false },
    { it: 'a form', init: { body: new URLSearchParams({ a: 'b c' }) }, type: /^application\/x-www-form-urlencoded;charset=UTF-8$/, bytes: 'a=b+c', preflighted: false },
    { it: 'multipart form data', init: { body: form }, type: /^multipart\/form-data; boundary=/, bytes: /name="a"\r\n\r\nä\r\n/, preflighted: false },
    { it: 'bytes', init: { body: new Uint8Array([0x61, 0x62]) }, bytes: 'ab', preflighted: false },
    { it: 'a buffer', init: { body: new TextEncoder().encode('ab').buffer }, bytes: 'ab', preflighted: false },
    { it: 'a blob without a type', init: { body: new Blob(['ab']) }, bytes: 'ab', preflighted: false },
    { it: 'a blob of JSON', init: { body: new Blob(['{}'], { type: 'application/json' }) }, type: /^application\/json$/, bytes: '{}', preflighted: true },
    { it: 'text with a Content-Type of the page', init: { body: '{}', headers: { 'Content-Type': 'application/json' } }, type: /^application\/json$/, bytes: '{}', preflighted: true },
    { it: 'no body', init: { body: null }, bytes: '', preflighted: false }
  ]
  for (const { it, init, type, bytes, preflighted } of cases) {
    let received = ''
    const browser = browse(request => {
      received = String(request.body ?? '')
      return { headers: allow(request) }
    })
    await browser.open(APP).fetch(API, { method: 'POST', ...init })
    const headers = browser.sent.at(-1)?.headers
    t.equal(browser.sent.length, preflighted ? 2 : 1, it)
    if (type === undefined) t.notOk(headers?.['content-type'], it)
    else t.match(headers?.['content-type'], type, it)
    if (typeof bytes === 'string') t.equal(received, bytes, it)
    else t.match(received, bytes, it)
    t.equal(headers?.['content-length'], String(Buffer.byteLength(received)), it)
  }
})

t.test('only POST and PUT send Content-Length: 0 without a body', async t => {
  for (const [method, length] of [['GET'], ['HEAD'], ['DELETE'], ['PATCH'], ['POST', '0'], ['PUT', '0']] as const) {
    t.equal((await sentBy(APP, API, { method })).at(-1)?.['content-length'], length, method)
  }
})

t.test('methods are normalised as in a browser, so patch stays in lower case', async t => {
  const browser = browse()
  const page = browser.open(APP)
  await page.fetch(API, { method: 'put' })
  t.match(await failureOf(page.fetch(API, { method: 'patch' })), { cause: { code: 'MissingAllowOriginHeader' } })
  t.strictSame(lines(browser), [
    `preflight OPTIONS ${API} 200`, `PUT ${API} 200`, `preflight OPTIONS ${API} 200`, `patch ${API} 400`
  ])
})

t.test('the input is a string or a URL, absolute or relative to the page, and loses its fragment', async t => {
  const browser = browse()
  const page = browser.open('https://app.example.com/a/b?c#d')
  t.equal(page.origin, APP)
  for (const input of ['x#y', './x', new URL(`${APP}/a/x`), '/a/x', '//app.example.com/a/x']) {
    t.equal((await page.fetch(input)).url, `${APP}/a/x`)
  }
  t.equal((await page.fetch('//x?a=%20+b&c')).url, 'https://x/?a=%20+b&c')
  t.same(browser.sent.at(-1)?.headers.host, 'x')
})

t.test('fetch does not need this', async t => {
  const { fetch } = browse().open(APP)
  t.equal((await fetch(API)).status, 200)
})

t.test('what a page may not do is another TypeError, and nothing is sent', async t => {
  const cases: [string, unknown, unknown, RegExp][] = [
    ['mode navigate', API, { mode: 'navigate' }, /navigate/],
    ['an unknown mode', API, { mode: 'yes' }, /yes/],
    ['an unknown kind of credentials', API, { credentials: 'yes' }, /same-origin/],
    ['an unknown redirect', API, { redirect: 'yes' }, /manual/],
    ['an unknown cache mode', API, { cache: 'yes' }, /cache/],
    ['only-if-cached in mode cors', API, { cache: 'only-if-cached' }, /only-if-cached/],
    ['a window', API, { window: {} }, /window/],
    ['a signal that is none', API, { signal: {} }, /^the signal of a fetch has to be an AbortSignal$/],
    ['a body with GET', API, { body: 'x' }, /GET/],
    ['a body with HEAD', API, { method: 'head', body: 'x' }, /HEAD/],
    ['a stream without duplex', API, { method: 'POST', body: new Blob(['x']).stream() }, /duplex/],
    ['a stream with keepalive', API, { method: 'POST', body: new Blob(['x']).stream(), duplex: 'half', keepalive: true }, /keepalive/],
    ['a forbidden method', API, { method: 'TRACE' }, /TRACE/],
    ['a method that is not a token', API, { method: 'a b' }, /a b/],
    ['a method without a safelist in mode no-cors', API, { method: 'PUT', mode: 'no-cors' }, /no-cors/],
    ['an init that is not an object', API, 'x', /^the second argument of fetch has to be an object$/],
    ['an invalid header name', API, { headers: { 'a b': '1' } }, /./],
    ['a password in the URL', 'https://u:p@api.test', {}, /credentials/],
    ['an invalid URL', 'https://', {}, /Invalid URL/]
  ]
  for (const [it, input, init, message] of cases) {
    const browser = browse()
    const page = browser.open(APP)
    // The types refuse most of these values, but JavaScript callers have no types.
    const error = await failureOf(page.fetch(input as string, init as FetchInit))
    t.ok(error instanceof TypeError && message.test(error.message), `${it}: ${error.message}`)
    t.strictSame(browser.sent, [], it)
  }
  await t.rejects(browse().open('null').fetch('/x'), TypeError, 'a sandboxed page has no URL to resolve against')
})

t.test('members without an effect on the request have none', async t => {
  const init = { integrity: '', keepalive: true, priority: 'high', referrer: 'about:client', referrerPolicy: '', signal: null, window: null } as const
  t.strictSame(await sentBy(APP, OTHER, init), await sentBy(APP, OTHER))
})

t.test('an aborted fetch rejects with the reason, and sends nothing more', async t => {
  const controller = new AbortController()
  const browser = browse(request => {
    // Aborted before the preflight's answer arrives, so that the actual request is not sent.
    if (request.method === 'OPTIONS') controller.abort(new Error('enough'))
    return { headers: allow(request) }
  })
  await t.rejects(browser.open(APP).fetch(API, { method: 'PUT', signal: controller.signal }), { message: 'enough' })
  await t.rejects(browser.open(APP).fetch(API, { signal: controller.signal }), { message: 'enough' })
  t.strictSame(lines(browser), [`preflight OPTIONS ${API} undefined`])
  const unused = new AbortController()
  t.equal((await browser.open(APP).fetch(API, { signal: unused.signal })).status, 200)
})

t.test('a signal that is aborted already rejects at once', async t => {
  const order: string[] = []
  const fetched = browse().open(APP).fetch(API, { signal: AbortSignal.abort() }).catch(() => order.push('fetch'))
  await Promise.all([fetched, Promise.resolve().then(() => order.push('next'))])
  t.strictSame(order, ['fetch', 'next'])
})

t.test('a misdirected request is sent once more, unless its body cannot be', async t => {
  const misdirected = () => browse(request => ({ status: 421, headers: allow(request, { 'set-cookie': 'a=1; Secure; SameSite=None' }) }))
  const text = misdirected()
  t.equal((await text.open(APP).fetch(API, { method: 'POST', body: 'x', credentials: 'include' })).status, 421)
  t.strictSame(lines(text), [`POST ${API} 421`, `POST ${API} 421`])
  t.strictSame(text.sent.map(({ headers }) => headers.cookie), [undefined, 'a=1'])
  const stream = misdirected()
  t.equal((await stream.open(APP).fetch('/x', { method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' })).status, 421)
  t.strictSame(lines(stream), [`POST ${APP}/x 421`])
})

t.test('a request to the page\'s own origin needs no preflight, whatever its method', async t => {
  const browser = browse()
  await browser.open(APP).fetch('/x', { method: 'PUT', headers: { 'x-a': '1' } })
  t.strictSame(lines(browser), [`PUT ${APP}/x 200`])
})

t.test('null and undefined are no body, even for GET', async t => {
  for (const body of [null, undefined]) t.equal((await browse().open(APP).fetch('/x', { body })).status, 200)
})

t.test('the Sec-Fetch headers of redirected requests, by engine', async t => {
  const own = 'https://app.example.com'
  const site = async (browserName: 'chromium' | 'firefox' | 'webkit', from: string, to: string, method: string) => {
    const browser = browse(request => request.url.startsWith('/go') && request.method !== 'OPTIONS' ? { status: 307, headers: allow(request, { location: to }) } : { headers: allow(request) }, { browser: browserName })
    await browser.open(own).fetch(`${from}/go`, { method })
    return browser.sent.slice(-2).map(({ preflight, headers }) => `${preflight ? 'preflight ' : ''}${headers['sec-fetch-site']}`)
  }
  t.strictSame(await site('chromium', own, API, 'GET'), ['same-origin', 'same-site'])
  t.strictSame(await site('webkit', own, API, 'GET'), ['same-origin', 'undefined'])
  t.strictSame(await site('webkit', own, API, 'PUT'), ['preflight same-site', 'undefined'])
  t.strictSame(await site('firefox', 'https://other.test', `${own}/x`, 'PUT'), ['preflight same-origin', 'cross-site'])
})
