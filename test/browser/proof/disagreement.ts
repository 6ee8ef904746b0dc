import { type Outcome, isSameReason } from './outcome'
import type { Proved } from './prove'

/** What differs, for a person to read; `undefined` if everything agrees. */
export function disagreement ({ scenario, chromium, testing, explained: { misjudged } }: Proved): object | undefined {
  const calls = scenario.steps.map((step, i) => ({ ...step, ...difference(chromium.outcomes[i], testing.outcomes[i], isSameOutcome) }))
  const length = Math.max(chromium.requests.length, testing.requests.length)
  const requests = Array.from({ length }, (_, i) => difference(chromium.requests[i], testing.requests[i], isEqual))
  const agrees = [...calls, ...requests].every(one => !('chromium' in one)) && misjudged.length === 0
  return agrees ? undefined : { server: scenario.told, page: scenario.page, calls, requests, explain: misjudged }
}

function difference<T> (chromium: T, testing: T, isSame: (a: T, b: T) => boolean): object {
  return isSame(chromium, testing) ? { both: chromium } : { chromium, testing }
}

function isSameOutcome (chromium: Outcome | undefined, testing: Outcome | undefined): boolean {
  return chromium?.kind === 'blocked' && testing?.kind === 'blocked'
    ? isSameReason(chromium.code, testing.code)
    : isEqual(chromium, testing)
}

function isEqual (a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
