import fc from 'fast-check'
import t from 'tap'
import { type Exchange, type Verdict, explainExchange } from '../../lib/browser/fetch'
import { type BrowserName, browsers } from '../../lib/browser/engines'
import { corsCodes, describe } from '../../lib/browser/codes'
import type { HeaderList, ServerResponse } from '../../lib/browser/header-list'
import { type PageInit, createRequest } from '../../lib/browser/request'

const APP = 'https://app.test'
const API = 'https://api.test/x'
const SAFELISTED = 'cache-control, content-language, content-length, content-type, expires, last-modified, pragma'

type Given = Partial<PageInit> & Omit<Exchange, 'request' | 'browser'> & { readonly browser?: BrowserName }

function explain ({ cached, preflightResponse, response, browser = 'standard', ...init }: Given): Verdict {
  const request = createRequest({ origin: APP, url: API, ...init })
  return explainExchange({ request, browser: browsers[browser], cached, preflightResponse, response })
}

const acao = (value: string): HeaderList[number] => ['access-control-allow-origin', value]
const ok = (...headers: HeaderList): ServerResponse => ({ status: 200, headers })
const allowed = ok(acao(APP))
const methods = (value: string): HeaderList[number] => ['access-control-allow-methods', value]
const put = ok(acao(APP), methods('PUT'))

