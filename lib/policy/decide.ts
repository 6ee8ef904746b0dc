import type { FastifyRequest } from 'fastify'
import { FST_CORS_ORIGIN_FUNCTION } from '../errors'
import { isOpaque, isSerializedOrigin } from '../protocol/origin'
import { isSafelistedMethod } from '../protocol/methods'
import type { PreflightObstacle } from './advice'
import type { AllowHeaders, AllowMethods, AllowOrigin, Policy } from './policy'

/** A value, or a promise if the delegator or the `origin` function returned one. */
export type Maybe<T> = T | Promise<T>

/** Calls `next` with the value, at once if it is not a promise: most requests then need not wait for a turn of the event loop. */
export function andThen<A, B> (value: Maybe<A>, next: (value: A) => Maybe<B>): Maybe<B> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Whether the policy allows this origin to read the response (Fetch, "CORS check"). Throws what the `origin` function throws. */
export function isAllowed ({ allow, mayAllow }: Policy, origin: string, request: FastifyRequest): Maybe<boolean> {
  return mayAllow(origin) && (allow.kind !== 'ask' || askOriginFunction(allow, origin, request))
}

function askOriginFunction (allow: AllowOrigin & { kind: 'ask' }, origin: string, request: FastifyRequest): Maybe<boolean> {
  const answer: unknown = allow.decide(origin, request)
  // A `then` that is not a Promise's may return anything, so its result must not be taken for the decision.
  return isThenable(answer) ? Promise.resolve(answer).then(value => readAnswer(value, origin)) : readAnswer(answer, origin)
}

function readAnswer (answer: unknown, origin: string): boolean {
  if (typeof answer === 'boolean') return answer
  if (answer === origin) return true
  if (typeof answer === 'string' && (isOpaque(answer) || isSerializedOrigin(answer))) return false
  throw new FST_CORS_ORIGIN_FUNCTION(typeof answer === 'string' ? JSON.stringify(answer.slice(0, 256)) : kindOf(answer))
}

function kindOf (value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
}

export function isThenable (value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

// The longest Access-Control-Request-Headers that is read: longer than any page needs, and short enough to read for each preflight.
const MAX_REQUESTED_HEADERS = 2048

const none: readonly never[] = Object.freeze([])

/**
 * Everything that the answer to a preflight does not allow, besides the origin (Fetch, "CORS-preflight fetch", steps 7.5 and
 * 7.6). `methods` are those of the answer, and `names` is the value of Access-Control-Request-Headers.
 */
export function preflightObstacles ({ preflight }: Policy, methods: AllowMethods, method: string, names: string): readonly PreflightObstacle[] {
  const refused = names.length > MAX_REQUESTED_HEADERS ? none : refusedHeaders(preflight.allowedHeaders, names)
  const isAccepted = acceptsMethod(methods, method)
  if (isAccepted && refused.length === 0) return none
  return [
    ...isAccepted ? none : [{ kind: 'method', method } as const],
    ...refused.length === 0 ? none : [{ kind: 'header', names: refused } as const]
  ]
}

export function acceptsMethod (methods: AllowMethods, method: string): boolean {
  return methods.kind !== 'constant' || methods.list === 'any' || methods.list.includes(method) || isSafelistedMethod(method)
}

// More than a page sends. Without a limit, a hostile list of 1,024 names takes 69 µs instead of 2.
const MAX_REFUSED = 32

/** The names in a comma-separated list that are not allowed: all of them, or the first 32. */
export function refusedHeaders (allowed: AllowHeaders, names: string): readonly string[] {
  if (allowed.kind === 'requested' || allowed.lowerCase === 'any' || names === '') return none
  const { lowerCase } = allowed
  let refused: string[] | undefined
  for (let start = 0; start <= names.length;) {
    const comma = names.indexOf(',', start)
    const end = comma === -1 ? names.length : comma
    const name = names.slice(start, end)
    // Browsers write names in lower case and without blanks, so most names need no trimming.
    if (!lowerCase.has(name) && isRefused(name.trim(), lowerCase)) {
      refused ??= []
      if (refused.push(name.trim()) === MAX_REFUSED) return refused
    }
    start = end + 1
  }
  return refused ?? none
}

function isRefused (name: string, lowerCase: ReadonlySet<string>): boolean {
  return name !== '' && !lowerCase.has(name.toLowerCase())
}
