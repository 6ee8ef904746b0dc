import { type IncomingMessage, METHODS } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { HTTPMethod } from 'find-my-way'
import type { Policy } from '../policy/policy'
import { isToken } from '../protocol/methods'
import type { Application } from './application'
import { type Context, type Registration, registrationFor } from './contexts'
import type { Candidate, Governing, VariesBy } from './layer'
import type { Declaration } from './recorder'
import { ofVersion } from './routes'

// A longer method is not one that a server routes, nor one that a log line should repeat.
const MAX_METHOD_LENGTH = 64

const usual: ReadonlySet<string> = new Set(METHODS)

/** Fetch, "CORS-preflight request": the method of the request to come; `undefined` if this is not a preflight. */
export function requestedMethod ({ method, headers }: IncomingMessage): string | undefined {
  if (method !== 'OPTIONS' || headers.origin === undefined) return undefined
  const requested = headers['access-control-request-method']
  if (requested === undefined || usual.has(requested)) return requested
  return requested.length <= MAX_METHOD_LENGTH && isToken(requested) ? requested : undefined
}

/** What a preflight asks for, and what answers it. */
export interface PreflightTarget {
  readonly method: string
  readonly url: string
  readonly candidates: readonly [Candidate, ...Candidate[]]
  /** Which routes answer: decided before a delegator can run, by the options around it. */
  readonly mode: Policy['preflightMode']
  readonly variesBy: VariesBy
  /** Whether there is a route at this URL, of any method; `undefined` where nothing has looked yet. */
  readonly isRouted: boolean | undefined
}

/** What answers a preflight for this method and URL; `undefined` if no registration governs. Of `req` only the host takes part. */
export function preflightTarget (application: Application, method: string, url: string, req: IncomingMessage): PreflightTarget | undefined {
  const { sole } = application
  if (sole === undefined) return targetByRoute(application, method, url, req)
  // It governs every route alike, so none has to be looked for: that would take as long as all the rest.
  const { plain, candidates } = sole.layer
  return { method, url, candidates, mode: plain.policy.preflightMode, variesBy: 'nothing', isRouted: undefined }
}

function targetByRoute (application: Application, method: string, url: string, req: IncomingMessage): PreflightTarget | undefined {
  const path = application.read(url)
  if (path === undefined) return undefined
  const exact = routesAt(application, method, url, req)
  if (isLeftToOptionsRoute(application, exact, url, req)) return undefined
  const routes = exact.length > 0 ? exact : routesOfAnyMethod(application, url, req)
  const isUnseen = exact.length === 0 && isUnseenRoute(application, method, url)
  const isKnown = routes.length > 0 && !isUnseen
  const candidates = isKnown ? candidatesOf(application, routes, url) : candidatesAround(application, url, path)
  const [first, ...rest] = candidates
  if (first === undefined) return undefined
  const isDivided = isCached(first) && hasSeveralPolicies(application, routesOfAnyMethod(application, url, req), url)
  return {
    method,
    url,
    candidates: [first, ...rest],
    mode: modeOf(first, candidates),
    variesBy: rest.length > 0 ? 'all' : isDivided ? 'method' : 'nothing',
    isRouted: isKnown || isUnseen
  }
}

/** Only a cache that is told to keeps answers to OPTIONS (RFC 9110, 9.3.7). */
function isCached ({ governing: { policy: { settings } } }: Candidate): boolean {
  // A delegator may add `cacheControl`.
  return settings.cacheControl !== undefined || settings.delegator !== undefined
}

/** Whether routes at one URL have several policies, or some of them none. */
function hasSeveralPolicies (application: Application, routes: readonly Declaration[], url: string): boolean {
  return candidatesOf(application, routes, url).length > 1 ||
    routes.some(({ instance }) => registrationFor(instance, application.read, url) === undefined)
}

function modeOf ({ governing }: Candidate, candidates: readonly Candidate[]): Policy['preflightMode'] {
  return candidates.some(({ governing }) => governing.policy.preflightMode === 'answer') ? 'answer' : governing.policy.preflightMode
}

/** Methods of an application, as the sum of a power of two for each: an application has no more than Node.js parses, some thirty. */
export type MethodSet = number

/**
 * The methods that need permission and that a page may use at this URL under one policy. Those of other policies stay out: a
 * browser would keep them with this answer (Fetch, "CORS-preflight cache") and never ask again.
 */
export function routedMethods (application: Application, url: string, req: IncomingMessage, governing: Governing): MethodSet {
  const { sole } = application
  let methods = 0
  let value = 1
  for (const method of application.unsafeMethods) {
    const found = routesAt(application, method, url, req)
    const isRouted = found.length === 0
      ? isUnseenRoute(application, method, url)
      : sole !== undefined || found.some(route => isGovernedAlike(application, route, url, governing))
    if (isRouted) methods += value
    value *= 2
  }
  return methods
}

