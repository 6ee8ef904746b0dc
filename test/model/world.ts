/**
 * An application and what pages ask of it, as plain data: it can be generated, printed and pasted as a row. The model
 * (intent.ts) reads it one way, the application that is built from it (application.ts) the other.
 */
export interface World {
  readonly browser: 'standard' | 'chromium'
  /** Options of the server's router. */
  readonly router: Router
  readonly root: Context
  readonly asks: readonly Ask[]
}

export interface Router {
  readonly caseSensitive?: boolean
  readonly ignoreTrailingSlash?: boolean
  readonly ignoreDuplicateSlashes?: boolean
}

/** An encapsulation context. */
export interface Context {
  /** As written in `register`; that of the root is empty. */
  readonly prefix: string
  readonly registrations: readonly Registration[]
  readonly routes: readonly Route[]
  readonly children: readonly Context[]
  /** What is declared first; the rest follows in the same breath, or once each registration has loaded. */
  readonly first: 'registrations' | 'routes' | 'children'
  readonly awaited: boolean
  /** A hook that answers 401 to what has no `Authorization`. */
  readonly gate: 'none' | 'before the registrations' | 'after the registrations'
}

/** Options as a user writes them, with data in the place of functions and RegExps. */
export interface Options {
  readonly origin?: OriginOption
  readonly methods?: '*' | readonly string[]
  readonly allowedHeaders?: '*' | readonly string[]
  readonly exposedHeaders?: '*' | readonly string[]
  readonly credentials?: boolean
  readonly maxAge?: number
  readonly enforce?: false | 'unsafe' | 'all'
  readonly vary?: readonly string[]
  readonly optionsSuccessStatus?: number
  readonly dangerously?: Readonly<Record<string, boolean>>
}

export type OriginOption = string | boolean | RegExpOption | FunctionOption | ReadonlyArray<string | RegExpOption>

export interface RegExpOption { readonly regexp: string }

/** `(origin) => ...`: what it answers for the origins that it knows, and for the others. */
export interface FunctionOption {
  readonly knows: 'all' | readonly string[]
  /** `name`: the request's own origin as a string. */
  readonly yes: 'true' | 'name'
  /** `other`: the name of another origin. */
  readonly no: 'false' | 'other' | 'throw'
  readonly async: boolean
}

export interface Registration extends Options {
  readonly paths?: readonly string[]
  readonly delegator?: DelegatorOption
}

/** `(request) => options`, by the request's origin. */
export interface DelegatorOption {
  readonly knows: readonly string[]
  readonly gives: Options | false
  readonly otherwise: Options | false
  readonly async: boolean
}

export interface Route {
  readonly methods: readonly string[]
  /** Below the prefix of its context. */
  readonly url: string
  readonly version?: string
  /** Its `config.cors`. */
  readonly cors?: boolean | Options
  readonly reply: Reply
}

/**
 * How a handler answers. With `own`, it sets CORS headers of its own: any origin, with credentials, `X-Own` exposed;
 * with `raw`, on the raw response.
 */
export type Reply =
  | 'sends' | 'sends later' | 'sends own' | 'sends raw own' | 'sends Vary' | 'streams' | 'streams own' | 'a Response'
  | 'hijacks' | 'hijacks own' | 'hijacks with a copy' | 'throws' | '304'

/** One `fetch` of a page; as a `form`, what a form or an image asks: no script, no preflight, nothing to read. */
export interface Ask {
  /** The origin of the page. */
  readonly page: string
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly credentials: 'omit' | 'same-origin' | 'include'
  readonly mode: 'cors' | 'same-origin' | 'form'
  /** Seconds since the one before. */
  readonly wait: number
}

/** Headers that every handler sends unless it throws. */
export const SENT = { 'x-total': '1', 'x-other': '2', etag: '"3"', 'cache-control': 'no-cache', 'set-cookie': 'a=b' } as const

/** The headers whose readability is compared. */
export const TRACKED: readonly string[] = [...Object.keys(SENT), 'x-own']

/** By which a handler that has run is known; Fastify names an index by either of its URLs. */
export function handlerName (method: string, url: string, version = ''): string {
  return `${method} ${url.replace(/\/$/, '')} ${version}`
}
