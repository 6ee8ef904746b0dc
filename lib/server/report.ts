import { channel } from 'node:diagnostics_channel'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { adviceOn, optionOf, sayObstacle } from '../policy/advice'
import type { Obstacle } from '../policy/advice'
import type { Policy } from '../policy/policy'
import { nameOf } from '../routing/application'
import type { Application } from '../routing/application'
import { excerpt, pathOf } from './excerpt'
import { overlayOf } from './hold'
import { isOwnBehindProxy } from './own-origin'
import { sayWhere } from '../routing/place'
import type { PreflightVerdict } from './preflight-verdict'
import type { Declaration } from '../routing/recorder'
import { registrationFor } from '../routing/resolve'
import type { Registration } from '../routing/contexts'
import type { PreflightTarget } from '../routing/target'

/** What subscribers of the diagnostics channel `fastify-cors-policy:refused` get for each refusal. */
export interface RefusedMessage {
  readonly request: FastifyRequest
  /** Cut to 256 characters, as is all that a request can make long. */
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

/** Why a request is refused and by whose options, in words that are found when somebody hears them. */
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

/** A preflight that a browser ends with: its origin is refused, or the method or a header of the request to come. */
export function reportPreflight (application: Application, { method, url }: PreflightTarget, { candidate, policy, obstacle }: PreflightVerdict, request: FastifyRequest): void {
  if (obstacle === undefined || !isHeard(request.log)) return
  const { registration, overlay, route } = candidate
  const where = sayWhere(registration, overlay, () => nameOf(route as Declaration), optionOf(obstacle, policy)) // an overlay is that of a route
  const code = preflightCodes[obstacle.kind]
  report(request, { code, method, url, preflight: true, ...inWords(application, code, obstacle, policy, where, request) })
}

const preflightCodes: { readonly [K in NonNullable<PreflightVerdict['obstacle']>['kind']]: string } = {
  origin: 'PreflightMissingAllowOriginHeader',
  method: 'MethodDisallowedByPreflightResponse',
  header: 'HeaderDisallowedByPreflightResponse'
}

/** An actual request whose response no page may read; `code` is that of the 403, if the server refuses it too. */
export function reportActual (application: Application, policy: Policy, obstacle: Obstacle, request: FastifyRequest, code: string): void {
  if (!isHeard(request.log)) return
  const { method, url } = request
  const where = whereOf(application, request, optionOf(obstacle, policy))
  report(request, { code, method, url, preflight: false, ...inWords(application, code, obstacle, policy, where, request) })
}

function whereOf (application: Application, request: FastifyRequest, option: ReturnType<typeof optionOf>): string {
  const registration = registrationFor(application, request.server, request.url) as Registration // a request with a policy has one
  return sayWhere(registration, overlayOf(application, registration, request), () => routeOf(request), option)
}

function routeOf ({ method, routeOptions }: FastifyRequest): string {
  return `${method} ${routeOptions.url}`
}

function inWords ({ seen }: Application, code: string, obstacle: Obstacle, policy: Policy, where: string, request: FastifyRequest): Pick<Refusal, 'level' | 'reason' | 'fix'> {
  const shown = shorten(obstacle)
  const reason = sayObstacle(shown)
  const isNew = seen.isNew(`${code} ${originOf(request)} ${reason} ${where}`)
  return { level: isNew ? 'info' : 'debug', reason, fix: () => aside(request) + adviceOn(shown, policy, where) }
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

/** A request that was refused because another policy may have accepted its preflight: a fault of the application, told once. */
export function reportHeld (application: Application, request: FastifyRequest, code: string): void {
  const { method, url } = request
  const route = routeOf(request)
  const fix = adviceOnHeld(application)
  const reason = `another policy at this URL may have accepted its preflight, and that of ${route} does not accept it`
  const level = application.told.has(route) ? 'debug' : 'warn'
  application.told.add(route)
  report(request, { code, method, url, preflight: false, level, reason, fix: () => fix })
}

/** How a preflight comes to know which policy the request will meet. */
export function adviceOnHeld ({ seesAll }: Application): string {
  return seesAll
    ? 'give the routes at this URL that differ by constraints the same CORS policy'
    : 'load fastify-cors-policy before the application is created, or `await app.register(…)` before adding the route'
}

/** Whether there is anybody to report to. */
export function isHeard (log: FastifyBaseLogger): boolean {
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
