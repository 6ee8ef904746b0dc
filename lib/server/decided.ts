import type { Outcome } from '../policy/policy'

const kOutcome = Symbol('fastify-cors-policy.outcome')

/** Where a decision is kept until the head of the response is written: the raw response, or whatever stands for it. */
export type DecisionPlace = object

interface Slot { [kOutcome]?: Outcome | null }

/** What the response carries; `null` where nobody governs it, and `undefined` before anybody has looked. */
export function decided (place: DecisionPlace): Outcome | null | undefined {
  return (place as Slot)[kOutcome] // a private slot
}

export function decide (place: DecisionPlace, outcome: Outcome | null): void {
  (place as Slot)[kOutcome] = outcome // a private slot
}
