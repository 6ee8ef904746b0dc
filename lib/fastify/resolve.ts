import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parseOverlay } from '../options/validate'
import { isThenable } from '../policy/decide'
import type { Policy } from '../policy/policy'
import type { Application } from './application'
import { layer } from './layer'
import type { Layer, Overlay } from './layer'
import { governing, scopeOf } from './scope'
import type { Registration } from './scope'

export type Maybe<T> = T | Promise<T>

/** Goes on at once where it can: a promise costs a turn of the event loop that most requests need not wait for. */
export function andThen<A, B> (value: Maybe<A>, next: (value: A) => Maybe<B>): Maybe<B> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** The registration that governs a request to this URL in this context. */
export function registrationFor (application: Application, instance: FastifyInstance, url: string): Registration | undefined {
  const scope = scopeOf(instance)
  return scope === undefined ? undefined : governing(scope.chain, application.read, url)
}

/** The policy of a registration for this request, the route's overlay on top, the delegator's options between. */
export function policyFor (registration: Registration, overlay: Overlay, request: FastifyRequest): Maybe<Policy> {
  const { delegator, layer } = registration
  if (delegator === undefined) return withOverlay(layer, overlay, request)
  return andThen<unknown, Policy>(delegate(delegator, request), result =>
    result === false ? layer.off : withOverlay(delegatedLayer(registration, result), overlay, request))
}

function withOverlay (layer: Layer, overlay: Overlay, request: FastifyRequest): Policy {
  return overlay === undefined ? layer.plain : layer.policyWith(overlay, () => `config.cors of ${request.method} ${request.url}`)
}

function delegate (delegator: (request: FastifyRequest) => unknown, request: FastifyRequest): Maybe<unknown> {
  const result = delegator(request)
  return isThenable(result) ? Promise.resolve(result) : result
}

/** Validated and compiled once for each object that a delegator returns. */
function delegatedLayer (registration: Registration, result: unknown): Layer {
  const isObject = typeof result === 'object' && result !== null
  const known = isObject ? registration.delegated.get(result) : undefined
  if (known !== undefined) return known
  const made = layer(parseOverlay(registration.layer.settings, result, 'the options that the delegator returned', 'delegator'))
  if (isObject) registration.delegated.set(result, made)
  return made
}
