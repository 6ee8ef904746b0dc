import type { FastifyInstance } from 'fastify'
import { FST_CORS_UNGOVERNED_ROUTE } from '../errors'
import type { Settings } from '../options/settings'
import { coversRoute, mayMatchRoute, pathReader } from './paths'
import type { PathReader } from './paths'
import { addRegistration, contextOf, ensureContext, linkContexts, ownContextOf } from './contexts'
import type { Context, Registration } from './contexts'
import type { Governing, Layer } from './layer'
import { PREFLIGHT_CONSTRAINT, hasOverlay, knownRouteOf, recordingOf, rootOf } from './recorder'
import type { KnownRoute, Recording } from './recorder'
import { expectRoom } from './room'
import { constraintTexts, isKnownByHost, routeTable, unsafeAmong } from './routes'
import type { RouteTable, RoutingOptions } from './routes'
import type * as Warnings from './warnings'

/** What the plugin knows about one Fastify application. Complete once the application is ready. */
export interface Application {
  readonly root: FastifyInstance
  readonly routing: RoutingOptions
  readonly read: PathReader
  readonly contexts: Context[]
  readonly recording: Recording
  /** Whether the plugin saw every route: this module was loaded before the application was created, or the plugin ran before the first route. */
  readonly seesAll: boolean
  /** For each layer, the unseen routes that have an invalid `config.cors`: each is logged once. */
  readonly invalidOverlays: WeakMap<Layer, Set<string>>
  /** Refusals that were logged, with the time in milliseconds (`performance.now()`). */
  readonly refusals: Map<string, number>
  /** Routes with held requests that were warned about. */
  readonly heldRoutes: Set<string>
  isReady: boolean
  /** Every route that the plugin saw. Empty until the application is ready. */
  knownRoutes: readonly KnownRoute[]
  table: RouteTable
  /** The methods that a route may have, without the safelisted ones. */
  unsafeMethods: readonly string[]
  /** Whether a route may have a `config.cors`, as one that the plugin did not see may. If not, requests need not look for one. */
  mayHaveOverlays: boolean
  /** The registration that governs every route with the same policy, if there is one. */
  sole: Registration | undefined
  /**
   * Whether each preflight can tell which policy the request will meet. This needs every route to be known, and none to
   * have a constraint other than the host, since a preflight does not carry the others.
   */
  isExact: boolean
}

const applications = new WeakMap<object, Application>()

/** The application that a context belongs to. If it is new, `install` adds the hooks to it. */
export function applicationOf (instance: FastifyInstance, install: (application: Application) => void): Application {
  const root = rootOf(instance)
  const known = applications.get(root)
  if (known !== undefined) return known
  const application = create(root, recordingOf(root, instance))
  applications.set(root, application)
  root.addHook('onReady', async () => complete(application))
  install(application)
  return application
}

function create (root: FastifyInstance, recording: Recording): Application {
  const routing = routingOptions(root)
  const application: Application = {
    root,
    routing,
    read: pathReader(routing),
    contexts: [],
    recording,
    unsafeMethods: unsafeAmong(root.supportedMethods),
    invalidOverlays: new WeakMap(),
    refusals: new Map(),
    heldRoutes: new Set(),
    isReady: false,
    seesAll: recording.isWhole,
    knownRoutes: [],
    table: routeTable([], routing),
    mayHaveOverlays: true,
    sole: undefined,
    isExact: false
  }
  application.recording.listener = sighting => {
    expectRoom(recording.sightings, sighting.route)
    // A context without a registration may still get one, so its routes are checked once all plugins have loaded.
    if (ownContextOf(sighting.instance) !== undefined && hasOverlay(sighting)) checkOverlay(application, knownRouteOf(sighting))
  }
  return application
}

/** Adds a registration to the application. Throws `FST_CORS_COVERED_REGISTRATION` if it could never govern anything. */
export function enrol (application: Application, instance: FastifyInstance, settings: Settings): void {
  const context = ensureContext(instance, application.read)
  if (!application.contexts.includes(context)) application.contexts.push(context)
  addRegistration(context, settings, application.read)
  linkContexts([context])
}

/** Fastify takes router options in `routerOptions`, and in an older place beside it. */
function routingOptions ({ initialConfig }: FastifyInstance): RoutingOptions {
  const nested: Partial<RoutingOptions> = initialConfig.routerOptions ?? {}
  const flat = initialConfig as Partial<RoutingOptions> // useSemicolonDelimiter is missing in Fastify's types
  return {
    caseSensitive: nested.caseSensitive !== false && flat.caseSensitive !== false,
    ignoreTrailingSlash: nested.ignoreTrailingSlash === true || flat.ignoreTrailingSlash === true,
    ignoreDuplicateSlashes: nested.ignoreDuplicateSlashes === true || flat.ignoreDuplicateSlashes === true,
    useSemicolonDelimiter: nested.useSemicolonDelimiter === true || flat.useSemicolonDelimiter === true,
    allowUnsafeRegex: nested.allowUnsafeRegex === true || flat.allowUnsafeRegex === true,
    maxParamLength: Math.max(...[nested.maxParamLength, flat.maxParamLength].filter(limit => limit !== undefined))
  }
}

