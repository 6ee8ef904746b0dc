import { createHash } from 'node:crypto'
import http from 'node:http'
import t from 'tap'
import { createBrowser } from '../../lib/testing'
import { listen } from './raw'
import { API, APP, OTHER, type Script, allow, browse, failureOf, lines, scripted } from './scripted'

/** What Node.js's own type of the argument lacks. */
type Init = RequestInit & { readonly cache?: string, readonly priority?: string }

/** The headers of the last request that a page's `fetch` sends. */
async function sentBy (page: string, input: string | URL | Request, init?: Init, script?: Script) {
  const browser = browse(script)
  await browser.open(page).fetch(input, init)
  return browser.sent.at(-1)?.headers ?? {}
}

t.test('fetch takes a Request, of the page or of Node.js, and init overrides it', async t => {
  const browser = browse()
  const page = browser.open(APP)
  const init = { method: 'PUT', headers: { 'x-a': '1', cookie: 'a=1' }, body: 'x', credentials: 'include', redirect: 'error' } as const
  for (const request of [new Request(API, init), new page.Request(API, init), new page.Request(new Request(API, init))]) {
    t.equal((await page.fetch(request)).status, 200)
    const { method, headers } = browser.sent.at(-1) ?? {}
    t.match({ method, headers }, { method: 'PUT', headers: { 'x-a': '1', 'content-type': 'text/plain;charset=UTF-8', 'content-length': '1' } })
    t.notOk(headers?.cookie)
  }
  await page.fetch(new Request(API, init), { method: 'POST', headers: {}, body: 'ab' })
  t.match(browser.sent.at(-1), { method: 'POST', headers: { 'content-length': '2', 'x-a': undefined } })
})

t.test('a Request can stand in the place of init', async t => {
  const browser = browse()
  const page = browser.open(APP)
  await page.fetch('/x', new Request(API, { method: 'POST', headers: { 'x-a': '1' }, body: 'x' }))
  t.match(browser.sent, [{ method: 'POST', url: `${APP}/x`, headers: { 'x-a': '1', 'content-type': 'text/plain;charset=UTF-8' } }])
  t.equal(browser.sent[0]?.headers['content-length'], undefined, 'the body that it shows is a stream')
})

t.test('null and undefined are no init, and no input is a TypeError', async t => {
  const { fetch } = browse().open(APP)
  for (const init of [null, undefined]) t.equal((await fetch('/x', init as undefined)).status, 200)
  await t.rejects((fetch as unknown as () => Promise<Response>)(), TypeError)
})

t.test('the signal of a Request counts, unless init has another or null', async t => {
  const { fetch } = browse().open(APP)
  const request = new Request(API, { signal: AbortSignal.abort(new Error('enough')) })
  await t.rejects(fetch(request), { message: 'enough' })
  t.equal((await fetch(request, { signal: null })).status, 200)
  await t.rejects(fetch(API, { signal: AbortSignal.abort(new Error('now')) }), { message: 'now' })
})

t.test('the cache mode shows in headers', async t => {
  const cases: [string, Init, string | undefined, string | undefined][] = [
    ['default', {}, undefined, undefined],
    ['no-store', { cache: 'no-store' }, 'no-cache', 'no-cache'],
    ['reload', { cache: 'reload' }, 'no-cache', 'no-cache'],
    ['no-cache', { cache: 'no-cache' }, 'max-age=0', undefined],
    ['force-cache', { cache: 'force-cache' }, undefined, undefined],
    ['a conditional request', { headers: { 'If-None-Match': '"1"' } }, 'no-cache', 'no-cache'],
    ['what the page says instead', { cache: 'no-store', headers: { 'Cache-Control': 'max-age=1', Pragma: 'x' } }, 'max-age=1', 'x']
  ]
  for (const [it, init, control, pragma] of cases) {
    const headers = await sentBy(APP, '/x', init)
    t.strictSame([headers['cache-control'], headers.pragma], [control, pragma], it)
  }
  const preflighted = browse()
  await preflighted.open(APP).fetch(API, { cache: 'no-store' } as Init)
  t.strictSame(lines(preflighted), [`GET ${API} 200`], 'these headers are not the page\'s, so they need no permission')
  const { cause } = await failureOf(browse().open(APP).fetch('/x', { cache: 'only-if-cached', mode: 'same-origin' } as Init))
  t.match(cause, { cause: { message: /no HTTP cache/ } })
})

