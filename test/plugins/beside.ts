import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import Fastify from 'fastify'
import type { Test } from 'tap'
import corsPlugin from '../..'
import { ALLOWED, OTHER, listen } from '../support/exchange'

/** When the other plugin is registered: before this one or after it. */
export type Order = 'before' | 'after'

/** Where both are registered: in the application itself, or in a context with a prefix. */
export type Place = 'root' | 'context'

export interface Setting {
  readonly order: Order
  readonly place: Place
}

/** A plugin of somebody else, what it could break, and the checks that it does not. */
export interface Beside {
  /** Its package. */
  readonly name: string
  readonly checked: string
  readonly orders: readonly Order[]
  readonly places: readonly Place[]
  /** What a user has to know of the two together. */
  readonly note?: string
  check (t: Test, setting: Setting): Promise<void>
  /** Checks that need no order or place. */
  readonly once?: Readonly<Record<string, (t: Test) => Promise<void>>>
}

export const BOTH_ORDERS: readonly Order[] = ['before', 'after']
export const BOTH_PLACES: readonly Place[] = ['root', 'context']

export const LIST = { origin: [ALLOWED, OTHER] }

export interface Parts {
  readonly server?: FastifyServerOptions
  /** Registers the other plugin. */
  readonly other: (scope: FastifyInstance) => unknown
  readonly cors?: corsPlugin.CorsOptions
  readonly routes?: (scope: FastifyInstance) => void
}

export interface Running {
  readonly app: FastifyInstance
  /** A path of the application, given one of the context. */
  at (path: string): string
}

/** Starts an application with both plugins and the routes: at the root in one breath, in a context step by step. */
export async function start (t: Test, { order, place }: Setting, { server, other, cors = LIST, routes = () => {} }: Parts): Promise<Running> {
  const app = Fastify(server)
  t.teardown(() => app.close())
  const own = (scope: FastifyInstance) => scope.register(corsPlugin, cors)
  const steps = order === 'before' ? [other, own] : [own, other]
  if (place === 'root') {
    for (const step of steps) step(app)
    app.after(() => { routes(app) })
  } else {
    app.register(async scope => {
      for (const step of steps) await step(scope)
      routes(scope)
    }, { prefix: '/inner' })
  }
  await listen(app)
  return { app, at: path => place === 'root' ? path : `/inner${path}` }
}