/** An exchange for each code, and a word of its sentence and of its fix. */
const blocked: [string, Given, RegExp, RegExp][] = [
  ['WildcardOriginNotAllowed', { credentials: 'include', response: ok(acao('*')) }, /^the response allows \*/, /leave out/],
  ['MissingAllowOriginHeader', { response: ok() }, /^the response has no/, /send .*: https:\/\/app\.test/],
  ['MultipleAllowOriginValues', { response: ok(acao(APP), acao(APP)) }, /"https:\/\/app\.test, https:\/\/app\.test"/, /proxy/],
  ['InvalidAllowOriginValue', { response: ok(acao('app.test')) }, /"app\.test"/, /send/],
  ['AllowOriginMismatch', { response: ok(acao('https://b.test')) }, /"https:\/\/b\.test"/, /Vary: Origin/],
  ['InvalidAllowCredentials', { credentials: 'include', response: ok(acao(APP)) }, /is missing/, /true/],
  ['PreflightWildcardOriginNotAllowed', { method: 'PUT', credentials: 'include', preflightResponse: ok(acao('*')) }, /preflight allows \*/, /leave out/],
  ['PreflightMissingAllowOriginHeader', { method: 'PUT', preflightResponse: ok() }, /preflight has no/, /send/],
  ['PreflightMultipleAllowOriginValues', { method: 'PUT', preflightResponse: ok(acao('a b')) }, /preflight has several/, /once/],
  ['PreflightInvalidAllowOriginValue', { method: 'PUT', preflightResponse: ok(acao('')) }, /preflight has/, /send/],
  ['PreflightAllowOriginMismatch', { method: 'PUT', preflightResponse: ok(acao('null')) }, /preflight allows/, /allow/],
  ['PreflightInvalidAllowCredentials', { method: 'PUT', credentials: 'include', preflightResponse: ok(acao(APP), ['access-control-allow-credentials', 'True']) }, /"True"/, /lower case/],
  ['DisallowedByMode', { mode: 'same-origin', response: allowed }, /own origin alone/, /mode 'cors'/],
  ['InvalidResponse', {}, /no response/, /answer/],
  ['InvalidResponse', { method: 'PUT' }, /no response/, /answer/],
  ['CorsDisabledScheme', { url: 'ftp://api.test/', response: allowed }, /neither http/, /https/],
  ['PreflightInvalidStatus', { method: 'PUT', preflightResponse: { ...put, status: 401 } }, /401/, /never carry credentials/],
  ['PreflightInvalidStatus', { method: 'PUT', preflightResponse: { ...put, status: 403 } }, /403/, /never carry credentials/],
  ['PreflightInvalidStatus', { method: 'PUT', preflightResponse: { ...put, status: 407 } }, /407/, /never carry credentials/],
  ['PreflightInvalidStatus', { method: 'PUT', preflightResponse: { ...put, status: 404 } }, /404/, /204/],
  ['PreflightDisallowedRedirect', { method: 'PUT', preflightResponse: { status: 308, headers: [['location', '/x/']] } }, /308.*\/x\//, /\/x\//],
  ['InvalidAllowMethodsPreflightResponse', { method: 'PUT', preflightResponse: ok(acao('*'), methods('P T')) }, /"P T"/, /commas/],
  ['InvalidAllowHeadersPreflightResponse', { method: 'PUT', preflightResponse: ok(acao('*'), methods('PUT'), ['access-control-allow-headers', '@']) }, /"@"/, /commas/],
  ['MethodDisallowedByPreflightResponse', { method: 'PUT', preflightResponse: allowed }, /allows nothing, but not the method PUT/, /add PUT/],
  ['MethodDisallowedByPreflightResponse', { method: 'patch', preflightResponse: ok(acao('*'), methods('PATCH')) }, /but not the method patch/, /write the method as PATCH/],
  ['MethodDisallowedByPreflightResponse', { method: 'PUT', credentials: 'include', preflightResponse: ok(acao(APP), ['access-control-allow-credentials', 'true'], methods('*')) }, /no wildcard/, /add PUT/],
  ['HeaderDisallowedByPreflightResponse', { headers: [['X-A', '1']], preflightResponse: ok(acao('*'), ['access-control-allow-headers', 'x-b, x-c']) }, /allows x-b, x-c, but not the header x-a/, /add x-a/],
  ['HeaderDisallowedByPreflightResponse', { headers: [['Authorization', '1']], preflightResponse: ok(acao('*'), ['access-control-allow-headers', '*']) }, /\* does not stand for it/, /add authorization/],
  ['RedirectContainsCredentials', { response: { status: 302, headers: [acao('*'), ['location', 'https://u:p@b.test/']] } }, /redirect to https:\/\/b\.test\/ /, /without/]
]

t.test('what is blocked, and what a person reads of it', async t => {
  for (const [code, given, what, fix] of blocked) {
    const verdict = explain(given)
    t.equal(verdict.code, code)
    if (verdict.failure === undefined) continue
    t.equal(verdict.allowed, false)
    t.equal(verdict.failure.ok, false)
    t.same(verdict.exposedHeaders, [])
    if (given.response === undefined) t.same(verdict.hiddenHeaders, [])
    const described = describe(verdict.failure)
    t.equal(described.code, code)
    t.match(described.message, what, code)
    t.match(described.fix, fix, code)
    t.match(described.link, /^https:\/\/developer\.mozilla\.org\/en-US\/docs\/Web\/HTTP\/Guides\/CORS\/Errors(\/CORS\w+)?$/)
    t.equal(verdict.steps.at(-1)?.outcome, described.message, 'the last step is the one that failed')
  }
})

t.test('every code is reached by an exchange', async t => {
  t.same([...new Set(blocked.map(([code]) => code))].sort(), [...corsCodes].sort())
})

t.test('a simple request', async t => {
  t.same(explain({ response: ok(acao('*'), ['etag', '1'], ['Expires', '0']) }), {
    allowed: true,
    preflighted: false,
    reasons: [],
    steps: [
      { step: 'whether the request is cross-origin', section: 'https://fetch.spec.whatwg.org/#main-fetch', outcome: `it is sent with Origin: ${APP}` },
      { step: 'whether it needs a preflight', section: 'https://fetch.spec.whatwg.org/#http-fetch', outcome: 'no: its method and headers are safelisted' },
      { step: 'the CORS check of the response', section: 'https://fetch.spec.whatwg.org/#cors-check', outcome: 'passed' },
      { step: 'what the page may read', section: 'https://fetch.spec.whatwg.org/#concept-filtered-response-cors', outcome: `the body and of the headers ${SAFELISTED}` }
    ],
    exposedHeaders: ['expires'],
    hiddenHeaders: ['access-control-allow-origin', 'etag']
  })
})

t.test('a preflighted request', async t => {
  const verdict = explain({ method: 'PUT', preflightResponse: ok(acao(APP), methods('PUT'), ['access-control-max-age', '9999']), response: allowed, browser: 'chromium' })
  t.match(verdict, { allowed: true, preflighted: true, reasons: ['the method PUT is not safelisted'], maxAge: 7200, grant: { methods: ['PUT'], headers: [], maxAge: 7200 } })
  t.same(verdict.steps.map(({ outcome }) => outcome), [
    `it is sent with Origin: ${APP}`, 'yes: the method PUT is not safelisted', 'allowed, for 7200 seconds', 'passed', `the body and of the headers ${SAFELISTED}`
  ])
})

t.test('several reasons for a preflight are told in one line', async t => {
  const { steps } = explain({ method: 'PUT', headers: [['x-a', '1'], ['accept', '"']], preflightResponse: put })
  t.equal(steps[1]?.outcome, 'yes: the method PUT is not safelisted; the header accept: its value contains "\\""; the header x-a: it is not safelisted')
})

t.test('http is as good as https', async t => {
  t.match(explain({ url: 'http://api.test/', response: allowed }), { allowed: true })
})

t.test('a request that the cache lets out', async t => {
  const verdict = explain({ method: 'PUT', cached: true, response: allowed })
  t.equal(verdict.steps[1]?.outcome, 'no: an answer to an earlier preflight is in the cache')
  t.match(verdict, { allowed: true, preflighted: false, reasons: ['the method PUT is not safelisted'] })
  t.equal(verdict.maxAge, undefined)
})

t.test('a preflight that passes does not save the response', async t => {
  t.match(explain({ method: 'PUT', preflightResponse: put, response: ok(['x-a', '1']) }), { allowed: false, code: 'MissingAllowOriginHeader', hiddenHeaders: ['x-a'] })
})

t.test('the own origin needs no leave', async t => {
  const verdict = explain({ url: '/x', method: 'PUT', mode: 'same-origin', headers: [['x-a', '1']], response: ok(['etag', '1'], ['set-cookie', 'a']) })
  t.match(verdict, { allowed: true, preflighted: false, reasons: [], exposedHeaders: ['etag'], hiddenHeaders: ['set-cookie'] })
  t.same(verdict.steps, [
    { step: 'whether the request is cross-origin', section: 'https://fetch.spec.whatwg.org/#main-fetch', outcome: `${APP}/x is of the page's own origin` },
    { step: 'what the page may read', section: 'https://fetch.spec.whatwg.org/#concept-filtered-response-basic', outcome: 'the body and every header but those of cookies' }
  ])
})

t.test('Authorization under * passes in browsers, with a word on it', async t => {
  const preflightResponse = ok(acao('*'), ['access-control-allow-headers', '*'])
  const given: Given = { headers: [['Authorization', 'x']], preflightResponse, response: ok(acao('*')), browser: 'chromium' }
  t.match(explain(given), { allowed: true })
  t.match(explain(given).steps[2]?.outcome, /list Authorization by name/)
  const named = ok(acao('*'), ['access-control-allow-headers', 'authorization'])
  t.notMatch(explain({ ...given, preflightResponse: named }).steps[2]?.outcome, /by name/)
})

t.test('a redirect is checked, followed, and judged again with what became of the origin', async t => {
  const verdict = explain({ response: { status: 307, headers: [acao('*'), ['location', 'https://b.test/']] } })
  t.match(verdict, { allowed: true, redirectedTo: { url: 'https://b.test/', redirectedFrom: [API] } })
  t.equal(verdict.steps.at(-1)?.outcome, 'followed to https://b.test/')
  const { redirectedTo } = verdict
  if (redirectedTo === undefined) throw new Error('not redirected')
  const next = (value: string) => explainExchange({ request: redirectedTo, browser: browsers.standard, response: ok(acao(value)) })
  t.match(next(APP), { allowed: false, code: 'AllowOriginMismatch' })
  t.match(next('null'), { allowed: true })
  t.match(explain({ response: { status: 307, headers: [['location', 'https://b.test/']] } }), { code: 'MissingAllowOriginHeader' })
})

t.test('no answer of a server makes a page with credentials read what does not name its origin', async t => {
  const value = fc.constantFrom('*', APP, 'null', `${APP}, *`, 'true', 'PUT', 'x-a', '')
  const name = fc.constantFrom('origin', 'credentials', 'methods', 'headers').map(name => `access-control-allow-${name}`)
  const answer = fc.record({ status: fc.constantFrom(200, 204, 302, 404), headers: fc.array(fc.tuple(name, value)) })
  fc.assert(fc.property(answer, answer, fc.constantFrom('GET', 'PUT'), fc.constantFrom<BrowserName>('standard', 'chromium', 'webkit'), (preflightResponse, response, method, browser) => {
    const verdict = explain({ method, credentials: 'include', preflightResponse, response, browser })
    const names = (answer: ServerResponse) => answer.headers.some(([name, value]) => name === 'access-control-allow-origin' && value === APP)
    return !verdict.allowed || (names(response) && (method === 'GET' || (names(preflightResponse) && preflightResponse.status < 300)))
  }), { numRuns: 1000 })
})

t.test('a failure names the step, its section and the URL that it is about', async t => {
  const to = (location: string): ServerResponse => ({ status: 302, headers: [acao('*'), ['location', location]] })
  const first = 'whether the request is cross-origin'
  const rows: ReadonlyArray<readonly [given: Given, step: string, section: string, outcome: string]> = [
    [{ mode: 'same-origin', response: allowed }, first, 'main-fetch', `the page of ${APP} has asked for its own origin alone, and ${API} is of another`],
    [{ url: 'ftp://api.test/', response: allowed }, first, 'main-fetch', 'ftp://api.test/ is neither http nor https'],
    [{}, 'the response', 'http-fetch', `no response that a browser could use came from ${API}`],
    [{ method: 'PUT' }, 'the preflight', 'cors-preflight-fetch', `no response that a browser could use came from ${API}`],
    [{ response: to('https://u:p@b.test/') }, 'the redirect', 'http-redirect-fetch', 'the redirect to https://b.test/ has a user name or password in it'],
    [{ response: to('data:text/plain,x') }, 'the redirect', 'http-redirect-fetch', 'data:text/plain,x is neither http nor https'],
    [{ response: to('http://') }, 'the redirect', 'http-redirect-fetch', `no response that a browser could use came from ${API}`]
  ]
  for (const [given, step, section, outcome] of rows) {
    t.same(explain(given).steps.at(-1), { step, section: `https://fetch.spec.whatwg.org/#${section}`, outcome })
  }
})

t.test('each code has its page of MDN', async t => {
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
    const page = pages[code] ?? pages[code.replace(/^Preflight/, '')]
    t.equal(explain(given).link, `https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS/Errors${page === undefined ? '' : `/${page}`}`, code)
  }
})
