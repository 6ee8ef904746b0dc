import type { IncomingMessage } from 'node:http'
import type { FastifyError } from 'fastify'
import type { PreflightObstacle } from '../policy/advice'
import type { Policy } from '../policy/policy'
import { isKnownMethod } from '../protocol/methods'
import type { OutcomeFields } from '../response/outcome'
import type { Application } from '../routing/application'
import type { Registration } from '../routing/contexts'
import { governingFor } from '../routing/governing'
import type { KnownRoute } from '../routing/recorder'
import { type PreflightTarget, instanceAt, isUnseenRoute, preflightTarget, requestedMethod, routeFor } from '../routing/target'
import { type CorsHeaders, headersOf } from '../server/headers-for'
import { judgePreflight, obstaclesTo, undecided } from '../server/preflight'
import { refusal } from '../server/refusal'
import { standIn } from '../server/stand-in'
import { type PreflightVerdict, judge, provisional } from '../server/verdict'

/** The answer that a preflight would get, as far as the plugin can tell. */
export interface DryPreflight {
  readonly raw: IncomingMessage
  /** What answers: the plugin, an OPTIONS route of the application, or neither (404, or 400 for a malformed URL). */
  readonly by: 'plugin' | 'application' | 'nothing'
  /** `undefined` if an OPTIONS route of the application decides. */
  readonly status: number | undefined
  readonly headers: CorsHeaders
  readonly target: PreflightTarget | undefined
  readonly verdict: PreflightVerdict | undefined
  /** Everything in the preflight that the policy does not allow. */
  readonly obstacles: readonly PreflightObstacle[]
  /** The error of the delegator or the `origin` function. */
  readonly error: unknown
}

/** The response that an actual request would get, as far as the plugin can tell. */
export interface DryActual {
  readonly raw: IncomingMessage
  readonly route: KnownRoute | undefined
  /** Whether the request reaches a route that was added before the plugin could see it. */
  readonly isUnseen: boolean
  readonly registration: Registration | undefined
  readonly policy: Policy | undefined
  /** `undefined` if the handler decides. */
  readonly status: number | undefined
  readonly headers: CorsHeaders
  readonly refused: FastifyError | undefined
  readonly error: unknown
}

/** Finds the answer to a preflight without sending it. No hook or handler runs, only the delegator and the `origin` function. */
export async function dryPreflight (application: Application, raw: IncomingMessage): Promise<DryPreflight> {
  if (isMalformed(application, raw)) return { raw, by: 'nothing', status: 400, headers: {}, target: undefined, verdict: undefined, obstacles: [], error: undefined }
  const target = preflightTarget(application, String(requestedMethod(raw)), String(raw.url), raw)
  const own = routeFor(application, raw)
  const rest = { raw, by: own === undefined ? 'nothing' : 'application', status: own === undefined ? 404 : undefined, obstacles: [] } as const
  if (target === undefined || target.mode === 'leave') return { ...rest, headers: {}, target, verdict: undefined, error: undefined }
  try {
    const request = standIn(application, raw, undefined)
    const verdict = await judgePreflight(application, target, request)
    const found = { headers: headersOf(verdict.outcome, raw), target, verdict, obstacles: obstaclesTo(target, verdict, request), error: undefined }
    if (!verdict.outcome.allowed) return { raw, by: 'plugin', status: 403, ...found }
    const answer = target.mode === 'continue' ? rest : { raw, by: 'plugin', status: verdict.policy.preflight.status } as const
    return { ...answer, ...found }
  } catch (error) {
    return { raw, by: 'plugin', status: 500, headers: headersOf(undecided(target), raw), target, verdict: undefined, obstacles: [], error }
  }
}

/** Finds the response to an actual request in the same way. */
export async function dryActual (application: Application, raw: IncomingMessage): Promise<DryActual> {
  const answer = await answerOfApplication(application, raw)
  // Node.js does not parse a method such as `patch`, and answers before the application sees the request.
  return isKnownMethod(String(raw.method)) ? answer : { ...answer, status: 400, headers: {}, refused: undefined, error: undefined }
}

async function answerOfApplication (application: Application, raw: IncomingMessage): Promise<DryActual> {
  if (isMalformed(application, raw)) return { raw, route: undefined, isUnseen: false, registration: undefined, policy: undefined, status: 400, headers: {}, refused: undefined, error: undefined }
  const route = routeFor(application, raw)
  const request = standIn(application, raw, route)
  const isUnseen = route === undefined && isUnseenRoute(application, request.method, request.url)
  const instance = isUnseen ? instanceAt(application, routerPath(application, request.url)) : request.server
  const governing = governingFor(application, instance, request)
  const base = { raw, route, isUnseen, registration: governing?.registration }
  let outcome: OutcomeFields | undefined = governing && provisional(governing)
  try {
    const verdict = governing && await judge(governing, request, next => { outcome = next })
    const { origin } = request.headers
    const refused = origin !== undefined ? refusal(application, verdict, origin, request) : undefined
    const status = refused !== undefined ? 403 : request.is404 && !isUnseen ? 404 : undefined
    return { ...base, policy: verdict?.policy, status, headers: headersOf(outcome, raw), refused, error: undefined }
  } catch (error) {
    // If the `origin` function threw, this is its policy. If the delegator threw, there is no policy.
    const policy = governing?.layer.settings.delegator === undefined ? governing?.policy : undefined
    return { ...base, policy, status: 500, headers: headersOf(outcome, raw), refused: undefined, error }
  }
}

/** Whether Fastify answers 400, outside its hooks. `readInput` refuses such a URL, so a `rewriteUrl` has returned it. */
function isMalformed ({ read }: Application, { url }: IncomingMessage): boolean {
  return read(String(url)) === undefined
}

/** The path of a URL as the router reads it. */
export function routerPath ({ read }: Application, url: string): string {
  return read(url) as string // it is not malformed
}
