import fc from 'fast-check'
import t from 'tap'
import { type BrowserVerdict, type PageExchange, explainExchange } from '../../lib/browser/fetch'
import { type BrowserName, browsers } from '../../lib/browser/engines'
import { codeTexts, describeFailure, isOfNetwork } from '../../lib/browser/codes'
import type { HeaderLines, ServerResponse } from '../../lib/browser/header-list'
import { type PageInit, createRequest } from '../../lib/browser/request'

const APP = 'https://app.test'
const API = 'https://api.test/x'
const SAFELISTED = 'cache-control, content-language, content-length, content-type, expires, last-modified, pragma'

type Given = Partial<PageInit> & Omit<PageExchange, 'request' | 'browser'> & { readonly browser?: BrowserName }

function explain ({ cached, preflightResponse, response, browser = 'standard', ...init }: Given): BrowserVerdict {
  const request = createRequest({ origin: APP, url: API, ...init })
  return explainExchange({ request, browser: browsers[browser], cached, preflightResponse, response })
}

const acao = (value: string): HeaderLines[number] => ['access-control-allow-origin', value]
const ok = (...headers: HeaderLines): ServerResponse => ({ status: 200, headers })
const allowed = ok(acao(APP))
const methods = (value: string): HeaderLines[number] => ['access-control-allow-methods', value]
const put = ok(acao(APP), methods('PUT'))

