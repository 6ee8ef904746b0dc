import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isThenable } from '../policy/decide'
import type { Policy } from '../policy/policy'
import type { Application } from './application'
import type { Layer, Overlay } from './layer'
import { governing, scopeOf } from './contexts'
import type { Registration } from './contexts'

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

/** The policy of a layer for this request, the route's overlay on top, the delegator's options between. */
export function policyFor (layer: Layer, overlay: Overlay, request: FastifyRequest): Maybe<Policy> {
  const { delegator } = layer.settings
  if (delegator === undefined) return withOverlay(layer, overlay, request)
  return andThen<unknown, Policy>(delegate(delegator, request), result =>
    result === false ? layer.off : withOverlay(layer.delegated(result), overlay, request))
}

function withOverlay (layer: Layer, overlay: Overlay, request: FastifyRequest): Policy {
  return overlay === undefined ? layer.plain : layer.policyWith(overlay, () => `config.cors of ${request.method} ${request.url}`)
}

function delegate (delegator: (request: FastifyRequest) => unknown, request: FastifyRequest): Maybe<unknown> {
  const result = delegator(request)
  return isThenable(result) ? Promise.resolve(result) : result
}
