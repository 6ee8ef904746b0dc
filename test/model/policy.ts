import type { Governing } from './governing'
import { constantOrigin, isFunction, knows, mayRead } from './origins'
import type { DelegatorOption, OriginOption, Options } from './world'

/** The options that hold for one request, all laid over each other. */
export interface Policy {
  readonly options: Options
  readonly isOff: boolean
  readonly delegates: boolean
}

/** The delegator's options over the registration's, and the route's over both. */
export function policyFor ({ registration, overlay }: Governing, origin: string | undefined): Policy {
  const { delegator, paths, ...own } = registration
  const delegates = delegator !== undefined
  const given = delegator === undefined ? {} : delegated(delegator, origin)
  if (given === false) return { options: own, isOff: true, delegates }
  const laid = lay(lay(own, given), typeof overlay === 'object' ? overlay : {})
  return { options: laid, isOff: overlay === false || laid.origin === false, delegates }
}

function delegated (delegator: DelegatorOption, origin: string | undefined): Options | false {
  return origin !== undefined && knows(delegator, origin) ? delegator.gives : delegator.otherwise
}

function lay (below: Options, above: Options): Options {
  return { ...below, ...above, dangerously: { ...below.dangerously, ...above.dangerously } }
}

export function originOption ({ options }: Policy): OriginOption {
  return options.origin ?? '*'
}

export function isAllowed (policy: Policy, origin: string): boolean | 'throws' {
  const { options, isOff } = policy
  if (isOff) return false
  return mayRead(originOption(policy), options.dangerously?.nullOrigin === true, options.credentials === true, origin)
}

/** CORS headers of a response, as far as they matter. */
export interface CorsHeaders {
  readonly allowOrigin: string | undefined
  readonly allowCredentials: boolean
  readonly expose: readonly string[]
}

/** What a handler of kind `own` sets. */
export const OWN: CorsHeaders = { allowOrigin: '*', allowCredentials: true, expose: ['x-own'] }
export const NONE: CorsHeaders = { allowOrigin: undefined, allowCredentials: false, expose: [] }

/** docs/responses.md, "Actual requests". */
export function headersOfResponse (policy: Policy | undefined, origin: string, own: CorsHeaders): CorsHeaders {
  if (policy === undefined || policy.isOff) return own
  const { credentials = false, exposedHeaders = [] } = policy.options
  const constant = constantOrigin(originOption(policy), credentials)
  if (constant === undefined && isAllowed(policy, origin) !== true) return NONE
  const listed = exposedHeaders === '*' ? ['*'] : exposedHeaders
  return { allowOrigin: constant ?? origin, allowCredentials: credentials, expose: [...listed, ...own.expose].map(name => name.toLowerCase()) }
}

export function constantOf (policy: Policy): string | undefined {
  return policy.isOff ? undefined : constantOrigin(originOption(policy), policy.options.credentials === true)
}

/** docs/responses.md, "Vary": whether responses may differ by origin. */
export function variesByOrigin (policy: Policy): boolean {
  if (policy.delegates) return true
  const constant = constantOf(policy)
  // `*` refuses no origin. Any other constant answer varies only with `enforce: 'all'`, which can refuse even a GET.
  if (policy.isOff || constant !== undefined) return constant !== '*' && policy.options.enforce === 'all'
  return true
}

/** docs/enforce.md. */
export function isEnforced ({ options: { enforce = false } }: Policy, method: string): boolean {
  if (enforce === 'all') return true
  return enforce === 'unsafe' && !['GET', 'HEAD', 'OPTIONS'].includes(method)
}

/** Whether two routes have one policy, so that one answer to a preflight may speak of both. */
export function isSamePolicy (one: Governing, other: Governing): boolean {
  if (one.registration !== other.registration) return false
  const [a, b] = [one.overlay, other.overlay].map(overlay => overlay === true ? undefined : overlay)
  if (typeof a !== 'object' || typeof b !== 'object') return a === b
  return a === b || (!hasFunction(a) && sorted(a) === sorted(b))
}

/** Two functions never count as the same, even if they do the same. */
function hasFunction ({ origin }: Options): boolean {
  return origin !== undefined && isFunction(origin)
}

function sorted (options: Options): string {
  return JSON.stringify(Object.entries(options).sort(([a], [b]) => a < b ? -1 : 1))
}
