import fc from 'fast-check'
import t from 'tap'
import { type PageInit, createRequest, sendsCredentials, sendsOrigin } from '../../lib/browser/request'

const APP = 'https://app.test'
const API = 'https://api.test/x'

const page = (init: Partial<PageInit> = {}) => createRequest({ origin: APP, url: API, ...init })

t.test('six methods are normalised to upper case, and no other', async t => {
  for (const method of ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']) {
    t.equal(page({ method: method.toLowerCase() }).method, method)
    t.equal(page({ method }).method, method)
  }
  for (const method of ['patch', 'Patch', 'PATCH', 'query', 'getx']) t.equal(page({ method }).method, method)
})

t.test('members that are left out have the defaults of fetch', async t => {
  t.same(page(), { origin: APP, method: 'GET', url: API, fragment: '', redirectedFrom: [], headers: [], pageHeaders: [], pageMethod: 'GET', credentials: 'same-origin', mode: 'cors', cache: 'default', pageAddressSpace: undefined, hasUploadListener: false, hasAsked: false, keepsOrigin: false, streamsBody: false })
})

t.test('an invalid request is a TypeError', async t => {
  const cases: [string, Partial<PageInit>][] = [
    ['a forbidden method', { method: 'TRACE' }],
    ['a forbidden method in lower case', { method: 'connect' }],
    ['a method that is not a token', { method: 'G ET' }],
    ['an empty method', { method: '' }],
    ['a header name that is not a token', { headers: [['x y', '1']] }],
    ['a header value of two lines', { headers: [['x', 'a\r\nb']] }],
    ['a header value with a zero byte', { headers: [['x', 'a\0']] }],
    ['a header value that is not a byte string', { headers: [['x', '\u0100']] }],
    ['a password in the URL', { url: 'https://u:p@api.test/' }],
    ['a user name in the URL', { url: 'https://u@api.test/' }],
    ['a password without a user name', { url: 'https://:p@api.test/' }],
    ['an invalid URL', { url: 'https://' }],
    ['a relative URL in a page without a URL', { origin: 'null', url: '/x' }]
  ]
  for (const [name, init] of cases) t.throws(() => page(init), TypeError, name)
})

t.test('a URL is resolved, and its fragment is kept apart', async t => {
  t.match(page({ url: '/a b#c' }), { url: `${APP}/a%20b`, fragment: '#c' })
  t.match(page({ url: '/a#b#c' }), { url: `${APP}/a`, fragment: '#b#c' })
  t.match(page({ url: '/a#' }), { url: `${APP}/a`, fragment: '' })
  t.equal(page({ origin: 'null', url: API }).url, API)
  t.equal(page({ url: '/a#b#c' }).url, `${APP}/a`)
})

t.test('forbidden headers are dropped silently, and values are trimmed', async t => {
  const headers = page({ headers: [['Cookie', 'a'], ['Sec-X', '1'], ['Proxy-Y', '1'], ['X-A', ' \t1 '], ['X-A', '2'], ['X-HTTP-Method', 'trace']] }).headers
  t.same(headers, [['X-A', '1'], ['X-A', '2']])
})

const keeps = (name: string, value: string) => page({ headers: [[name, value]] }).headers.length > 0

t.test('headers that override the method are forbidden if they name a forbidden method', async t => {
  for (const name of ['X-HTTP-Method', 'x-http-method-override', 'X-METHOD-OVERRIDE']) {
    for (const value of ['TRACE', 'connect', 'GET, track', 'GET,TRACE ']) t.equal(keeps(name, value), false, value)
    for (const value of ['', 'PUT', 'TRACER', 'GET, PUT']) t.equal(keeps(name, value), true, value)
  }
  t.equal(keeps('x-other', 'TRACE'), true)
  t.equal(keeps('Origin', 'x'), false)
})

t.test('no request has a forbidden header or an untrimmed value', async t => {
  const name = fc.oneof(fc.constantFrom('cookie', 'x-http-method', 'x-a', 'sec-fetch-site', 'accept'), fc.stringMatching(/^[a-z-]{1,9}$/))
  const value = fc.oneof(fc.constantFrom('TRACE', ' a ', 'b'), fc.stringMatching(/^[ -~]{0,9}$/))
  fc.assert(fc.property(fc.array(fc.tuple(name, value)), headers =>
    page({ headers }).headers.every(([name, value]) => keeps(name, value) && value === value.trim())))
})

t.test('credentials and Origin are sent as the mode and the URL ask for', async t => {
  t.equal(sendsCredentials(page()), false)
  t.equal(sendsCredentials(page({ credentials: 'include' })), true)
  t.equal(sendsCredentials(page({ url: '/x' })), true)
  t.equal(sendsCredentials(page({ url: '/x', credentials: 'omit' })), false)
  t.equal(sendsOrigin(page()), true)
  t.equal(sendsOrigin(page({ url: '/x' })), false)
  t.equal(sendsOrigin(page({ url: '/x', method: 'HEAD' })), false)
  t.equal(sendsOrigin(page({ url: '/x', method: 'POST' })), true)
})

t.test('the TypeError says what is wrong', async t => {
  const rows: ReadonlyArray<readonly [init: Partial<PageInit>, message: string]> = [
    [{ method: 'G ET' }, '"G ET" is not an HTTP method'],
    [{ method: 'trace' }, 'a page may not use the method trace'],
    [{ url: 'https://u:p@api.test/' }, 'a page may not fetch a URL that contains a user name or password'],
    [{ headers: [['x y', '1']] }, '"x y" is not a header name'],
    [{ headers: [['x-a', 'a\nb']] }, 'the value of x-a contains a character that no header may contain']
  ]
  for (const [init, message] of rows) t.throws(() => page(init), { message }, message)
})
