import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger, FastifyError, FastifyRequest } from 'fastify'
import { adviceOn, optionOf, sayObstacle } from '../policy/advice'
import type { Obstacle, PreflightObstacle } from '../policy/advice'
import type { Policy } from '../policy/policy'
import { nameOf } from '../routing/application'
import type { Application } from '../routing/application'
import { urlBeforeRewrite } from '../routing/governing'
import { sayWhere } from '../routing/place'
import type { KnownRoute } from '../routing/recorder'
import type { PreflightTarget } from '../routing/target'
import { aside } from './aside'
import { CHANNEL, excerpt, isOwnOrigin, isWebSocket, pathOf } from './request'
import { isNew } from './recent'
import type { PreflightVerdict, Verdict } from './verdict'

/**
 * The message that the diagnostics channel `fastify-cors-policy:refused` publishes for each refusal, whether or not it is logged.
 *
 * @example
 * diagnosticsChannel.subscribe('fastify-cors-policy:refused', message => {
 *   const { origin, code, fix } = message as RefusedMessage
 *   metrics.increment('cors.refused', { code })
 * })
 */
export interface RefusedMessage {
  /** The request that was refused, or the preflight. */
  readonly request: FastifyRequest
  /** The value of `Origin`. Like every text from the request, it is cut to 256 characters. */
  readonly origin: string
  /** The method of the request; for a preflight, the requested method. */
  readonly method: string
  /** The path, without the query, which may hold secrets. */
  readonly url: string
  /** Chromium's code for the failure, or the `FST_CORS_…` code of the server's 403. */
  readonly code: string
  /** Whether it is a preflight that was refused. */
  readonly preflight: boolean
  /** Why it was refused: a clause, such as `the origin is not allowed`. */
  readonly reason: string
  /** What to change so that it is allowed: a sentence in terms of the options. */
  readonly fix: string
}

/** A refusal to report. `fix` is a function, so that its text is made only if it is logged or published. */
interface Refusal {
  readonly code: string
  readonly method: string
  readonly url: string
  readonly preflight: boolean
  /** `debug` if the same refusal was logged already. */
  readonly level: 'warn' | 'info' | 'debug'
  readonly reason: string
  readonly fix: () => string
}

/** Reports a preflight after which a browser does not send the request: the policy refuses its origin, method or headers. Call it only if `isHeard` is true. */
export function reportPreflight (application: Application, target: PreflightTarget, { candidate, policy }: PreflightVerdict, obstacles: readonly PreflightObstacle[], request: FastifyRequest): void {
  const [first] = obstacles
  if (first === undefined || isOwnOrigin(request)) return
  const { governing, route } = candidate
  const where = (obstacle: Obstacle) => sayWhere(governing, () => nameOf(route as KnownRoute), optionOf(obstacle, policy)) // only a route has an overlay, so there is one
  const code = preflightCodes[first.kind]
  const { method, url } = target
  report(request, { code, method, url, preflight: true, ...inWords(application, code, obstacles, policy, where, request) })
}

const preflightCodes: { readonly [K in PreflightObstacle['kind']]: string } = {
  origin: 'PreflightMissingAllowOriginHeader',
  method: 'MethodDisallowedByPreflightResponse',
  header: 'HeaderDisallowedByPreflightResponse'
}

/** Reports an actual request that the server refuses, or a response that a browser will block. Call it only if the request is held or `isHeard` is true. */
export function reportActual (application: Application, verdict: Verdict, origin: string, refused: FastifyError | undefined, request: FastifyRequest): void {
  if (refused?.code === 'FST_CORS_PREFLIGHT_WOULD_REFUSE') return reportHeld(application, request, true)
  const obstacle = refused !== undefined ? { kind: 'origin', origin } as const : obstacleToActual(verdict, origin, request)
  if (obstacle === undefined) return
  const { governing, policy } = verdict
  const { method, url } = request
  const code = refused?.code ?? actualCode(obstacle, policy)
  const where = (obstacle: Obstacle) => sayWhere(governing, () => routeOf(request), optionOf(obstacle, policy))
  const words = inWords(application, code, [obstacle], policy, where, request)
  const fix = () => aside(request, refused !== undefined) + words.fix()
  report(request, { code, method, url, preflight: false, ...words, fix })
}

/** Why the CORS check of a browser will fail (Fetch, "CORS check"). Nothing is known where CORS is off: the handler may set headers. */
function obstacleToActual ({ policy, outcome }: Verdict, origin: string, request: FastifyRequest): Obstacle | undefined {
  // A browser sends cookies to another origin only with credentials.
  const lacksCredentials = request.headers.cookie !== undefined && !policy.settings.credentials
  if (policy.allow.kind === 'none' || (outcome.allowed && !lacksCredentials)) return undefined
  if (!isChecked(request) || isOwnOrigin(request)) return undefined
  return outcome.allowed ? { kind: 'credentials' } : { kind: 'origin', origin }
}

/**
 * Whether a browser makes a CORS check for this request. Forms, WebSockets and `no-cors` requests have an `Origin` too, and no
 * CORS check. Over plain HTTP browsers send no `Sec-Fetch-Mode`, so there every request but a WebSocket counts.
 */
