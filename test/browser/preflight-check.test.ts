import t from 'tap'
import { type BrowserName, browsers } from '../../lib/browser/engines'
import type { HeaderList } from '../../lib/browser/header-list'
import { type Grant, checkPreflight } from '../../lib/browser/preflight-check'
import { createRequest } from '../../lib/browser/request'

const APP = 'https://app.test'

interface Given {
  readonly method?: string
  readonly page?: HeaderList
  readonly include?: boolean
  readonly status?: number
  readonly answer?: HeaderList
  readonly browser?: BrowserName
}

function check ({ method = 'PUT', page = [], include = false, status = 204, answer = [], browser = 'standard' }: Given): string | Grant {
  const request = createRequest({ origin: APP, url: 'https://api.test/', method, headers: page, credentials: include ? 'include' : 'omit' })
  const headers: HeaderList = [['access-control-allow-origin', APP], ['access-control-allow-credentials', 'true'], ...answer]
  const verdict = checkPreflight(request, { status, headers }, browsers[browser])
  return verdict.ok ? verdict.grant : verdict.code
}

const methods = (value: string): HeaderList[number] => ['Access-Control-Allow-Methods', value]
const headers = (value: string): HeaderList[number] => ['Access-Control-Allow-Headers', value]
const maxAge = (value: string): HeaderList[number] => ['Access-Control-Max-Age', value]

const NO_METHOD = 'MethodDisallowedByPreflightResponse'
const NO_HEADER = 'HeaderDisallowedByPreflightResponse'

t.test('what refuses', async t => {
  const cases: [string, Given, string][] = [
    ['a status outside 200 to 299', { status: 404, answer: [methods('PUT')] }, 'PreflightInvalidStatus'],
    ['a status below', { status: 199, answer: [methods('PUT')] }, 'PreflightInvalidStatus'],
    ['a redirect', { status: 301, answer: [['Location', '/y']] }, 'PreflightDisallowedRedirect'],
    ['a redirect with an empty Location', { status: 301, answer: [['Location', '']] }, 'PreflightDisallowedRedirect'],
    ['what Chromium takes for no redirect', { status: 301, answer: [['Location', '']], browser: 'chromium' }, 'PreflightInvalidStatus'],
    ['a 302 that leads nowhere', { status: 302, answer: [methods('PUT')] }, 'PreflightInvalidStatus'],
    ['no list of methods', {}, NO_METHOD],
    ['another method', { answer: [methods('DELETE')] }, NO_METHOD],
    ['a method in lower case', { answer: [methods('put')] }, NO_METHOD],
    ['patch under PATCH', { method: 'patch', answer: [methods('PATCH')] }, NO_METHOD],
    ['* with credentials', { include: true, answer: [methods('*')] }, NO_METHOD],
    ['an item that is no method', { answer: [methods('PUT, a b')] }, 'InvalidAllowMethodsPreflightResponse'],
    ['an item that is no method, in Chromium', { answer: [methods('PUT, "DELETE"')], browser: 'chromium' }, 'InvalidAllowMethodsPreflightResponse'],
    ['an item that is no header', { answer: [methods('PUT'), headers('x/y')] }, 'InvalidAllowHeadersPreflightResponse'],
    ['no list of headers', { method: 'GET', page: [['x-a', '1']] }, NO_HEADER],
    ['another header', { method: 'GET', page: [['x-a', '1']], answer: [headers('x-b')] }, NO_HEADER],
    ['* for headers with credentials', { method: 'GET', include: true, page: [['x-a', '1']], answer: [headers('*')] }, NO_HEADER],
    ['* for Authorization', { method: 'GET', page: [['Authorization', 'x']], answer: [headers('*')] }, NO_HEADER],
    ['* for Authorization in Chromium, with credentials', { method: 'GET', include: true, page: [['Authorization', 'x']], answer: [headers('*')], browser: 'chromium' }, NO_HEADER]
  ]
  for (const [name, given, expected] of cases) t.equal(check(given), expected, name)
})

t.test('what allows', async t => {
  const cases: [string, Given][] = [
    ['the method', { answer: [methods('DELETE, PUT')] }],
    ['lists on two lines, with empty items', { answer: [methods('DELETE,,'), methods(' PUT ')] }],
    ['any status that is a success', { status: 299, answer: [methods('PUT')] }],
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

t.test('what is granted', async t => {
  t.same(check({ answer: [methods('PUT, patch'), headers('X-A, *')] }), { methods: ['PUT', 'patch'], headers: ['x-a', '*'], maxAge: 5 })
})

t.test('for how long', async t => {
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
  for (const malformed of ['soon', '', '1.5', '1,2', '+', '--5', '6e2', '0x10']) t.same(ages(malformed), [5, 5, 0, 5], malformed)
  t.same(ages('10', '10'), [5, 5, 0, 5], 'twice')
  for (const signed of ['-1', '-0', '-9223372036854775808']) t.same(ages(signed), [5, 0, 0, 5], signed)
  t.same(ages('+600'), [5, 600, 0, 5])
  t.same(ages('9223372036854775807'), [2 ** 63, 7200, 86400, 600])
  t.same(ages('9223372036854775808'), [2 ** 63, 5, 86400, 600])
  t.same(ages('-9223372036854775809'), [5, 5, 0, 5])
})

t.test('what is not listed is not granted', async t => {
  t.same(check({ answer: [methods('PUT')] }), { methods: ['PUT'], headers: [], maxAge: 5 })
  t.same(check({ method: 'GET', page: [['x-a', '1']], answer: [headers('X-A')] }), { methods: [], headers: ['x-a'], maxAge: 5 })
})
