import { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { FST_CORS_ORIGIN_NOT_ALLOWED, FST_CORS_PREFLIGHT_WOULD_REFUSE } from '../errors'
import { acceptsMethod, refusedHeaders } from '../policy/decide'
import type { Policy } from '../policy/policy'
import { isSafelistedContentType } from '../protocol/headers'
import { isSafelistedMethod } from '../protocol/methods'
import type { Application } from '../routing/application'
import { preflightTarget } from '../routing/target'
import { excerpt, isOwnOrigin, isWebSocket, pathOf } from './request'
import type { Verdict } from './verdict'

/** The 403 for an actual request that the server refuses: `enforce` says so, or another policy may have accepted its preflight. */
export function refusal (application: Application, verdict: Verdict, origin: string, request: FastifyRequest): FastifyError | undefined {
  const isForbidden = !verdict.outcome.allowed && isEnforced(verdict.policy, request)
  if (!isForbidden && (application.isExact || !isHeld(application, verdict, request))) return undefined
  if (isOwnOrigin(request)) return undefined
  const { method } = request
  const path = pathOf(request.url)
  return isForbidden
    ? new FST_CORS_ORIGIN_NOT_ALLOWED(`cross-origin request refused: origin ${excerpt(origin)} may not call ${method} ${path}`)
    : new FST_CORS_PREFLIGHT_WOULD_REFUSE(method, path, excerpt(origin))
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

function isEnforced ({ enforce }: Policy, request: FastifyRequest): boolean {
  if (enforce === false) return false
  // A browser connects WebSockets to any origin, with cookies and without a preflight.
  return enforce === 'all' || !SAFE_METHODS.has(request.method) || isWebSocket(request)
}

/**
 * Whether another policy at the same URL may have accepted the preflight of a request, and the policy of its route would have
 * refused that preflight. A request that needs no preflight is never held.
 */
function isHeld (application: Application, verdict: Verdict, request: FastifyRequest): boolean {
  if (!wasPreflighted(request) || !isUncertain(application, verdict, request)) return false
  return !(verdict.outcome.allowed && acceptsActual(verdict.policy, request))
}

/** Whether the method or the content type shows that a browser must have sent a preflight (Fetch, "HTTP fetch"). */
function wasPreflighted ({ method, headers }: FastifyRequest): boolean {
  const type = headers['content-type']
  return !isSafelistedMethod(method) || (type !== undefined && !isSafelistedContentType(type))
}

/** Whether a policy other than that of the request's route may have answered its preflight. */
function isUncertain (application: Application, { governing }: Verdict, request: FastifyRequest): boolean {
  if (request.is404) return false
  const target = preflightTarget(application, request.method, request.url, request.raw)
  return target !== undefined && target.candidates.some(each => each.governing.policy !== governing.policy)
}

function acceptsActual ({ preflight }: Policy, { method, headers }: FastifyRequest): boolean {
  if (!acceptsMethod(preflight.methods, method)) return false
  const type = headers['content-type']
  return type === undefined || isSafelistedContentType(type) || refusedHeaders(preflight.allowedHeaders, 'content-type').length === 0
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
