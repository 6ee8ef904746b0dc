import { isSafelistedMethod } from '../protocol/methods'
import type { Failure } from './codes'
import { corsCheck } from './cors-check'
import { type Browser, DEFAULT_MAX_AGE } from './engines'
import { type HeaderLines, type ServerResponse, getHeader, getList, valuesOf } from './header-list'
import { isRedirect, preflightOrigin } from './redirect'
import { type PageRequest, isCrossOrigin, needsPreflight, urlOrigin } from './request'
import { type UnsafeHeader, isNonWildcardHeader, unsafeHeaders } from './safelist'

/** What a browser must ask permission for: the method, a header, or the request as such. */
export type PreflightReason =
  | { readonly kind: 'method', readonly method: string }
  | { readonly kind: 'header', readonly name: string, readonly why: string }
  | { readonly kind: 'stream' }
  | { readonly kind: 'upload' }
  | { readonly kind: 'redirect' }

export interface PreflightRequest {
  readonly method: 'OPTIONS'
  readonly url: string
  readonly headers: HeaderLines
}

/** What a preflight allowed, in the form in which a browser caches it. */
export interface Grant {
  readonly methods: readonly string[]
  /** In lower case. */
  readonly headers: readonly string[]
  /** Seconds, after the browser's cap. */
  readonly maxAge: number
}

export type PreflightResult = Failure | { readonly ok: true, readonly grant: Grant }

/**
 * https://fetch.spec.whatwg.org/#main-fetch: why a request from a script needs a preflight. An empty list means that it
 * needs none.
 */
export function preflightReasons (request: PageRequest, browser: Browser): PreflightReason[] {
  if (!isCrossOrigin(request)) return []
  const reasons: PreflightReason[] = askedHeaders(request, browser).map(header => ({ kind: 'header', ...header }))
  if (!isSafelistedMethod(request.method)) reasons.unshift({ kind: 'method', method: request.method })
  if (request.streamsBody) reasons.push({ kind: 'stream' })
  if (request.hasUploadListener) reasons.push({ kind: 'upload' })
  if (reasons.length === 0 && asksForThePast(request, browser)) reasons.push({ kind: 'redirect' })
  return reasons
}

/** Whether the engine sends a preflight for what the request was before a redirect. */
function asksForThePast ({ hasAsked, pageHeaders }: PageRequest, browser: Browser): boolean {
  if (browser.asksForDroppedHeaders === 'without their names' && unsafeHeaders(pageHeaders, browser).length > 0) return true
  return hasAsked && browser.asksAgainAfterRedirect
}

/** The headers that a preflight asks for, each with the reason. */
export function askedHeaders ({ headers, pageHeaders }: PageRequest, browser: Browser): UnsafeHeader[] {
  return unsafeHeaders(browser.asksForDroppedHeaders === 'yes' ? pageHeaders : headers, browser)
}

export function sayReason (reason: PreflightReason): string {
  switch (reason.kind) {
    case 'method': return `the method ${reason.method} is not safelisted`
    case 'header': return `the header ${reason.name}: ${reason.why}`
    case 'stream': return 'the body is a stream'
    case 'upload': return 'a listener watches the upload'
    case 'redirect': return 'the request needed one before a redirect'
  }
}

/**
 * https://fetch.spec.whatwg.org/#cors-preflight-fetch, steps 1 to 5. A preflight carries no cookies and none of the
 * page's headers. The names are joined without spaces.
 */
export function preflightRequest (request: PageRequest, browser: Browser): PreflightRequest {
  const names = askedHeaders(request, browser).map(({ name }) => name)
  const headers: Array<[string, string]> = [
    ['accept', '*/*'],
    ['access-control-request-method', request.method]
  ]
  if (names.length > 0) headers.push(['access-control-request-headers', names.join(',')])
  headers.push(['origin', preflightOrigin(request, browser)])
  return { method: 'OPTIONS', url: request.url, headers }
}

/** https://fetch.spec.whatwg.org/#cors-preflight-fetch, steps 6 to 8, in Chromium's order. */
export function checkPreflight (request: PageRequest, response: ServerResponse, browser: Browser): PreflightResult {
  const failed = checkAnswer(request, response, browser) ?? checkLists(response.headers)
  if (failed !== undefined) return failed
  const grant = readGrant(request, response.headers, browser)
  return checkMethod(request, grant) ?? checkHeaders(request, grant, browser) ?? { ok: true, grant }
}

