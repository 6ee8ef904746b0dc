import { type Application, nameOf } from '../routing/application'
import type { DryActual, DryPreflight } from './dry-run'
import { pathOf } from '../server/request'
import { placeOf, sayPlace, sayWhere } from '../routing/place'
import type { KnownRoute } from '../routing/recorder'
import { adviceOnHeld } from '../server/report'
import type { Registration } from '../routing/contexts'
import type { Candidate } from '../routing/layer'
import type { PreflightTarget } from '../routing/target'
import { type Failure, describeFailure, isOfNetwork } from '../browser/codes'
import type { PageRequest } from '../browser/request'
import type { Settings } from '../options/settings'
import { adviceOn, optionOf } from '../policy/advice'
import type { Obstacle } from '../policy/advice'
import type { Policy } from '../policy/policy'
import { isKnownMethod } from '../protocol/methods'

/** The source of options: the registration, and the route that may overlay them. */
interface Source {
  readonly registration: Registration
  readonly route: KnownRoute | undefined
}

/** Says what to change, in the options of the plugin or in the page, so that the browser does not block the request. */
export function fixFor (failure: Failure, request: PageRequest, preflight: DryPreflight | undefined, actual: DryActual): string {
  if (isOfNetwork(failure)) return describeFailure(failure).fix
  // If the preflight has succeeded, it is the response to the actual request that fails.
  return preflight !== undefined && isOfPreflight(failure) ? fixForPreflight(failure, request, preflight) : fixForActual(failure, request, actual)
}

/** Says what to change if the page may read the response, and the response is an error of the plugin (403 or 500). */
export function fixForAnswer (application: Application, { raw, registration, route, status, refused, error }: DryActual): string | undefined {
  // A page cannot read the 403 for its origin, so this is the 403 for a held request.
  if (refused !== undefined) return adviceOnHeld(application, raw)
  return registration !== undefined && status === 500 ? onError({ registration, route }, error) : undefined
}

/** Says where the options of a source, or the given option, are. */
export function whereOf ({ registration, route }: Source, option?: keyof Settings): string {
  if (route === undefined) return sayWhere({ registration, overlay: undefined }, String, option) // without an overlay, the name of the route is not used
  return sayWhere({ registration, overlay: route.overlay }, () => nameOf(route), option)
}

function candidateSource ({ governing: { registration }, route }: Candidate): Source {
  return { registration, route }
}

export function sayError (error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

function isOfPreflight ({ code }: Failure): boolean {
  return code.includes('Preflight')
}

function fixForPreflight (failure: Failure, request: PageRequest, preflight: DryPreflight): string {
  const { target, verdict, status, error } = preflight
  if (target === undefined) return onUngoverned(request)
  if (status === 500) return onError(candidateSource(target.candidates[0]), error)
  if (verdict === undefined || failure.code === 'PreflightInvalidStatus') return onOptionsRoute(target)
  return advice(failure, request, verdict.policy, candidateSource(verdict.candidate), preflight.obstacles)
}

function fixForActual (failure: Failure, request: PageRequest, { registration, route, policy, status, error }: DryActual): string {
  if (status === 400) return onUnparsed(request) // the plugin and the router have no such status
  if (registration === undefined) return status === 404 ? onUnrouted(request) : onUngoverned(request)
  if (policy === undefined || status === 500) return onError({ registration, route }, error)
  return advice(failure, request, policy, { registration, route })
}

/** What to change about the failure, and about all else that the policy does not allow of the preflight. */
function advice (failure: Failure, request: PageRequest, policy: Policy, source: Source, known: readonly Obstacle[] = []): string {
  const first = obstacleIn(failure, request)
  const obstacles = known.some(({ kind }) => kind === first.kind) ? known : [first, ...known]
  return obstacles.map(each => adviceOn(each, policy, whereOf(source, optionOf(each, policy)))).join('; ')
}

/** The part of the request that the policy refuses. */
function obstacleIn (failure: Failure, { origin }: PageRequest): Obstacle {
  switch (failure.code) {
    case 'MethodDisallowedByPreflightResponse': return { kind: 'method', method: failure.facts.method }
    case 'HeaderDisallowedByPreflightResponse': return { kind: 'header', names: [failure.facts.name] }
    case 'WildcardOriginNotAllowed':
    case 'InvalidAllowCredentials':
    case 'PreflightWildcardOriginNotAllowed':
    case 'PreflightInvalidAllowCredentials': return { kind: 'credentials' }
    default: return { kind: 'origin', origin }
  }
}

function onUngoverned ({ url }: PageRequest): string {
  return `register fastify-cors-policy where it governs ${shownPath(url)}: in the context of the route or around it, and with \`paths\`, if any, that match`
}

function onUnparsed ({ method }: PageRequest): string {
  const upper = method.toUpperCase()
  const known = isKnownMethod(upper) ? `let the page write the method as ${upper}` : 'let the page use another method'
  return `${known}: Node.js does not parse ${method}, and answers 400 before the application sees the request`
}

/** For a 404 below the prefix of a context: the application itself answers it, so a registration there has to govern it. */
function onUnrouted ({ method, url }: PageRequest): string {
  return `add a route for ${method} ${shownPath(url)}, or, so that pages may read the 404, register fastify-cors-policy on the application itself, with \`paths\` that match`
}

/** For an error of the delegator, which is in the options of the registration, or of an `origin` function. */
function onError ({ registration, route }: Source, error: unknown): string {
  const isDelegated = registration.layer.settings.delegator !== undefined
  const where = isDelegated ? sayPlace(placeOf(registration)) : whereOf({ registration, route })
  return `fix the function that failed, in ${where}: ${sayError(error)}`
}

/** For a preflight that the options leave to the application, which has no OPTIONS route to answer it. */
function onOptionsRoute ({ mode }: PreflightTarget): string {
  const option = mode === 'leave' ? '`preflight: false`' : '`preflightContinue: true`'
  return `add an OPTIONS route at this URL that answers preflights with 204, or remove ${option}`
}

function shownPath (url: string): string {
  return pathOf(new URL(url).pathname)
}
