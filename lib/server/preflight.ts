import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { FST_CORS_OFF, FST_CORS_ORIGIN_NOT_ALLOWED } from '../errors'
import type { PreflightObstacle } from '../policy/advice'
import { type Maybe, andThen, isAllowed, preflightObstacles } from '../policy/decide'
import type { Policy, PreflightPolicy } from '../policy/policy'
import { MAX_ORIGIN_LENGTH } from '../protocol/origin'
import { mergeVary } from '../protocol/vary'
import type { Outcome } from '../response/outcome'
import { guard, guardUntil, outcome } from '../response/write-head'
import type { Application } from '../routing/application'
import { afterDelegator } from '../routing/governing'
import type { Candidate, Governing, PreflightAnswer } from '../routing/layer'
import { beforeQuery } from '../routing/paths'
import { listOrder } from '../routing/routes'
import { type MethodSet, type PreflightTarget, isRouted, methodsIn, routedMethods } from '../routing/target'
import type * as Report from './report'
import { CHANNEL, excerpt, isOwnOrigin } from './request'
import { type Done, type PreflightVerdict, whenDecided } from './verdict'

/** Only what a browser or the server refuses needs words. */
export function report (): typeof Report {
  return require('./report')
}

/** Whether there is a subscriber, or a logger that writes `info`, which may read a report about this request. */
export function isHeard ({ log }: FastifyRequest): boolean {
  // A level that is not written has a function that does nothing, and all such levels have the same one.
  return CHANNEL.hasSubscribers || log.info !== log.debug
}

/** Answers a preflight or refuses it. Calls `done` only with an error, or to go on to the application's OPTIONS route. */
export function answerPreflight (application: Application, target: PreflightTarget, request: FastifyRequest, reply: FastifyReply, done: Done): void {
  const [first, second] = target.candidates
  if (second === undefined && !first.governing.asks) {
    const { governing } = first
    const allowed = governing.policy.mayAllow(request.headers.origin as string) // a preflight always has an Origin
    const verdict = verdictOf(application, target, first, governing, allowed, request)
    guard(reply.raw, verdict.outcome)
    return respond(application, target, verdict, request, reply, done)
  }
  const settle = guardUntil(reply.raw, undecided(target))
  whenDecided(() => judgePreflight(application, target, request), verdict => {
    settle(verdict.outcome)
    respond(application, target, verdict, request, reply, done)
  }, done)
}

function respond (application: Application, target: PreflightTarget, verdict: PreflightVerdict, request: FastifyRequest, reply: FastifyReply, done: Done): void {
  const { policy, outcome: { allowed } } = verdict
  const isRefused = !allowed && !isOwnOrigin(request)
  if (isHeard(request)) report().reportPreflight(application, target, verdict, obstaclesTo(target, verdict, request), request)
  if (isRefused) refusePreflight(target, policy, request, reply)
  else if (target.mode === 'continue') done() // the application's OPTIONS route answers, with the plugin's headers
  else reply.code(policy.preflight.status).send()
}

/**
 * A refusal is a normal response and not an error of the application, so no error handler and no `onError` hook sees it.
 * The body has the form of Fastify's errors.
 */
function refusePreflight (target: PreflightTarget, { allow }: Policy, request: FastifyRequest, reply: FastifyReply): void {
  const call = `${target.method} ${quotable(beforeQuery(target.url))}` // a method is a token, which has nothing to escape
  const { origin } = request.raw.headers as { origin: string } // a preflight always has an Origin
  const message = allow.kind === 'none' ? OFF + call : `${NOT_ALLOWED}${originText(origin)} may not call ${call}`
  reply.code(403).header('content-type', 'application/json; charset=utf-8').send(message + '"}')
}

function originText (origin: string): string {
  return origin.length > MAX_ORIGIN_LENGTH ? `of ${origin.length} characters` : quotable(origin)
}

const OFF = bodyStart(new FST_CORS_OFF('', ''))
const NOT_ALLOWED = bodyStart(new FST_CORS_ORIGIN_NOT_ALLOWED('CORS preflight refused: origin'))

/** The body up to the first text of the request. */
function bodyStart ({ statusCode, code, message }: FastifyError): string {
  return `{"statusCode":${statusCode},"code":"${code}","error":"Forbidden","message":"${message.trimEnd()} `
}

// Shorter than the excerpts in the log, because quoting a long text would take most of the time of a refusal.
const MAX_QUOTED = 128

/** Prepares text from a request for the inside of a JSON string. Most texts have nothing to escape. */
function quotable (text: string): string {
  const shown = excerpt(text, MAX_QUOTED)
  return shown.includes('"') || shown.includes('\\') ? JSON.stringify(shown).slice(1, -1) : shown
}

