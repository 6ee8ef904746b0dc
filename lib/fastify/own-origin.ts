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

function withoutDefaultPort (host: string, protocol: string): string {
  const port = protocol === 'https' ? ':443' : ':80'
  return host.endsWith(port) ? host.slice(0, -port.length) : host
}
