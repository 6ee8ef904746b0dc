import type { FastifyRequest } from 'fastify'
import type { Policy } from '../policy/policy'
import { isSafelistedContentType } from '../protocol/headers'
import { isSafelistedMethod } from '../protocol/methods'
import type { Application } from '../routing/application'
import type { Layer, Overlay } from '../routing/layer'
import { acceptsHeaders, acceptsMethod } from './preflight-verdict'
import { registrationFor } from '../routing/resolve'
import type { Registration } from '../routing/contexts'
import { targetFor } from '../routing/target'

/** The route's `config.cors`. One that is invalid and could not be checked at boot switches CORS off. */
export function overlayOf (application: Application, registration: Registration, request: FastifyRequest): Overlay {
  if (!application.mayHaveOverlays) return undefined
  // `routeOptions` builds an object at every access.
  const overlay: Overlay = request.routeOptions.config.cors
  if (application.seesAll || typeof overlay === 'boolean' || overlay === undefined) return overlay
  return isValid(application, registration, overlay, `config.cors of ${request.method} ${request.routeOptions.url}`) ? overlay : false
}

const invalid = new WeakMap<Layer, Set<string>>()

function isValid ({ root }: Application, { layer }: Registration, overlay: unknown, subject: string): boolean {
  const known = invalid.get(layer) ?? new Set<string>()
  invalid.set(layer, known)
  if (known.has(subject)) return false
  try {
    layer.policyWith(overlay, () => subject)
    return true
  } catch (err) {
    known.add(subject)
    root.log.error({ err }, 'fastify-cors-policy: CORS is off for a route with an invalid config.cors')
    return false
  }
}

/**
 * Whether a request is refused because its preflight was, or may have been, accepted for the sake of
 * another policy at the same URL, and its own route's would have refused it. A request that needs no
 * preflight runs as ever.
 */
export function isHeld (application: Application, policy: Policy, allowed: boolean, request: FastifyRequest): boolean {
  if (!browserPreflights(request) || !isUncertain(application, request)) return false
  return !(allowed && acceptsActual(policy, request))
}

/** Whether the request's preflight may have met another policy than that of its own route. */
function isUncertain (application: Application, request: FastifyRequest): boolean {
  if (application.isExact || request.is404) return false
  const registration = registrationFor(application, request.server, request.url)
  const own = registration?.layer.policyWith(overlayOf(application, registration, request))
  const target = targetFor(application, request.method, request.url, request.raw)
  return target !== undefined && target.candidates.some(({ policy }) => policy !== own)
}

/** Fetch, "HTTP fetch": what shows on the server that a browser had to ask first. */
function browserPreflights ({ method, headers }: FastifyRequest): boolean {
  const type = headers['content-type']
  return !isSafelistedMethod(method) || (type !== undefined && !isSafelistedContentType(type))
}

function acceptsActual ({ preflight }: Policy, { method, headers }: FastifyRequest): boolean {
  if (!acceptsMethod(preflight.methods, method) && !isSafelistedMethod(method)) return false
  const type = headers['content-type']
  return type === undefined || isSafelistedContentType(type) || acceptsHeaders(preflight.allowedHeaders, 'content-type')
}
