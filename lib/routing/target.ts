import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Policy } from '../policy/policy'
import { isSafelistedMethod, isToken } from '../protocol/methods'
import type { Application } from './application'
import type { Layer, Overlay } from './layer'
import type { Declaration } from './recorder'
import { registrationFor } from './resolve'
import { ofVersion } from './routes'
import type { Registration, Scope } from './contexts'

/** One policy that the request announced by a preflight may meet. */
export interface Candidate {
  readonly registration: Registration
  /** Of the registration, when the preflight came. */
  readonly layer: Layer
  readonly overlay: Overlay
  /** The one that the request may meet; `undefined` where none is known. */
  readonly route: Declaration | undefined
  /** The policy as far as it is known without a delegator. */
  readonly policy: Policy
}

export type Candidates = readonly [Candidate, ...Candidate[]]

/** What a preflight asks for, and who answers it. */
export interface PreflightTarget {
  readonly method: string
  readonly url: string
  readonly candidates: Candidates
  /** Which routes answer: decided before a delegator can run, by the options around it. */
  readonly mode: Policy['preflightMode']
  /** Whether, for all that a cache knows, another policy may answer at this URL: that of another method, or of another candidate. */
  readonly isShared: boolean
  /** Whether any route, of whatever method, is at this URL; `undefined` where nobody has looked yet. */
  readonly isRouted: boolean | undefined
}

// A longer method is none that anybody routes, and nothing that a log line should repeat.
const MAX_METHOD_LENGTH = 64

/** Fetch, "CORS-preflight request": OPTIONS with an origin and the method of the request to come. */
export function requestedMethod ({ method, headers }: IncomingMessage): string | undefined {
  if (method !== 'OPTIONS' || headers.origin === undefined) return undefined
  const requested = headers['access-control-request-method']
  return requested !== undefined && requested.length <= MAX_METHOD_LENGTH && isToken(requested) ? requested : undefined
}

/** Finds who answers a preflight; `undefined` where no registration governs, and so neither does the plugin. */
export function findTarget (application: Application, req: IncomingMessage): PreflightTarget | undefined {
  const method = requestedMethod(req)
  const { url } = req
  if (method === undefined || url === undefined) return undefined
  const { sole } = application
  if (sole === undefined) return targetFor(application, method, url, req)
  // Whatever the route is, if any: to look for it would take as long as all the rest.
  const candidates = candidatesOfSole(sole)
  return { method, url, candidates, mode: candidates[0].policy.preflightMode, isShared: false, isRouted: undefined }
}

const ofSole = new WeakMap<Layer, Candidates>()

function candidatesOfSole (registration: Registration): Candidates {
  const { layer } = registration
  const known = ofSole.get(layer)
  if (known !== undefined) return known
  const candidates: Candidates = [{ registration, layer, overlay: undefined, route: undefined, policy: layer.plain }]
  ofSole.set(layer, candidates)
  return candidates
}

/** Who would answer a preflight for this method and URL; of `req` itself the host alone takes part. */
export function targetFor (application: Application, method: string, url: string, req: IncomingMessage): PreflightTarget | undefined {
  const path = application.read(url)
  if (path === undefined) return undefined
  const exact = routesAt(application, method, url, req)
  if (isLeftToOptionsRoute(application, exact, url, req)) return undefined
  const routes = exact.length > 0 ? exact : routesOfOtherMethods(application, url, req)
  const isUnseen = exact.length === 0 && isUnseenRoute(application, method, url)
  const isKnown = routes.length > 0 && !isUnseen
  const candidates = isKnown ? candidatesOf(application, routes, url) : candidatesAround(application, url, path)
  const [first, ...rest] = candidates
  if (first === undefined) return undefined
  const isShared = rest.length > 0 || (isCached(first) && isDivided(application, routesOfOtherMethods(application, url, req), url))
  return { method, url, candidates: [first, ...rest], mode: modeOf(first, candidates), isShared, isRouted: isKnown || isUnseen }
}

/** Nobody keeps answers to OPTIONS but a cache that is told to (RFC 9110, 9.3.7). */
function isCached ({ policy }: Candidate): boolean {
  // A delegator may have some to add.
  return policy.settings.cacheControl !== undefined || policy.settings.delegator !== undefined
}

/** Whether routes at one URL have several policies, or some of them none. */
function isDivided (application: Application, routes: readonly Declaration[], url: string): boolean {
  return candidatesOf(application, routes, url).length > 1 ||
    routes.some(({ instance }) => registrationFor(application, instance, url) === undefined)
}

function modeOf ({ policy }: Candidate, candidates: readonly Candidate[]): Policy['preflightMode'] {
  return candidates.some(({ policy }) => policy.preflightMode === 'answer') ? 'answer' : policy.preflightMode
}

