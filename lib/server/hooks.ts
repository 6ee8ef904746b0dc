import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Policy } from '../policy/policy'
import { mergeVary } from '../protocol/vary'
import type { Application } from '../routing/application'
import { tellBlocked } from './blocked'
import { decide, decided } from './decided'
import { judge } from './judge'
import { answerPreflight, targetOf } from './preflight'
import { undecided } from './preflight-verdict'
import type { PreflightTarget } from '../routing/target'
import { expectFastify, guard } from './response'
import { closeRefusedUpgrade, refusal } from './refusal'
import { requestedMethod } from '../routing/target'

type Done = (error?: Error) => void
type SendDone = (error: Error | null, payload?: unknown) => void

/** Answers preflights; for an actual request, decides and has the headers set when the head of the response is written. */
export function onRequestHook (application: Application) {
  return function onRequest (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, done: Done): void {
    const { raw } = reply
    if (request.raw.method === 'OPTIONS') {
      const target = targetOf(request.raw)
      if (target !== undefined) return answer(application, target, request, reply, done)
      // A preflight that is left to the application is its own to answer.
      if (requestedMethod(request.raw) !== undefined) {
        decide(raw, null)
        return done()
      }
    }
    let policy
    try {
      policy = judge(application, this, request, raw)
    } catch (error) {
      return fail(error, reply, done)
    }
    if (policy !== undefined) guard(raw)
    if (policy instanceof Promise) {
      // Somebody else may answer before it is kept: a timeout, or a hook with a timer.
      policy
        .then(policy => { begin(application, policy, request, reply, done) })
        .catch((error: unknown) => { done(failure(error)) })
    } else {
      begin(application, policy, request, reply, done)
    }
  }
}

/** A failure of the user's functions, thrown or rejected, ends the request as a Fastify error before the handler runs. */
function fail (error: unknown, reply: FastifyReply, done: Done): void {
  guard(reply.raw)
  done(failure(error))
}

function answer (application: Application, target: PreflightTarget, request: FastifyRequest, reply: FastifyReply, done: Done): void {
  decide(reply.raw, undecided(target))
  guard(reply.raw)
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
  if (policy === undefined) return done()
  const { origin } = request.headers
  if (origin === undefined) return done()
  const allowed = decided(reply.raw) === policy.allowed
  const refused = refusal(application, policy, allowed, request)
  tellBlocked(application, policy, origin, allowed, refused, request)
  if (refused !== undefined) {
    // It is for this request alone: `Vary` names but part of what it was refused for.
    reply.header('cache-control', 'no-store')
    closeRefusedUpgrade(request, reply)
    return done(refused)
  }
  done()
}

/**
 * Fastify writes the head after this, once all `onSend` hooks have run, and the headers are made final there. A hook
 * that ran before ours may have answered: what would have been decided holds all the same.
 */
export function onSendHook (application: Application) {
  return function onSend (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, _payload: unknown, done: SendDone): void {
    const outcome = decided(reply.raw)
    if (outcome === undefined) {
      judgeLate(application, this, request, reply).then(() => { done(null) }).catch(done)
      return
    }
    if (outcome !== null) handOver(reply)
    done(null)
  }
}

async function judgeLate (application: Application, instance: FastifyInstance, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  try {
    if (requestedMethod(request.raw) === undefined) await judge(application, instance, request, reply.raw)
  } catch (err) {
    request.log.error({ err }, 'fastify-cors-policy could not decide for a response that was sent early')
  }
  if (decided(reply.raw) == null) return
  guard(reply.raw)
  handOver(reply)
}

function handOver (reply: FastifyReply): void {
  const { raw } = reply
  // A stream's headers take the place of those that middleware has set on the raw response: this one is merged.
  if (raw.hasHeader('vary')) reply.header('vary', mergeVary(reply.getHeader('vary'), String(raw.getHeader('vary'))))
  expectFastify(reply)
}
