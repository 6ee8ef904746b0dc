import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Policy } from '../policy/policy'
import { PREFLIGHT_CONSTRAINT } from '../routing/application'
import type { Application } from '../routing/application'
import { FST_CORS_OFF, FST_CORS_ORIGIN_NOT_ALLOWED } from '../errors'
import { excerpt, pathOf } from './excerpt'
import { decide } from './decided'
import { isOwnOrigin } from './own-origin'
import { judgePreflight } from './preflight-verdict'
import type { PreflightVerdict } from './preflight-verdict'
import { reportPreflight } from './report'
import type { Maybe } from '../routing/resolve'
import { findTarget } from '../routing/target'
import type { PreflightTarget } from '../routing/target'

const kTarget = Symbol('fastify-cors-policy.target')

interface CorsMessage extends IncomingMessage { [kTarget]?: PreflightTarget }

/** Who answers this preflight; `undefined` for every other request. */
export function targetOf (req: IncomingMessage): PreflightTarget | undefined {
  return (req as CorsMessage)[kTarget] // a private slot on the message
}

/**
 * Adds the constraint that tells preflights apart while the router looks for a route. (An OPTIONS
 * route of the plugin's own, without it, collides with `app.all('*')` and with other plugins'.)
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
    deriveConstraint: req => req.method === 'OPTIONS' ? preflightRouteFor(application, req as IncomingMessage) : undefined
  })
}

/** The value of the preflight route for this request. A throw here would leave it unanswered for ever. */
function preflightRouteFor (application: Application, req: IncomingMessage): string | undefined {
  try {
    const target = findTarget(application, req)
    if (target === undefined || target.mode === 'leave') return undefined
    ;(req as CorsMessage)[kTarget] = target // a private slot on the message
    return target.mode === 'answer' ? levelOf(target.candidates[0].layer.settings.logLevel) : undefined
  } catch (err) {
    application.root.log.error({ err }, 'fastify-cors-policy could not look for the route of a preflight')
    return undefined
  }
}

function levelOf (logLevel: string | undefined): string {
  return logLevel ?? 'inherited'
}

/**
 * Adds the route that preflights end in: one for all registrations with the same log level, on the
 * application itself, so that no context's hooks stand before another's preflights (and since
 * find-my-way takes no more than 31 constrained routes at one URL).
 */
export function addPreflightRoute ({ root }: Application, logLevel: string | undefined): void {
  const constraints = { [PREFLIGHT_CONSTRAINT]: levelOf(logLevel) }
  if (root.hasRoute({ method: 'OPTIONS', url: '/*', constraints })) return
  root.route({
    method: 'OPTIONS',
    url: '/*', // find-my-way does not find a route by '*'
    constraints,
    ...(logLevel === undefined ? {} : { logLevel: logLevel as 'info' }), // the schema admits Fastify's levels alone
    schema: { hide: true } as object, // @fastify/swagger's mark for "not in the document"
    /* c8 ignore next: the onRequest hook answers before this. */
    handler: (_request, reply) => { reply.callNotFound() }
  })
}

/** Answers a preflight or refuses it; `done` is called with an error, or to go on to the application's route. */
export function answerPreflight (application: Application, target: PreflightTarget, request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): Maybe<void> {
  const verdict = judgePreflight(application, target, request)
  if (verdict instanceof Promise) return verdict.then(verdict => { respond(application, target, verdict, request, reply, done) })
  respond(application, target, verdict, request, reply, done)
}

function respond (application: Application, target: PreflightTarget, verdict: PreflightVerdict, request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
  const { policy, allowed, outcome, obstacle } = verdict
  decide(reply.raw, outcome)
  const isOwn = obstacle !== undefined && isOwnOrigin(request)
  if (obstacle !== undefined && !isOwn) reportPreflight(application, target, verdict, request)
  if (!allowed && !isOwn) done(refusal(target, policy, request))
  else if (target.mode === 'continue') done() // the application's own OPTIONS route answers, with the headers
  else reply.code(policy.preflight.status).send()
}

function refusal ({ method, url }: PreflightTarget, policy: Policy, request: FastifyRequest): Error {
  const path = pathOf(url)
  if (policy.allow.kind === 'none') return new FST_CORS_OFF(method, path)
  return new FST_CORS_ORIGIN_NOT_ALLOWED(`CORS preflight refused: origin ${excerpt(request.headers.origin)} may not call ${method} ${path}`)
}
