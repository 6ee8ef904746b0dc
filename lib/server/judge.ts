import type { FastifyInstance, FastifyRequest } from 'fastify'
import { allows } from '../policy/decide'
import type { Policy } from '../policy/policy'
import type { Application } from '../routing/application'
import { decide } from './decided'
import type { DecisionPlace } from './decided'
import { overlayOf } from './hold'
import { policyFor, registrationFor } from '../routing/resolve'
import type { Maybe } from '../routing/resolve'

/**
 * Decides what the response to an actual request carries, and keeps it at `place`. Gives the
 * policy that governs it, if any. Nothing is awaited unless a function of the user's makes a promise.
 */
export function judge (application: Application, instance: FastifyInstance, request: FastifyRequest, place: DecisionPlace, url = request.url): Maybe<Policy | undefined> {
  const registration = registrationFor(application, instance, url)
  if (registration === undefined) return nobody(place)
  const overlay = overlayOf(application, registration, request)
  const { layer } = registration
  // Stays so if the delegator fails: nobody knows then what may be read, so nobody reads anything.
  if (layer.settings.delegator !== undefined) decide(place, layer.plain.preflight.refused)
  const policy = policyFor(layer, overlay, request)
  return policy instanceof Promise ? policy.then(policy => judgeBy(policy, request, place)) : judgeBy(policy, request, place)
}

function judgeBy (policy: Policy, request: FastifyRequest, place: DecisionPlace): Maybe<Policy> {
  // Stays so if the origin function fails: a request that ends as an error reads nothing.
  decide(place, policy.others)
  const { origin } = request.headers
  if (origin === undefined) return policy
  const allowed = allows(policy, origin, request)
  return allowed instanceof Promise ? allowed.then(allowed => keep(policy, allowed, place)) : keep(policy, allowed, place)
}

function keep (policy: Policy, allowed: boolean, place: DecisionPlace): Policy {
  if (allowed) decide(place, policy.allowed)
  return policy
}

function nobody (place: DecisionPlace): undefined {
  decide(place, null)
}
