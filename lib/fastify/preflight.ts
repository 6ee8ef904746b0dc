import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { allows } from '../policy/decide'
import type { Outcome, Policy } from '../policy/policy'
import { splitList } from '../protocol/vary'
import { PREFLIGHT_CONSTRAINT } from './application'
import type { Application } from './application'
import { FST_CORS_OFF, FST_CORS_ORIGIN_NOT_ALLOWED } from './errors'
import { outcomeFor, prepareReply, setDecided } from './outcome'
import { isOwnOrigin } from './own-origin'
import { guardRaw } from './raw'
import { andThen, policyFor } from './resolve'
import type { Maybe } from './resolve'
import { listOrder } from './routes'
import { findTarget, routedMethods } from './target'
import type { Candidate, Candidates, PreflightTarget } from './target'

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
    return target.mode === 'answer' ? levelOf(target.candidates[0].registration.layer.settings.logLevel) : undefined
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

interface Finding {
  readonly candidate: Candidate
  readonly policy: Policy
  readonly allowed: boolean
}

/** Answers a preflight or refuses it; `done` is called with an error, or to go on to the application's route. */
export function answerPreflight (application: Application, target: PreflightTarget, request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): Maybe<void> {
  return andThen(examine(target, target.candidates, request, undefined), finding => {
    const { policy, allowed } = finding
    setDecided(request, allowed ? acceptance(application, target, finding, request) : policy.preflight.refused)
    if (!allowed && !isOwnOrigin(request)) done(refusal(target, policy, request))
    else if (target.mode === 'continue') goOn(request, reply, done)
    else reply.code(policy.preflight.status).send() // the onSend hook puts the headers there
  })
}

/** The first candidate that accepts all that is asked, or else the origin, or else the first one. */
function examine (target: PreflightTarget, [candidate, next, ...others]: Candidates, request: FastifyRequest, best: Finding | undefined): Maybe<Finding> {
  const { origin } = request.headers as { origin: string } // without one it were no preflight
  return andThen(policyFor(candidate.registration, candidate.overlay, request), policy =>
    andThen(allows(policy, origin, request), allowed => {
      const found = { candidate, policy, allowed }
      const isOnly = target.candidates.length === 1
      if (isOnly || (allowed && acceptsAll(policy, target, request))) return found
      const better = best === undefined || (allowed && !best.allowed) ? found : best
      return next === undefined ? better : examine(target, [next, ...others], request, better)
    }))
}

function acceptsAll ({ preflight }: Policy, { method }: PreflightTarget, request: FastifyRequest): boolean {
  return acceptsMethod(preflight.methods, method) && acceptsHeaders(preflight.allowedHeaders, splitList(requestedHeaders(request)))
}

export function acceptsMethod (methods: Policy['preflight']['methods'], method: string): boolean {
  return methods.kind !== 'constant' || methods.list === 'any' || methods.list.includes(method)
}

export function acceptsHeaders (allowed: Policy['preflight']['allowedHeaders'], names: readonly string[]): boolean {
  if (allowed.kind === 'requested' || allowed.lowerCase === 'any') return true
  const { lowerCase } = allowed
  return names.every(name => lowerCase.has(name.toLowerCase()))
}

function requestedHeaders ({ headers }: FastifyRequest): string {
  return headers['access-control-request-headers'] ?? ''
}

/** What an accepted preflight is answered with, whatever somebody else has put there. */
function acceptance (application: Application, target: PreflightTarget, { candidate, policy }: Finding, request: FastifyRequest): Outcome {
  const { headers, methods, allowedHeaders, echoesOrigin, vary, varyUnrouted } = policy.preflight
  const listed = methodsFor(application, target, candidate, methods, request)
  const names = allowedHeaders.kind === 'requested' ? requestedHeaders(request) : ''
  const dynamic: [string, string][] = []
  if (listed !== '') dynamic.push(['access-control-allow-methods', listed])
  if (names !== '') dynamic.push(['access-control-allow-headers', names])
  return {
    ...policy.preflight.refused,
    allowed: true,
    echoesOrigin,
    headers: dynamic.length === 0 ? headers : [...headers, ...dynamic],
    vary: methods.kind === 'routed' && !target.isRouted ? varyUnrouted : vary
  }
}

/** The application's own OPTIONS route answers, with the headers. */
function goOn (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
  const outcome = outcomeFor(request)
  if (outcome !== undefined) prepareReply(outcome, request.headers.origin, reply)
  guardRaw(reply.raw, request)
  done()
}

/** The value that is not among the policy's constant headers, or nothing. */
function methodsFor (application: Application, target: PreflightTarget, candidate: Candidate, methods: Policy['preflight']['methods'], request: FastifyRequest): string {
  switch (methods.kind) {
    case 'constant': return ''
    case 'requested': return target.method
    case 'routed': {
      const routed = routedMethods(application, target.url, request.raw, candidate)
      return listOrder(target.isRouted ? routed : [...routed, target.method]).join(', ')
    }
  }
}

function refusal ({ method, url }: PreflightTarget, policy: Policy, request: FastifyRequest): Error {
  const path = pathOf(url)
  if (policy.allow.kind === 'none') return new FST_CORS_OFF(method, path)
  return new FST_CORS_ORIGIN_NOT_ALLOWED(`CORS preflight refused: origin ${shown(request.headers.origin)} may not call ${method} ${path}`)
}

const SHOWN = 256

/** As much of a request's own bytes as a message repeats. */
export function shown (text = ''): string {
  return text.length > SHOWN ? text.slice(0, SHOWN) + '…' : text
}

export function pathOf (url: string): string {
  return shown(url.split(/[?#]/, 1)[0])
}
