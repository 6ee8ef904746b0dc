import type { FastifyRequest } from 'fastify'
import type { Origin } from '../protocol/origin'
import type { OriginSet } from '../origins/set'

/** Decides for one origin: `true` allows it, a string names the origin to allow, `false` refuses. */
export type OriginFunction = (origin: string, request: FastifyRequest) => boolean | string | Promise<boolean | string>

/** Options for one request, laid over the registration's; `false` switches CORS off for the request. */
export type Delegator = (request: FastifyRequest) => unknown

/** Who may read, as the options say it. No "empty means all": each form has its own name. */
export type OriginSetting =
  | { readonly kind: 'none' }
  | { readonly kind: 'any' }
  | { readonly kind: 'one', readonly origin: Origin }
  | { readonly kind: 'set', readonly set: OriginSet }
  | { readonly kind: 'ask', readonly decide: OriginFunction }

export interface Dangerously {
  readonly nullOrigin: boolean
  readonly anyOriginWithCredentials: boolean
  readonly insecureOrigins: boolean
  readonly publicSuffixOrigins: boolean
  readonly unsafeRegex: boolean
}

/** Options that have passed every rule, in the one form that a policy is compiled from. */
export interface Settings {
  readonly origin: OriginSetting
  /** `route`: what the URL serves. */
  readonly methods: 'route' | 'any' | readonly string[]
  readonly allowedHeaders: 'any' | readonly string[]
  readonly exposedHeaders: 'any' | readonly string[]
  readonly credentials: boolean
  /** Seconds. */
  readonly maxAge: number | undefined
  readonly paths: readonly string[] | undefined
  readonly enforce: false | 'unsafe' | 'all'
  readonly vary: readonly string[]
  readonly preflight: boolean
  readonly preflightContinue: boolean
  readonly optionsSuccessStatus: number
  /** The field value itself. */
  readonly cacheControl: string | undefined
  readonly logLevel: string | undefined
  readonly delegator: Delegator | undefined
  readonly dangerously: Dangerously
}
