import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Outcome } from '../policy/policy'
import type { Application } from '../routing/application'
import { applyOutcome } from './head'
import type { Head } from './head'
import { judge } from './judge'
import { decide as keep, decided } from './decided'
import type { DecisionPlace } from './decided'
import { judgePreflight, undecided } from './preflight-verdict'
import { andThen } from '../routing/resolve'
import type { Maybe } from '../routing/resolve'
import { standIn } from './stand-in'
import { contextAt, routeFor, targetFor, requestedMethod } from '../routing/target'

/** Header names, in lower case, and values. */
export type CorsHeaders = Readonly<Record<string, string>>

/** The CORS headers and `Vary` that an answer to this message carries; none where nobody governs it. */
export function headersFor (application: Application, raw: IncomingMessage): Maybe<CorsHeaders> {
  const url = readable(application, String(raw.url))
  const request = standIn(application, raw, routeFor(application, raw, url))
  const place: DecisionPlace = {}
  try {
    const pending = decide(application, raw, request, place, url)
    if (!(pending instanceof Promise)) return headersOf(decided(place), raw)
    return pending
      .catch((err: unknown) => { tell(application, err) })
      .then(() => headersOf(decided(place), raw))
  } catch (err) {
    tell(application, err)
    return headersOf(decided(place), raw)
  }
}

/** What is decided stays with the request; if a function of the user's fails, that it reads nothing. */
function decide (application: Application, raw: IncomingMessage, request: FastifyRequest, place: DecisionPlace, url: string): Maybe<unknown> {
  const method = requestedMethod(raw)
  if (method === undefined) return judge(application, contextOf(application, request, url), request, place, url)
  const target = targetFor(application, method, url, raw)
  if (target === undefined || target.mode === 'leave') return undefined
  keep(place, undecided(target))
  return andThen(judgePreflight(application, target, request), ({ outcome }) => { keep(place, outcome) })
}

function contextOf (application: Application, request: FastifyRequest, url: string) {
  // What is answered outside of Fastify's hooks has often no route: the context is the one where it would have been.
  return request.is404 ? contextAt(application, application.read(url) ?? url) : request.server
}

/** A URL whose escapes are none is read to the letter. */
function readable ({ read }: Application, url: string): string {
  return read(url) === undefined ? url.replaceAll('%', '%25') : url
}

function tell ({ root }: Application, err: unknown): void {
  root.log.error({ err }, 'fastify-cors-policy could not decide which CORS headers an answer carries')
}

export function headersOf (outcome: Outcome | null | undefined, { headers }: IncomingMessage): CorsHeaders {
  if (outcome == null) return {}
  const head: Head = {}
  applyOutcome(outcome, headers, head)
  return head as CorsHeaders // of texts alone, since it was empty
}
