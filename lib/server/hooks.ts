import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { mergeVary } from '../protocol/vary'
import { expectFastify, guard, guardUntil } from '../response/write-head'
import type { Application } from '../routing/application'
import { PREFLIGHT_CONSTRAINT } from '../routing/recorder'
import { governingFor, isCertain } from '../routing/governing'
import { onRequestHooksOf } from '../routing/internals'
import type { Governing } from '../routing/layer'
import { hasRoom } from '../routing/room'
import { type PreflightTarget, preflightTarget, requestedMethod } from '../routing/target'
import { answerPreflight, isHeard, report } from './preflight'
import { prepareRefusal, refusal } from './refusal'
import { type Done, type Verdict, judge, provisional, whenDecided } from './verdict'

const hooks = new WeakSet<object>()

/** The names of the `onRequest` hooks that meet a preflight before the plugin does. They may answer it. */
export function hooksBefore ({ root }: Application): string[] {
  const all = onRequestHooksOf(root, root)
  return all.slice(0, Math.max(0, all.findIndex(hook => hooks.has(hook)))).map(({ name }) => name)
}

/** Answers preflights. For an actual request it decides at once, so that the response has its headers whatever code sends it. */
export function onRequestHook (application: Application) {
  const hook = function onRequest (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, done: Done): void {
    const { raw } = request
    if (raw.method === 'OPTIONS') {
      const target = (raw as CorsMessage)[kTarget]
      if (target !== undefined) return answerPreflight(application, target, request, reply, done)
      if (requestedMethod(raw) !== undefined) return done() // the application answers this preflight
    }
    const governing = governingFor(application, this, request)
    if (governing === undefined) return meetUngoverned(application, request, reply, done)
    if (raw.method === 'OPTIONS' && isHeard(request)) report().reportPlainOptions(request)
    if (governing.asks) return askFunctions(application, governing, request, reply, done)
    const { policy } = governing
    const { origin, cookie } = raw.headers
    const outcome = origin !== undefined && policy.mayAllow(origin) ? policy.allowed : policy.others
    guard(reply.raw, outcome)
    if (origin === undefined) return done()
    const isRefusable = !isCertain(application, raw) || (policy.enforce !== false && !outcome.allowed)
    const isReportable = (cookie !== undefined || !outcome.allowed) && isHeard(request)
    if (!isRefusable && !isReportable) return done()
    meet(application, { governing, policy, outcome }, request, reply, done)
  }
  hooks.add(hook)
  return hook
}

/** Lets the delegator and the `origin` function decide. Another hook (a timeout, say) may reply before their promise settles. */
function askFunctions (application: Application, governing: Governing, request: FastifyRequest, reply: FastifyReply, done: Done): void {
  const settle = guardUntil(reply.raw, provisional(governing))
  asked.add(reply.raw)
  whenDecided(() => judge(governing, request, settle), verdict => { meet(application, verdict, request, reply, done) }, done)
}

/** Responses for which the functions were called already. They are called once for each request. */
const asked = new WeakSet<object>()

/** Refuses the request if `enforce` says so or if it is held, and reports what the server refuses or a browser will block. */
function meet (application: Application, verdict: Verdict, request: FastifyRequest, reply: FastifyReply, done: Done): void {
  const { cookie, origin } = request.headers
  if (origin === undefined) return done()
  const refused = refusal(application, verdict, origin, request)
  if (refused === undefined && verdict.outcome.allowed && cookie === undefined) return done()
  // A held request is logged at `warn`.
  if (refused?.code === 'FST_CORS_PREFLIGHT_WOULD_REFUSE' || isHeard(request)) report().reportActual(application, verdict, origin, refused, request)
  if (refused === undefined) return done()
  prepareRefusal(request, reply)
  done(refused)
}

/** Refuses a request that no policy governs if it is held: a policy may have accepted its preflight. */
function meetUngoverned (application: Application, request: FastifyRequest, reply: FastifyReply, done: Done): void {
  const { origin } = request.raw.headers
  if (origin === undefined || isCertain(application, request.raw)) return done()
  const refused = refusal(application, undefined, origin, request)
  if (refused === undefined) return done()
  report().reportHeld(application, request, false)
  prepareRefusal(request, reply)
  done(refused)
}

