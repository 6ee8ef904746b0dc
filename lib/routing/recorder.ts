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

/** The routes of one application, from the moment that somebody could watch. */
export interface Recording {
  readonly sightings: Sighting[]
  /** Called before a route is kept; may throw, and the route is then not added. */
  listener: Listener | undefined
}

const recordings = new WeakMap<object, Recording>()

// `onRoute` does not see routes that were added before a plugin has loaded, and with a `register`
// that nobody awaits those are most. Fastify announces every new application on this channel, so
// their routes are known from the first one on, and with them each `config.cors`.
subscribe('fastify.initialization', message => {
  const { fastify } = message as { fastify: FastifyInstance } // Fastify documents this shape
  record(fastify, fastify)
})

/** The recording of an application; `undefined` if it was created before this module was loaded. */
export function recordingOf (root: FastifyInstance): Recording | undefined {
  return recordings.get(root)
}

/** Records routes that are added to `instance`, and to contexts made in it, from now on. */
export function record (root: FastifyInstance, instance: FastifyInstance): Recording {
  const recording = recordings.get(root) ?? { sightings: [], listener: undefined }
  recordings.set(root, recording)
  instance.addHook('onRoute', function (route) {
    const sighting = sightingOf(this, route)
    recording.listener?.(declarationOf(sighting))
    recording.sightings.push(sighting)
  })
  return recording
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