t.test('a range is asked for without compression', async t => {
  t.equal((await sentBy(APP, '/x', { headers: { Range: 'bytes=0-1' } }))['accept-encoding'], 'identity')
})

t.test('the page\'s Accept-Language is sent in the place of the browser\'s', async t => {
  t.equal((await sentBy(APP, API, { headers: { 'Accept-Language': 'fr' } }))['accept-language'], 'fr')
})

t.test('Referer follows the referrer and its policy', async t => {
  const page = `${APP}/a?b#c`
  const full = `${APP}/a?b`
  const origin = `${APP}/`
  const cases: [string, Init, string, string | undefined][] = [
    ['to the same origin', {}, '/x', full],
    ['to another origin', {}, API, origin],
    ['no-referrer', { referrerPolicy: 'no-referrer' }, '/x', undefined],
    ['origin', { referrerPolicy: 'origin' }, '/x', origin],
    ['same-origin', { referrerPolicy: 'same-origin' }, '/x', full],
    ['same-origin to another', { referrerPolicy: 'same-origin' }, API, undefined],
    ['origin-when-cross-origin', { referrerPolicy: 'origin-when-cross-origin' }, '/x', full],
    ['strict-origin', { referrerPolicy: 'strict-origin' }, '/x', origin],
    ['no-referrer-when-downgrade', { referrerPolicy: 'no-referrer-when-downgrade' }, API, full],
    ['no referrer', { referrer: '' }, '/x', undefined],
    ['another URL of the page\'s origin, without its secrets', { referrer: 'https://u:p@app.example.com/d#e' }, '/x', `${APP}/d`],
    ['a URL of another origin, which does not count', { referrer: OTHER }, '/x', full],
    ['a long one', { referrer: `/${'x'.repeat(5000)}` }, '/x', origin]
  ]
  for (const [it, init, url, referer] of cases) t.equal((await sentBy(page, url, init)).referer, referer, it)
  t.equal((await sentBy('null', API)).referer, undefined, 'a sandboxed page')
  t.equal((await sentBy('capacitor://localhost', API)).referer, undefined, 'an installed application')
  t.equal((await sentBy(page, new Request(API, { referrer: OTHER }))).referer, origin, 'a Request that no page made')
})

t.test('a secure page does not name itself to an insecure server', async t => {
  // An https page may not call one at all, but a page on the machine of the browser may.
  const insecure = 'http://api.test/x'
  const cases: [string, Init, string, string | undefined][] = [
    ['to an insecure one', {}, insecure, undefined],
    ['unsafe-url', { referrerPolicy: 'unsafe-url' }, insecure, 'http://localhost/a?b'],
    ['origin-when-cross-origin to another', { referrerPolicy: 'origin-when-cross-origin' }, insecure, 'http://localhost/'],
    ['strict-origin to an insecure one', { referrerPolicy: 'strict-origin' }, insecure, undefined],
    ['no-referrer-when-downgrade to an insecure one', { referrerPolicy: 'no-referrer-when-downgrade' }, insecure, undefined]
  ]
  for (const [it, init, url, referer] of cases) t.equal((await sentBy('http://localhost/a?b#c', url, init)).referer, referer, it)
})

t.test('a redirect can change the policy of the referrer', async t => {
  const moved = (policy: string): Script => request => request.url === '/x'
    ? { status: 302, headers: allow(request, { location: '/y', 'referrer-policy': policy }) }
    : { headers: allow(request) }
  t.equal((await sentBy(`${APP}/a`, '/x', {}, moved('origin, nonsense'))).referer, `${APP}/`)
  t.equal((await sentBy(`${APP}/a`, '/x', {}, moved('nonsense'))).referer, `${APP}/a`)
  const narrowed: [Init['referrerPolicy'], string | undefined][] = [['unsafe-url', `${APP}/a`], ['origin', `${APP}/`], ['no-referrer', undefined]]
  for (const [referrerPolicy, referer] of narrowed) {
    t.equal((await sentBy(`${APP}/a`, '/x', { referrerPolicy }, moved('unsafe-url'))).referer, referer, `a redirect does not bring back what ${referrerPolicy} left out`)
  }
})

