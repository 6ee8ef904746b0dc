import type { FastifyRequest } from 'fastify'
import type { OriginSet } from '../origins/set'
import type { Origin } from '../protocol/origin'
import type { Given } from './schema'
import type { table } from './table'

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

export type Dangerously = { readonly [K in keyof Given['dangerously']]-?: boolean }

/** The options that decide whether an origin is too dangerous to allow. They are read before the others. */
export interface Exposure {
  readonly credentials: boolean
  readonly enforce: false | 'unsafe' | 'all'
  readonly dangerously: Dangerously
}

/** Options that have passed every rule, in the one form that a policy is compiled from. */
export type Settings = { readonly [K in keyof typeof table]: (typeof table)[K]['absent'] }
