import type { Browser } from '../browser/engines'
import type { HeaderLines } from '../browser/header-list'
import { preflightRequest } from '../browser/preflight'
import { serializeOrigin } from '../browser/redirect'
import { type PageRequest, isCrossOrigin, sendsOrigin, urlOrigin } from '../browser/request'
import { isSameSite, isTrustworthy } from './site'

export type SentHeaders = Readonly<Record<string, string>>

const USER_AGENT = 'Mozilla/5.0 (fastify-cors-policy)'

export function headersOfPreflight (request: PageRequest, browser: Browser): SentHeaders {
  // Where the preflight has the page's origin, it also comes straight from the page.
  const sent = browser.asksFromPageOrigin ? { ...request, redirectedFrom: [] } : request
  return withBrowserHeaders(sent, true, preflightRequest(request, browser).headers)
}

/** https://fetch.spec.whatwg.org/#http-network-or-cache-fetch */
export function headersOfActual (
  request: PageRequest, browser: Browser, cookie: string | undefined, body: Buffer | undefined
): SentHeaders {
  const headers = request.headers.filter(([name]) => !(browser.ownsUserAgent && name.toLowerCase() === 'user-agent'))
  if (sendsOrigin(request)) headers.push(['origin', serializeOrigin(request)])
  if (cookie !== undefined) headers.push(['cookie', cookie])
  if (body !== undefined) headers.push(['content-length', String(body.length)])
  else if (request.method === 'POST' || request.method === 'PUT') headers.push(['content-length', '0'])
  return withBrowserHeaders(request, !browser.dropsFetchMetadata || !leftOwnOrigin(request), headers)
}

/** Adds the headers of every request. `Accept-Encoding` is left out, so that no answer is compressed. */
function withBrowserHeaders (request: PageRequest, withMetadata: boolean, headers: HeaderLines): SentHeaders {
  return {
    accept: '*/*',
    'user-agent': USER_AGENT,
    ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    ...withMetadata && isTrustworthy(request.url) && {
      'sec-fetch-site': secFetchSite(request),
      'sec-fetch-mode': request.mode,
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
