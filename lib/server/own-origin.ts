import type { FastifyRequest } from 'fastify'

/**
 * Whether the request comes from the site itself: browsers send `Origin` on same-origin POSTs too
 * (Fetch, "append a request `Origin` header"). `Sec-Fetch-Site` knows; without it, the origin is
 * compared with the address that the request was sent to.
 */
export function isOwnOrigin (request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { protocol, host } = request
  return request.headers.origin === `${protocol}://${withoutDefaultPort(host.toLowerCase(), protocol)}`
}

/** Whether it may be the site's own all the same, under the name that a proxy has which Fastify was not told to trust. */
export function isOwnBehindProxy (request: FastifyRequest): boolean {
  const { headers } = request
  if (headers['sec-fetch-site'] !== undefined) return false
  const host = String(headers['x-forwarded-host'] ?? request.host)
  return headers.origin === `https://${withoutDefaultPort(host.toLowerCase(), 'https')}`
}

function withoutDefaultPort (host: string, protocol: string): string {
  const port = protocol === 'https' ? ':443' : ':80'
  return host.endsWith(port) ? host.slice(0, -port.length) : host
}
