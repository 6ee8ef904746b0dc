import fc from 'fast-check'
import t from 'tap'
import { type PageInit, createRequest, isForbiddenHeader, normalizeMethod, sendsCredentials, sendsOrigin } from '../../lib/browser/request'

const APP = 'https://app.test'
const API = 'https://api.test/x'

const page = (init: Partial<PageInit> = {}) => createRequest({ origin: APP, url: API, ...init })

t.test('six methods are upper-cased and all others left alone', async t => {
  for (const method of ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']) {
    t.equal(normalizeMethod(method.toLowerCase()), method)
    t.equal(normalizeMethod(method), method)
  }
  for (const method of ['patch', 'Patch', 'PATCH', 'query', 'getx']) t.equal(normalizeMethod(method), method)
})

t.test('what is not asked for has the defaults of fetch', async t => {
  t.same(page(), { origin: APP, method: 'GET', url: API, fragment: '', redirectedFrom: [], headers: [], credentials: 'same-origin', mode: 'cors' })
})

t.test('what a page gets a TypeError for', async t => {
  const cases: [string, Partial<PageInit>][] = [
    ['a forbidden method', { method: 'TRACE' }],
    ['a forbidden method in lower case', { method: 'connect' }],
    ['a method that is no token', { method: 'G ET' }],
    ['no method', { method: '' }],
    ['a name that is no token', { headers: [['x y', '1']] }],
    ['a value of two lines', { headers: [['x', 'a\r\nb']] }],
    ['a value with a zero byte', { headers: [['x', 'a\0']] }],
    ['a value that is no byte string', { headers: [['x', '\u0100']] }],
    ['a password in the URL', { url: 'https://u:p@api.test/' }],
    ['a user name in the URL', { url: 'https://u@api.test/' }],
    ['a password without a user name', { url: 'https://:p@api.test/' }],
    ['no URL', { url: 'https://' }],
    ['a relative URL of a page without a base', { origin: 'null', url: '/x' }]
  ]
  for (const [name, init] of cases) t.throws(() => page(init), TypeError, name)
})

t.test('a URL is resolved, and its fragment kept apart', async t => {
  t.match(page({ url: '/a b#c' }), { url: `${APP}/a%20b`, fragment: '#c' })
  t.match(page({ url: '/a#b#c' }), { url: `${APP}/a`, fragment: '#b#c' })
  t.match(page({ url: '/a#' }), { url: `${APP}/a`, fragment: '' })
  t.equal(page({ origin: 'null', url: API }).url, API)
  t.equal(page({ url: '/a#b#c' }).url, `${APP}/a`)
})

t.test('forbidden headers are dropped in silence, values are trimmed', async t => {
  const headers = page({ headers: [['Cookie', 'a'], ['Sec-X', '1'], ['Proxy-Y', '1'], ['X-A', ' \t1 '], ['X-A', '2'], ['X-HTTP-Method', 'trace']] }).headers
  t.same(headers, [['X-A', '1'], ['X-A', '2']])
})

t.test('headers that name another method are forbidden by their values', async t => {
  for (const name of ['X-HTTP-Method', 'x-http-method-override', 'X-METHOD-OVERRIDE']) {
    for (const value of ['TRACE', 'connect', 'GET, track', 'GET,TRACE ']) t.equal(isForbiddenHeader(name, value), true, value)
    for (const value of ['', 'PUT', 'TRACER', 'GET, PUT']) t.equal(isForbiddenHeader(name, value), false, value)
  }
  t.equal(isForbiddenHeader('x-other', 'TRACE'), false)
  t.equal(isForbiddenHeader('Origin', 'x'), true)
})

t.test('no request that was created has a forbidden header or an untrimmed value', async t => {
  const name = fc.oneof(fc.constantFrom('cookie', 'x-http-method', 'x-a', 'sec-fetch-site', 'accept'), fc.stringMatching(/^[a-z-]{1,9}$/))
  const value = fc.oneof(fc.constantFrom('TRACE', ' a ', 'b'), fc.stringMatching(/^[ -~]{0,9}$/))
  fc.assert(fc.property(fc.array(fc.tuple(name, value)), headers =>
    page({ headers }).headers.every(([name, value]) => !isForbiddenHeader(name, value) && value === value.trim())))
})

t.test('which requests carry credentials and an Origin', async t => {
  t.equal(sendsCredentials(page()), false)
  t.equal(sendsCredentials(page({ credentials: 'include' })), true)
  t.equal(sendsCredentials(page({ url: '/x' })), true)
  t.equal(sendsCredentials(page({ url: '/x', credentials: 'omit' })), false)
  t.equal(sendsOrigin(page()), true)
  t.equal(sendsOrigin(page({ url: '/x' })), false)
  t.equal(sendsOrigin(page({ url: '/x', method: 'HEAD' })), false)
  t.equal(sendsOrigin(page({ url: '/x', method: 'POST' })), true)
})

t.test('a TypeError says what is wrong', async t => {
  const rows: ReadonlyArray<readonly [init: Partial<PageInit>, message: string]> = [
    [{ method: 'G ET' }, '"G ET" is no HTTP method'],
    [{ method: 'trace' }, 'the method trace is forbidden to pages'],
    [{ url: 'https://u:p@api.test/' }, 'a page may not fetch a URL with a user name or password in it'],
    [{ headers: [['x y', '1']] }, '"x y" is no name of a header'],
    [{ headers: [['x-a', 'a\nb']] }, 'the value of x-a has a character that no header may have']
  ]
  for (const [init, message] of rows) t.throws(() => page(init), { message }, message)
})
