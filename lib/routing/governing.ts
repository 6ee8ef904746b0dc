import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { FST_CORS_DELEGATOR, FST_CORS_INVALID_OPTIONS } from '../errors'
import { type Maybe, andThen, isThenable } from '../policy/decide'
import type { Application } from './application'
import { type Registration, registrationFor } from './contexts'
import type { Governing, Layer, Overlay } from './layer'
import { beforeQuery } from './paths'

/** The policy that governs an actual request in this context, before a delegator is called. */
export function governingFor (application: Application, instance: FastifyInstance, request: FastifyRequest, url = request.url): Governing | undefined {
  if (application.sole !== undefined) return application.sole.layer.plain
  const registration = registrationFor(instance, application.read, url)
  if (registration === undefined) return undefined
  return application.mayHaveOverlays ? withOverlay(application, registration, request) : registration.layer.plain
}

/** A message whose URL Fastify passed to the application's `rewriteUrl`. */
interface RewrittenMessage extends IncomingMessage { readonly originalUrl?: string }

/** The URL before the application's `rewriteUrl`; `undefined` if there is no such function. */
export function urlBeforeRewrite (raw: IncomingMessage): string | undefined {
  return (raw as RewrittenMessage).originalUrl
}

/**
 * Whether the preflight of this request met the policy that governs the request. That is not certain after a `rewriteUrl`,
 * which may look at the method or a header, and thus give the preflight another URL.
 */
export function isCertain ({ isExact, sole }: Application, raw: IncomingMessage): boolean {
  return sole !== undefined || (isExact && urlBeforeRewrite(raw) === undefined)
}

/** The policy of the request's route. An invalid `config.cors` that could not be checked at boot switches CORS off. */
function withOverlay (application: Application, registration: Registration, request: FastifyRequest): Governing {
  const { layer } = registration
  // `routeOptions` builds an object on every access.
  const overlay: Overlay = request.routeOptions.config.cors
  if (application.seesAll || typeof overlay === 'boolean' || overlay === undefined) return layer.with(overlay)
  const subject = `config.cors of ${request.method} ${request.routeOptions.url}`
  const known = application.invalidOverlays
  if (known.get(layer)?.has(subject) === true) return layer.off
  try {
    return layer.with(overlay, () => subject)
  } catch (err) {
    known.set(layer, (known.get(layer) ?? new Set()).add(subject))
    application.root.log.error({ err }, 'fastify-cors-policy: CORS is off for a route with an invalid config.cors')
    return layer.off
  }
}

/** Calls the delegator, if there is one, and returns the policy that governs this request with the options it returned. */
export function afterDelegator (governing: Governing, request: FastifyRequest): Maybe<Governing> {
  const { layer, overlay } = governing
  const { delegator } = layer.settings
  if (delegator === undefined) return governing
  return andThen<unknown, Governing>(call(delegator, request), result =>
    result === false ? layer.off : laidOver(layer, result, overlay, request))
}

/** Invalid options are told to the log alone: a client has no business with the configuration. */
function laidOver (layer: Layer, result: unknown, overlay: Overlay, request: FastifyRequest): Governing {
  try {
    return layer.forResult(result).with(overlay, () => `config.cors of ${request.method} ${beforeQuery(request.url)}`)
  } catch (err) {
    if (!(err instanceof FST_CORS_INVALID_OPTIONS)) throw err
    request.log.error({ err }, 'fastify-cors-policy: the delegator returned invalid options')
    // For `explain`. Not enumerable, so that an error handler that sends the properties of an error does not send the options.
    throw Object.defineProperty(new FST_CORS_DELEGATOR(), 'cause', { value: err })
  }
}

function call (delegator: (request: FastifyRequest) => unknown, request: FastifyRequest): Maybe<unknown> {
  const result = delegator(request)
  return isThenable(result) ? Promise.resolve(result) : result
}