/** Runs once, when all plugins have loaded and no more routes can be added. */
function complete (application: Application): void {
  const { root, routing, recording, seesAll } = application
  linkContexts(application.contexts)
  const seen = recording.sightings
    .map(knownRouteOf)
    .filter(({ constraints }) => !Object.hasOwn(constraints, PREFLIGHT_CONSTRAINT))
  const withSlash = new Set(seen.filter(({ url }) => url.endsWith('/')).flatMap(({ methods, url, constraints }) => methods.map(method => keyOf(method, url, constraints))))
  const knownRoutes = seen.flatMap(route => withSlashTwin(root, route, withSlash))
  const ungoverned = knownRoutes.filter(route => !checkOverlay(application, route))
  if (ungoverned.length > 0) throw new FST_CORS_UNGOVERNED_ROUTE(ungoverned.map(nameOf).join('; '), warnings().elsewhere(application))
  application.knownRoutes = knownRoutes
  application.table = routeTable(knownRoutes, routing)
  if (seesAll) application.unsafeMethods = unsafeAmong(application.table.methods)
  application.mayHaveOverlays = !seesAll || knownRoutes.some(({ overlay }) => overlay !== undefined)
  application.isReady = true
  application.sole = soleRegistration(application)
  application.isExact = seesAll && knownRoutes.every(isKnownByHost)
  for (const warning of warnings().warningsOf(application)) root.log.warn(warning)
}

/** Loaded late, because it imports this module. */
function warnings (): typeof Warnings {
  return require('./warnings')
}

/** The only registration, if it is on the application itself, without `paths`, and no route has a `config.cors`. */
function soleRegistration ({ root, contexts, mayHaveOverlays }: Application): Registration | undefined {
  const [registration, ...others] = contexts.flatMap(({ registrations }) => registrations)
  const isOnRoot = registration?.instance === root && registration.paths === undefined
  return isOnRoot && others.length === 0 && !mayHaveOverlays ? registration : undefined
}

/**
 * Fastify adds the index route of a prefixed context a second time, with a slash, and does not call `onRoute` for it. A route with
 * a slash that `onRoute` was called for, one of `seen`, is a route of its own.
 */
function withSlashTwin (root: FastifyInstance, route: KnownRoute, seen: ReadonlySet<string>): KnownRoute[] {
  if (!route.isPrefixIndex) return [route]
  const { constraints } = route
  const url = route.url + '/'
  const methods = route.methods.filter(method => !seen.has(keyOf(method, url, constraints)) && root.hasRoute({ method, url, constraints }))
  return methods.length === 0 ? [route] : [route, { ...route, methods, url }]
}

function keyOf (method: string, url: string, constraints: KnownRoute['constraints']): string {
  return JSON.stringify([method, url, Object.entries(constraintTexts(constraints)).sort()])
}

/** Validates a route's `config.cors` with every registration that may govern it. Returns `false` if there is none. */
function checkOverlay (application: Application, route: KnownRoute): boolean {
  if (route.overlay === undefined) return true
  const registrations = registrationsOf(application, route)
  for (const { layer } of registrations) governingOf(layer, route)
  return registrations.length > 0
}

/** The registrations that may govern a route: several if the route has parameters and the registrations have `paths`. */
export function registrationsOf (application: Application, route: KnownRoute): Registration[] {
  const { instance, url } = route
  const chain = contextOf(instance)?.chain ?? []
  const matching = chain.filter(({ paths }) => paths === undefined || mayMatchRoute(paths, url, application.read))
  const last = matching.findIndex(registration => governsAll(application, registration, route))
  return last === -1 ? matching : matching.slice(0, last + 1)
}

/** Whether a registration governs every URL of a route. */
export function governsAll ({ read }: Application, { paths }: Registration, { url }: KnownRoute): boolean {
  return paths === undefined || coversRoute(paths, url, read)
}

/** The policy of a route under this layer, and its source. Throws `FST_CORS_INVALID_OPTIONS`. */
export function governingOf (layer: Layer, route: KnownRoute): Governing {
  return layer.with(route.overlay, () => `config.cors of ${nameOf(route)}`)
}

export function nameOf ({ methods, url }: KnownRoute): string {
  return `${methods.join(', ')} ${url}`
}
