import type { Browser } from '../browser/engines'
import type { HeaderLines } from '../browser/header-list'
import { preflightRequest } from '../browser/preflight'
import { serializeOrigin } from '../browser/redirect'
import { type PageRequest, isCrossOrigin, sendsOrigin, urlOrigin } from '../browser/request'
import type { PageFetch } from './page-fetch'
import { refererFor } from './referrer'
import { isSameSite, isTrustworthy } from './site'

/** What the headers of a request depend on. */
export type Sending = Pick<PageFetch, 'request' | 'mode' | 'referrer' | 'cache' | 'body'>

export type SentHeaders = Readonly<Record<string, string>>

const USER_AGENT = 'Mozilla/5.0 (fastify-cors-policy)'

const ACCEPT_LANGUAGE = 'en-US,en;q=0.9'

export function headersOfPreflight (fetch: Sending, browser: Browser): SentHeaders {
  return withBrowserHeaders(fetch, preflightRequest(fetch.request, browser).headers)
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
  // A part of a compressed answer would be a part of what only the whole decodes.
  if (hasHeader(request, ['range'])) headers.push(['accept-encoding', 'identity'])
  return withBrowserHeaders(fetch, [...cacheHeaders(fetch), ...headers])
}

/** https://fetch.spec.whatwg.org/#append-a-request-origin-header */
function originOf ({ request, mode, referrer }: Sending): string | undefined {
  if (mode === 'cors') return sendsOrigin(request) ? serializeOrigin(request) : undefined
  if (request.method === 'GET' || request.method === 'HEAD') return undefined
  return hidesOrigin(request, referrer.policy) ? 'null' : serializeOrigin(request)
}

function hidesOrigin ({ origin, url }: PageRequest, policy: PageFetch['referrer']['policy']): boolean {
  switch (policy) {
    case 'no-referrer': return true
    case 'same-origin': return urlOrigin(url) !== origin
    case 'strict-origin':
    case 'strict-origin-when-cross-origin':
    case 'no-referrer-when-downgrade': return origin.startsWith('https:') && !url.startsWith('https:')
    default: return false
  }
}

/** https://fetch.spec.whatwg.org/#http-network-or-cache-fetch: the headers that make a new answer out of a cached one. */
const conditional = ['if-modified-since', 'if-none-match', 'if-unmodified-since', 'if-match', 'if-range']

function cacheHeaders ({ request, cache }: Sending): HeaderLines {
  const mode = cache === 'default' && hasHeader(request, conditional) ? 'no-store' : cache
  switch (mode) {
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
function withBrowserHeaders ({ request, mode, referrer }: Sending, headers: HeaderLines): SentHeaders {
  const referer = refererFor(referrer, request.url)
  return {
    accept: '*/*',
    'accept-encoding': isTrustworthy(request.url) ? 'gzip, deflate, br' : 'gzip, deflate',
    'accept-language': ACCEPT_LANGUAGE,
    'user-agent': USER_AGENT,
    ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    ...referer !== undefined && { referer },
    ...isTrustworthy(request.url) && {
      'sec-fetch-site': secFetchSite(request),
      'sec-fetch-mode': mode,
      'sec-fetch-dest': 'empty'
    },
    host: new URL(request.url).host
  }
}

/** https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header: every URL of the chain of redirects counts. */
function secFetchSite (request: PageRequest): string {
  const { origin, url, redirectedFrom } = request
  if (![...redirectedFrom, url].every(visited => isSameSite(origin, visited))) return 'cross-site'
  return isCrossOrigin(request) ? 'same-site' : 'same-origin'
}
