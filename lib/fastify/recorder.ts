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
  readonly overlay: Overlay
}

type Listener = (declaration: Declaration) => void

/** The routes of one application, from the moment that somebody could watch. */
export interface Recording {
  readonly declarations: Declaration[]
  /** Called before a route is kept; may throw, and the route is then not added. */
  listener: Listener | undefined
  /** A route passes the hooks of each context around it; it is recorded once. */
  readonly seen: WeakSet<object>
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
  const recording = recordings.get(root) ?? { declarations: [], listener: undefined, seen: new WeakSet<object>() }
  recordings.set(root, recording)
  instance.addHook('onRoute', function (route) {
    if (recording.seen.has(route)) return
    recording.seen.add(route)
    const declaration = declarationOf(this, route)
    recording.listener?.(declaration)
    recording.declarations.push(declaration)
  })
  return recording
}

function declarationOf (instance: FastifyInstance, route: RouteOptions & { routePath?: string, prefix?: string }): Declaration {
  return {
    instance,
    methods: typeof route.method === 'string' ? [route.method] : [...route.method],
    url: route.url,
    isPrefixIndex: route.routePath === '' && route.prefix !== '',
    constraints: { ...route.constraints },
    overlay: (route.config as { cors?: Overlay } | undefined)?.cors // unchecked, whatever the types say
  }
}
