import type { FastifyError, FastifyRequest } from 'fastify'
import type { Obstacle } from '../policy/advice'
import type { Policy } from '../policy/policy'
import type { Application } from '../routing/application'
import { isOwnOrigin } from './own-origin'
import { isWebSocket } from './refusal'
import { isHeard, reportActual, reportHeld } from './report'

/** Reports an actual request that the server refuses, or whose response a browser will keep from the page. */
export function tellBlocked (application: Application, policy: Policy, origin: string, allowed: boolean, refused: FastifyError | undefined, request: FastifyRequest): void {
  if (refused !== undefined) {
    if (refused.code === 'FST_CORS_PREFLIGHT_WOULD_REFUSE') reportHeld(application, request, refused.code)
    else reportActual(application, policy, { kind: 'origin', origin }, request, refused.code)
    return
  }
  const obstacle = obstacleTo(policy, allowed, origin, request)
  if (obstacle === undefined || !isHeard(request.log) || !isChecked(request) || isOwnOrigin(request)) return
  reportActual(application, policy, obstacle, request, codeOf(obstacle, policy))
}

/** Fetch, "CORS check". Where CORS is off, the route may have headers of its own. */
function obstacleTo (policy: Policy, allowed: boolean, origin: string, { headers }: FastifyRequest): Obstacle | undefined {
  if (policy.allow.kind === 'none') return undefined
  if (!allowed) return { kind: 'origin', origin }
  // A browser sends cookies to another origin with credentials alone.
  return headers.cookie !== undefined && !policy.settings.credentials ? { kind: 'credentials' } : undefined
}

/** Forms, WebSockets and `no-cors` requests have an origin too, and no CORS check. Over plain HTTP no browser says which it is. */
function isChecked (request: FastifyRequest): boolean {
  const mode = request.headers['sec-fetch-mode']
  return mode === undefined ? !isWebSocket(request) : mode === 'cors'
}

function codeOf ({ kind }: Obstacle, { allow }: Policy): string {
  if (kind === 'credentials') return allow.kind === 'any' ? 'WildcardOriginNotAllowed' : 'InvalidAllowCredentials'
  return allow.kind === 'one' ? 'AllowOriginMismatch' : 'MissingAllowOriginHeader'
}
