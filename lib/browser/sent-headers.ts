import type { Readable } from 'node:stream'
import type { Browser } from './engines'
import type { HeaderLines } from './header-list'
import { preflightRequest } from './preflight'
import { serializeOrigin } from './redirect'
import { type Referrer, refererFor } from './referrer'
import { type PageRequest, cacheModeOf, isCrossOrigin, sendsOrigin, urlOrigin } from './request'
import { isSameSite, isTrustworthy } from './site'

/** What the headers of a request depend on. */
export interface Sending {
  /** In mode `no-cors`, `request.mode` is `cors`, since the rest of the browser does not know `no-cors`. */
  readonly request: PageRequest
  readonly mode: 'cors' | 'same-origin' | 'no-cors'
  readonly referrer: Referrer
  readonly body: Buffer | Readable | undefined
}

export type SentHeaders = Readonly<Record<string, string>>

const USER_AGENT = 'Mozilla/5.0 (fastify-cors-policy)'

const ACCEPT_LANGUAGE = 'en-US,en;q=0.9'

export function headersOfPreflight (fetch: Sending, browser: Browser): SentHeaders {
  const { request } = fetch
  // Where the preflight has the page's origin, it also comes straight from the page.
  const sent = browser.asksFromPageOrigin ? { ...request, redirectedFrom: [] } : request
  return withBrowserHeaders({ ...fetch, request: sent }, true, preflightRequest(request, browser).headers)
}

/** https://fetch.spec.whatwg.org/#http-network-or-cache-fetch */
export function headersOfActual (fetch: Sending, browser: Browser, cookie: string | undefined): SentHeaders {
  const { request, body } = fetch
  const headers = request.headers.filter(([name]) => !(browser.ownsUserAgent && name.toLowerCase() === 'user-agent'))
  const origin = originOf(fetch)
  if (origin !== undefined) headers.push(['origin', origin])
  if (cookie !== undefined) headers.push(['cookie', cookie])
  if (Buffer.isBuffer(body)) headers.push(['content-length', String(body.length)])
  else if (body === undefined && (request.method === 'POST' || request.method === 'PUT')) headers.push(['content-length', '0'])
  // A range of a compressed body cannot be decoded alone.
  if (hasHeader(request, ['range'])) headers.push(['accept-encoding', 'identity'])
  const withMetadata = !browser.dropsFetchMetadata || !leftOwnOrigin(request)
  return withBrowserHeaders(fetch, withMetadata, [...cacheHeaders(request), ...headers])
}

/** https://fetch.spec.whatwg.org/#append-a-request-origin-header */
function originOf ({ request, mode, referrer }: Sending): string | undefined {
  if (mode === 'cors') return sendsOrigin(request) ? serializeOrigin(request) : undefined
  if (request.method === 'GET' || request.method === 'HEAD') return undefined
  return hidesOrigin(request, referrer.policy) ? 'null' : serializeOrigin(request)
}

function hidesOrigin ({ origin, url }: PageRequest, policy: Referrer['policy']): boolean {
  switch (policy) {
    case 'no-referrer': return true
    case 'same-origin': return urlOrigin(url) !== origin
    case 'strict-origin':
    case 'strict-origin-when-cross-origin':
    case 'no-referrer-when-downgrade': return origin.startsWith('https:') && !url.startsWith('https:')
    default: return false
  }
}

/** https://fetch.spec.whatwg.org/#http-network-or-cache-fetch */
function cacheHeaders (request: PageRequest): HeaderLines {
  switch (cacheModeOf(request)) {
    case 'no-cache': return [['cache-control', 'max-age=0']]
    case 'no-store':
    case 'reload': return [['pragma', 'no-cache'], ['cache-control', 'no-cache']]
    default: return []
  }
}

function hasHeader ({ headers }: PageRequest, names: readonly string[]): boolean {
  return headers.some(([name]) => names.includes(name.toLowerCase()))
}

/** Adds the headers of every request. Browsers offer the newer codings only where no old proxy can spoil them. */
function withBrowserHeaders ({ request, mode, referrer }: Sending, withMetadata: boolean, headers: HeaderLines): SentHeaders {
  const referer = refererFor(referrer, request.url)
  return {
    accept: '*/*',
    'accept-encoding': isTrustworthy(request.url) ? 'gzip, deflate, br' : 'gzip, deflate',
    'accept-language': ACCEPT_LANGUAGE,
    'user-agent': USER_AGENT,
    ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    ...referer !== undefined && { referer },
    ...withMetadata && isTrustworthy(request.url) && {
      'sec-fetch-site': secFetchSite(request),
      'sec-fetch-mode': mode,
      'sec-fetch-dest': 'empty'
    },
    host: new URL(request.url).host
  }
}

/** Whether the page's own origin has redirected the request to another. */
function leftOwnOrigin ({ origin, url, redirectedFrom }: PageRequest): boolean {
  const last = redirectedFrom.at(-1)
  return last !== undefined && urlOrigin(last) === origin && urlOrigin(url) !== origin
}

/** https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header: every URL of the chain of redirects counts. */
function secFetchSite (request: PageRequest): string {
  const { origin, url, redirectedFrom } = request
  if (![...redirectedFrom, url].every(visited => isSameSite(origin, visited))) return 'cross-site'
  return isCrossOrigin(request) ? 'same-site' : 'same-origin'
}
