import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import type { Overlay } from './layer'

/** A route as its `onRoute` hook saw it. */
export interface Declaration {
  readonly instance: FastifyInstance
  readonly methods: readonly string[]
  readonly url: string
  /** An index route of a prefixed context: Fastify may add it a second time, with a slash, unseen. */
  readonly isPrefixIndex: boolean
  readonly constraints: Readonly<Record<string, unknown>>
  readonly config: object
  readonly overlay: Overlay
}

type Listener = (declaration: Declaration) => void

type Route = RouteOptions & { routePath?: string, prefix?: string }

/** A route that was seen, with the address it had then: Fastify uses the object again for a twin with a slash. */
interface Sighting {
  readonly instance: FastifyInstance
  readonly route: Route
  readonly url: string
  readonly isPrefixIndex: boolean
}

/** The routes of one application. */
export interface Recording {
  readonly sightings: Sighting[]
  /** Whether no route was added before the recording began. */
  readonly isWhole: boolean
  /** Called before a route is kept; may throw, and the route is then not added. */
  listener: Listener | undefined
}

const recordings = new WeakMap<object, Recording>()

// An `onRoute` hook does not see routes that were added before a plugin has loaded, and with a `register` that is not awaited
// those are most. Fastify announces every new application on this channel, so its routes are known from the first one on,
// and with them each `config.cors`.
subscribe('fastify.initialization', message => {
  const { fastify } = message as { fastify: FastifyInstance } // Fastify documents this shape
  begin(fastify, [fastify])
})

/** The recording of an application. If this module was loaded after the application was created, it begins now. */
export function recordingOf (root: FastifyInstance, instance: FastifyInstance): Recording {
  return recordings.get(root) ?? begin(root, lineage(instance))
}

/** The hook of a context is inherited by the contexts that are made in it later, and not by those that exist already. */
function begin (root: FastifyInstance, instances: readonly FastifyInstance[]): Recording {
  const recording: Recording = { sightings: [], isWhole: root.printRoutes() === NO_ROUTES, listener: undefined }
  recordings.set(root, recording)
  for (const instance of instances) {
    instance.addHook('onRoute', function (route) {
      const sighting = sightingOf(this, route)
      recording.listener?.(declarationOf(sighting))
      recording.sightings.push(sighting)
    })
  }
  return recording
}

const NO_ROUTES = '(empty tree)'

/** A context and those around it, up to the application itself. Contexts are linked by prototype. */
function lineage (instance: FastifyInstance): FastifyInstance[] {
  const parent: unknown = Object.getPrototypeOf(instance)
  return parent === Object.prototype ? [instance] : [instance, ...lineage(parent as FastifyInstance)] // a context's prototype is a context
}

export function rootOf (instance: FastifyInstance): FastifyInstance {
  return lineage(instance).at(-1) as FastifyInstance // it is never empty
}

function sightingOf (instance: FastifyInstance, route: Route): Sighting {
  return { instance, route, url: route.url, isPrefixIndex: route.routePath === '' && route.prefix !== '' }
}

/** The route as it is by now: Fastify reads its options when all `onRoute` hooks have had their say. */
export function declarationOf ({ instance, route, url, isPrefixIndex }: Sighting): Declaration {
  const config = route.config ?? {}
  return {
    instance,
    methods: typeof route.method === 'string' ? [route.method] : [...route.method],
    url,
    isPrefixIndex,
    constraints: { ...route.constraints },
    config,
    overlay: (config as { cors?: Overlay }).cors // unchecked, whatever the types say
  }
}
