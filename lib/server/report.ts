import { channel } from 'node:diagnostics_channel'
import type { FastifyBaseLogger, FastifyError, FastifyRequest } from 'fastify'
import { adviceOn, optionOf, sayObstacle } from '../policy/advice'
import type { Obstacle, PreflightObstacle } from '../policy/advice'
import type { Policy } from '../policy/policy'
import { nameOf } from '../routing/application'
import type { Application } from '../routing/application'
import { sayWhere } from '../routing/place'
import type { Declaration } from '../routing/recorder'
import type { PreflightTarget } from '../routing/target'
import { excerpt, isOwnBehindProxy, isOwnOrigin, isWebSocket, pathOf } from './request'
import { isNew } from './seen'
import type { PreflightVerdict, Verdict } from './verdict'

/** What subscribers of the diagnostics channel `fastify-cors-policy:refused` get for each refusal. */
export interface RefusedMessage {
  readonly request: FastifyRequest
  /** Cut to 256 characters, like everything that a request can make long. */
  readonly origin: string
  /** Of the request, or of the one that a preflight announces. */
  readonly method: string
  /** The path, without the query. */
  readonly url: string
  /** Chromium's name for it, or the code of the 403 where the server refuses what a browser would not. */
  readonly code: string
  readonly preflight: boolean
  readonly reason: string
  /** What to change. */
  readonly fix: string
}

const CHANNEL = channel('fastify-cors-policy:refused')

/** Why a request is refused and by which options. The fix is put into words only if it is logged. */
interface Refusal {
  readonly code: string
  readonly method: string
  readonly url: string
  readonly preflight: boolean
  /** `debug` for what was logged already. */
  readonly level: 'warn' | 'info' | 'debug'
  readonly reason: string
  readonly fix: () => string
}

/** Reports a preflight that a browser ends with: its origin is refused, or the method or a header of the request to come. */
export function reportPreflight (application: Application, target: PreflightTarget, { candidate, policy }: PreflightVerdict, obstacle: PreflightObstacle, request: FastifyRequest): void {
  if (!isHeard(request.log) || isOwnOrigin(request)) return
  const { governing, route } = candidate
  const where = sayWhere(governing, () => nameOf(route as Declaration), optionOf(obstacle, policy)) // an overlay is that of a route
  const code = preflightCodes[obstacle.kind]
  const { method, url } = target
  report(request, { code, method, url, preflight: true, ...inWords(application, code, obstacle, policy, where, request) })
}

const preflightCodes: { readonly [K in PreflightObstacle['kind']]: string } = {
  origin: 'PreflightMissingAllowOriginHeader',
  method: 'MethodDisallowedByPreflightResponse',
  header: 'HeaderDisallowedByPreflightResponse'
}

/** Reports an actual request that the server refuses, or one with a response that a browser will keep from the page. */
export function reportActual (application: Application, verdict: Verdict, origin: string, refused: FastifyError | undefined, request: FastifyRequest): void {
  if (refused?.code === 'FST_CORS_PREFLIGHT_WOULD_REFUSE') return reportHeld(application, request, refused.code)
  if (!isHeard(request.log)) return
  const obstacle = refused !== undefined ? { kind: 'origin', origin } as const : obstacleToActual(verdict, origin, request)
  if (obstacle === undefined) return
  const { governing, policy } = verdict
  const { method, url } = request
  const code = refused?.code ?? actualCode(obstacle, policy)
  const where = sayWhere(governing, () => routeOf(request), optionOf(obstacle, policy))
  report(request, { code, method, url, preflight: false, ...inWords(application, code, obstacle, policy, where, request) })
}

/** Fetch, "CORS check". Where CORS is off, the route may have headers of its own. */
function obstacleToActual ({ policy, outcome }: Verdict, origin: string, request: FastifyRequest): Obstacle | undefined {
  // A browser sends cookies to another origin only with credentials.
  const lacksCredentials = request.headers.cookie !== undefined && !policy.settings.credentials
  if (policy.allow.kind === 'none' || (outcome.allowed && !lacksCredentials)) return undefined
  if (!isChecked(request) || isOwnOrigin(request)) return undefined
  return outcome.allowed ? { kind: 'credentials' } : { kind: 'origin', origin }
}