function isChecked (request: FastifyRequest): boolean {
  const mode = request.headers['sec-fetch-mode']
  return mode === undefined ? !isWebSocket(request) : mode === 'cors'
}

function actualCode ({ kind }: Obstacle, { allow }: Policy): string {
  if (kind === 'credentials') return allow.kind === 'any' ? 'WildcardOriginNotAllowed' : 'InvalidAllowCredentials'
  return allow.kind === 'one' ? 'AllowOriginMismatch' : 'MissingAllowOriginHeader'
}

/** Reports a held request. The cause is in the application's routes, so it is a warning, once for each route. */
export function reportHeld (application: Application, request: FastifyRequest, isGoverned: boolean): void {
  const { method, url } = request
  const route = routeOf(request)
  const reason = `another policy at this URL may have accepted its preflight, and ${isGoverned ? `the policy of ${route} does not accept the request` : `no policy governs ${route}`}`
  const level = application.heldRoutes.has(route) ? 'debug' : 'warn'
  application.heldRoutes.add(route)
  report(request, { code: 'FST_CORS_PREFLIGHT_WOULD_REFUSE', method, url, preflight: false, level, reason, fix: () => adviceOnHeld(application, request.raw) })
}

/** Reports a request that `app.cors.allows` refuses because no registration governs its URL. */
export function reportOutside ({ refusals }: Application, request: FastifyRequest): void {
  const { method, url } = request
  const reason = 'no registration of fastify-cors-policy governs this URL'
  const level = isNew(refusals, reason) ? 'info' : 'debug'
  report(request, { code: 'FST_CORS_ORIGIN_NOT_ALLOWED', method, url, preflight: false, level, reason, fix: () => 'register fastify-cors-policy on the application itself, without `paths` or with some that match the URL' })
}

/** What to change so that preflights can tell which policy the request will meet. */
export function adviceOnHeld ({ seesAll }: Application, raw: IncomingMessage): string {
  if (urlBeforeRewrite(raw) !== undefined) return 'give the routes that `rewriteUrl` tells apart the same CORS policy, or let `rewriteUrl` give a preflight the URL of its request'
  return seesAll
    ? 'give the routes at this URL that differ by constraints the same CORS policy'
    : 'load fastify-cors-policy before the application is created, or `await app.register(…)` before adding the route'
}

function routeOf ({ method, routeOptions }: FastifyRequest): string {
  return `${method} ${routeOptions.url}`
}

function inWords (application: Application, code: string, obstacles: readonly Obstacle[], policy: Policy, where: (obstacle: Obstacle) => string, request: FastifyRequest): Pick<Refusal, 'level' | 'reason' | 'fix'> {
  const shown = obstacles.map(each => ({ obstacle: shorten(each), place: where(each) }))
  const reason = shown.map(({ obstacle }) => sayObstacle(obstacle)).join(', and ')
  const places = shown.map(({ place }) => place).join()
  const level = isNew(application.refusals, `${code} ${shownOrigin(request)} ${reason} ${places}`) ? 'info' : 'debug'
  return { level, reason, fix: () => shown.map(({ obstacle, place }) => adviceOn(obstacle, policy, place)).join('; ') }
}

function shownOrigin ({ headers }: FastifyRequest): string {
  return excerpt(headers.origin)
}

function shorten (obstacle: Obstacle): Obstacle {
  switch (obstacle.kind) {
    case 'origin': return { kind: 'origin', origin: excerpt(obstacle.origin) }
    case 'header': return { kind: 'header', names: excerpt(obstacle.names.join(', ')).split(', ') }
    case 'method':
    case 'credentials': return obstacle
  }
}

/** Says what makes a preflight, where an OPTIONS request at a governed URL is not one: it may be meant as one, by hand. Call it only if `isHeard` is true. */
export function reportPlainOptions (request: FastifyRequest): void {
  const { log, url, headers } = request
  if (!hasLevel(log, 'debug')) return
  const missing = ['Origin', 'Access-Control-Request-Method'].filter(name => headers[name.toLowerCase()] === undefined)
  const why = missing.length === 0 ? 'its Access-Control-Request-Method is not a method' : `it has no ${missing.join(' and no ')}`
  log.debug(`OPTIONS ${pathOf(url)} is not a CORS preflight, since ${why}: a preflight has the header Origin with the origin of a page, and Access-Control-Request-Method with the method of the request to come`)
}

function report (request: FastifyRequest, { level, code, method, url, preflight, reason, fix }: Refusal): void {
  const { log } = request
  if (!CHANNEL.hasSubscribers && !hasLevel(log, level)) return
  const facts = { origin: shownOrigin(request), method, url: pathOf(url), code, fix: fix() }
  CHANNEL.publish({ request, ...facts, preflight, reason } satisfies RefusedMessage)
  log[level](facts, `blocked by CORS policy: ${preflight ? 'the preflight for ' : ''}${method} ${facts.url} from ${facts.origin}: ${reason}`)
}

/** Whether the logger writes this level. Loggers other than pino may not tell; they get every line. */
function hasLevel (log: FastifyBaseLogger & { isLevelEnabled?: (level: string) => boolean }, level: string): boolean {
  return log.isLevelEnabled === undefined || log.isLevelEnabled(level)
}