t.test('outside mode cors, the policy of the referrer can hide the origin', async t => {
  const post = async (page: string, url: string, referrerPolicy: Init['referrerPolicy'], mode: 'no-cors' | 'same-origin' | 'cors') =>
    (await sentBy(page, url, { method: 'POST', mode, referrerPolicy })).origin
  t.equal(await post(APP, '/x', 'no-referrer', 'same-origin'), 'null')
  t.equal(await post(APP, '/x', 'no-referrer', 'cors'), APP)
  t.equal(await post(APP, OTHER, 'same-origin', 'no-cors'), 'null')
  t.equal(await post(APP, '/x', 'same-origin', 'no-cors'), APP)
  t.equal(await post(APP, 'http://localhost/', '', 'no-cors'), 'null')
  t.equal(await post(APP, OTHER, '', 'no-cors'), APP)
  t.equal(await post(APP, 'http://localhost/', 'strict-origin', 'no-cors'), 'null')
  t.equal(await post(APP, OTHER, 'unsafe-url', 'no-cors'), APP)
  t.equal(await post('http://app.test', OTHER, '', 'no-cors'), 'http://app.test')
  t.equal((await sentBy(APP, '/x', { mode: 'same-origin' })).origin, undefined)
})

t.test('redirect manual shows that there was a redirect, and nothing else', async t => {
  for (const [url, location] of [[API, '/y'], ['/x', '/y'], ['/x', 'https://'], [API, 'data:,x']] as const) {
    const browser = browse(request => ({ status: 301, headers: allow(request, { location }), body: 'x' }))
    const response = await browser.open(APP).fetch(url, { redirect: 'manual' })
    const { type, status, ok, statusText, body, redirected } = response
    t.strictSame({ type, status, ok, statusText, body, redirected }, { type: 'opaqueredirect', status: 0, ok: false, statusText: '', body: null, redirected: false })
    t.equal(response.url, new URL(url, APP).href)
    t.strictSame([...response.headers], [])
    t.equal(browser.sent.length, 1)
  }
  t.equal((await browse().open(APP).fetch(API, { redirect: 'manual' })).type, 'cors', 'an answer that does not redirect')
  const { cause } = await failureOf(browse(() => ({ status: 301, headers: { location: '/y' } })).open(APP).fetch(API, { redirect: 'manual' }))
  t.equal(cause.code, 'MissingAllowOriginHeader', 'the CORS check comes first')
})

t.test('mode no-cors sends without a preflight, and the page reads nothing', async t => {
  const browser = browse(() => ({ headers: { 'x-a': '1' }, body: 'x' }))
  browser.cookies.set(OTHER, 'a=1; Secure; SameSite=None')
  const headers = { 'Content-Type': 'application/json', Accept: 'text/html', 'X-A': '1', Range: 'bytes=0-1', 'Accept-Language': 'fr' }
  const response = await browser.open(APP).fetch(OTHER, { method: 'POST', mode: 'no-cors', headers, body: 'x', credentials: 'include' })
  const { type, status, url, body } = response
  t.strictSame({ type, status, url, body, text: await response.text() }, { type: 'opaque', status: 0, url: '', body: null, text: '' })
  t.strictSame(lines(browser), [`POST ${OTHER} 200`])
  t.match(browser.sent[0]?.headers, { accept: 'text/html', 'accept-language': 'fr', 'sec-fetch-mode': 'no-cors', origin: APP, cookie: 'a=1' })
  for (const name of ['content-type', 'x-a', 'range']) t.notOk(browser.sent[0]?.headers[name], name)
  t.notOk((await sentBy(APP, OTHER, { mode: 'no-cors' })).origin, 'a GET has no Origin')
  t.equal((await browser.open(APP).fetch('/x', { mode: 'no-cors' })).headers.get('x-a'), '1', 'the page\'s own origin is read')
})

