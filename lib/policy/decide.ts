import type { FastifyRequest } from 'fastify'
import { isSerializedOrigin, MAX_ORIGIN_LENGTH } from '../protocol/origin'
import { FST_CORS_ORIGIN_FUNCTION } from '../errors'
import type { AllowOrigin, Policy } from './policy'

/** Whether the policy lets this origin read (Fetch, "CORS check"). Throws what an origin function throws. */
export function allows (policy: Policy, origin: string, request: FastifyRequest): boolean | Promise<boolean> {
  const { allow } = policy
  switch (allow.kind) {
    case 'none': return false
    case 'any': return true
    case 'one': return origin === allow.origin
    case 'set': return origin.length <= MAX_ORIGIN_LENGTH && allow.set.has(origin)
    case 'reflect': return isReadable(origin, allow.nullToo)
    case 'ask': return isReadable(origin, allow.nullToo) && ask(allow, origin, request)
  }
}

/** What is repeated to a browser or shown to the user's function has the form that browsers send. */
function isReadable (origin: string, nullToo: boolean): boolean {
  return origin === 'null' ? nullToo : isSerializedOrigin(origin)
}

function ask (allow: AllowOrigin & { kind: 'ask' }, origin: string, request: FastifyRequest): boolean | Promise<boolean> {
  const answer: unknown = allow.decide(origin, request)
  // The `then` of a foreign thenable returns anything: what is no Promise would pass for a verdict.
  return isThenable(answer) ? Promise.resolve(answer).then(value => readAnswer(value, origin)) : readAnswer(answer, origin)
}

function readAnswer (answer: unknown, origin: string): boolean {
  if (typeof answer === 'boolean') return answer
  if (answer === origin) return true
  if (typeof answer === 'string' && (answer === 'null' || isSerializedOrigin(answer))) return false
  throw new FST_CORS_ORIGIN_FUNCTION(typeof answer === 'string' ? JSON.stringify(answer.slice(0, 256)) : describe(answer))
}

function describe (value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
}

export function isThenable (value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
