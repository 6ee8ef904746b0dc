import { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { FST_CORS_ORIGIN_NOT_ALLOWED, FST_CORS_PREFLIGHT_WOULD_REFUSE } from '../errors'
import type { Policy } from '../policy/policy'
import type { Application } from '../routing/application'
import { isCertain } from '../routing/governing'
import { isHeld } from './held'
import { excerpt, isOwnOrigin, isWebSocket, pathOf } from './request'
import type { Verdict } from './verdict'

/**
 * The 403 for an actual request that the server refuses: `enforce` says so, or another policy may have accepted its preflight.
 * `verdict` is `undefined` if no policy governs the request.
 */
export function refusal (application: Application, verdict: Verdict | undefined, origin: string, request: FastifyRequest): FastifyError | undefined {
  const isForbidden = verdict !== undefined && !verdict.outcome.allowed && isEnforced(verdict.policy, request)
  if (!isForbidden && (isCertain(application, request.raw) || !isHeld(application, verdict, request))) return undefined
  if (isOwnOrigin(request)) return undefined
  const target = `${request.method} ${pathOf(request.url)}`
  if (isForbidden) return notAllowed(origin, request)
  return new FST_CORS_PREFLIGHT_WOULD_REFUSE(verdict === undefined
    ? `no policy governs ${target}, so none accepts it from origin ${excerpt(origin)}`
    : `the policy of ${target} does not accept it from origin ${excerpt(origin)}`)
}

export function notAllowed (origin: string, { method, url }: FastifyRequest): FastifyError {
  return new FST_CORS_ORIGIN_NOT_ALLOWED(`cross-origin request refused: origin ${excerpt(origin)} may not call ${method} ${pathOf(url)}`)
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

function isEnforced ({ enforce }: Policy, request: FastifyRequest): boolean {
  if (enforce === false) return false
  // A browser connects WebSockets to any origin, with cookies and without a preflight.
  return enforce === 'all' || !SAFE_METHODS.has(request.method) || isWebSocket(request)
}

/** Prepares the reply to a refused request. */
export function prepareRefusal (request: FastifyRequest, reply: FastifyReply): void {
  // `Vary` lists only some of the headers that this 403 depends on, so it must not be cached.
  reply.header('cache-control', 'no-store')
  if (isWebSocket(request)) closeUpgrade(request, reply)
}

/** Closes the socket: Node.js leaves it to the `upgrade` listener, and WebSocket plugins close only those that reach their hooks. */
function closeUpgrade (request: FastifyRequest, reply: FastifyReply): void {
  const { socket } = request.raw
  reply.header('connection', 'close')
  if (socket instanceof Socket) reply.raw.once('finish', () => { socket.destroySoon() })
}
