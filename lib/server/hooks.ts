import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { mergeVary } from '../protocol/vary'
import { expectFastify, guard, guardUntil } from '../response/write-head'
import type { Application } from '../routing/application'
import { PREFLIGHT_CONSTRAINT } from '../routing/application'
import { governingFor } from '../routing/governing'
import type { Governing } from '../routing/layer'
import { type PreflightTarget, preflightTarget, requestedMethod } from '../routing/target'
import { answerPreflight } from './preflight'
import { refusal, refuse } from './refusal'
import { reportActual } from './report'
import { type Verdict, judge, provisional, whenDecided } from './verdict'

type Done = (error?: Error) => void

/** Answers preflights. For an actual request it decides, so that the response has its headers whatever answers it. */
export function onRequestHook (application: Application) {
  return function onRequest (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, done: Done): void {
    const { raw } = request
    if (raw.method === 'OPTIONS') {
      const target = (raw as CorsMessage)[kTarget]
      if (target !== undefined) return answerPreflight(application, target, request, reply, done)
      if (requestedMethod(raw) !== undefined) return done() // a preflight that is left to the application
    }
    const governing = governingFor(application, this, request)
    if (governing === undefined) return done()
    if (governing.asks) return ask(application, governing, request, reply, done)
    const { policy } = governing
    const { origin } = raw.headers
    const outcome = origin !== undefined && policy.admits(origin) ? policy.allowed : policy.others
    guard(reply.raw, outcome)
    if (origin === undefined || (outcome.allowed && application.isExact && raw.headers.cookie === undefined)) return done()
    meet(application, { governing, policy, outcome }, request, reply, done)
  }
}

/** Functions of the options decide, now or later. Another hook (a timeout, say) may reply before a promise settles. */
function ask (application: Application, governing: Governing, request: FastifyRequest, reply: FastifyReply, done: Done): void {
  const settle = guardUntil(reply.raw, provisional(governing))
  asked.add(reply.raw)
  whenDecided(() => judge(governing, request, settle), verdict => { meet(application, verdict, request, reply, done) }, done)
}

/** Responses whose request the functions of the options were asked about: they are asked once. */
const asked = new WeakSet<object>()

/** Refuses what `enforce` or a held request refuses, and reports what a browser will block. */
function meet (application: Application, verdict: Verdict, request: FastifyRequest, reply: FastifyReply, done: Done): void {
  const { cookie, origin } = request.headers
  if (origin === undefined) return done()
  const refused = refusal(application, verdict, origin, request)
  if (refused === undefined && verdict.outcome.allowed && cookie === undefined) return done()
  reportActual(application, verdict, origin, refused, request)
  if (refused === undefined) return done()
  refuse(request, reply)
  done(refused)
}

/**
 * Fastify writes the head after this, once all `onSend` hooks have run, and the headers are made final there. A hook
 * that ran before ours may have answered: what would have been decided holds all the same.
 */
export function onSendHook (application: Application) {
  return function onSend (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error: Error | null) => void): void {
    const { raw } = reply
    if (expectFastify(raw)) {
      if (typeof payload !== 'string') keepVary(reply)
      return done(null)
    }
    if (asked.has(raw)) return done(null)
    judgeLate(application, this, request, reply).then(() => { done(null) }).catch(done)
  }
}

/** A stream's headers take the place of those that middleware has set on the raw response. This one is merged. */
function keepVary (reply: FastifyReply): void {
  const { raw } = reply
  if (raw.hasHeader('vary')) reply.header('vary', mergeVary(reply.getHeader('vary'), String(raw.getHeader('vary'))))
}

async function judgeLate (application: Application, instance: FastifyInstance, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (requestedMethod(request.raw) !== undefined) return
  const governing = governingFor(application, instance, request)
  if (governing === undefined) return
  const settle = guardUntil(reply.raw, provisional(governing))
  expectFastify(reply.raw)
  keepVary(reply)
  try {
    await judge(governing, request, settle)
  } catch (err) {
    request.log.error({ err }, 'fastify-cors-policy could not decide for a response that was sent early')
  }
}

/**
 * Tells preflights apart while the router looks for a route. (An OPTIONS route without a constraint of its own collides with
 * `app.all('*')` and with those of other plugins.)
 */
export function addPreflightConstraint (application: Application): void {
  application.root.addConstraintStrategy({
    name: PREFLIGHT_CONSTRAINT,
    storage: () => {
      const handlers = new Map<unknown, never>()
      return { get: value => handlers.get(value) ?? null, set: (value, handler) => { handlers.set(value, handler as never) } }
    },
    validate: () => true,
    // A preflight for a governed route must not end in an OPTIONS route that knows nothing of CORS.
    mustMatchWhenDerived: true,
    deriveConstraint: req => req.method === 'OPTIONS' ? preflightRoute(application, req as IncomingMessage) : undefined
  })
}

/** The level of a preflight route that has no `logLevel` of its own. */
const INHERITED = 'inherited'

const kTarget = Symbol('fastify-cors-policy.target')

/** A private slot on the message, for what answers a preflight. */
interface CorsMessage extends IncomingMessage { [kTarget]?: PreflightTarget }

/** The value of the constraint of the preflight route for this request. A throw here would leave it unanswered for ever. */
function preflightRoute (application: Application, req: IncomingMessage): string | undefined {
  try {
    const method = requestedMethod(req)
    const target = method === undefined ? undefined : preflightTarget(application, method, String(req.url), req)
    if (target === undefined || target.mode === 'leave') return undefined
    ;(req as CorsMessage)[kTarget] = target
    return target.mode === 'answer' ? target.candidates[0].governing.layer.settings.logLevel ?? INHERITED : undefined
  } catch (err) {
    application.root.log.error({ err }, 'fastify-cors-policy could not look for the route of a preflight')
    return undefined
  }
}

/**
 * Adds the route that preflights end in: one for all registrations with the same log level, on the application itself, so
 * that no context's hooks stand before another's preflights (and since find-my-way takes no more than 31 constrained routes
 * at one URL).
 */
export function addPreflightRoute ({ root }: Application, logLevel: string | undefined): void {
  const constraints = { [PREFLIGHT_CONSTRAINT]: logLevel ?? INHERITED }
  if (root.hasRoute({ method: 'OPTIONS', url: '/*', constraints })) return
  root.route({
    method: 'OPTIONS',
    url: '/*', // find-my-way does not find a route by '*'
    constraints,
    ...(logLevel === undefined ? {} : { logLevel: logLevel as 'info' }), // the schema admits only Fastify's levels
    schema: { hide: true } as object, // @fastify/swagger's mark for "not in the document"
    /* c8 ignore next: the onRequest hook answers before this. */
    handler: (_request, reply) => { reply.callNotFound() }
  })
}
