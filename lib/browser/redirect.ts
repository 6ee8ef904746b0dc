import type { Failure } from './codes'
import type { Browser } from './engines'
import { type HeaderLines, type ServerResponse, getHeader } from './header-list'
import { preflightReasons } from './preflight'
import { type PageRequest, includesCredentials, isCrossOrigin, isHttp, sendsOrigin, splitFragment, urlOrigin } from './request'
import { isNonWildcardHeader } from './safelist'

/** https://fetch.spec.whatwg.org/#http-redirect-fetch, "redirect count". */
const MAX_REDIRECTS = 20

/** https://fetch.spec.whatwg.org/#redirect-status */
const redirectStatus: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** https://fetch.spec.whatwg.org/#request-body-header-name */
const bodyHeaders: ReadonlySet<string> = new Set([
  'content-encoding', 'content-language', 'content-location', 'content-type'
])

export function isRedirect (status: number): boolean {
  return redirectStatus.has(status)
}

/**
 * https://fetch.spec.whatwg.org/#serializing-a-request-origin: `null` once another origin than the page's own has
 * redirected the request to a third one, since such a request no longer shows what the page wants.
 */
export function serializeOrigin (request: PageRequest): string {
  return isTainted(request) ? 'null' : request.origin
}

export function isTainted ({ origin, url, redirectedFrom }: PageRequest): boolean {
  const origins = [...redirectedFrom, url].map(urlOrigin)
  return origins.slice(1).some((next, i) => next !== origins[i] && origin !== origins[i])
}

/** The origin that a preflight has. By the standard it is that of the request. */
export function preflightOrigin (request: PageRequest, browser: Browser): string {
  return browser.asksFromPageOrigin ? request.origin : serializeOrigin(request)
}

export type Redirected = Failure | { readonly ok: true, readonly request: PageRequest }

/** https://fetch.spec.whatwg.org/#http-redirect-fetch; `undefined` for a response that is not a redirect. */
export function redirect (request: PageRequest, { status, headers }: ServerResponse, browser: Browser): Redirected | undefined {
  const location = locationOf(headers)
  if (!isRedirect(status) || location === undefined) return undefined
  if (!URL.canParse(location, request.url) || request.redirectedFrom.length >= MAX_REDIRECTS) {
    return { ok: false, code: 'InvalidResponse', facts: { url: request.url } }
  }
  const next = redirectedRequest(request, status, new URL(location, request.url), browser)
  if (!isHttp(next.url)) return { ok: false, code: 'CorsDisabledScheme', facts: { url: next.url } }
  if (includesCredentials(next.url) && isCrossOrigin(next)) {
    return { ok: false, code: 'RedirectContainsCredentials', facts: { url: withoutCredentials(next.url) } }
  }
  return { ok: true, request: next }
}

/**
 * Chromium percent-encodes each byte that is not ASCII (`HttpResponseHeaders::IsRedirect`). The standard reads the bytes as
 * Latin-1 instead, so that `/café` in UTF-8 leads elsewhere.
 */
function locationOf (headers: HeaderLines): string | undefined {
  return getHeader(headers, 'location')?.replace(/[\x80-\xff]/g, byte => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** A URL without a fragment inherits the fragment of the URL before it. */
function redirectedRequest (request: PageRequest, status: number, url: URL, browser: Browser): PageRequest {
  const { method } = request
  const leavesOrigin = url.origin !== urlOrigin(request.url)
  const becomesGet = turnsIntoGet(method, status) || (browser.redirectsDeleteAsGet && method === 'DELETE' && leavesOrigin)
  const next = splitFragment(url)
  return {
    ...request,
    method: becomesGet ? 'GET' : method,
    url: next.url,
    fragment: next.fragment === '' ? request.fragment : next.fragment,
    redirectedFrom: [...request.redirectedFrom, request.url],
    hasAsked: preflightReasons(request, browser).length > 0,
    keepsOrigin: browser.keepsOriginHeader && sendsOrigin(request),
    // Another origin must not see the `Authorization` that was meant for this one.
    headers: headersAfter(request, status, becomesGet, browser).filter(([name]) => !(leavesOrigin && isNonWildcardHeader(name)))
  }
}

function turnsIntoGet (method: string, status: number): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD'
  return (status === 301 || status === 302) && method === 'POST'
}

/** The headers that are left; those that another redirect removed are back in some engines. */
function headersAfter ({ headers, pageHeaders, pageMethod }: PageRequest, status: number, becomesGet: boolean, browser: Browser): HeaderLines {
  switch (browser.restoredHeaders) {
    case 'none': return becomesGet ? headers.filter(isNotOfBody) : headers
    case 'those of the body': return becomesGet ? headers.filter(isNotOfBody) : pageHeaders.filter(header => headers.includes(header) || !isNotOfBody(header))
    case 'all': return turnsIntoGet(pageMethod, status) ? pageHeaders.filter(isNotOfBody) : pageHeaders
  }
}

function isNotOfBody ([name]: HeaderLines[number]): boolean {
  return !bodyHeaders.has(name.toLowerCase())
}

/** Messages show this URL, and a password does not belong in a message. */
function withoutCredentials (text: string): string {
  const url = new URL(text)
  url.username = ''
  url.password = ''
  return url.href
}
