import type { FastifyRequest } from 'fastify'
import { type Maybe, allows, andThen } from '../policy/decide'
import type { Policy } from '../policy/policy'
import type { Outcome } from '../response/outcome'
import { delegated } from '../routing/governing'
import type { Candidate, Governing, PreflightAnswer } from '../routing/layer'

/** What was decided for an actual request, and by which policy. */
export interface Verdict {
  /** What governs the request, before a delegator is asked. */
  readonly governing: Governing
  /** With the options of the delegator, if there is one. */
  readonly policy: Policy
  readonly outcome: Outcome
}

/** What a preflight gets. */
export interface PreflightVerdict extends PreflightAnswer {
  readonly candidate: Candidate
  /** With the options of the delegator, if there is one. */
  readonly policy: Policy
}

/** What a request is answered with while functions of the options have no answer, and if one throws. */
export function provisional ({ layer, policy }: Governing): Outcome {
  // Until the delegator answers, no origin is known to be one that may read.
  return layer.settings.delegator === undefined ? policy.others : layer.plain.policy.preflight.refused
}

/** Asks the functions of the options. `settle` is told each outcome that holds until a better one is known. */
export function judge (governing: Governing, request: FastifyRequest, settle: (outcome: Outcome) => void): Maybe<Verdict> {
  settle(provisional(governing))
  return andThen(delegated(governing, request), ({ policy }) => {
    const { origin } = request.headers
    settle(policy.others)
    if (origin === undefined) return { governing, policy, outcome: policy.others }
    return andThen(allows(policy, origin, request), allowed => {
      const outcome = allowed ? policy.allowed : policy.others
      settle(outcome)
      return { governing, policy, outcome }
    })
  })
}

type Done = (error?: Error) => void

/**
 * Goes on with what functions of the options decide, now or later. What they throw ends the request as a Fastify error
 * before the handler runs.
 */
export function whenDecided<T> (decide: () => Maybe<T>, next: (decision: T) => void, done: Done): void {
  try {
    const decision = decide()
    if (!(decision instanceof Promise)) return next(decision)
    decision.then(next).catch((error: unknown) => { done(failure(error)) })
  } catch (error) {
    done(failure(error))
  }
}

/** Fastify takes whatever was thrown, except what is falsy: to it that means success. */
function failure (error: unknown): Error {
  return (error || new Error(`a function of the CORS options threw ${String(error)}`)) as Error
}