/** Methods of an application, as the sum of a power of two for each: it has no more than Node.js parses, some thirty. */
export type MethodSet = number

/** The methods that need leave and that a page may use at this URL under one policy: those of other policies stay out, or a
 * browser would keep them with this answer (Fetch, "CORS-preflight cache") and never ask again. */
export function routedMethods (application: Application, url: string, req: IncomingMessage, candidate: Candidate): MethodSet {
  let found = 0
  let value = 1
  for (const method of methodsOf(application)) {
    if (!isSafelistedMethod(method) && isRoutedWith(application, method, url, req, candidate)) found += value
    value *= 2
  }
  return found
}

function isRoutedWith (application: Application, method: string, url: string, req: IncomingMessage, candidate: Candidate): boolean {
  const found = routesAt(application, method, url, req)
  if (found.length === 0) return isUnseenRoute(application, method, url)
  return found.some(route => hasPolicy(application, route, url, candidate))
}

/** The names of a set, with the safelisted ones, for which nobody needs leave. */
export function methodsIn (application: Application, found: MethodSet): string[] {
  return methodsOf(application).filter((method, i) => isSafelistedMethod(method) || Math.floor(found / 2 ** i) % 2 === 1)
}

function methodsOf ({ routes, root, seesAll }: Application): readonly string[] {
  return seesAll ? routes.methods : root.supportedMethods
}

/** Whether any route, of whatever method, is at the URL of the target. */
export function isRouted (application: Application, target: PreflightTarget, found: MethodSet, req: IncomingMessage): boolean {
  if (target.isRouted !== undefined) return target.isRouted
  return found !== 0 || application.routes.methods.some(method => routesAt(application, method, target.url, req).length > 0)
}

/** Whether the candidate's policy is the route's too, by the layer that the preflight began with. */
function hasPolicy (application: Application, { instance, overlay }: Declaration, url: string, { registration, layer, policy }: Candidate): boolean {
  return registrationFor(application, instance, url) === registration && layer.policyWith(overlay) === policy
}

/** Whether the server has a route that was added before anybody could see it. */
export function isUnseenRoute ({ root, seesAll }: Application, method: string, url: string): boolean {
  return !seesAll && root.supportedMethods.includes(method) && root.findRoute({ method, url }) !== null
}

/** The route that a request would reach: of several, which only constraints of the application's own tell apart, the first. */
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

/** The innermost context whose prefix a path has. */
export function contextAt (application: Application, path: string): FastifyInstance {
  return scopesAt(application, path)[0]?.instance ?? application.root
}

/** Those whose prefix a path has, the innermost first. */
function scopesAt ({ scopes }: Application, path: string): Scope[] {
  return scopes
    .filter(scope => scope.contains(path))
    .sort((a, b) => b.instance.prefix.length - a.instance.prefix.length)
}

function routesAt ({ routes }: Application, method: string, url: string, { headers }: IncomingMessage): readonly Declaration[] {
  return routes.find(method, url, String(headers.host ?? headers[':authority']))
}

function routesOfOtherMethods (application: Application, url: string, req: IncomingMessage): Declaration[] {
  return application.routes.methods.flatMap(method => method === 'OPTIONS' ? [] : routesAt(application, method, url, req))
}

/** A hand-written OPTIONS route that no registration governs keeps its preflights, unless it is but a catch-all. */
function isLeftToOptionsRoute (application: Application, exact: readonly Declaration[], url: string, req: IncomingMessage): boolean {
  if (!application.routes.methods.includes('OPTIONS')) return false
  const own = routesAt(application, 'OPTIONS', url, req)
  if (own.length === 0 || candidatesOf(application, own, url).length > 0) return false
  return exact.length === 0 || own.some(route => exact.some(({ url }) => url === route.url))
}

function candidatesOf (application: Application, routes: readonly Declaration[], url: string): Candidate[] {
  return distinct(routes.map(route => candidate(registrationFor(application, route.instance, url), route)))
}

/** Who may govern a URL without a known route: the contexts whose prefix it has, the innermost first. */
function candidatesAround (application: Application, url: string, path: string): Candidate[] {
  return distinct(scopesAt(application, path)
    .map(({ instance }) => candidate(registrationFor(application, instance, url), undefined)))
}

function candidate (registration: Registration | undefined, route: Declaration | undefined): Candidate | undefined {
  if (registration === undefined) return undefined
  const { layer } = registration
  const overlay = route?.overlay
  return { registration, layer, overlay, route, policy: layer.policyWith(overlay) }
}

/** Each policy once. */
function distinct (candidates: ReadonlyArray<Candidate | undefined>): Candidate[] {
  const kept: Candidate[] = []
  for (const each of candidates) {
    if (each !== undefined && !kept.some(({ policy }) => policy === each.policy)) kept.push(each)
  }
  return kept
}
