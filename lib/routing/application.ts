import type { FastifyInstance } from 'fastify'
import type { Settings } from '../options/settings'
import { coversRoute, mayMatchRoute, pathReader } from '../policy/paths'
import type { PathReader } from '../policy/paths'
import type { Policy } from '../policy/policy'
import { FST_CORS_UNGOVERNED_ROUTE } from '../errors'
import type { Layer } from './layer'
import { declarationOf, record, recordingOf } from './recorder'
import type { Declaration, Recording } from './recorder'
import { isUnconstrained, routeTable } from './routes'
import type { RouteTable, RoutingOptions } from './routes'
import { addRegistration, hasOwnScope, linkScopes, ownScope, scopeOf } from './contexts'
import type { Registration, Scope } from './contexts'
import { seenTable } from '../server/seen'
import type { Seen } from '../server/seen'

/** What the plugin knows of one Fastify application; complete once it is ready. */
export interface Application {
  readonly root: FastifyInstance
  readonly routing: RoutingOptions
  readonly read: PathReader
  readonly scopes: Scope[]
  readonly recording: Recording
  /** Whether every route was seen: this module was loaded before the application was created. */
  readonly seesAll: boolean
  /** Refusals that the log has. */
  readonly seen: Seen
  /** Routes whose requests were held, and of which the log has a warning. */
  readonly told: Set<string>
  isReady: boolean
  /** Every route that is known; none before the application is ready. */
  declarations: readonly Declaration[]
  routes: RouteTable
  /** Whether some route may have a `config.cors`; without, no request has to look for one. */
  mayHaveOverlays: boolean
  /** The one registration that governs everything alike, if it is so: no preflight has to look for its policy. */
  sole: Registration | undefined
  /** Whether each preflight can tell which policy the request will meet: every route is known, and none has a constraint. */
  isExact: boolean
}

/** The constraint that tells the plugin's own preflight routes apart. */
export const PREFLIGHT_CONSTRAINT = 'fastifyCorsPolicyPreflight'

const applications = new WeakMap<object, Application>()

/** The application of a root instance; `install` adds hooks and preflight route when it is new. */
export function applicationOf (root: FastifyInstance, install: (application: Application) => void): Application {
  const known = applications.get(root)
  if (known !== undefined) return known
  const application = create(root)
  applications.set(root, application)
  root.addHook('onReady', async () => complete(application))
  install(application)
  return application
}

function create (root: FastifyInstance): Application {
  const routing = routingOptions(root)
  const seesAll = recordingOf(root) !== undefined
  const application: Application = {
    root,
    routing,
    read: pathReader(routing),
    scopes: [],
    recording: recordingOf(root) ?? record(root, root),
    seesAll,
    seen: seenTable(),
    told: new Set(),
    isReady: false,
    declarations: [],
    routes: routeTable([], routing),
    mayHaveOverlays: true,
    sole: undefined,
    isExact: false
  }
  application.recording.listener = declaration => {
    // Where this context may still get a registration of its own, the check waits until all is known.
    if (hasOwnScope(declaration.instance)) checkOverlay(application, declaration)
  }
  return application
}

/** Contexts are linked by prototype, up to the application itself. */
export function rootOf (instance: FastifyInstance): FastifyInstance {
  const parent: unknown = Object.getPrototypeOf(instance)
  return parent === Object.prototype ? instance : rootOf(parent as FastifyInstance) // a context's prototype is a context
}

/** Adds a registration to the application; throws where it could never govern anything. */
export function enrol (application: Application, instance: FastifyInstance, settings: Settings): Registration {
  const scope = ownScope(instance, application.read)
  if (!application.scopes.includes(scope)) {
    application.scopes.push(scope)
    // The hook of the root is not inherited by contexts that exist already.
    if (!application.seesAll) record(application.root, instance)
  }
  const registration = addRegistration(scope, settings, application.read)
  linkScopes([scope])
  return registration
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
  linkScopes(application.scopes)
  const declarations = recording.sightings
    .map(declarationOf)
    .filter(({ constraints }) => !Object.hasOwn(constraints, PREFLIGHT_CONSTRAINT))
    .flatMap(declaration => withSlashTwin(root, declaration))
  const ungoverned = declarations.filter(declaration => !checkOverlay(application, declaration))
  if (ungoverned.length > 0) throw new FST_CORS_UNGOVERNED_ROUTE(ungoverned.map(nameOf).join('; '))
  application.declarations = declarations
  application.routes = routeTable(declarations, routing)
  application.mayHaveOverlays = !seesAll || declarations.some(({ overlay }) => overlay !== undefined)
  application.isReady = true
  application.sole = soleRegistration(application)
  application.isExact = seesAll && declarations.every(isUnconstrained)
}

/** One registration, on the application itself and for every path, and no route with a policy or an answer of its own. */
function soleRegistration ({ root, scopes, seesAll, mayHaveOverlays, routes }: Application): Registration | undefined {
  const [registration, ...others] = scopes.flatMap(({ registrations }) => registrations)
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
  for (const { layer } of registrations) policyOf(layer, declaration)
  return registrations.length > 0
}

/** Who may govern a route: one registration, or several where it has parameters and they have `paths`. */
export function registrationsOf (application: Application, declaration: Declaration): Registration[] {
  const { instance, url } = declaration
  const chain = scopeOf(instance)?.chain ?? []
  const matching = chain.filter(({ paths }) => paths === undefined || mayMatchRoute(paths, url, application.read))
  const last = matching.findIndex(registration => governsAll(application, registration, declaration))
  return last === -1 ? matching : matching.slice(0, last + 1)
}

/** Whether no URL of a route gets past a registration. */
export function governsAll ({ read }: Application, { paths }: Registration, { url }: Declaration): boolean {
  return paths === undefined || coversRoute(paths, url, read)
}

/** The policy that a layer gives to a route. Throws `FST_CORS_INVALID_OPTIONS`. */
export function policyOf (layer: Layer, declaration: Declaration): Policy {
  return layer.policyWith(declaration.overlay, () => `config.cors of ${nameOf(declaration)}`)
}

export function nameOf ({ methods, url }: Declaration): string {
  return `${methods.join(', ')} ${url}`
}
