import t from 'tap'
import { type BrowserName, browsers } from '../../lib/browser/engines'
import type { HeaderLines } from '../../lib/browser/header-list'
import { type Grant, checkPreflight, keptGrant, preflightReasons, preflightRequest, sayReason } from '../../lib/browser/preflight'
import { type PageInit, createRequest } from '../../lib/browser/request'

const APP = 'https://app.test'

const page = (init: Partial<PageInit> = {}) => createRequest({ origin: APP, url: 'https://api.test/x', ...init })
const why = (init: Partial<PageInit>) => preflightReasons(page(init), browsers.standard).map(sayReason)

t.test('which requests need a preflight, and why', async t => {
  const cases: [string, Partial<PageInit>, string[]][] = [
    ['a GET does not', {}, []],
    ['a form\'s POST does not', { method: 'post', headers: [['content-type', 'text/plain']] }, []],
    ['no request to the page\'s own origin does', { url: '/x', method: 'PUT', headers: [['x-a', '1']] }, []],
    ['credentials are not a reason', { credentials: 'include' }, []],
    ['a PUT does', { method: 'put' }, ['the method PUT is not safelisted']],
    ['an OPTIONS does', { method: 'OPTIONS' }, ['the method OPTIONS is not safelisted']],
    ['an upload with a listener does', { method: 'POST', uploadListener: true }, ['a listener watches the upload']],
    ['JSON does', { method: 'POST', headers: [['Content-Type', 'application/json']] }, ['the header content-type: application/json is not a type that forms send']],
    ['the method and every header count', { method: 'patch', headers: [['X-B', '1'], ['X-A', '1']] }, ['the method patch is not safelisted', 'the header x-a: it is not safelisted', 'the header x-b: it is not safelisted']]
  ]
  for (const [name, init, reasons] of cases) t.same(why(init), reasons, name)
})

t.test('a preflight has neither the headers nor the credentials of the request', async t => {
  const request = page({ method: 'PUT', credentials: 'include', headers: [['X-B', '1'], ['accept', 'text/html'], ['Authorization', 'secret'], ['x-b', '2']] })
  t.same(preflightRequest(request, browsers.standard), {
    method: 'OPTIONS',
    url: 'https://api.test/x',
    headers: [
      ['accept', '*/*'],
      ['access-control-request-method', 'PUT'],
      ['access-control-request-headers', 'authorization,x-b'],
      ['origin', 'https://app.test']
    ]
  })
})

t.test('a preflight asks for no headers if all are safelisted', async t => {
  t.same(preflightRequest(page({ origin: 'null', method: 'patch' }), browsers.standard).headers, [
    ['accept', '*/*'], ['access-control-request-method', 'patch'], ['origin', 'null']
  ])
})

interface Given {
  readonly method?: string
  readonly page?: HeaderLines
  readonly include?: boolean
  readonly status?: number
  readonly answer?: HeaderLines
  readonly browser?: BrowserName
}

function check ({ method = 'PUT', page = [], include = false, status = 204, answer = [], browser = 'standard' }: Given): string | Grant {
  const request = createRequest({ origin: APP, url: 'https://api.test/', method, headers: page, credentials: include ? 'include' : 'omit' })
  const headers: HeaderLines = [['access-control-allow-origin', APP], ['access-control-allow-credentials', 'true'], ...answer]
  const verdict = checkPreflight(request, { status, headers }, browsers[browser])
  return verdict.ok ? verdict.grant : verdict.code
}

const methods = (value: string): HeaderLines[number] => ['Access-Control-Allow-Methods', value]
const headers = (value: string): HeaderLines[number] => ['Access-Control-Allow-Headers', value]
const maxAge = (value: string): HeaderLines[number] => ['Access-Control-Max-Age', value]

const NO_METHOD = 'MethodDisallowedByPreflightResponse'
const NO_HEADER = 'HeaderDisallowedByPreflightResponse'

