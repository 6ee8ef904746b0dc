import type { IncomingMessage } from 'node:http'
import type { Maybe } from '../policy/decide'
import { andThen } from '../policy/decide'
import type { Head, OutcomeFields } from '../response/outcome'
import { applyOutcome } from '../response/write-head'
import type { Application } from '../routing/application'
import { preflightTarget, requestedMethod } from '../routing/target'
import { type Outside, governingOutside, outside } from './outside'
import { judgePreflight, undecided } from './preflight'
import { judge, provisional } from './verdict'

/** Header names in lower case, with their values. */
export type CorsHeaders = Readonly<Record<string, string>>

/** The CORS headers and `Vary` that a response to this message carries; none if no registration governs it. */
export function headersFor (application: Application, raw: IncomingMessage): Maybe<CorsHeaders> {
  const message = outside(application, raw)
  let outcome: OutcomeFields | undefined
  const headers = () => headersOf(outcome, raw)
  // If the delegator or the `origin` function throws, `outcome` is still the provisional one.
  try {
    const pending = decide(application, message, next => { outcome = next })
    if (!(pending instanceof Promise)) return headers()
    return pending.catch((err: unknown) => { tell(application, err) }).then(headers)
  } catch (err) {
    tell(application, err)
    return headers()
  }
}

function decide (application: Application, message: Outside, settle: (outcome: OutcomeFields) => void): Maybe<unknown> {
  const { raw, url, request } = message
  const method = requestedMethod(raw)
  if (method === undefined) {
    const governing = governingOutside(application, message)
    if (governing === undefined) return undefined
    settle(provisional(governing))
    return judge(governing, request, settle)
  }
  const target = preflightTarget(application, method, url, raw)
  if (target === undefined || target.mode === 'leave') return undefined
  settle(undecided(target))
  return andThen(judgePreflight(application, target, request), ({ outcome }) => { settle(outcome) })
}

function tell ({ root }: Application, err: unknown): void {
  root.log.error({ err }, 'fastify-cors-policy could not decide which CORS headers a response carries')
}

export function headersOf (outcome: OutcomeFields | undefined, { headers }: IncomingMessage): CorsHeaders {
  const head: Head = {}
  if (outcome !== undefined) applyOutcome(outcome, headers, head)
  return head as CorsHeaders // it was empty, and an outcome sets only strings
}
