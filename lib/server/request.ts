import { channel } from 'node:diagnostics_channel'
import type { FastifyRequest } from 'fastify'
import { beforeQuery } from '../routing/paths'

export const CHANNEL = channel('fastify-cors-policy:refused')

/**
 * Whether the request comes from the site itself: browsers send `Origin` on same-origin POSTs too
 * (Fetch, "append a request `Origin` header"). `Sec-Fetch-Site` says so; without it, the origin is
 * compared with the address that the request was sent to.
 */
export function isOwnOrigin (request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { host, headers: { origin = '' } } = request
  const lower = host.toLowerCase()
  // Of most origins the host is another. To read the protocol would take longer than all else here.
  if (host === '' || !lower.startsWith(origin.slice(origin.indexOf('://') + 3))) return false
  // Some proxies forward the scheme of a WebSocket's URL (Traefik). The origin of its page has the scheme of HTTP.
  const protocol = String(request.protocol).replace(/^ws/, 'http')
  return origin === `${protocol}://${withoutDefaultPort(lower, protocol)}`
}

export function withoutDefaultPort (host: string, protocol: string): string {
  const port = protocol === 'https' ? ':443' : ':80'
  return host.endsWith(port) ? host.slice(0, -port.length) : host
}

export function isWebSocket ({ headers }: FastifyRequest): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

const MAX_EXCERPT = 256

/**
 * Shortens text from a request for a message or a log line: to 256 characters by default, with U+FFFD for each character
 * that is not printable ASCII. A field value may have control characters, which a terminal would obey. Browsers send none here.
 */
export function excerpt (text = '', max = MAX_EXCERPT): string {
  const end = Math.min(text.length, max)
  const shown = end === text.length ? text : text.slice(0, end) + '...'
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code > 126) return shown.replace(/[^ -~]/g, '\ufffd')
  }
  return shown
}

/** The path of a URL for the log. The query is left out, because it may hold secrets. */
export function pathOf (url: string): string {
  return excerpt(beforeQuery(url))
}
