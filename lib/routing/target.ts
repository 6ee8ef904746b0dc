import { type IncomingMessage, METHODS } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { HTTPMethod } from 'find-my-way'
import type { Policy } from '../policy/policy'
import { isToken } from '../protocol/methods'
import type { Application } from './application'
import { type Context, type Registration, registrationAt, registrationFor } from './contexts'
import type { Candidate, Governing, VariesBy } from './layer'
import type { KnownRoute } from './recorder'
import { ofVersion } from './routes'

// Servers have no routes for longer methods, and log lines should not repeat them.
const MAX_METHOD_LENGTH = 64

const parsedByNode: ReadonlySet<string> = new Set(METHODS)

/** The method of the request to come (Fetch, "CORS-preflight request"); `undefined` if this is not a preflight. */
export function requestedMethod ({ method, headers }: IncomingMessage): string | undefined {
  if (method !== 'OPTIONS' || headers.origin === undefined) return undefined
  const requested = headers['access-control-request-method']
  if (requested === undefined || parsedByNode.has(requested)) return requested
  return requested.length <= MAX_METHOD_LENGTH && isToken(requested) ? requested : undefined
}

/** The request that a preflight is for, and the policies that may answer it. */
export interface PreflightTarget {
  readonly method: string
  readonly url: string
  readonly candidates: readonly [Candidate, ...Candidate[]]
  /** Whether the plugin or the application answers. The registration's options decide it, because a delegator has not run yet. */
  readonly mode: Policy['preflightMode']
  readonly variesBy: VariesBy
  /** Whether this URL has a route for any method; `undefined` if it was not looked up yet. */
  readonly isRouted: boolean | undefined
}

