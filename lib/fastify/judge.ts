import type { FastifyInstance, FastifyRequest } from 'fastify'
import { allows } from '../policy/decide'
import type { Policy } from '../policy/policy'
import type { Application } from './application'
import { overlayOf } from './hold'
import { setDecided } from './outcome'
import { policyFor, registrationFor } from './resolve'
import type { Maybe } from './resolve'

/**
 * Decides what the response to an actual request carries, and keeps it with the request. Gives the
 * policy that governs it, if any. Nothing is awaited unless a function of the user's makes a promise.
 */
export function judge (application: Application, instance: FastifyInstance, request: FastifyRequest, url = request.url): Maybe<Policy | undefined> {
  const registration = registrationFor(application, instance, url)
  if (registration === undefined) return undefined
  const overlay = overlayOf(application, registration, request)
  const { layer } = registration
  // Stays so if the delegator fails: nobody knows then what may be read.
  if (layer.settings.delegator !== undefined) setDecided(request, layer.off.others)
  const policy = policyFor(layer, overlay, request)
  return policy instanceof Promise ? policy.then(policy => judgeBy(policy, request)) : judgeBy(policy, request)
}

function judgeBy (policy: Policy, request: FastifyRequest): Maybe<Policy> {
  // Stays so if the origin function fails: a request that ends as an error reads nothing.
  setDecided(request, policy.others)
  const { origin } = request.headers
  if (origin === undefined) return policy
  const allowed = allows(policy, origin, request)
  return allowed instanceof Promise ? allowed.then(allowed => keep(policy, allowed, request)) : keep(policy, allowed, request)
}

function keep (policy: Policy, allowed: boolean, request: FastifyRequest): Policy {
  if (allowed) setDecided(request, policy.allowed)
  return policy
}
