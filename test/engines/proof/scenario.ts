import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { CacheMode } from '../../../lib/browser/request'

/** What a page passes to `fetch`, as data. */
export interface Init {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly credentials?: 'omit' | 'same-origin' | 'include'
  readonly mode?: 'cors' | 'same-origin'
  readonly body?: string
  readonly cache?: CacheMode
}

/** One call of `fetch`. The URL starts with one of `{api}`, `{third}` and `{own}`. */
export interface Step {
  readonly url: string
  readonly init: Init
  /** Seconds to wait before the call. */
  readonly wait: number
}

/** The pages: on two sites, on a site that browsers consider secure, and in a sandboxed frame. */
export const pageNames = ['http://app.test', 'http://sub.other.test', 'http://app.localhost', 'null'] as const
export type PageName = typeof pageNames[number]

/** The values of `{…}` in a scenario. `{own}` is the page's own origin; for the sandboxed frame, that of the page around it. */
export interface Places {
  readonly origin: string
  readonly api: string
  readonly third: string
  readonly own: string
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

export function isPreflight ({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
}

export interface Served {
  readonly handle: Handler
  /** The application to ask for `cors.explain`; a server without the plugin has none. */
  readonly app?: FastifyInstance
}

/** A server, a page, and the calls of `fetch` that the page makes, one after the other. */
export interface Scenario {
  /** What the server does, for the message of a failed test. */
  readonly told: unknown
  readonly page: PageName
  readonly steps: readonly Step[]
  serve (places: Places): Promise<Served>
}

export function placesOf (page: PageName, id: number, port: number): Places {
  const top = page === 'http://app.localhost' ? 'localhost' : 'test'
  const own = page === 'null' ? 'http://app.test' : page
  return {
    origin: page === 'null' ? 'null' : `${page}:${port}`,
    api: `http://api-${id}.${top}:${port}`,
    third: `http://third-${id}.${top}:${port}`,
    own: `${own}:${port}/~${id}`
  }
}

/** Replaces `{…}` with its value in all strings, at any depth. Functions and RegExps stay as they are. */
export function fill<T> (value: T, places: Places): T {
  // A string stays a string, an array an array, and an object keeps its keys.
  return fillAny(value, places) as T
}

function fillAny (value: unknown, places: Places): unknown {
  if (typeof value === 'string') {
    return value.replace(/\{(origin|api|third|own)\}/g, (_, name: keyof Places) => places[name])
  }
  if (Array.isArray(value)) return value.map(item => fillAny(item, places))
  if (value === null || typeof value !== 'object' || value instanceof RegExp) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillAny(item, places)]))
}
