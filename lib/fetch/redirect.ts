import type { Failure } from './codes'
import { type HeaderList, getHeader, type ServerResponse } from './header-list'
import { type PageRequest, includesCredentials, isCrossOrigin, isHttp, originOf } from './request'
import { isNonWildcardHeader } from './safelist'

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
export function serializeOrigin ({ origin, url, redirectedFrom }: PageRequest): string {
  const origins = [...redirectedFrom, url].map(originOf)
  const tainted = origins.slice(1).some((next, i) => next !== origins[i] && origin !== origins[i])
  return tainted ? 'null' : origin
}

export type Redirected = Failure | { readonly ok: true, readonly request: PageRequest }

/** https://fetch.spec.whatwg.org/#http-redirect-fetch; `undefined` for a response that redirects nowhere. */
export function redirect (request: PageRequest, { status, headers }: ServerResponse): Redirected | undefined {
  const location = getHeader(headers, 'location')
  if (!isRedirect(status) || location === undefined) return undefined
  const url = resolve(location, request.url)
  if (url === undefined || request.redirectedFrom.length >= MAX_REDIRECTS) {
    return { ok: false, code: 'InvalidResponse', facts: { url: request.url } }
  }
  if (!isHttp(url)) return { ok: false, code: 'CorsDisabledScheme', facts: { url } }
  const next = follow(request, status, url)
  if (includesCredentials(url) && isCrossOrigin(next)) {
    return { ok: false, code: 'RedirectContainsCredentials', facts: { url: withoutCredentials(url) } }
  }
  return { ok: true, request: next }
}

function follow (request: PageRequest, status: number, url: string): PageRequest {
  const { method } = request
  const becomesGet = ((status === 301 || status === 302) && method === 'POST') ||
    (status === 303 && method !== 'GET' && method !== 'HEAD')
  const leavesOrigin = originOf(url) !== originOf(request.url)
  return {
    ...request,
    method: becomesGet ? 'GET' : method,
    url,
    redirectedFrom: [...request.redirectedFrom, request.url],
    headers: keptHeaders(request.headers, becomesGet, leavesOrigin)
  }
}

/** Another origin is not shown the `Authorization` that was meant for this one. */
function keptHeaders (headers: HeaderList, withoutBody: boolean, leavesOrigin: boolean): HeaderList {
  return headers.filter(([name]) => {
    if (withoutBody && bodyHeaders.has(name.toLowerCase())) return false
    return !(leavesOrigin && isNonWildcardHeader(name))
  })
}

function resolve (location: string, base: string): string | undefined {
  if (!URL.canParse(location, base)) return undefined
  const url = new URL(location, base)
  url.hash = ''
  return url.href
}

/** The password stays out of whatever is printed. */
function withoutCredentials (text: string): string {
  const url = new URL(text)
  url.username = ''
  url.password = ''
  return url.href
}
