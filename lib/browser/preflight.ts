import { isSafelistedMethod } from '../protocol/methods'
import type { Browser } from './engines'
import type { HeaderList } from './header-list'
import { serializeOrigin } from './redirect'
import { isCrossOrigin, type PageRequest } from './request'
import { unsafeHeaders } from './safelist'

/** What of a request a browser asks leave for. */
export type PreflightReason =
  | { readonly kind: 'method', readonly method: string }
  | { readonly kind: 'header', readonly name: string, readonly why: string }

export interface PreflightRequest {
  readonly method: 'OPTIONS'
  readonly url: string
  readonly headers: HeaderList
}

/**
 * https://fetch.spec.whatwg.org/#main-fetch: a request from a script is preflighted for its method or
 * its headers. None is where the list is empty.
 */
export function preflightReasons (request: PageRequest, browser: Browser): PreflightReason[] {
  if (!isCrossOrigin(request)) return []
  const reasons: PreflightReason[] = unsafeHeaders(request.headers, browser).map(header => ({ kind: 'header', ...header }))
  if (!isSafelistedMethod(request.method)) reasons.unshift({ kind: 'method', method: request.method })
  return reasons
}

export function sayReason (reason: PreflightReason): string {
  switch (reason.kind) {
    case 'method': return `the method ${reason.method} is not safelisted`
    case 'header': return `the header ${reason.name}: ${reason.why}`
  }
}

/**
 * https://fetch.spec.whatwg.org/#cors-preflight-fetch, steps 1 to 5. Neither cookies nor any header of
 * the page's go with it, and the names are joined without blanks.
 */
export function preflightRequest (request: PageRequest, browser: Browser): PreflightRequest {
  const names = unsafeHeaders(request.headers, browser).map(({ name }) => name)
  const headers: Array<[string, string]> = [
    ['accept', '*/*'],
    ['access-control-request-method', request.method]
  ]
  if (names.length > 0) headers.push(['access-control-request-headers', names.join(',')])
  headers.push(['origin', serializeOrigin(request)])
  return { method: 'OPTIONS', url: request.url, headers }
}