/**
 * Fastify writes the head once all `onSend` hooks have run, and `writeHead` sets the CORS headers then. If another hook
 * replied before `onRequest` ran, the decision is made here.
 */
export function onSendHook (application: Application) {
  return function onSend (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error: Error | null) => void): void {
    const { raw } = reply
    if (expectFastify(raw)) {
      if (typeof payload === 'object' && payload !== null) keepVary(reply)
      return done(null)
    }
    if (asked.has(raw)) return done(null)
    judgeLate(application, this, request, reply).then(() => { done(null) }).catch(done)
  }
}

/** Fastify lets the headers of a reply with a stream replace those on the raw response. This merges the two `Vary` headers first. */
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
    request.log.error({ err }, 'fastify-cors-policy could not decide which CORS headers an early response carries')
  }
}

/**
 * Lets the router send the preflights that the plugin answers to its preflight route. Without a constraint, that route would
 * collide with `app.all('*')` and with the OPTIONS routes of other plugins.
 */
export function addPreflightConstraint (application: Application): void {
  application.root.addConstraintStrategy({
    name: PREFLIGHT_CONSTRAINT,
    storage: () => new Map() as never, // the types do not have the `undefined` of a Map, which find-my-way takes for `null`
    validate: () => true,
    // A preflight for a governed route must not reach an OPTIONS route of the application.
    mustMatchWhenDerived: true,
    deriveConstraint: derivePreflight(application) as (req: unknown) => string // the types do not have `undefined`
  })
}

/** The value of the constraint for registrations without a `logLevel`. */
const INHERITED = 'inherited'

const kTarget = Symbol('fastify-cors-policy.target')

/** A message that carries the target of a preflight from the router to the hook. */
interface CorsMessage extends IncomingMessage { [kTarget]?: PreflightTarget }

/** Makes the function that gives the value of the constraint for a request. It must not throw: Fastify would never respond. */
function derivePreflight (application: Application) {
  return function deriveConstraint (req: IncomingMessage): string | undefined {
    if (req.method !== 'OPTIONS') return undefined
    try {
      const method = requestedMethod(req)
      const target = method === undefined ? undefined : preflightTarget(application, method, String(req.url), req)
      if (target === undefined || target.mode === 'leave') return undefined
      ;(req as CorsMessage)[kTarget] = target
      return target.mode === 'answer' ? target.candidates[0].governing.layer.settings.logLevel ?? INHERITED : undefined
    } catch (err) {
      application.root.log.error({ err }, 'fastify-cors-policy could not find the route for a preflight')
      return undefined
    }
  }
}

/**
 * Adds the route for preflights: one for all registrations with the same log level. It is on the application itself, so that
 * the hooks of one context never run for the preflights of another. One for each registration would be too many, because
 * find-my-way takes few constrained routes at one place.
 */
export function addPreflightRoute ({ root, recording }: Application, logLevel: string | undefined): void {
  const value = logLevel ?? INHERITED
  if (recording.sightings.some(({ route }) => route.constraints?.[PREFLIGHT_CONSTRAINT as 'host'] === value)) return // a name that the types do not have
  // For the router, '*' and '/*' are two places. Applications have more routes with constraints, such as proxies by host, at '/*'.
  const url = ['*', '/*'].find(url => hasRoom(recording.sightings, url))
  if (url === undefined) return // Without a route, preflights meet the hooks of the application in its 404 handler.
  root.route({
    method: 'OPTIONS',
    url,
    constraints: { [PREFLIGHT_CONSTRAINT]: value },
    ...(logLevel === undefined ? {} : { logLevel: logLevel as 'info' }), // the schema admits only Fastify's levels
    schema: { hide: true } as object, // tells @fastify/swagger to leave the route out of its document
    /* c8 ignore next: the onRequest hook answers before this. */
    handler: (_request, reply) => { reply.callNotFound() }
  })
}
