import type { OriginFunction, OriginSetting, Settings } from '../options/settings'
import type { Outcome } from '../response/outcome'

/** The origins that may read. A new kind does not compile until every `switch` over the kinds handles it. */
export type AllowOrigin =
  | Exclude<OriginSetting, { kind: 'ask' }>
  | { readonly kind: 'reflect', readonly nullToo: boolean }
  | { readonly kind: 'ask', readonly decide: OriginFunction, readonly nullToo: boolean }

/** The methods of a preflight answer: always the same, the requested one, or those with a route at the URL. */
export type AllowMethods =
  | { readonly kind: 'constant', readonly list: readonly string[] | 'any' }
  | { readonly kind: 'requested' }
  | { readonly kind: 'routed' }

/** The request headers that a preflight answer allows: always the same, or the requested ones. */
export type AllowHeaders =
  | { readonly kind: 'constant', readonly lowerCase: ReadonlySet<string> | 'any' }
  | { readonly kind: 'requested' }

/** How preflights are answered. */
export interface PreflightPolicy {
  readonly status: number
  readonly methods: AllowMethods
  readonly allowedHeaders: AllowHeaders
  /** For an accepted preflight. Without methods if they depend on the URL. */
  readonly accepted: Outcome
  /** `Vary` at a URL without a route. The answer there lists the requested method, so it depends on that too. */
  readonly varyUnrouted: string | undefined
  readonly refused: Outcome
}

/** The immutable, compiled form of a set of options. */
export interface Policy {
  /** The settings that the policy was compiled from, for explanations and log lines. */
  readonly settings: Settings
  readonly allow: AllowOrigin
  /** Whether the policy allows an origin. If an `origin` function decides: whether to call it for this origin. */
  readonly mayAllow: (origin: string) => boolean
  /** For an allowed origin. */
  readonly allowed: Outcome
  /** For a refused origin, and for a request without one. */
  readonly others: Outcome
  readonly preflight: PreflightPolicy
  readonly enforce: false | 'unsafe' | 'all'
  /** `answer`: the plugin answers preflights. `leave`: OPTIONS routes of the application do. `continue`: they do, with the plugin's headers. */
  readonly preflightMode: 'answer' | 'continue' | 'leave'
}