t.test('mode no-cors follows redirects, and fails where a browser fails', async t => {
  const to = (location: string): Script => request => request.url === '/x' ? { status: 302, headers: { location } } : {}
  const chain = browse(to('https://third.test/y'))
  t.equal((await chain.open(APP).fetch(OTHER, { mode: 'no-cors' })).type, 'opaque')
  t.strictSame(lines(chain), [`GET ${OTHER} 302`, 'GET https://third.test/y 200'])
  const refused: [string, Script, Init, RegExp][] = [
    ['redirect manual', () => ({}), { redirect: 'manual' }, /has to follow redirects/],
    ['redirect error', () => ({}), { redirect: 'error' }, /has to follow redirects/],
    ['a redirect to another scheme', to('ftp://x.test'), {}, /ftp:/],
    ['a policy of its own', () => ({ headers: { 'cross-origin-resource-policy': 'same-origin' } }), {}, /Cross-Origin-Resource-Policy/],
    ['a policy of its site', () => ({ headers: { 'cross-origin-resource-policy': 'same-site' } }), {}, /Cross-Origin-Resource-Policy/],
    ['an integrity, since nothing is read', () => ({}), { integrity: 'sha256-x' }, /integrity/]
  ]
  for (const [it, script, init, message] of refused) {
    const { cause } = await failureOf(browse(script).open(APP).fetch(OTHER, { mode: 'no-cors', ...init }))
    t.match(cause, { allowed: false, message, steps: [{ outcome: message, section: /^https:\/\/fetch\.spec\.whatwg\.org\/#/ }] }, it)
  }
  const sites = browse(() => ({ headers: { 'cross-origin-resource-policy': 'same-site' } }))
  t.equal((await sites.open(APP).fetch(API, { mode: 'no-cors' })).type, 'opaque')
  const gone = createBrowser('http://127.0.0.1:1').open(APP).fetch(OTHER, { mode: 'no-cors' })
  t.match((await failureOf(gone)).cause, { cause: { code: 'ECONNREFUSED' } })
})

t.test('integrity is checked, by the strongest algorithm', async t => {
  const hash = (algorithm: string, text = 'body') => `${algorithm}-${createHash(algorithm).update(text).digest('base64')}`
  const { fetch } = browse(request => ({ headers: allow(request), body: 'body' })).open(APP)
  const good = [hash('sha256'), hash('sha384'), `${hash('sha512')}?x`, `${hash('sha256', 'x')} ${hash('sha256')}`, `${hash('sha256', 'x')}  ${hash('sha512')}`, 'md5-x nonsense', ' ']
  for (const integrity of good) t.equal(await (await fetch(API, { integrity })).text(), 'body', integrity)
  for (const integrity of [hash('sha256', 'x'), `${hash('sha256')} ${hash('sha512', 'x')}`, 'sha256-x']) {
    const { cause } = await failureOf(fetch(API, { integrity }))
    t.match(cause, { allowed: false, message: /does not have the integrity/ }, integrity)
  }
  const half = http.createServer((_request, response) => response.writeHead(200, { 'content-length': 9 }).write('x', () => { response.destroy() }))
  const { cause } = await failureOf(createBrowser(await listen(t, half)).open(APP).fetch('/x', { integrity: hash('sha256') }))
  t.match(cause, { message: /broke off/, cause: Error })
})

t.test('keepalive limits the body to 64 KiB', async t => {
  const { fetch } = browse().open(APP)
  const post = async (size: number) => await fetch(API, { method: 'POST', body: 'x'.repeat(size), keepalive: true })
  t.equal((await post(65_536)).status, 200)
  t.match((await failureOf(post(65_537))).cause, { cause: { message: /at most 65536 bytes/ } })
})

t.test('nothing is sent to a bad port, also after a redirect', async t => {
  const browser = browse(request => ({ status: 302, headers: allow(request, { location: 'https://api.example.com:6667/' }) }))
  const page = browser.open(APP)
  for (const port of [25, 6000, 10080]) {
    t.match((await failureOf(page.fetch(`https://api.example.com:${port}/`))).cause, { code: 'InvalidResponse', cause: { message: new RegExp(`port ${port},`) } })
  }
  t.strictSame(lines(browser), [])
  t.match((await failureOf(page.fetch(API))).cause, { cause: { message: /port 6667/ } })
  t.strictSame(lines(browser), [`GET ${API} 302`])
})

t.test('data: URLs are answered without a server', async t => {
  const cases: [string, string, string][] = [
    ['data:,response%27s%20body', 'text/plain;charset=US-ASCII', 'response\'s body'],
    ['data:text/plain;base64,cmVzcG9uc2UncyBib2R5', 'text/plain', 'response\'s body'],
    ['data:text/html;charset=utf-8;BASE64 ,eA', 'text/html;charset=utf-8', 'x'],
    ['data:;charset=x,a,b', 'text/plain;charset=x', 'a,b'],
    ['data:nonsense,%zz%41', 'text/plain;charset=US-ASCII', '%zzA'],
    ['data:;base64,%65A', 'text/plain;charset=US-ASCII', 'x'],
    ['data:,a#b', 'text/plain;charset=US-ASCII', 'a']
  ]
  for (const mode of ['cors', 'same-origin', 'no-cors'] as const) {
    for (const [url, type, text] of cases) {
      const browser = browse()
      const response = await browser.open(APP).fetch(url, { mode })
      t.strictSame([response.status, response.statusText, response.type, response.url], [200, 'OK', 'basic', url.replace(/#.*/, '')], url)
      t.strictSame([response.headers.get('content-type'), await response.text()], [type, text], url)
      t.strictSame(browser.sent, [], url)
    }
  }
  const { fetch } = browse().open(APP)
  t.equal(await (await fetch('data:,x', { method: 'POST', body: 'y' })).text(), 'x')
  t.equal((await fetch('data:,x', { method: 'HEAD' })).body, null)
  for (const url of ['data:x', 'data:;base64,*', 'about:blank', 'blob:nodedata:x', 'file:///x']) {
    t.equal((await failureOf(fetch(url))).cause.code, 'CorsDisabledScheme', url)
  }
})

t.test('blob: URLs are read with GET', async t => {
  const { fetch } = browse().open(APP)
  for (const type of ['text/csv', '', 'text']) {
    const url = URL.createObjectURL(new Blob(['a,b'], { type }))
    const response = await fetch(url)
    t.strictSame([response.type, response.headers.get('content-type'), response.headers.get('content-length'), await response.text()], ['basic', type === 'text' ? '' : type, '3', 'a,b'])
    await failureOf(fetch(url, { method: 'POST' }))
    URL.revokeObjectURL(url)
    await failureOf(fetch(url))
  }
})

t.test('the headers of a response cannot be changed', async t => {
  const response = await browse().open(APP).fetch('/x')
  for (const { headers } of [response, response.clone()]) {
    t.throws(() => { headers.set('x-a', '1') }, TypeError)
    t.throws(() => { headers.append('x-a', '1') }, TypeError)
    t.throws(() => { headers.delete('date') }, TypeError)
  }
  t.doesNotThrow(() => { new Headers(response.headers).set('x-a', '1') })
})

t.test('the bytes of a Location are kept, as in Chromium', async t => {
  const seen: string[] = []
  const server = http.createServer((request, response) => {
    seen.push(String(request.url))
    const headers = { location: Buffer.from('/café').toString('latin1') }
    response.writeHead(request.url === '/x' ? 302 : 200, headers).end()
  })
  await createBrowser(await listen(t, server)).open(APP).fetch('/x')
  t.strictSame(seen, ['/x', '/caf%C3%A9'])
})

t.test('without a body, only POST and PUT send a length, through inject and over a connection', async t => {
  const seen: unknown[] = []
  const script: Script = request => {
    seen.push([request.method, request.headers['content-length'], request.headers['transfer-encoding']])
    return { headers: allow(request) }
  }
  const app = scripted(script)
  t.teardown(() => app.close())
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  for (const server of [app, address]) {
    for (const method of ['PATCH', 'DELETE', 'POST', 'PUT']) await createBrowser(server).open(APP).fetch('/x', { method })
    t.strictSame(seen.splice(0), [['PATCH', undefined, undefined], ['DELETE', undefined, undefined], ['POST', '0', undefined], ['PUT', '0', undefined]])
  }
})

t.test('a Blob and a FormData of another environment are sent as they are', async t => {
  /** As much as jsdom has of it. */
  class ForeignBlob {
    readonly type = 'text/csv'
    get [Symbol.toStringTag] () { return 'Blob' }
    async arrayBuffer () { return new TextEncoder().encode('a,b').buffer }
  }
  class ForeignFile extends ForeignBlob {
    readonly name = 'a.csv'
    override get [Symbol.toStringTag] () { return 'File' }
  }
  class ForeignForm {
    get [Symbol.toStringTag] () { return 'FormData' }
    * [Symbol.iterator] () { yield * [['text', 'x'], ['blob', new ForeignBlob()], ['file', new ForeignFile()]] }
  }
  let received = ''
  const { fetch } = browse(request => {
    received = String(request.body)
    return { headers: allow(request) }
  }).open(APP)
  // The types know only one environment.
  await fetch('/x', { method: 'POST', body: new ForeignForm() as unknown as FormData })
  t.match(received, /name="text"\r\n\r\nx\r\n[^]*name="blob"; filename="blob"\r\nContent-Type: text\/csv\r\n\r\na,b\r\n[^]*name="file"; filename="a\.csv"\r\nContent-Type: text\/csv\r\n\r\na,b\r\n/)
  await fetch('/x', { method: 'POST', body: new ForeignBlob() as unknown as Blob })
  t.equal(received, 'a,b')
})