/** The target of a preflight for this method and URL; `undefined` if no registration governs it. Only the host of `req` is read. */
export function preflightTarget (application: Application, method: string, url: string, req: IncomingMessage): PreflightTarget | undefined {
  const { sole } = application
  if (sole === undefined) return targetByRoute(application, method, url, req)
  // It governs every route with the same policy, so the route need not be found. Finding it would double the time of a preflight.
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

/** Whether a shared cache may keep the answer: a response to OPTIONS is not cacheable by default (RFC 9110, 9.3.7). */
function isCached ({ governing: { policy: { settings } } }: Candidate): boolean {
  // A delegator may add `cacheControl`.
  return settings.cacheControl !== undefined || settings.delegator !== undefined
}

/** Whether the routes at one URL differ in policy, or some of them have no policy. */
function hasSeveralPolicies (application: Application, routes: readonly KnownRoute[], url: string): boolean {
  return candidatesOf(application, routes, url).length > 1 ||
    routes.some(({ instance }) => registrationFor(instance, application.read, url) === undefined)
}

function modeOf ({ governing }: Candidate, candidates: readonly Candidate[]): Policy['preflightMode'] {
  return candidates.some(({ governing }) => governing.policy.preflightMode === 'answer') ? 'answer' : governing.policy.preflightMode
}

/** A set of methods as a number, with a power of two for each. An application has at most the methods that Node.js parses, about thirty. */
export type MethodSet = number

/**
 * The methods, other than safelisted ones, that have a route at this URL under one policy. Methods under other policies are
 * left out: the browser would cache them with this answer (Fetch, "CORS-preflight cache") and send no preflight for them.
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

/** Whether the route has this policy, in the layer that the preflight started with. */
function isGovernedAlike (application: Application, { instance, overlay }: KnownRoute, url: string, { registration, layer, policy }: Governing): boolean {
  return registrationFor(instance, application.read, url) === registration && layer.with(overlay).policy === policy
}

/** The methods of a set. */
export function methodsIn (application: Application, found: MethodSet): string[] {
  return application.unsafeMethods.filter((_method, i) => Math.floor(found / 2 ** i) % 2 === 1)
}

/** Whether the URL of the target has a route for any method but OPTIONS. */
export function isRouted (application: Application, { isRouted, url }: PreflightTarget, req: IncomingMessage): boolean {
  return isRouted ?? application.table.methods.some(method => method !== 'OPTIONS' && routesAt(application, method, url, req).length > 0)
}

/** Whether the plugin answers the preflights for this method and URL. */
export function answersPreflights (application: Application, method: string, url: string, req: IncomingMessage): boolean {
  const target = preflightTarget(application, method, url, req)
  return target !== undefined && target.mode !== 'leave'
}

/** Whether the application has an OPTIONS route at this URL. */
export function hasOptionsRoute (application: Application, url: string, req: IncomingMessage): boolean {
  return routesAt(application, 'OPTIONS', url, req).length > 0 || isUnseenRoute(application, 'OPTIONS', url)
}

/** Whether the server has a route that was added before the plugin could see it. */
export function isUnseenRoute ({ root, seesAll }: Application, method: string, url: string): boolean {
  return !seesAll && root.supportedMethods.includes(method) && root.findRoute({ method, url }) !== null
}

/** The route that a request would reach. If only custom constraints tell several routes apart, it is the first of them. */
export function routeFor (application: Application, raw: IncomingMessage, url = String(raw.url)): KnownRoute | undefined {
  const routes = routesAt(application, String(raw.method), url, raw)
  const version = raw.headers['accept-version']
  // If any route has a version, a request with a version reaches only routes that have one.
  if (version !== undefined && application.knownRoutes.some(hasVersion)) return ofVersion(routes, version)
  return routes.find(route => !hasVersion(route))
}

function hasVersion ({ version }: KnownRoute): boolean {
  return version !== undefined
}

/** The innermost context with a prefix that the path is below and a registration that governs it, or the application itself. */
export function instanceAt (application: Application, path: string): FastifyInstance {
  return contextsAt(application, path).find(context => registrationAt(context, path) !== undefined)?.instance ?? application.root
}

/**
 * The contexts with a prefix that the path is below: the longest prefix first. Of those with the same prefix the outermost is
 * first, because a URL without a route reaches the 404 handler of that one.
 */
function contextsAt ({ contexts }: Application, path: string): Context[] {
  return contexts
    .filter(context => context.contains(path))
    .sort((a, b) => b.instance.prefix.length - a.instance.prefix.length || a.depth - b.depth)
}

const NO_ROUTES: readonly KnownRoute[] = []

/** The routes that a request of this method could reach: more than one if constraints decide that a preflight does not carry. */
export function routesAt ({ table }: Application, method: string, url: string, { headers }: IncomingMessage): readonly KnownRoute[] {
  const host = table.hasHosts ? { host: headers.host ?? headers[':authority'] } : undefined
  let found = NO_ROUTES
  for (const router of method === 'HEAD' ? table.headRouters() : table.routers) {
    // The types omit stores, and require every constraint. For a URL that cannot be decoded, the result has no store.
    const match = router.find(method as HTTPMethod, url, host as never) as { store?: readonly KnownRoute[] } | null
    if (match?.store !== undefined) found = found === NO_ROUTES ? match.store : [...found, ...match.store]
  }
  return found
}

function routesOfAnyMethod (application: Application, url: string, req: IncomingMessage): KnownRoute[] {
  return application.table.methods.flatMap(method => method === 'OPTIONS' ? [] : routesAt(application, method, url, req))
}

/**
 * Whether an OPTIONS route of the application answers this preflight: no registration governs it, and its URL is that of the
 * requested route. A broader one, such as `app.all('*')`, does not take the preflights of governed routes.
 */
function isLeftToOptionsRoute (application: Application, exact: readonly KnownRoute[], url: string, req: IncomingMessage): boolean {
  if (!application.table.methods.includes('OPTIONS')) return false
  const own = routesAt(application, 'OPTIONS', url, req)
  if (own.length === 0 || candidatesOf(application, own, url).length > 0) return false
  return exact.length === 0 || own.some(route => exact.some(({ url }) => url === route.url))
}

function candidatesOf (application: Application, routes: readonly KnownRoute[], url: string): Candidate[] {
  return distinct(routes.map(route => candidate(registrationFor(route.instance, application.read, url), route)))
}

/** The candidates for a URL without a known route: from the contexts with a prefix that it is below, innermost first. */
function candidatesAround (application: Application, url: string, path: string): Candidate[] {
  return distinct(contextsAt(application, path)
    .map(({ instance }) => candidate(registrationFor(instance, application.read, url), undefined)))
}

function candidate (registration: Registration | undefined, route: KnownRoute | undefined): Candidate | undefined {
  return registration === undefined ? undefined : { governing: registration.layer.with(route?.overlay), route }
}

/** Keeps the first candidate of each policy. */
function distinct (candidates: ReadonlyArray<Candidate | undefined>): Candidate[] {
  const kept: Candidate[] = []
  for (const each of candidates) {
    if (each !== undefined && !kept.some(({ governing }) => governing.policy === each.governing.policy)) kept.push(each)
  }
  return kept
}