/**
 * What a browser keeps of the answer to a preflight, if it keeps any of it: by the standard only an answer that allows the
 * request.
 */
export function keptGrant (request: PageRequest, response: ServerResponse, browser: Browser): Grant | undefined {
  const checked = checkPreflight(request, response, browser)
  if (checked.ok) return checked.grant
  const isRefusal = checked.code === 'MethodDisallowedByPreflightResponse' || checked.code === 'HeaderDisallowedByPreflightResponse'
  return isRefusal && browser.keepsRefusals ? readGrant(request, response.headers, browser) : undefined
}

function checkAnswer (request: PageRequest, { status, headers }: ServerResponse, browser: Browser): Failure | undefined {
  const location = getHeader(headers, 'location')
  if (isRedirect(status) && location !== undefined) {
    return { ok: false, code: 'PreflightDisallowedRedirect', facts: { status, location } }
  }
  const origin = preflightOrigin(request, browser)
  // Only a request that was redirected back to the page's own origin sends a preflight there.
  const checked = origin === urlOrigin(request.url) ? { ok: true } as const : corsCheck(request, headers, origin)
  if (!checked.ok) return { ok: false, code: `Preflight${checked.code}`, facts: checked.facts }
  // https://fetch.spec.whatwg.org/#ok-status
  if (status < 200 || status > 299) return { ok: false, code: 'PreflightInvalidStatus', facts: { status } }
  return undefined
}

function checkLists (headers: HeaderLines): Failure | undefined {
  const method = getList(headers, 'access-control-allow-methods')?.malformed
  if (method !== undefined) return { ok: false, code: 'InvalidAllowMethodsPreflightResponse', facts: { item: method } }
  const name = getList(headers, 'access-control-allow-headers')?.malformed
  if (name !== undefined) return { ok: false, code: 'InvalidAllowHeadersPreflightResponse', facts: { item: name } }
  return undefined
}

function readGrant (request: PageRequest, headers: HeaderLines, browser: Browser): Grant {
  const names = getList(headers, 'access-control-allow-headers')?.items ?? []
  return {
    methods: getList(headers, 'access-control-allow-methods')?.items ?? (needsPreflight(request) ? [request.method] : []),
    headers: names.map(name => name.toLowerCase()),
    maxAge: Math.min(readMaxAge(headers, browser), browser.maxAgeCap)
  }
}

/** An empty value counts as none: Firefox makes this difference, and to the others both are 5 seconds. */
function readMaxAge (headers: HeaderLines, browser: Browser): number {
  const [value = '', ...more] = valuesOf(headers, 'access-control-max-age')
  if (more.length > 0) return browser.malformedMaxAge
  if (value === '') return DEFAULT_MAX_AGE
  if (/^\d+$/.test(value)) return Number(value)
  return /^-\d+$/.test(value) ? browser.negativeMaxAge : browser.malformedMaxAge
}

/** The comparison is case-sensitive: a list with `PATCH` does not allow `patch`. */
function checkMethod ({ method, credentials }: PageRequest, { methods }: Grant): Failure | undefined {
  const withCredentials = credentials === 'include'
  if (isSafelistedMethod(method) || methods.includes(method)) return undefined
  if (!withCredentials && methods.includes('*')) return undefined
  return { ok: false, code: 'MethodDisallowedByPreflightResponse', facts: { method, allowed: methods, withCredentials } }
}

/** Header names are compared without regard to case. */
function checkHeaders (request: PageRequest, grant: Grant, browser: Browser): Failure | undefined {
  const withCredentials = request.credentials === 'include'
  const wildcard = !withCredentials && grant.headers.includes('*')
  const isCovered = (name: string) => browser.wildcardCoversAuthorization || !isNonWildcardHeader(name)
  const refused = askedHeaders(request, browser)
    .find(({ name }) => !grant.headers.includes(name) && !(wildcard && isCovered(name)))
  if (refused === undefined) return undefined
  const facts = { name: refused.name, allowed: grant.headers, withCredentials }
  return { ok: false, code: 'HeaderDisallowedByPreflightResponse', facts }
}