/** Whether the policy is the route's too, by the layer that the preflight began with. */
function isGovernedAlike (application: Application, { instance, overlay }: Declaration, url: string, { registration, layer, policy }: Governing): boolean {
  return registrationFor(instance, application.read, url) === registration && layer.with(overlay).policy === policy
}

/** The methods of a set. */
export function methodsIn (application: Application, found: MethodSet): string[] {
  return application.unsafeMethods.filter((_method, i) => Math.floor(found / 2 ** i) % 2 === 1)
}

/** Whether there is a route at the URL of the target, of a method that needs permission or of another. */
export function isRouted (application: Application, { isRouted, url }: PreflightTarget, req: IncomingMessage): boolean {
  return isRouted ?? application.routes.methods.some(method => routesAt(application, method, url, req).length > 0)
}

/** Whether the server has a route that was added before the plugin could see it. */
export function isUnseenRoute ({ root, seesAll }: Application, method: string, url: string): boolean {
  return !seesAll && root.supportedMethods.includes(method) && root.findRoute({ method, url }) !== null
}

/** The route that a request would reach. Of several that only constraints of the application's own tell apart, the first. */
export function routeFor (application: Application, raw: IncomingMessage, url = String(raw.url)): Declaration | undefined {
  const routes = routesAt(application, String(raw.method), url, raw)
  const version = raw.headers['accept-version']
  // Once a route has a version, the router gives a request that names one to no route without.
  if (version !== undefined && application.declarations.some(hasVersion)) return ofVersion(routes, version)
  return routes.find(route => !hasVersion(route))
}

function hasVersion ({ constraints }: Declaration): boolean {
  return constraints.version !== undefined
}

/** The innermost context that a path is below the prefix of. */
export function instanceAt (application: Application, path: string): FastifyInstance {
  return contextsAt(application, path)[0]?.instance ?? application.root
}

/** The innermost first. */
function contextsAt ({ contexts }: Application, path: string): Context[] {
  return contexts
    .filter(context => context.contains(path))
    .sort((a, b) => b.instance.prefix.length - a.instance.prefix.length)
}

const none: readonly Declaration[] = []

/** The routes that a request of this method could reach: one, unless constraints decide that a preflight says nothing of. */
function routesAt ({ routes }: Application, method: string, url: string, { headers }: IncomingMessage): readonly Declaration[] {
  const host = routes.hasHosts ? { host: headers.host ?? headers[':authority'] } : undefined
  let found = none
  for (const router of routes.routers) {
    // The types do not know stores, and want every constraint. A URL that cannot be decoded has a result without a store.
    const match = router.find(method as HTTPMethod, url, host as never) as { store?: readonly Declaration[] } | null
    if (match?.store !== undefined) found = found === none ? match.store : [...found, ...match.store]
  }
  return found
}

function routesOfAnyMethod (application: Application, url: string, req: IncomingMessage): Declaration[] {
  return application.routes.methods.flatMap(method => method === 'OPTIONS' ? [] : routesAt(application, method, url, req))
}

/** An OPTIONS route of the application's own that no registration governs keeps its preflights, unless it is only a catch-all. */
function isLeftToOptionsRoute (application: Application, exact: readonly Declaration[], url: string, req: IncomingMessage): boolean {
  if (!application.routes.methods.includes('OPTIONS')) return false
  const own = routesAt(application, 'OPTIONS', url, req)
  if (own.length === 0 || candidatesOf(application, own, url).length > 0) return false
  return exact.length === 0 || own.some(route => exact.some(({ url }) => url === route.url))
}

function candidatesOf (application: Application, routes: readonly Declaration[], url: string): Candidate[] {
  return distinct(routes.map(route => candidate(registrationFor(route.instance, application.read, url), route)))
}

/** What may govern a URL without a known route: the contexts that it is below the prefix of, the innermost first. */
function candidatesAround (application: Application, url: string, path: string): Candidate[] {
  return distinct(contextsAt(application, path)
    .map(({ instance }) => candidate(registrationFor(instance, application.read, url), undefined)))
}

function candidate (registration: Registration | undefined, route: Declaration | undefined): Candidate | undefined {
  return registration === undefined ? undefined : { governing: registration.layer.with(route?.overlay), route }
}

/** Each policy once. */
function distinct (candidates: ReadonlyArray<Candidate | undefined>): Candidate[] {
  const kept: Candidate[] = []
  for (const each of candidates) {
    if (each !== undefined && !kept.some(({ governing }) => governing.policy === each.governing.policy)) kept.push(each)
  }
  return kept
}
