import type { IncomingMessage } from 'node:http'
import type { FastifyError } from 'fastify'
import type { Policy } from '../policy/policy'
import type { Application } from '../routing/application'
import { headersOf } from '../server/headers-for'
import type { CorsHeaders } from '../server/headers-for'
import { judge } from '../server/judge'
import { decided } from '../server/decided'
import type { DecisionPlace } from '../server/decided'
import { judgePreflight, undecided } from '../server/preflight-verdict'
import type { PreflightVerdict } from '../server/preflight-verdict'
import type { Declaration } from '../routing/recorder'
import { refusal } from '../server/refusal'
import { registrationFor } from '../routing/resolve'
import type { Registration } from '../routing/contexts'
import { standIn } from '../server/stand-in'
import { contextAt, findTarget, isUnseenRoute, routeFor } from '../routing/target'
import type { PreflightTarget } from '../routing/target'

/** What a preflight would be answered with, as far as the plugin knows. */
export interface DryPreflight {
  /** Who answers: the plugin, an OPTIONS route of the application's own, or nobody (404). */
  readonly by: 'plugin' | 'application' | 'nobody'
  /** `undefined` where a route of the application's own decides. */
  readonly status: number | undefined
  readonly headers: CorsHeaders
  readonly target: PreflightTarget | undefined
  readonly verdict: PreflightVerdict | undefined
  /** What a function of the options threw. */
  readonly error: unknown
}

/** What an actual request would be answered with, by the plugin's part. */
export interface DryActual {
  readonly route: Declaration | undefined
  /** Whether there is a route that was added before anybody could see it. */
  readonly isUnseen: boolean
  readonly registration: Registration | undefined
  readonly policy: Policy | undefined
  /** `undefined` where the handler decides. */
  readonly status: number | undefined
  readonly headers: CorsHeaders
  readonly refused: FastifyError | undefined
  readonly error: unknown
}

/** Finds out what would be answered, and answers nothing: no hook and no handler runs, only functions of the options. */
export async function dryPreflight (application: Application, raw: IncomingMessage): Promise<DryPreflight> {
  const target = findTarget(application, raw)
  const own = routeFor(application, raw)
  const rest = { by: own === undefined ? 'nobody' : 'application', status: own === undefined ? 404 : undefined } as const
  if (target === undefined || target.mode === 'leave') return { ...rest, headers: {}, target, verdict: undefined, error: undefined }
  try {
    const verdict = await judgePreflight(application, target, standIn(application, raw, undefined))
    const headers = headersOf(verdict.outcome, raw)
    if (!verdict.allowed) return { by: 'plugin', status: 403, headers, target, verdict, error: undefined }
    const answer = target.mode === 'continue' ? rest : { by: 'plugin', status: verdict.policy.preflight.status } as const
    return { ...answer, headers, target, verdict, error: undefined }
  } catch (error) {
    return { by: 'plugin', status: 500, headers: headersOf(undecided(target), raw), target, verdict: undefined, error }
  }
}

export async function dryActual (application: Application, raw: IncomingMessage): Promise<DryActual> {
  const route = routeFor(application, raw)
  const request = standIn(application, raw, route)
  const isUnseen = route === undefined && isUnseenRoute(application, request.method, request.url)
  const instance = isUnseen ? contextAt(application, pathIn(application, request.url)) : request.server
  const registration = registrationFor(application, instance, request.url)
  const base = { route, isUnseen, registration }
  const place: DecisionPlace = {}
  try {
    const policy = await judge(application, instance, request, place)
    const outcome = decided(place)
    const refused = policy && refusal(application, policy, outcome === policy.allowed, request)
    const status = refused !== undefined ? 403 : request.is404 && !isUnseen ? 404 : undefined
    return { ...base, policy, status, headers: headersOf(outcome, raw), refused, error: undefined }
  } catch (error) {
    return { ...base, policy: settledPolicy(registration, route), status: 500, headers: headersOf(decided(place), raw), refused: undefined, error }
  }
}

/** The policy whose `origin` function has failed; none where a delegator is still to be heard. */
function settledPolicy (registration: Registration | undefined, route: Declaration | undefined): Policy | undefined {
  const layer = registration?.layer
  return layer?.settings.delegator === undefined ? layer?.policyWith(route?.overlay) : undefined
}

/** The path of a URL that the router does not refuse. */
export function pathIn ({ read }: Application, url: string): string {
  return read(url) as string // `undefined` is for URLs that nobody can decode, which are not explained
}
