import type { Browser } from './engines'
import type { Failure } from './codes'
import { type HeaderList, getHeader, type ServerResponse } from './header-list'
import { type PageRequest, includesCredentials, isCrossOrigin, isHttp, originOf, splitFragment } from './request'
import { isDeviceHint, isNonWildcardHeader } from './safelist'

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
 * https://fetch.spec.whatwg.org/#serializing-a-request-origin: `null` once another origin than the
 * page's own has redirected the request to a third, since neither may speak for the page any more.
 */
export function serializeOrigin (request: PageRequest): string {
  return isTainted(request) ? 'null' : request.origin
}

export function isTainted ({ origin, url, redirectedFrom }: PageRequest): boolean {
  const origins = [...redirectedFrom, url].map(originOf)
  return origins.slice(1).some((next, i) => next !== origins[i] && origin !== origins[i])
}

export type Redirected = Failure | { readonly ok: true, readonly request: PageRequest }

/** https://fetch.spec.whatwg.org/#http-redirect-fetch; `undefined` for a response that redirects nowhere. */
export function redirect (request: PageRequest, { status, headers }: ServerResponse, browser: Browser): Redirected | undefined {
  const location = readLocation(headers, browser)
  if (!isRedirect(status) || location === undefined) return undefined
  if (!URL.canParse(location, request.url) || request.redirectedFrom.length >= MAX_REDIRECTS) {
    return { ok: false, code: 'InvalidResponse', facts: { url: request.url } }
  }
  const url = new URL(location, request.url)
  const next = follow(request, status, url, browser)
  if (!isHttp(next.url)) return { ok: false, code: 'CorsDisabledScheme', facts: { url: next.url } }
  if (includesCredentials(next.url) && (browser.blocksCredentialsInUrls || isCrossOrigin(next))) {
    return { ok: false, code: 'RedirectContainsCredentials', facts: { url: withoutCredentials(next.url) } }
  }
  return { ok: true, request: next }
}

export function readLocation (headers: HeaderList, browser: Browser): string | undefined {
  const location = getHeader(headers, 'location')
  return location === '' && browser.ignoresEmptyLocation ? undefined : location
}

/** Without a fragment of its own, the new URL takes over that of the old. */
function follow (request: PageRequest, status: number, url: URL, browser: Browser): PageRequest {
  const { method } = request
  const becomesGet = ((status === 301 || status === 302) && method === 'POST') ||
    (status === 303 && method !== 'GET' && method !== 'HEAD')
  const next = splitFragment(url)
  const headers = becomesGet ? request.headers.filter(([name]) => !bodyHeaders.has(name.toLowerCase())) : request.headers
  return {
    ...request,
    method: becomesGet ? 'GET' : method,
    url: next.url,
    fragment: next.fragment === '' ? request.fragment : next.fragment,
    redirectedFrom: [...request.redirectedFrom, request.url],
    headers: headers.filter(([name]) => isFor(url.origin, name, request, browser))
  }
}

/** Another origin is not shown the `Authorization` that was meant for this one. */
function isFor (origin: string, name: string, request: PageRequest, browser: Browser): boolean {
  if (isNonWildcardHeader(name)) return origin === originOf(request.url)
  return !browser.safelistsClientHints || origin === request.origin || !isDeviceHint(name)
}

/** The password stays out of whatever is printed. */
function withoutCredentials (text: string): string {
  const url = new URL(text)
  url.username = ''
  url.password = ''
  return url.href
}
