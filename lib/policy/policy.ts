import type { OriginFunction, OriginSetting, Settings } from '../options/settings'

/** Names are lower-case, as Fastify keeps them. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

/** Who may read: a closed set of forms, so that a new one does not compile until everything knows it. */
export type AllowOrigin =
  | Exclude<OriginSetting, { kind: 'ask' }>
  | { readonly kind: 'reflect', readonly nullToo: boolean }
  | { readonly kind: 'ask', readonly decide: OriginFunction, readonly nullToo: boolean }

/** What a response carries; for actual requests made with the policy, one for each verdict. */
export interface Outcome {
  readonly allowed: boolean
  /** Whether CORS headers that somebody else set give way to these. Not where CORS is off. */
  readonly governs: boolean
  /** `Access-Control-Allow-Origin` where it is the same for every origin with this outcome. */
  readonly allowOrigin: string | null
  /** Whether it repeats the request's own origin. */
  readonly echoesOrigin: boolean
  /** Whether `Access-Control-Allow-Headers` repeats what a preflight asks for. */
  readonly echoesHeaders: boolean
  /** All other CORS headers, their values computed. */
  readonly headers: HeaderList
  /** Whether what somebody else exposes is merged, as for whoever may read; all other CORS headers give way. */
  readonly mergesExposed: boolean
  /** The value of `Access-Control-Expose-Headers`; empty where it is not sent. */
  readonly exposed: string
  readonly vary: string | null
  readonly credentials: boolean
}

/** Every CORS response header, lower-case. */
export const CORS_HEADERS: readonly string[] = Object.freeze([
  'access-control-allow-origin', 'access-control-allow-credentials', 'access-control-allow-methods',
  'access-control-allow-headers', 'access-control-max-age', 'access-control-expose-headers'
])

/** How the methods of a preflight answer come about. */
export type AllowMethods =
  | { readonly kind: 'constant', readonly list: readonly string[] | 'any' }
  | { readonly kind: 'requested' }
  | { readonly kind: 'routed' }

export type AllowHeaders =
  | { readonly kind: 'constant', readonly lowerCase: ReadonlySet<string> | 'any' }
  | { readonly kind: 'requested' }

/** What an accepted preflight is answered with. */
export interface PreflightAnswer {
  readonly status: number
  readonly methods: AllowMethods
  readonly allowedHeaders: AllowHeaders
  /** Without the methods, where each URL or each request has its own. */
  readonly accepted: Outcome
  /** At a URL without a route, where the requested method is listed too: the response varies by it. */
  readonly varyUnrouted: string | null
  readonly refused: Outcome
}

/** The immutable, compiled form of a set of options. */
export interface Policy {
  /** What it was compiled from, for whoever explains it: no request is answered from here. */
  readonly settings: Settings
  readonly allow: AllowOrigin
  readonly allowed: Outcome
  /** For refused origins and for requests without one. */
  readonly others: Outcome
  readonly preflight: PreflightAnswer
  readonly enforce: false | 'unsafe' | 'all'
  /** `leave`: the application's own OPTIONS routes answer; `continue`: they do, with our headers. */
  readonly preflightMode: 'answer' | 'continue' | 'leave'
}