t.test('which answers to a preflight refuse the request', async t => {
  const cases: [string, Given, string][] = [
    ['a status outside 200 to 299', { status: 404, answer: [methods('PUT')] }, 'PreflightInvalidStatus'],
    ['a status just below 200', { status: 199, answer: [methods('PUT')] }, 'PreflightInvalidStatus'],
    ['a redirect', { status: 301, answer: [['Location', '/y']] }, 'PreflightDisallowedRedirect'],
    ['a redirect with an empty Location', { status: 301, answer: [['Location', '']] }, 'PreflightDisallowedRedirect'],
    ['a 302 without a Location', { status: 302, answer: [methods('PUT')] }, 'PreflightInvalidStatus'],
    ['no list of methods', {}, NO_METHOD],
    ['another method', { answer: [methods('DELETE')] }, NO_METHOD],
    ['a method in lower case', { answer: [methods('put')] }, NO_METHOD],
    ['the method patch where PATCH is listed', { method: 'patch', answer: [methods('PATCH')] }, NO_METHOD],
    ['* with credentials', { include: true, answer: [methods('*')] }, NO_METHOD],
    ['an item that is not a method', { answer: [methods('PUT, a b')] }, 'InvalidAllowMethodsPreflightResponse'],
    ['an item that is not a method, in Chromium', { answer: [methods('PUT, "DELETE"')], browser: 'chromium' }, 'InvalidAllowMethodsPreflightResponse'],
    ['an item that is not a header name', { answer: [methods('PUT'), headers('x/y')] }, 'InvalidAllowHeadersPreflightResponse'],
    ['no list of headers', { method: 'GET', page: [['x-a', '1']] }, NO_HEADER],
    ['another header', { method: 'GET', page: [['x-a', '1']], answer: [headers('x-b')] }, NO_HEADER],
    ['* for headers with credentials', { method: 'GET', include: true, page: [['x-a', '1']], answer: [headers('*')] }, NO_HEADER],
    ['* for Authorization', { method: 'GET', page: [['Authorization', 'x']], answer: [headers('*')] }, NO_HEADER],
    ['* for Authorization in Chromium, with credentials', { method: 'GET', include: true, page: [['Authorization', 'x']], answer: [headers('*')], browser: 'chromium' }, NO_HEADER]
  ]
  for (const [name, given, expected] of cases) t.equal(check(given), expected, name)
})

t.test('which answers to a preflight allow the request', async t => {
  const cases: [string, Given][] = [
    ['the method', { answer: [methods('DELETE, PUT')] }],
    ['a list on two lines with empty items', { answer: [methods('DELETE,,'), methods(' PUT ')] }],
    ['the highest successful status', { status: 299, answer: [methods('PUT')] }],
    ['the status 200', { status: 200, answer: [methods('PUT')] }],
    ['*', { answer: [methods('*')] }],
    ['a safelisted method that is not listed', { method: 'POST' }],
    ['a method named * with credentials', { method: '*', include: true, answer: [methods('*')] }],
    ['a header in another case', { method: 'GET', page: [['X-Custom', '1']], answer: [headers('x-CUSTOM')] }],
    ['* for headers', { method: 'GET', page: [['x-a', '1'], ['x-b', '1']], answer: [headers('*')] }],
    ['Authorization by name beside *', { method: 'GET', page: [['Authorization', 'x'], ['x-b', '1']], answer: [headers('*, authorization')] }],
    ['* for Authorization in Chromium', { method: 'GET', page: [['Authorization', 'x']], answer: [headers('*')], browser: 'chromium' }],
    ['* for Authorization in Firefox', { method: 'GET', page: [['Authorization', 'x']], answer: [headers('*')], browser: 'firefox' }],
    ['* for Authorization in WebKit', { method: 'GET', page: [['Authorization', 'x']], answer: [headers('*')], browser: 'webkit' }],
    ['a safelisted header that is not listed', { method: 'GET', page: [['accept', 'x']] }]
  ]
  for (const [name, given] of cases) t.type(check(given), 'object', name)
})

t.test('a grant has the listed methods and headers', async t => {
  t.same(check({ answer: [methods('PUT, patch'), headers('X-A, *')] }), { methods: ['PUT', 'patch'], headers: ['x-a', '*'], maxAge: 5 })
})

