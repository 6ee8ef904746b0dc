import { METHODS } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { createRequest } from '../../../lib/browser/request'
import type { EngineName } from '../engine'
import type { Outcome, Seen } from './outcome'
import type { Calls } from './run'

type Call = Calls['steps'][number]

export interface Explained {
  /** How many calls have a verdict. */
  readonly count: number
  /** The calls that the engine judged differently, in words. */
  readonly misjudged: readonly string[]
}

/** Asks `app.cors.explain` about every call, each as if it were the first. `testing` has the codes of the calls that failed. */
export async function explain (app: FastifyInstance | undefined, browser: EngineName, { places, steps }: Calls, outcomes: readonly Outcome[], testing: Seen): Promise<Explained> {
  const misjudged: string[] = []
  const codes = [...testing.reasons]
  let count = 0
  for (const [i, step] of steps.entries()) {
    const outcome = outcomes[i]
    const failed = testing.outcomes[i]?.kind === 'blocked' ? codes.shift() : undefined
    if (app === undefined || outcome === undefined || !isExplainable(step)) continue
    const { method = 'GET', headers = {}, credentials = 'same-origin' } = step.init
    const url = step.url.replace(/\/~\d+/, '')
    const { allowed, code, response } = await app.cors.explain({ origin: places.origin, url, method, headers, credentials, browser })
    // The application's own OPTIONS route answers the preflight: its answer is unknown until it runs.
    if (allowed === undefined) continue
    count++
    if (isSameVerdict(outcome, allowed, response?.readable) && code === failed) continue
    misjudged.push(`call ${i}: ${JSON.stringify({ allowed, code, readable: response?.readable })}`)
  }
  return { count, misjudged }
}

/**
 * `explain` does not cover the target of a redirect, modes other than `cors`, headers that a handler exposes by itself,
 * and methods that Node.js does not parse, which it answers with 400 before the application sees them.
 */
function isExplainable ({ url, init: { method = 'GET', mode } }: Call): boolean {
  return !/\/go\/|\/own-headers/.test(url) && mode !== 'same-origin' && METHODS.includes(createRequest({ origin: 'null', url, method }).method)
}

function isSameVerdict (outcome: Outcome, allowed: boolean, readable: '*' | readonly string[] | undefined): boolean {
  if (outcome.kind === 'blocked') return !allowed
  return allowed && (readable === '*' || outcome.headers.every(name => readable?.includes(name)))
}
