import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import type { Overlay } from './layer'

/** The name of the constraint that only the plugin's preflight routes have. */
export const PREFLIGHT_CONSTRAINT = 'fastifyCorsPolicyPreflight'

/** The facts about a route that CORS needs. */
export interface KnownRoute {
  readonly instance: FastifyInstance
  readonly methods: readonly string[]
  readonly url: string
  /** Whether it is the index route of a prefixed context. Fastify may add it a second time, with a slash, without `onRoute`. */
  readonly isPrefixIndex: boolean
  readonly constraints: Readonly<Record<string, unknown>>
  /** The constraint of Fastify with this name. If the application has put a strategy of its own in its place, it is among `custom`. */
  readonly host: unknown
  readonly version: unknown
  /** The constraints that strategies of the application decide, with their names. */
  readonly custom: ReadonlyArray<readonly [name: string, value: unknown]>
  readonly config: object
  readonly overlay: Overlay
}

type Listener = (sighting: Sighting) => void

type Route = RouteOptions & { routePath?: string }

/** A route as an `onRoute` hook saw it. The URL is copied, because Fastify reuses the object for the same route with a slash. */
export interface Sighting {
  readonly instance: FastifyInstance
  readonly route: Route
  readonly url: string
  readonly isPrefixIndex: boolean
  readonly replaced: Replaced
}

/** For each constraint of Fastify that a route has, whether the application has put a strategy of its own in its place. */
type Replaced = Map<string, boolean>

/** The routes of one application, as they are added. */
export interface Recording {
  readonly sightings: Sighting[]
  /** Whether no route was added before the recording began. */
  readonly isWhole: boolean
  /** Called before a route is recorded. If it throws, Fastify does not add the route. */
  listener: Listener | undefined
}

const recordings = new WeakMap<object, Recording>()

// An `onRoute` hook that a plugin adds misses the routes that were added before the plugin loaded. If `register` is not
// awaited, those are most routes. Fastify announces every new application on this channel, so a hook that is added here sees
// every route, and each `config.cors`.
subscribe('fastify.initialization', message => {
  const { fastify } = message as { fastify: FastifyInstance } // Fastify documents this shape
  begin(fastify, [fastify], true)
})

/** The recording of an application. It begins now if this module was loaded after the application was created. */
export function recordingOf (root: FastifyInstance, instance: FastifyInstance): Recording {
  return recordings.get(root) ?? begin(root, lineage(instance), root.printRoutes() === EMPTY_TREE)
}

/** Adds the hook to each instance: only contexts that are created later inherit it. */
function begin (root: FastifyInstance, instances: readonly FastifyInstance[], isWhole: boolean): Recording {
  const recording: Recording = { sightings: [], isWhole, listener: undefined }
  recordings.set(root, recording)
  const replaced: Replaced = new Map()
  for (const instance of instances) {
    instance.addHook('onRoute', function (route) {
      const sighting = sightingOf(this, route, learn(replaced, root, route))
      recording.listener?.(sighting)
      recording.sightings.push(sighting)
    })
  }
  return recording
}

/** Before the first route with a constraint of Fastify, Fastify knows a strategy of that name only if it is the application's. */
function learn (replaced: Replaced, root: FastifyInstance, { constraints }: Route): Replaced {
  for (const name of Object.keys(constraints ?? {})) {
    if (isBuiltIn(name) && !replaced.has(name)) replaced.set(name, root.hasConstraintStrategy(name))
  }
  return replaced
}

function isBuiltIn (name: string): boolean {
  return name === 'host' || name === 'version'
}

const EMPTY_TREE = '(empty tree)'

/** A context and the contexts around it, up to the application itself. The prototype of a context is the one around it. */
function lineage (instance: FastifyInstance): FastifyInstance[] {
  const parent: unknown = Object.getPrototypeOf(instance)
  return parent === Object.prototype ? [instance] : [instance, ...lineage(parent as FastifyInstance)] // the prototype of a context is a context
}

/** How many contexts are around this one. */
export function depthOf (instance: FastifyInstance): number {
  return lineage(instance).length - 1
}

export function rootOf (instance: FastifyInstance): FastifyInstance {
  return lineage(instance).at(-1) as FastifyInstance // the list is never empty
}

function sightingOf (instance: FastifyInstance, route: Route, replaced: Replaced): Sighting {
  return { instance, route, url: route.url, isPrefixIndex: route.routePath === '', replaced }
}

/** Reads the route's options as they are now, since later `onRoute` hooks may have changed them. */
export function knownRouteOf ({ instance, route, url, isPrefixIndex, replaced }: Sighting): KnownRoute {
  const config = route.config ?? {}
  const constraints: Record<string, unknown> = { ...route.constraints }
  const isCustom = (name: string) => !isBuiltIn(name) || replaced.get(name) === true
  return {
    instance,
    methods: typeof route.method === 'string' ? [route.method] : [...route.method],
    url,
    isPrefixIndex,
    constraints,
    host: isCustom('host') ? undefined : constraints['host'],
    version: isCustom('version') ? undefined : constraints['version'],
    custom: Object.entries(constraints).filter(([name]) => isCustom(name)),
    config,
    overlay: overlayOf(route)
  }
}

export function hasOverlay ({ route }: Sighting): boolean {
  return overlayOf(route) !== undefined
}

function overlayOf ({ config }: Route): Overlay {
  return (config as { cors?: Overlay } | undefined)?.cors // unchecked, whatever the types say
}
