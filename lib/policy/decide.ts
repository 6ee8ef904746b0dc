import type { FastifyRequest } from 'fastify'
import { FST_CORS_ORIGIN_FUNCTION } from '../errors'
import { FILE, isSerializedOrigin } from '../protocol/origin'
import { isSafelistedMethod } from '../protocol/methods'
import type { PreflightObstacle } from './advice'
import type { AllowHeaders, AllowMethods, AllowOrigin, Policy } from './policy'

/** A value, or a promise where a function of the options made one. */
export type Maybe<T> = T | Promise<T>

/** Goes on at once where it can: a promise costs a turn of the event loop that most requests need not wait for. */
export function andThen<A, B> (value: Maybe<A>, next: (value: A) => Maybe<B>): Maybe<B> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Whether the policy lets this origin read (Fetch, "CORS check"). Throws what an origin function throws. */
export function allows ({ allow, admits }: Policy, origin: string, request: FastifyRequest): Maybe<boolean> {
  return admits(origin) && (allow.kind !== 'ask' || ask(allow, origin, request))
}

function ask (allow: AllowOrigin & { kind: 'ask' }, origin: string, request: FastifyRequest): Maybe<boolean> {
  const answer: unknown = allow.decide(origin, request)
  // The `then` of a foreign thenable returns anything: what is not a Promise would pass for a verdict.
  return isThenable(answer) ? Promise.resolve(answer).then(value => readAnswer(value, origin)) : readAnswer(answer, origin)
}

function readAnswer (answer: unknown, origin: string): boolean {
  if (typeof answer === 'boolean') return answer
  if (answer === origin) return true
  if (typeof answer === 'string' && (answer === 'null' || answer === FILE || isSerializedOrigin(answer))) return false
  throw new FST_CORS_ORIGIN_FUNCTION(typeof answer === 'string' ? JSON.stringify(answer.slice(0, 256)) : kindOf(answer))
}

function kindOf (value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
}

export function isThenable (value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

// The names that a browser asks for: more than any page has use for, and few enough to be read for each preflight.
const MAX_REQUESTED_HEADERS = 2048

/**
 * What the answer to a preflight does not allow (Fetch, "CORS-preflight fetch", steps 7.5 and 7.6). `methods` are those of
 * the answer, and `names` is the value of Access-Control-Request-Headers.
 */
export function preflightObstacle ({ preflight }: Policy, methods: AllowMethods, method: string, names: string): PreflightObstacle | undefined {
  if (!acceptsMethod(methods, method)) return { kind: 'method', method }
  const name = names.length > MAX_REQUESTED_HEADERS ? undefined : refusedHeader(preflight.allowedHeaders, names)
  return name === undefined ? undefined : { kind: 'header', name }
}

export function acceptsMethod (methods: AllowMethods, method: string): boolean {
  return methods.kind !== 'constant' || methods.list === 'any' || methods.list.includes(method) || isSafelistedMethod(method)
}

/** The first of the names that is not allowed. `names` is a comma-separated list. */
export function refusedHeader (allowed: AllowHeaders, names: string): string | undefined {
  if (allowed.kind === 'requested' || allowed.lowerCase === 'any' || names === '') return undefined
  const { lowerCase } = allowed
  for (let start = 0; start <= names.length;) {
    const comma = names.indexOf(',', start)
    const end = comma === -1 ? names.length : comma
    const name = names.slice(start, end)
    // Browsers write names in lower case and without blanks, so most are found as they are.
    if (!lowerCase.has(name) && isRefused(name.trim(), lowerCase)) return name.trim()
    start = end + 1
  }
  return undefined
}

function isRefused (name: string, lowerCase: ReadonlySet<string>): boolean {
  return name !== '' && !lowerCase.has(name.toLowerCase())
}
