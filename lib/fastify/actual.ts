import { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { allows } from '../policy/decide'
import type { Policy } from '../policy/policy'
import type { Application } from './application'
import { FST_CORS_ORIGIN_NOT_ALLOWED, FST_CORS_PREFLIGHT_WOULD_REFUSE } from './errors'
import { isHeld, overlayOf } from './hold'
import type { Governor } from './hold'
import { applyOutcome, decidedFor, replyPlace, setDecided } from './outcome'
import { isOwnOrigin } from './own-origin'
import { answerPreflight, pathOf, shown, targetOf } from './preflight'
import { guardRaw, releaseRaw } from './raw'
import { andThen, policyFor, registrationFor } from './resolve'
import type { Maybe } from './resolve'
import { adoptHeaders } from './response'
import { requestedMethod } from './target'

type Done = (error?: Error) => void

/** Answers preflights; for an actual request, decides and puts the headers on the reply. */
export function onRequestHook (application: Application) {
  return function onRequest (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, done: Done): void {
    const target = request.raw.method === 'OPTIONS' ? targetOf(request.raw) : undefined
    if (target !== undefined) {
      setDecided(request, 'answered')
      settle(() => answerPreflight(application, target, request, reply, done), done)
    } else if (requestedMethod(request.raw) !== undefined) {
      done() // a preflight that is left to the application is its own to answer
    } else {
      settle(() => begin(application, this, request, reply, done), done)
    }
  }
}

/** A failure, thrown or rejected, ends the request as a Fastify error before the handler runs. */
function settle (work: () => Maybe<void>, done: Done): void {
  try {
    const result = work()
    if (result instanceof Promise) result.catch((error: unknown) => { done(failure(error)) })
  } catch (error) {
    done(failure(error))
  }
}

/** Fastify takes whatever was thrown, except what is falsy: to it that means success. */
function failure (error: unknown): Error {
  return (error || new Error(`a function of the CORS options threw ${String(error)}`)) as Error
}

function begin (application: Application, instance: FastifyInstance, request: FastifyRequest, reply: FastifyReply, done: Done): Maybe<void> {
  const registration = registrationFor(application, instance, request.url)
  if (registration === undefined) return done()
  const overlay = overlayOf(application, registration, request)
  // Stays so if the delegator fails: nobody knows then what may be read.
  if (registration.delegator !== undefined) setDecided(request, registration.layer.policyWith(false, () => '').others)
  return andThen(policyFor(registration, overlay, request), policy => {
    // Stays so if the origin function fails: a request that ends as an error reads nothing.
    setDecided(request, policy.others)
    return andThen(isAllowed(policy, request), allowed => {
      if (allowed) setDecided(request, policy.allowed)
      const refused = refusal(application, { registration, overlay }, policy, allowed, request)
      if (refused !== undefined) {
        if (isWebSocket(request)) closeUpgrade(request, reply)
        return done(refused)
      }
      applyOutcome(allowed ? policy.allowed : policy.others, request.headers.origin, replyPlace(reply))
      guardRaw(reply.raw, request)
      done()
    })
  })
}

function isAllowed (policy: Policy, request: FastifyRequest): Maybe<boolean> {
  const { origin } = request.headers
  return origin !== undefined && allows(policy, origin, request)
}

/** The 403 for a request that is refused on the server too: by `enforce`, or since its preflight was let pass. */
function refusal (application: Application, governor: Governor, policy: Policy, allowed: boolean, request: FastifyRequest): Error | undefined {
  const { origin } = request.headers
  if (origin === undefined) return undefined
  const path = pathOf(request.url)
  if (!allowed && isEnforced(policy, request) && !isOwnOrigin(request)) {
    return new FST_CORS_ORIGIN_NOT_ALLOWED(`cross-origin request refused: origin ${shown(origin)} may not call ${request.method} ${path}`)
  }
  if (!isOwnOrigin(request) && isHeld(application, governor, policy, allowed, request)) {
    return new FST_CORS_PREFLIGHT_WOULD_REFUSE(request.method, path, shown(origin))
  }
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

function isEnforced ({ enforce }: Policy, request: FastifyRequest): boolean {
  if (enforce === false) return false
  // A browser connects WebSockets to any origin, with cookies and without a preflight.
  return enforce === 'all' || !SAFE_METHODS.has(request.method) || isWebSocket(request)
}

function isWebSocket ({ headers }: FastifyRequest): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

/** Node leaves the socket of an upgrade to whoever took it, and who did closes none that was refused before its own hooks. */
function closeUpgrade ({ raw: { socket } }: FastifyRequest, reply: FastifyReply): void {
  reply.header('connection', 'close')
  if (socket instanceof Socket) reply.raw.once('finish', () => { socket.destroySoon() })
}

/** Makes the headers final, whatever ran in between, and however early the request failed. */
export function onSendHook (application: Application) {
  return function onSend (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error?: Error | null, payload?: unknown) => void): void {
    const finish = () => { done(null, finalize(request, reply, payload)) }
    if (decidedFor(request) !== undefined || requestedMethod(request.raw) !== undefined) return finish()
    // A hook that ran before ours has answered: what would have been decided holds all the same.
    settle(() => andThen(decideLate(application, this, request), finish), (error) => {
      request.log.error({ err: error }, 'fastify-cors-policy could not decide for a response that was sent early')
      finish()
    })
  }
}

function decideLate (application: Application, instance: FastifyInstance, request: FastifyRequest): Maybe<void> {
  const registration = registrationFor(application, instance, request.url)
  if (registration === undefined) return
  return andThen(policyFor(registration, overlayOf(application, registration, request), request), policy => {
    setDecided(request, policy.others)
    return andThen(isAllowed(policy, request), allowed => { if (allowed) setDecided(request, policy.allowed) })
  })
}

function finalize (request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  const decided = decidedFor(request)
  if (decided === undefined || decided === 'answered') return payload
  releaseRaw(reply.raw)
  const adopted = adoptHeaders(payload, reply)
  applyOutcome(decided, request.headers.origin, replyPlace(reply))
  return adopted
}
