import type { DryActual, DryPreflight } from '../fastify/dry-run'
import { nameOf } from '../fastify/application'
import { pathOf } from '../fastify/excerpt'
import { sayWhere } from '../fastify/place'
import type { Declaration } from '../fastify/recorder'
import type { Registration } from '../fastify/scope'
import type { Failure } from '../fetch/codes'
import { adviceOn } from '../policy/advice'
import type { Obstacle } from '../policy/advice'
import type { Policy } from '../policy/policy'

/** Who refuses, and by whose options. */
interface Refuser {
  readonly registration: Registration
  readonly route: Declaration | undefined
  readonly policy: Policy
}

/** What to change in the options of the plugin, so that the failure goes away. */
export function fixFor (failure: Failure, url: string, preflight: DryPreflight | undefined, actual: DryActual): string {
  const error = preflight?.error ?? actual.error
  if (error !== undefined) return `mend the function of the options, which threw: ${error instanceof Error ? error.message : String(error)}`
  // With a preflight that passed, the answer to the request itself is what fails.
  const refuser = preflight?.verdict?.allowed === false || isOfPreflight(failure) ? refuserOf(preflight) : ofActual(actual)
  const obstacle = obstacleIn(failure)
  if (refuser !== undefined && obstacle !== undefined) return adviceOn(obstacle, refuser.policy, whereOf(refuser))
  if (preflight?.target !== undefined) return onOptionsRoute(preflight)
  return `register fastify-cors-policy where it governs ${pathOf(new URL(url).pathname)}: in the context of the route or around it, and with \`paths\`, if any, that match`
}

function isOfPreflight ({ code }: Failure): boolean {
  return code.includes('Preflight')
}

function refuserOf (preflight: DryPreflight | undefined): Refuser | undefined {
  if (preflight?.verdict === undefined) return undefined
  const { candidate, policy } = preflight.verdict
  return { registration: candidate.registration, route: candidate.route, policy }
}

function ofActual ({ registration, route, policy }: DryActual): Refuser | undefined {
  return registration && policy && { registration, route, policy }
}

export function whereOf ({ registration, route }: Pick<Refuser, 'registration' | 'route'>): string {
  return sayWhere(registration, route?.overlay, () => route === undefined ? '' : nameOf(route))
}

/** What of the request the policy refuses, where it is that. */
function obstacleIn (failure: Failure): Obstacle | undefined {
  switch (failure.code) {
    case 'MethodDisallowedByPreflightResponse': return { kind: 'method', method: failure.facts.method }
    case 'HeaderDisallowedByPreflightResponse': return { kind: 'header', name: failure.facts.name }
    case 'WildcardOriginNotAllowed':
    case 'InvalidAllowCredentials':
    case 'PreflightWildcardOriginNotAllowed':
    case 'PreflightInvalidAllowCredentials': return { kind: 'credentials' }
    default: return 'origin' in failure.facts ? { kind: 'origin', origin: failure.facts.origin } : undefined
  }
}

/** The preflight is the application's own to answer, and it has no route that would. */
function onOptionsRoute ({ target }: DryPreflight): string {
  const option = target?.mode === 'leave' ? '`preflight: false`' : '`preflightContinue: true`'
  return `add an OPTIONS route at this URL that answers preflights with 204, or take ${option} away`
}
