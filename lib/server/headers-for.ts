import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Maybe } from '../policy/decide'
import { andThen } from '../policy/decide'
import type { Head, OutcomeFields } from '../response/outcome'
import { applyOutcome } from '../response/write-head'
import type { Application } from '../routing/application'
import { governingFor } from '../routing/governing'
import { instanceAt, preflightTarget, requestedMethod, routeFor } from '../routing/target'
import { judgePreflight, undecided } from './preflight'
import { standIn } from './stand-in'
import { judge, provisional } from './verdict'

/** Header names in lower case, with their values. */
export type CorsHeaders = Readonly<Record<string, string>>

/** The CORS headers and `Vary` that a response to this message carries; none if no registration governs it. */
export function headersFor (application: Application, raw: IncomingMessage): Maybe<CorsHeaders> {
  const url = readable(application, String(raw.url))
  const request = standIn(application, raw, routeFor(application, raw, url))
  let outcome: OutcomeFields | undefined
  const headers = () => headersOf(outcome, raw)
  // If the delegator or the `origin` function throws, `outcome` is still the provisional one.
  try {
    const pending = decide(application, raw, request, url, next => { outcome = next })
    if (!(pending instanceof Promise)) return headers()
    return pending.catch((err: unknown) => { tell(application, err) }).then(headers)
  } catch (err) {
    tell(application, err)
    return headers()
  }
}

function decide (application: Application, raw: IncomingMessage, request: FastifyRequest, url: string, settle: (outcome: OutcomeFields) => void): Maybe<unknown> {
  const method = requestedMethod(raw)
  if (method === undefined) {
    const governing = governingFor(application, serverOf(application, request, url), request, url)
    if (governing === undefined) return undefined
    settle(provisional(governing))
    return judge(governing, request, settle)
  }
  const target = preflightTarget(application, method, url, raw)
  if (target === undefined || target.mode === 'leave') return undefined
  settle(undecided(target))
  return andThen(judgePreflight(application, target, request), ({ outcome }) => { settle(outcome) })
}

/** The context that governs the message. One without a route belongs to the innermost context with a prefix that its path is below. */
function serverOf (application: Application, request: FastifyRequest, url: string) {
  return request.is404 ? instanceAt(application, application.read(url) ?? url) : request.server
}

/** Escapes the percent signs of a URL that cannot be decoded, so that it is compared as it is written. */
function readable ({ read }: Application, url: string): string {
  return read(url) === undefined ? url.replaceAll('%', '%25') : url
}

function tell ({ root }: Application, err: unknown): void {
  root.log.error({ err }, 'fastify-cors-policy could not decide which CORS headers a response carries')
}

export function headersOf (outcome: OutcomeFields | undefined, { headers }: IncomingMessage): CorsHeaders {
  const head: Head = {}
  if (outcome !== undefined) applyOutcome(outcome, headers, head)
  return head as CorsHeaders // it was empty, and an outcome sets only strings
}
