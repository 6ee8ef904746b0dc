import type { Proved } from './prove'
import { isSameReasons } from './reasons'

/** What differs, for a person to read; `undefined` if everything agrees. */
export function disagreement ({ scenario, name, engine, testing, explained: { misjudged } }: Proved): object | undefined {
  const calls = scenario.steps.map((step, i) => ({ ...step, ...difference(engine.outcomes[i], testing.outcomes[i]) }))
  const length = Math.max(engine.requests.length, testing.requests.length)
  const requests = Array.from({ length }, (_, i) => difference(engine.requests[i], testing.requests[i]))
  // Firefox's console leaves out some failures of sandboxed frames.
  const isSame = (name === 'firefox' && scenario.page === 'null') || isSameReasons(name, engine.reasons, testing.failed)
  const reasons = { isSame, engine: engine.reasons, testing: testing.reasons }
  const agrees = [...calls, ...requests].every(one => !('engine' in one)) && misjudged.length === 0 && reasons.isSame
  return agrees ? undefined : { server: scenario.told, page: scenario.page, calls, requests, reasons, explain: misjudged }
}

function difference<T> (engine: T, testing: T): object {
  return JSON.stringify(engine) === JSON.stringify(testing) ? { both: engine } : { engine, testing }
}
