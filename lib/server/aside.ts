import type { FastifyRequest } from 'fastify'
import { partsOf } from '../protocol/origin'
import { isSafelistedContentType } from '../protocol/headers'
import { withoutDefaultPort } from './request'

// What the headers of an actual request add to the advice on its origin. The server cannot be sure, so each begins with "if".

/** Before the advice, or nothing. `isRefused`: the server refuses the request, by `enforce`. */
export function aside (request: FastifyRequest, isRefused: boolean): string {
  const cases = [...isRefused && isForm(request) ? onForm(request) : [], ...onProxy(request)]
  return cases.length === 0 ? '' : `${cases.join('; ')}; otherwise, `
}

/** Whether it may be a form: one navigates, and a browser that says so does not send another mode. */
function isForm ({ method, headers }: FastifyRequest): boolean {
  const type = headers['content-type']
  const mode = headers['sec-fetch-mode'] ?? 'navigate'
  return method === 'POST' && mode === 'navigate' && type !== undefined && isSafelistedContentType(type)
}

/** A page does not read the answer to a form, so its origin need not be allowed to. */
function onForm (request: FastifyRequest): string[] {
  const { headers, routeOptions } = request
  const own = headers.origin === 'null' && headers['sec-fetch-site'] === undefined
    ? ['if this is a form of the site itself, its page has `Referrer-Policy: no-referrer`, with which a browser sends null over plain http: send the page with `Referrer-Policy: same-origin`']
    : []
  if (request.is404) return own
  return [...own, `if another site such as an identity provider posts forms here, give the route ${request.method} ${routeOptions.url} \`config: { cors: { enforce: false } }\``]
}

const BY_PROXIES = ['x-forwarded-for', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via']

/** Whether it may be the site's own all the same, under the name of a proxy that Fastify was not told of or did not hear. */
function onProxy ({ headers, host, method }: FastifyRequest): string[] {
  const { origin, 'sec-fetch-site': site, 'x-forwarded-host': forwarded } = headers
  if (site !== undefined || origin === undefined) return []
  const name = String(forwarded ?? host).toLowerCase()
  if (origin === `https://${withoutDefaultPort(name, 'https')}`) {
    return ['if this is the site itself, set `trustProxy` of Fastify and let the proxy send X-Forwarded-Proto and X-Forwarded-Host']
  }
  // A page sends `Origin` to its own site only with other methods than these (Fetch, "append a request `Origin` header").
  if (forwarded !== undefined || method === 'GET' || method === 'HEAD' || !isPublic(origin)) return []
  // Browsers send `Sec-Fetch-Site` to https sites, so without a proxy's headers this is about plain http.
  if (!BY_PROXIES.some(each => headers[each] !== undefined) && (!origin.startsWith('http:') || isPublic(`http://${host}`))) return []
  return ['if this is the site itself, its proxy does not pass on the name that the browser asked for: let the proxy send X-Forwarded-Host and X-Forwarded-Proto, and set `trustProxy` of Fastify']
}

/** Whether the host is a name with a dot, as those of sites are: not an address, and not that of a container or machine. */
function isPublic (origin: string): boolean {
  if (!origin.startsWith('http')) return false
  const { host } = partsOf(origin)
  return host.includes('.') && !/^[\d.]+$/.test(host) && !host.startsWith('[')
}