/** An exchange for each code, with a part of its message and of its fix. */
const blocked: [string, Given, RegExp, RegExp][] = [
  ['WildcardOriginNotAllowed', { credentials: 'include', response: ok(acao('*')) }, /^the response allows any origin with \*/, /without credentials/],
  ['MissingAllowOriginHeader', { response: ok() }, /^the response has no/, /send .*: https:\/\/app\.test/],
  ['MultipleAllowOriginValues', { response: ok(acao(APP), acao(APP)) }, /"https:\/\/app\.test, https:\/\/app\.test"/, /proxy/],
  ['InvalidAllowOriginValue', { response: ok(acao('app.test')) }, /"app\.test"/, /send/],
  ['AllowOriginMismatch', { response: ok(acao('https://b.test')) }, /"https:\/\/b\.test"/, /Vary: Origin/],
  ['InvalidAllowCredentials', { credentials: 'include', response: ok(acao(APP)) }, /is missing/, /true/],
  ['PreflightWildcardOriginNotAllowed', { method: 'PUT', credentials: 'include', preflightResponse: ok(acao('*')) }, /preflight allows any origin with \*/, /without credentials/],
  ['PreflightMissingAllowOriginHeader', { method: 'PUT', preflightResponse: ok() }, /preflight has no/, /send/],
  ['PreflightMultipleAllowOriginValues', { method: 'PUT', preflightResponse: ok(acao('a b')) }, /preflight has several/, /once/],
  ['PreflightInvalidAllowOriginValue', { method: 'PUT', preflightResponse: ok(acao('')) }, /preflight has/, /send/],
  ['PreflightAllowOriginMismatch', { method: 'PUT', preflightResponse: ok(acao('null')) }, /preflight allows/, /allow/],
  ['PreflightInvalidAllowCredentials', { method: 'PUT', credentials: 'include', preflightResponse: ok(acao(APP), ['access-control-allow-credentials', 'True']) }, /"True"/, /lower case/],
  ['DisallowedByMode', { mode: 'same-origin', response: allowed }, /mode 'same-origin'/, /mode 'cors'/],
  ['InvalidResponse', {}, /no response/, /must not loop/],
  ['InvalidResponse', { method: 'PUT' }, /no response/, /must not loop/],
  ['CorsDisabledScheme', { url: 'ftp://api.test/', response: allowed }, /neither http/, /https/],
  ['PreflightInvalidStatus', { method: 'PUT', preflightResponse: { ...put, status: 401 } }, /401/, /never carry credentials/],
  ['PreflightInvalidStatus', { method: 'PUT', preflightResponse: { ...put, status: 403 } }, /403/, /never carry credentials/],
  ['PreflightInvalidStatus', { method: 'PUT', preflightResponse: { ...put, status: 407 } }, /407/, /never carry credentials/],
  ['PreflightInvalidStatus', { method: 'PUT', preflightResponse: { ...put, status: 404 } }, /404/, /204/],
  ['PreflightDisallowedRedirect', { method: 'PUT', preflightResponse: { status: 308, headers: [['location', '/x/']] } }, /308.*\/x\//, /\/x\//],
  ['InvalidAllowMethodsPreflightResponse', { method: 'PUT', preflightResponse: ok(acao('*'), methods('P T')) }, /"P T"/, /commas/],
  ['InvalidAllowHeadersPreflightResponse', { method: 'PUT', preflightResponse: ok(acao('*'), methods('PUT'), ['access-control-allow-headers', '@']) }, /"@"/, /commas/],
  ['MethodDisallowedByPreflightResponse', { method: 'PUT', preflightResponse: allowed }, /does not allow the method PUT: it lists nothing$/, /add PUT/],
  ['MethodDisallowedByPreflightResponse', { method: 'patch', preflightResponse: ok(acao('*'), methods('PATCH')) }, /does not allow the method patch: it lists PATCH$/, /write the method as PATCH/],
  ['MethodDisallowedByPreflightResponse', { method: 'PUT', credentials: 'include', preflightResponse: ok(acao(APP), ['access-control-allow-credentials', 'true'], methods('*')) }, /not a wildcard/, /add PUT/],
  ['HeaderDisallowedByPreflightResponse', { headers: [['X-A', '1']], preflightResponse: ok(acao('*'), ['access-control-allow-headers', 'x-b, x-c']) }, /does not allow the header x-a: it lists x-b, x-c$/, /add x-a/],
  ['HeaderDisallowedByPreflightResponse', { headers: [['Authorization', '1']], preflightResponse: ok(acao('*'), ['access-control-allow-headers', '*']) }, /\* does not include authorization/, /add authorization/],
  ['RedirectContainsCredentials', { response: { status: 302, headers: [acao('*'), ['location', 'https://u:p@b.test/']] } }, /redirect to https:\/\/b\.test\/ /, /without/],
  ['mixed-content', { url: 'http://api.test/', response: allowed }, /mixed content/, /over https/],
  ['LocalNetworkAccessPermissionDenied', { url: 'https://localhost/', pageAddressSpace: 'public', browser: 'chromium', response: allowed }, /closer to the user/, /allow the page/],
  ['InsecureLocalNetwork', { origin: 'http://app.test', url: 'http://localhost/', pageAddressSpace: 'public', browser: 'chromium', response: allowed }, /not loaded over https/, /over https/]
]

t.test('a blocked exchange has its code, a message and a fix', async t => {
  for (const [code, given, what, fix] of blocked) {
    const verdict = explain(given)
    t.equal(verdict.code, code)
    if (verdict.failure === undefined) continue
    t.equal(verdict.allowed, false)
    t.equal(verdict.failure.ok, false)
    t.same(verdict.exposedHeaders, [])
    if (given.response === undefined) t.same(verdict.hiddenHeaders, [])
    const described = describeFailure(verdict.failure)
    t.equal(described.code, code)
    t.match(described.message, what, code)
    t.match(described.fix, fix, code)
    t.match(described.link, isOfNetwork(verdict.failure) ? /mixed_content$|local-network-access$/i : /^https:\/\/developer\.mozilla\.org\/en-US\/docs\/Web\/HTTP\/Guides\/CORS\/Errors(\/CORS\w+)?$/)
    t.equal(verdict.steps.at(-1)?.outcome, described.message, 'the last step is the one that failed')
  }
})

t.test('an exchange leads to every code', async t => {
  t.same([...new Set(blocked.map(([code]) => code))].sort(), Object.keys(codeTexts).sort())
})

t.test('a request without a preflight has four steps', async t => {
  t.same(explain({ response: ok(acao('*'), ['etag', '1'], ['Expires', '0']) }), {
    allowed: true,
    preflighted: false,
    reasons: [],
    steps: [
      { step: 'whether the request is cross-origin', section: 'https://fetch.spec.whatwg.org/#main-fetch', outcome: `yes: it is sent with Origin: ${APP}` },
      { step: 'whether it needs a preflight', section: 'https://fetch.spec.whatwg.org/#http-fetch', outcome: 'no: its method and headers are safelisted' },
      { step: 'the CORS check of the response', section: 'https://fetch.spec.whatwg.org/#cors-check', outcome: 'passed' },
      { step: 'what the page may read', section: 'https://fetch.spec.whatwg.org/#concept-filtered-response-cors', outcome: `the body and these headers, if they are sent: ${SAFELISTED}` }
    ],
    exposedHeaders: ['expires'],
    hiddenHeaders: ['access-control-allow-origin', 'etag']
  })
})

t.test('a request with a preflight has five steps', async t => {
  const verdict = explain({ method: 'PUT', preflightResponse: ok(acao(APP), methods('PUT'), ['access-control-max-age', '9999']), response: allowed, browser: 'chromium' })
  t.match(verdict, { allowed: true, preflighted: true, reasons: ['the method PUT is not safelisted'], maxAge: 7200, grant: { methods: ['PUT'], headers: [], maxAge: 7200 } })
  t.same(verdict.steps.map(({ outcome }) => outcome), [
    `yes: it is sent with Origin: ${APP}`, 'yes: the method PUT is not safelisted', 'allowed, for 7200 seconds', 'passed', `the body and these headers, if they are sent: ${SAFELISTED}`
  ])
})

t.test('several reasons for a preflight are named in one step', async t => {
  const { steps } = explain({ method: 'PUT', headers: [['x-a', '1'], ['accept', '"']], preflightResponse: put })
  t.equal(steps[1]?.outcome, 'yes: the method PUT is not safelisted; the header accept: its value contains "\\""; the header x-a: it is not safelisted')
})

t.test('http is allowed as well as https', async t => {
  t.match(explain({ url: 'http://localhost/', response: allowed }), { allowed: true })
})

t.test('a cached answer saves the preflight', async t => {
  const verdict = explain({ method: 'PUT', cached: true, response: allowed })
  t.equal(verdict.steps[1]?.outcome, 'no: the answer to an earlier preflight is in the cache')
  t.match(verdict, { allowed: true, preflighted: false, reasons: ['the method PUT is not safelisted'] })
  t.equal(verdict.maxAge, undefined)
})

t.test('a response can be blocked after a preflight that passed', async t => {
  t.match(explain({ method: 'PUT', preflightResponse: put, response: ok(['x-a', '1']) }), { allowed: false, code: 'MissingAllowOriginHeader', hiddenHeaders: ['x-a'] })
})

t.test('a request to the page\'s own origin needs no permission', async t => {
  const verdict = explain({ url: '/x', method: 'PUT', mode: 'same-origin', headers: [['x-a', '1']], response: ok(['etag', '1'], ['set-cookie', 'a']) })
  t.match(verdict, { allowed: true, preflighted: false, reasons: [], exposedHeaders: ['etag'], hiddenHeaders: ['set-cookie'] })
  t.same(verdict.steps, [
    { step: 'whether the request is cross-origin', section: 'https://fetch.spec.whatwg.org/#main-fetch', outcome: `no: ${APP}/x has the page's own origin` },
    { step: 'what the page may read', section: 'https://fetch.spec.whatwg.org/#concept-filtered-response-basic', outcome: 'the body and every header except Set-Cookie' }
  ])
})

t.test('browsers allow Authorization under *, and the step says what the standard says', async t => {
  const preflightResponse = ok(acao('*'), ['access-control-allow-headers', '*'])
  const given: Given = { headers: [['Authorization', 'x']], preflightResponse, response: ok(acao('*')), browser: 'chromium' }
  t.match(explain(given), { allowed: true })
  t.match(explain(given).steps[2]?.outcome, /list Authorization by name/)
  const named = ok(acao('*'), ['access-control-allow-headers', 'authorization'])
  t.notMatch(explain({ ...given, preflightResponse: named }).steps[2]?.outcome, /by name/)
})

t.test('a redirect is checked, followed, and checked again with the origin null', async t => {
  const verdict = explain({ response: { status: 307, headers: [acao('*'), ['location', 'https://b.test/']] } })
  t.match(verdict, { allowed: true, redirectedTo: { url: 'https://b.test/', redirectedFrom: [API] } })
  t.equal(verdict.steps.at(-1)?.outcome, 'followed to https://b.test/')
  const { redirectedTo } = verdict
  if (redirectedTo === undefined) throw new Error('it is not redirected')
  const next = (value: string) => explainExchange({ request: redirectedTo, browser: browsers.standard, response: ok(acao(value)) })
  t.match(next(APP), { allowed: false, code: 'AllowOriginMismatch' })
  t.match(next('null'), { allowed: true })
  t.match(explain({ response: { status: 307, headers: [['location', 'https://b.test/']] } }), { code: 'MissingAllowOriginHeader' })
})

t.test('a page with credentials never reads a response that does not name its origin', async t => {
  const value = fc.constantFrom('*', APP, 'null', `${APP}, *`, 'true', 'PUT', 'x-a', '')
  const name = fc.constantFrom('origin', 'credentials', 'methods', 'headers').map(name => `access-control-allow-${name}`)
  const answer = fc.record({ status: fc.constantFrom(200, 204, 302, 404), headers: fc.array(fc.tuple(name, value)) })
  fc.assert(fc.property(answer, answer, fc.constantFrom('GET', 'PUT'), fc.constantFrom<BrowserName>('standard', 'chromium', 'webkit'), (preflightResponse, response, method, browser) => {
    const verdict = explain({ method, credentials: 'include', preflightResponse, response, browser })
    const names = (answer: ServerResponse) => answer.headers.some(([name, value]) => name === 'access-control-allow-origin' && value === APP)
    return !verdict.allowed || (names(response) && (method === 'GET' || (names(preflightResponse) && preflightResponse.status < 300)))
  }), { numRuns: 1000 })
})

t.test('a failure names the step, its section and the URL', async t => {
  const to = (location: string): ServerResponse => ({ status: 302, headers: [acao('*'), ['location', location]] })
  const first = 'whether the request is cross-origin'
  const rows: ReadonlyArray<readonly [given: Given, step: string, section: string, outcome: string]> = [
    [{ mode: 'same-origin', response: allowed }, first, 'main-fetch', `the page of ${APP} fetched with mode 'same-origin', but ${API} has another origin`],
    [{ url: 'ftp://api.test/', response: allowed }, first, 'main-fetch', 'ftp://api.test/ is neither http nor https'],
    [{}, 'the response', 'http-fetch', `${API} gave no response that a browser can use`],
    [{ method: 'PUT' }, 'the preflight', 'cors-preflight-fetch', `${API} gave no response that a browser can use`],
    [{ response: to('https://u:p@b.test/') }, 'the redirect', 'http-redirect-fetch', 'the redirect to https://b.test/ has a user name or password in its URL'],
    [{ response: to('data:text/plain,x') }, 'the redirect', 'http-redirect-fetch', 'data:text/plain,x is neither http nor https'],
    [{ response: to('http://') }, 'the redirect', 'http-redirect-fetch', `${API} gave no response that a browser can use`]
  ]
  for (const [given, step, section, outcome] of rows) {
    t.same(explain(given).steps.at(-1), { step, section: `https://fetch.spec.whatwg.org/#${section}`, outcome })
  }
})

t.test('each code links to its page on MDN', async t => {
  const pages: Readonly<Record<string, string>> = {
    WildcardOriginNotAllowed: 'CORSNotSupportingCredentials',
    MissingAllowOriginHeader: 'CORSMissingAllowOrigin',
    MultipleAllowOriginValues: 'CORSMultipleAllowOriginNotAllowed',
    InvalidAllowOriginValue: 'CORSAllowOriginNotMatchingOrigin',
    AllowOriginMismatch: 'CORSAllowOriginNotMatchingOrigin',
    InvalidAllowCredentials: 'CORSMissingAllowCredentials',
    InvalidResponse: 'CORSDidNotSucceed',
    CorsDisabledScheme: 'CORSRequestNotHttp',
    PreflightInvalidStatus: 'CORSPreflightDidNotSucceed',
    PreflightDisallowedRedirect: 'CORSExternalRedirectNotAllowed',
    InvalidAllowMethodsPreflightResponse: 'CORSInvalidAllowMethod',
    InvalidAllowHeadersPreflightResponse: 'CORSInvalidAllowHeader',
    MethodDisallowedByPreflightResponse: 'CORSMethodNotFound',
    HeaderDisallowedByPreflightResponse: 'CORSMissingAllowHeaderFromPreflight',
    RedirectContainsCredentials: 'CORSExternalRedirectNotAllowed'
  }
  for (const [code, given] of blocked) {
    if (code === 'mixed-content' || code.includes('LocalNetwork')) continue
    const page = pages[code] ?? pages[code.replace(/^Preflight/, '')]
    t.equal(explain(given).link, `https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS/Errors${page === undefined ? '' : `/${page}`}`, code)
  }
})
