import type { FastifyRequest } from 'fastify'
import { type Maybe, andThen, isAllowed } from '../policy/decide'
import type { Policy } from '../policy/policy'
import type { Outcome } from '../response/outcome'
import { afterDelegator } from '../routing/governing'
import type { Candidate, Governing, PreflightAnswer } from '../routing/layer'

/** The decision about an actual request, and the policy that made it. */
export interface Verdict {
  /** The policy that governs the request before a delegator is called. */
  readonly governing: Governing
  /** With the options of the delegator, if there is one. */
  readonly policy: Policy
  readonly outcome: Outcome
}

/** The decision about a preflight. */
export interface PreflightVerdict extends PreflightAnswer {
  readonly candidate: Candidate
  /** With the options of the delegator, if there is one. */
  readonly policy: Policy
}

/** The outcome while the delegator or the `origin` function has not answered. It stands if one of them throws. */
export function provisional ({ layer, policy }: Governing): Outcome {
  // Until the delegator answers, no origin may read the response: a refused preflight has no header but `Vary`.
  return layer.settings.delegator === undefined ? policy.others : layer.plain.policy.preflight.refused
}

/** Decides about an actual request that has its provisional outcome. `settle` gets each better one in turn, the final one last. */
export function judge (governing: Governing, request: FastifyRequest, settle: (outcome: Outcome) => void): Maybe<Verdict> {
  return andThen(afterDelegator(governing, request), ({ policy }) => {
    const { origin } = request.headers
    settle(policy.others)
    if (origin === undefined) return { governing, policy, outcome: policy.others }
    return andThen(isAllowed(policy, origin, request), allowed => {
      const outcome = allowed ? policy.allowed : policy.others
      settle(outcome)
      return { governing, policy, outcome }
    })
  })
}

export type Done = (error?: Error) => void

/**
 * Calls `next` with a decision, at once or when its promise resolves. If the delegator or the `origin` function throws, the
 * request ends as a Fastify error before the handler runs.
 */
export function whenDecided<T> (decide: () => Maybe<T>, next: (decision: T) => void, done: Done): void {
  let decision
  try {
    decision = decide()
  } catch (error) {
    return done(failure(error))
  }
  if (decision instanceof Promise) decision.then(next).catch((error: unknown) => { done(failure(error)) })
  else next(decision)
}

/** The value to pass to `done`. Fastify takes a falsy one for success, so that becomes an Error. */
function failure (error: unknown): Error {
  return (error || new Error(`a function of the CORS options threw ${String(error)}`)) as Error
}
