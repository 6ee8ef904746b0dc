import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Policy } from '../policy/policy'
import type { Application } from './application'
import { tellBlocked } from './blocked'
import { judge } from './judge'
import { finalizeReply, outcomeFor, prepareReply, setDecided } from './outcome'
import { answerPreflight, targetOf } from './preflight'
import type { PreflightTarget } from './target'
import { guardRaw, releaseRaw } from './raw'
import { closeRefusedUpgrade, refusal } from './refusal'
import { adoptHeaders } from './response'
import { requestedMethod } from './target'

type Done = (error?: Error) => void
type SendDone = (error: Error | null, payload?: unknown) => void

/** Answers preflights; for an actual request, decides and puts the headers on the reply. */
export function onRequestHook (application: Application) {
  return function onRequest (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, done: Done): void {
    if (request.raw.method === 'OPTIONS') {
      const target = targetOf(request.raw)
      if (target !== undefined) return answer(application, target, request, reply, done)
      // A preflight that is left to the application is its own to answer.
      if (requestedMethod(request.raw) !== undefined) return done()
    }
    let policy
    try {
      policy = judge(application, this, request)
    } catch (error) {
      return fail(error, request, reply, done)
    }
    if (policy instanceof Promise) {
      policy
        .then(policy => { begin(application, policy, request, reply, done) }, (error: unknown) => { fail(error, request, reply, done) })
        .catch((error: unknown) => { done(failure(error)) })
    } else {
      begin(application, policy, request, reply, done)
    }
  }
}

/** A failure of the user's functions, thrown or rejected, ends the request as a Fastify error before the handler runs. */
function fail (error: unknown, request: FastifyRequest, reply: FastifyReply, done: Done): void {
  guardRaw(reply.raw, request)
  done(failure(error))
}

function answer (application: Application, target: PreflightTarget, request: FastifyRequest, reply: FastifyReply, done: Done): void {
  // Stays so if a function of the user's fails: nobody knows then what may be read.
  setDecided(request, target.candidates[0].policy.preflight.refused)
  try {
    const pending = answerPreflight(application, target, request, reply, done)
    if (pending instanceof Promise) pending.catch((error: unknown) => { done(failure(error)) })
  } catch (error) {
    done(failure(error))
  }
}

/** Fastify takes whatever was thrown, except what is falsy: to it that means success. */
function failure (error: unknown): Error {
  return (error || new Error(`a function of the CORS options threw ${String(error)}`)) as Error
}

function begin (application: Application, policy: Policy | undefined, request: FastifyRequest, reply: FastifyReply, done: Done): void {
  const outcome = outcomeFor(request)
  if (policy === undefined || outcome === undefined) return done()
  guardRaw(reply.raw, request)
  const refused = refusal(application, policy, outcome.allowed, request)
  tellBlocked(application, policy, outcome.allowed, refused, request)
  if (refused !== undefined) {
    closeRefusedUpgrade(request, reply)
    return done(refused)
  }
  prepareReply(outcome, request.headers.origin, reply)
  done()
}

/** Makes the headers final, whatever ran in between, and however early the request failed. */
export function onSendHook (application: Application) {
  return function onSend (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, payload: unknown, done: SendDone): void {
    if (outcomeFor(request) !== undefined) return done(null, finalize(request, reply, payload))
    if (requestedMethod(request.raw) !== undefined) return done(null, payload)
    judgeLate(application, this, request).then(() => { done(null, finalize(request, reply, payload)) }).catch(done)
  }
}

/** A hook that ran before ours has answered: what would have been decided holds all the same. */
async function judgeLate (application: Application, instance: FastifyInstance, request: FastifyRequest): Promise<void> {
  try {
    await judge(application, instance, request)
  } catch (err) {
    request.log.error({ err }, 'fastify-cors-policy could not decide for a response that was sent early')
  }
}

function finalize (request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  const outcome = outcomeFor(request)
  if (outcome === undefined) return payload
  releaseRaw(reply.raw)
  const adopted = adoptHeaders(payload, reply)
  finalizeReply(outcome, request.headers.origin, reply)
  return adopted
}