/** Decides how a preflight is answered, without answering it. Throws what the delegator or the `origin` function throws. */
export function judgePreflight (application: Application, target: PreflightTarget, request: FastifyRequest): Maybe<PreflightVerdict> {
  return examine(application, target, request, 0, undefined)
}

/** Picks the first candidate that accepts the whole request to come; if none does, the first that accepts the origin; if none does, the first. */
function examine (application: Application, target: PreflightTarget, request: FastifyRequest, index: number, best: PreflightVerdict | undefined): Maybe<PreflightVerdict> {
  const candidate = target.candidates[index]
  if (candidate === undefined) return best as PreflightVerdict // there is at least one candidate
  return andThen(judgeBy(application, target, candidate, request), found => {
    if (obstaclesTo(target, found, request).length === 0) return found
    const isBetter = best === undefined || (found.outcome.allowed && !best.outcome.allowed)
    return examine(application, target, request, index + 1, isBetter ? found : best)
  })
}

function judgeBy (application: Application, target: PreflightTarget, candidate: Candidate, request: FastifyRequest): Maybe<PreflightVerdict> {
  return andThen(afterDelegator(candidate.governing, request), governing =>
    andThen(isAllowed(governing.policy, request.headers.origin as string, request), allowed => // a preflight always has an Origin
      verdictOf(application, target, candidate, governing, allowed, request)))
}

function verdictOf (application: Application, target: PreflightTarget, candidate: Candidate, governing: Governing, allowed: boolean, request: FastifyRequest): PreflightVerdict {
  const { outcome, methods } = allowed ? acceptedAnswer(application, target, governing, request) : refusedAnswer(target, governing)
  return { candidate, policy: governing.policy, outcome, methods }
}

/** Every reason why a browser will not send the request after this preflight; none if it will. */
export function obstaclesTo ({ method }: PreflightTarget, { policy, outcome, methods }: PreflightVerdict, request: FastifyRequest): readonly PreflightObstacle[] {
  const { origin, 'access-control-request-headers': names = '' } = request.headers
  if (outcome.allowed) return preflightObstacles(policy, methods, method, names)
  const refused = { kind: 'origin', origin: String(origin) } as const
  // Where CORS is off, the other options do not matter.
  return policy.allow.kind === 'none' ? [refused] : [refused, ...preflightObstacles(policy, methods, method, names)]
}

/** The provisional outcome of a preflight. It stands if the delegator or the `origin` function throws. */
export function undecided (target: PreflightTarget): Outcome {
  return refusedAnswer(target, target.candidates[0].governing).outcome
}

// Answers are kept by their set of methods, which is a number from 0 up. An application has few sets, so each answer is made once.
const REFUSED = -1

function refusedAnswer (target: PreflightTarget, { policy: { preflight }, answers }: Governing): PreflightAnswer {
  return answers[target.variesBy].get(REFUSED) ??
    keep(target, answers, REFUSED, { outcome: preflight.refused, methods: preflight.methods })
}

function acceptedAnswer (application: Application, target: PreflightTarget, governing: Governing, { raw }: FastifyRequest): PreflightAnswer {
  const { policy: { preflight }, answers } = governing
  const isByRoute = preflight.methods.kind === 'routed'
  const found = isByRoute ? routedMethods(application, target.url, raw, governing) : 0
  // The requested method is listed although the URL has no route: the page then reads the 404 instead of a misleading CORS error.
  // An OPTIONS route, such as `app.options('*')`, answers no other request.
  const isBare = found === 0 || found === 2 ** application.unsafeMethods.indexOf('OPTIONS')
  if (isByRoute && isBare && !isRouted(application, target, raw)) {
    return varying(target, listing(preflight, [target.method], preflight.varyUnrouted))
  }
  return answers[target.variesBy].get(found) ?? keep(target, answers, found, isByRoute
    ? listing(preflight, methodsIn(application, found), preflight.accepted.vary)
    : { outcome: preflight.accepted, methods: preflight.methods })
}

function listing ({ accepted }: PreflightPolicy, unsafe: readonly string[], vary: string | undefined): PreflightAnswer {
  const list = listOrder(unsafe)
  return { outcome: outcome({ ...accepted, allowMethods: list.join(', '), vary }), methods: { kind: 'constant', list } }
}

function keep (target: PreflightTarget, answers: Governing['answers'], key: MethodSet, answer: PreflightAnswer): PreflightAnswer {
  const made = varying(target, answer)
  answers[target.variesBy].set(key, made)
  return made
}

function varying ({ variesBy }: PreflightTarget, answer: PreflightAnswer): PreflightAnswer {
  if (variesBy === 'nothing') return answer
  const names = variesBy === 'all' ? 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' : 'Access-Control-Request-Method'
  return { ...answer, outcome: outcome({ ...answer.outcome, vary: mergeVary(answer.outcome.vary, names) }) }
}