t.test('each browser reads the maximum age in its own way', async t => {
  const age = (browser: BrowserName, ...values: string[]) => {
    const granted = check({ browser, answer: [methods('PUT'), ...values.map(maxAge)] })
    return typeof granted === 'string' ? granted : granted.maxAge
  }
  const names: BrowserName[] = ['standard', 'chromium', 'firefox', 'webkit']
  const ages = (...values: string[]) => names.map(name => age(name, ...values))
  t.same(ages(), [5, 5, 5, 5], 'absent')
  t.same(ages('0'), [0, 0, 0, 0])
  t.same(ages('600'), [600, 600, 600, 600])
  t.same(ages('100000'), [100000, 7200, 86400, 600], 'limited')
  t.same(ages(''), [5, 5, 5, 5], 'empty')
  for (const malformed of ['soon', '1.5', '1,2', '+', '--5', '6e2', '0x10']) t.same(ages(malformed), [5, 5, 0, 5], malformed)
  t.same(ages('10', '10'), [5, 5, 0, 5], 'twice')
  for (const negative of ['-1', '-0', '-600']) t.same(ages(negative), [5, 0, 0, 0], negative)
})

t.test('a grant does not have what the answer does not list', async t => {
  t.same(check({ answer: [methods('PUT')] }), { methods: ['PUT'], headers: [], maxAge: 5 })
  t.same(check({ method: 'GET', page: [['x-a', '1']], answer: [headers('X-A')] }), { methods: [], headers: ['x-a'], maxAge: 5 })
})

const PAST = 'the request needed one before a redirect'

t.test('a request that needed a preflight needs one after a redirect in Firefox and WebKit', async t => {
  const redirected = { ...page(), redirectedFrom: ['https://b.test/'], hasAsked: true }
  for (const [name, reasons] of [['standard', []], ['chromium', []], ['firefox', [PAST]], ['webkit', [PAST]]] as const) {
    t.strictSame(preflightReasons(redirected, browsers[name]).map(sayReason), reasons, name)
  }
})

t.test('in Firefox a header that a redirect removed needs a preflight without its name', async t => {
  const redirected = { ...page({ headers: [['authorization', 'x']] }), headers: [], redirectedFrom: [`${APP}/x`] }
  for (const [name, reasons] of [['standard', []], ['chromium', []], ['firefox', [PAST]]] as const) {
    t.strictSame(preflightReasons(redirected, browsers[name]).map(sayReason), reasons, name)
  }
  t.strictSame(preflightReasons({ ...redirected, url: `${APP}/y` }, browsers.firefox), [], 'at the own origin it needs none')
})

t.test('after a redirect WebKit asks for what the page set', async t => {
  const redirected = { ...page({ headers: [['authorization', 'x']] }), headers: [], hasAsked: true }
  const asked = (name: BrowserName) => new Map(preflightRequest(redirected, browsers[name]).headers).get('access-control-request-headers')
  t.equal(asked('webkit'), 'authorization')
  t.equal(asked('firefox'), undefined)
})

t.test('in Firefox the preflight has the origin of the page, and at that origin needs no CORS headers', async t => {
  const tainted = { ...page({ method: 'PUT', url: `${APP}/x` }), redirectedFrom: ['https://a.test/'] }
  const answer = { status: 204, headers: [['access-control-allow-methods', 'PUT']] as const }
  for (const [name, origin, code] of [['standard', 'null', 'PreflightMissingAllowOriginHeader'], ['firefox', APP, undefined]] as const) {
    t.equal(new Map(preflightRequest(tainted, browsers[name]).headers).get('origin'), origin, name)
    const checked = checkPreflight(tainted, answer, browsers[name])
    t.equal(checked.ok ? undefined : checked.code, code, name)
  }
})

t.test('WebKit keeps answers that do not allow what was asked about', async t => {
  const answer = (headers: HeaderLines) => ({ status: 204, headers: [['access-control-allow-origin', APP] as const, ...headers] })
  const kept = (name: BrowserName, headers: HeaderLines) => keptGrant(page({ method: 'PUT', headers: [['x-a', '1']] }), answer(headers), browsers[name])?.methods
  t.strictSame(kept('standard', [methods('PUT'), headers('x-a')]), ['PUT'])
  for (const list of [[methods('DELETE'), headers('x-a')], [methods('DELETE')]]) {
    t.equal(kept('standard', list), undefined)
    t.strictSame(kept('webkit', list), ['DELETE'])
  }
  t.equal(kept('webkit', [methods('a b')]), undefined)
})

t.test('an upload with a listener is remembered if no methods are listed', async t => {
  const allowed = { status: 204, headers: [['access-control-allow-origin', APP]] as const }
  t.strictSame(keptGrant(page({ method: 'POST', uploadListener: true }), allowed, browsers.standard)?.methods, ['POST'])
  t.strictSame(keptGrant(page({ method: 'POST' }), allowed, browsers.standard)?.methods, [])
})
