import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import corsPlugin from '../..'
import type { Explanation } from '../../lib/diagnose/explanation'
import type { ExplainRequest } from '../../lib/diagnose/input'
import { ALLOWED } from '../support/exchange'

export type Options = corsPlugin.CorsOptions

/** What a row of a table says of an explanation; the rest is found out by other tests. */
export interface Outline {
  readonly allowed: boolean | undefined
  readonly code?: string
  readonly fix?: string
  /** Whose options govern the request; `null`: nobody's. */
  readonly where: string | null
  /** Of the answer to the preflight, and of that to the request; `handler` where the application's code says. */
  readonly preflight?: number | 'handler'
  /** `null` where it is not sent. */
  readonly status: number | 'handler' | null
  readonly assumptions?: readonly string[]
}

export function outline ({ allowed, code, fix, policy, preflight, response, assumptions }: Explanation): Outline {
  return {
    allowed,
    ...code !== undefined && { code },
    ...fix !== undefined && { fix },
    where: policy === null ? null : policy.where,
    ...preflight.needed && { preflight: preflight.response?.status ?? 'handler' },
    status: response === null ? null : response.status ?? 'handler',
    ...assumptions.length > 0 && { assumptions }
  }
}

export type Ask = Partial<ExplainRequest>

/** One row of a table: an application, a request of a page, and the outline of what is explained. */
export interface Row {
  readonly it: string
  readonly app: (app: FastifyInstance) => unknown
  readonly ask?: Ask
  readonly is: Outline
}

export async function ready (setUp: Row['app'], options: object = {}): Promise<FastifyInstance> {
  const app = Fastify(options)
  await setUp(app)
  await app.ready()
  return app
}

export function explain (app: FastifyInstance, ask: Ask = {}): Promise<Explanation> {
  return app.cors.explain({ origin: ALLOWED, url: '/a', ...ask })
}

/** One registration, and a few routes. */
export function registered (options: Options, route: { readonly cors?: boolean | object } = {}) {
  return async (app: FastifyInstance) => {
    await app.register(corsPlugin, options)
    app.route({ method: ['GET', 'POST', 'PUT'], url: '/a', config: { ...route }, handler: fail })
  }
}

/** Nothing that is explained runs. */
export function fail (): never {
  throw new Error('a handler has run')
}
