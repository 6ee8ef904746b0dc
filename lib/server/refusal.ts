import { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Policy } from '../policy/policy'
import type { Application } from '../routing/application'
import { FST_CORS_ORIGIN_NOT_ALLOWED, FST_CORS_PREFLIGHT_WOULD_REFUSE } from '../errors'
import { excerpt, pathOf } from './excerpt'
import { isHeld } from './hold'
import { isOwnOrigin } from './own-origin'

/** The 403 for a request that is refused on the server too: by `enforce`, or since its preflight was let pass. */
export function refusal (application: Application, policy: Policy, allowed: boolean, request: FastifyRequest): FastifyError | undefined {
  const { origin } = request.headers
  const mayBeRefused = !application.isExact || (!allowed && policy.enforce !== false)
  if (!mayBeRefused || origin === undefined || isOwnOrigin(request)) return undefined
  const path = pathOf(request.url)
  if (!allowed && isEnforced(policy, request)) {
    return new FST_CORS_ORIGIN_NOT_ALLOWED(`cross-origin request refused: origin ${excerpt(origin)} may not call ${request.method} ${path}`)
  }
  if (isHeld(application, policy, allowed, request)) {
    return new FST_CORS_PREFLIGHT_WOULD_REFUSE(request.method, path, excerpt(origin))
  }
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

function isEnforced ({ enforce }: Policy, request: FastifyRequest): boolean {
  if (enforce === false) return false
  // A browser connects WebSockets to any origin, with cookies and without a preflight.
  return enforce === 'all' || !SAFE_METHODS.has(request.method) || isWebSocket(request)
}

export function isWebSocket ({ headers }: FastifyRequest): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

/** Node leaves the socket of an upgrade to whoever took it, and who did closes none that was refused before its own hooks. */
export function closeRefusedUpgrade (request: FastifyRequest, reply: FastifyReply): void {
  if (!isWebSocket(request)) return
  const { socket } = request.raw
  reply.header('connection', 'close')
  if (socket instanceof Socket) reply.raw.once('finish', () => { socket.destroySoon() })
}
