import type { FastifyInstance } from 'fastify'
import { FST_CORS_UNGOVERNED_ROUTE } from '../errors'
import type { Settings } from '../options/settings'
import { coversRoute, mayMatchRoute, pathReader } from '../policy/paths'
import type { PathReader } from '../policy/paths'
import { addRegistration, contextOf, ensureContext, linkContexts, ownContextOf } from './contexts'
import type { Context, Registration } from './contexts'
import type { Governing, Layer } from './layer'
import { declarationOf, recordingOf, rootOf } from './recorder'
import type { Declaration, Recording } from './recorder'
import { isKnownByHost, routeTable, unsafeAmong } from './routes'
import type { RouteTable, RoutingOptions } from './routes'

/** What the plugin knows of one Fastify application; complete once the application is ready. */
export interface Application {
  readonly root: FastifyInstance
  readonly routing: RoutingOptions
  readonly read: PathReader
  readonly contexts: Context[]
  readonly recording: Recording
  /** Whether every route was seen: none was added before this module was loaded. */
  readonly seesAll: boolean
  /** Routes that were not seen and have an invalid `config.cors`, each in the words of the log. */
  readonly invalidOverlays: WeakMap<Layer, Set<string>>
  /** Refusals that the log has, and when: milliseconds of the clock. */
  readonly refusals: Map<string, number>
  /** Routes with held requests that the log has a warning about. */
  readonly told: Set<string>
  isReady: boolean
  /** Every route that is known; none before the application is ready. */
  declarations: readonly Declaration[]
  routes: RouteTable
  /** The methods that need permission and that a route may have. */
  unsafeMethods: readonly string[]
  /** Whether a route may have a `config.cors`. Otherwise no request has to look for one. */
  mayHaveOverlays: boolean
  /** The one registration that governs every route alike, if it is so. */
  sole: Registration | undefined
  /** Whether each preflight can tell which policy the request will meet: every route is known, and none has a constraint that a preflight does not. */
  isExact: boolean
}

/** The constraint that tells the plugin's own preflight routes apart. */
export const PREFLIGHT_CONSTRAINT = 'fastifyCorsPolicyPreflight'

const applications = new WeakMap<object, Application>()

/** The application that a context belongs to; `install` adds hooks and preflight route when it is new. */
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
    told: new Set(),
    isReady: false,
    seesAll: recording.isWhole,
    declarations: [],
    routes: routeTable([], routing),
    mayHaveOverlays: true,
    sole: undefined,
    isExact: false
  }
  application.recording.listener = declaration => {
    // Where this context may still get a registration of its own, the check waits until all is known.
    if (ownContextOf(declaration.instance) !== undefined) checkOverlay(application, declaration)
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

/** Fastify takes router options in two places, the older one beside `routerOptions`. */
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

/** Runs once, when all plugins have loaded and no route can be added any more. */
function complete (application: Application): void {
  const { root, routing, recording, seesAll } = application
  linkContexts(application.contexts)
  const declarations = recording.sightings
    .map(declarationOf)
    .filter(({ constraints }) => !Object.hasOwn(constraints, PREFLIGHT_CONSTRAINT))
    .flatMap(declaration => withSlashTwin(root, declaration))
  const ungoverned = declarations.filter(declaration => !checkOverlay(application, declaration))
  if (ungoverned.length > 0) throw new FST_CORS_UNGOVERNED_ROUTE(ungoverned.map(nameOf).join('; '))
  application.declarations = declarations
  application.routes = routeTable(declarations, routing)
  if (seesAll) application.unsafeMethods = unsafeAmong(application.routes.methods)
  application.mayHaveOverlays = !seesAll || declarations.some(({ overlay }) => overlay !== undefined)
  application.isReady = true
  application.sole = soleRegistration(application)
  application.isExact = seesAll && declarations.every(isKnownByHost)
}

/** One registration, on the application itself and for every path, and no route with a policy or an answer of its own. */
function soleRegistration ({ root, contexts, seesAll, mayHaveOverlays, routes }: Application): Registration | undefined {
  const [registration, ...others] = contexts.flatMap(({ registrations }) => registrations)
  const governsAll = others.length === 0 && registration?.instance === root && registration.paths === undefined
  return governsAll && seesAll && !mayHaveOverlays && !routes.methods.includes('OPTIONS') ? registration : undefined
}

/** Fastify gives an index route of a prefixed context a twin with a slash, and no `onRoute` for it. */
function withSlashTwin (root: FastifyInstance, declaration: Declaration): Declaration[] {
  if (!declaration.isPrefixIndex) return [declaration]
  const url = declaration.url + '/'
  const methods = declaration.methods.filter(method => root.hasRoute({ method, url, constraints: declaration.constraints }))
  return methods.length === 0 ? [declaration] : [declaration, { ...declaration, methods, url }]
}

/** Validates a route's `config.cors` with every registration that may govern it; `false` if none may. */
function checkOverlay (application: Application, declaration: Declaration): boolean {
  if (declaration.overlay === undefined) return true
  const registrations = registrationsOf(application, declaration)
  for (const { layer } of registrations) governingOf(layer, declaration)
  return registrations.length > 0
}

/** What may govern a route: one registration, or several where it has parameters and they have `paths`. */
export function registrationsOf (application: Application, declaration: Declaration): Registration[] {
  const { instance, url } = declaration
  const chain = contextOf(instance)?.chain ?? []
  const matching = chain.filter(({ paths }) => paths === undefined || mayMatchRoute(paths, url, application.read))
  const last = matching.findIndex(registration => governsAll(application, registration, declaration))
  return last === -1 ? matching : matching.slice(0, last + 1)
}

/** Whether no URL of a route gets past a registration. */
export function governsAll ({ read }: Application, { paths }: Registration, { url }: Declaration): boolean {
  return paths === undefined || coversRoute(paths, url, read)
}

/** What governs a route, by this layer. Throws `FST_CORS_INVALID_OPTIONS`. */
export function governingOf (layer: Layer, declaration: Declaration): Governing {
  return layer.with(declaration.overlay, () => `config.cors of ${nameOf(declaration)}`)
}

export function nameOf ({ methods, url }: Declaration): string {
  return `${methods.join(', ')} ${url}`
}