/** Forms, WebSockets and `no-cors` requests have an origin too, and no CORS check. Over plain HTTP no browser says which it is. */
function isChecked (request: FastifyRequest): boolean {
  const mode = request.headers['sec-fetch-mode']
  return mode === undefined ? !isWebSocket(request) : mode === 'cors'
}

function actualCode ({ kind }: Obstacle, { allow }: Policy): string {
  if (kind === 'credentials') return allow.kind === 'any' ? 'WildcardOriginNotAllowed' : 'InvalidAllowCredentials'
  return allow.kind === 'one' ? 'AllowOriginMismatch' : 'MissingAllowOriginHeader'
}

/** A request that was refused because another policy may have accepted its preflight: a fault of the application, told once. */
function reportHeld (application: Application, request: FastifyRequest, code: string): void {
  const { method, url } = request
  const route = routeOf(request)
  const reason = `another policy at this URL may have accepted its preflight, and that of ${route} does not accept it`
  const level = application.told.has(route) ? 'debug' : 'warn'
  application.told.add(route)
  report(request, { code, method, url, preflight: false, level, reason, fix: () => adviceOnHeld(application) })
}

/** How a preflight can be made to know which policy the request will meet. */
export function adviceOnHeld ({ seesAll }: Application): string {
  return seesAll
    ? 'give the routes at this URL that differ by constraints the same CORS policy'
    : 'load fastify-cors-policy before the application is created, or `await app.register(…)` before adding the route'
}

function routeOf ({ method, routeOptions }: FastifyRequest): string {
  return `${method} ${routeOptions.url}`
}

function inWords (application: Application, code: string, obstacle: Obstacle, policy: Policy, where: string, request: FastifyRequest): Pick<Refusal, 'level' | 'reason' | 'fix'> {
  const shown = shorten(obstacle)
  const reason = sayObstacle(shown)
  const level = isNew(application.refusals, `${code} ${originOf(request)} ${reason} ${where}`) ? 'info' : 'debug'
  return { level, reason, fix: () => aside(request) + adviceOn(shown, policy, where) }
}

function aside (request: FastifyRequest): string {
  return isOwnBehindProxy(request)
    ? 'if this is the site itself, set `trustProxy` of Fastify and let the proxy send X-Forwarded-Proto and X-Forwarded-Host; otherwise, '
    : ''
}

function originOf ({ headers }: FastifyRequest): string {
  return excerpt(headers.origin)
}

function shorten (obstacle: Obstacle): Obstacle {
  switch (obstacle.kind) {
    case 'origin': return { kind: 'origin', origin: excerpt(obstacle.origin) }
    case 'header': return { kind: 'header', name: excerpt(obstacle.name) }
    case 'method':
    case 'credentials': return obstacle
  }
}

/** Whether a logger or a subscriber takes what is reported at `info`. */
function isHeard (log: FastifyBaseLogger): boolean {
  // Without a logger, Fastify's log functions are one and the same, which does nothing.
  return CHANNEL.hasSubscribers || log.info !== log.debug
}

function report (request: FastifyRequest, { level, code, method, url, preflight, reason, fix }: Refusal): void {
  const { log } = request
  if (!CHANNEL.hasSubscribers && !hasLevel(log, level)) return
  const facts = { origin: originOf(request), method, url: pathOf(url), code, fix: fix() }
  CHANNEL.publish({ request, ...facts, preflight, reason } satisfies RefusedMessage)
  log[level](facts, `blocked by CORS policy: ${preflight ? 'the preflight for ' : ''}${method} ${facts.url} from ${facts.origin}: ${reason}`)
}

/** Loggers other than pino may not say which levels they write. */
function hasLevel (log: FastifyBaseLogger & { isLevelEnabled?: (level: string) => boolean }, level: string): boolean {
  return log.isLevelEnabled === undefined || log.isLevelEnabled(level)
}
