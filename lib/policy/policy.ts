import type { OriginFunction, OriginSetting, Settings } from '../options/settings'
import type { Outcome } from '../response/outcome'

/** Who may read: a closed set of forms, so that a new one does not compile until everything knows it. */
export type AllowOrigin =
  | Exclude<OriginSetting, { kind: 'ask' }>
  | { readonly kind: 'reflect', readonly nullToo: boolean }
  | { readonly kind: 'ask', readonly decide: OriginFunction, readonly nullToo: boolean }

/** How the methods of a preflight answer come about. */
export type AllowMethods =
  | { readonly kind: 'constant', readonly list: readonly string[] | 'any' }
  | { readonly kind: 'requested' }
  | { readonly kind: 'routed' }

export type AllowHeaders =
  | { readonly kind: 'constant', readonly lowerCase: ReadonlySet<string> | 'any' }
  | { readonly kind: 'requested' }

/** How preflights are answered. */
export interface PreflightPolicy {
  readonly status: number
  readonly methods: AllowMethods
  readonly allowedHeaders: AllowHeaders
  /** An accepted preflight. The methods are missing if each URL has its own. */
  readonly accepted: Outcome
  /** `Vary` at a URL without a route, where the requested method is listed too: the answer depends on it. */
  readonly varyUnrouted: string | undefined
  readonly refused: Outcome
}

/** The immutable, compiled form of a set of options. */
export interface Policy {
  /** What it was compiled from, for explanations: no request is answered from here. */
  readonly settings: Settings
  readonly allow: AllowOrigin
  /** Whether the policy allows an origin. Where a function decides: whether it has to be asked. */
  readonly admits: (origin: string) => boolean
  /** For an allowed origin. */
  readonly allowed: Outcome
  /** For a refused origin, and for a request without one. */
  readonly others: Outcome
  readonly preflight: PreflightPolicy
  readonly enforce: false | 'unsafe' | 'all'
  /** `leave`: the application's own OPTIONS routes answer preflights; `continue`: they do, with our headers. */
  readonly preflightMode: 'answer' | 'continue' | 'leave'
}
