import { METHODS } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { normalizeMethod } from '../../../lib/browser/request'
import type { Calls } from './chromium'
import { type Outcome, isSameReason } from './outcome'

type Call = Calls['steps'][number]

export interface Explained {
  /** The calls that have a verdict. */
  readonly count: number
  /** Those where Chromium did something else, in words. */
  readonly misjudged: readonly string[]
}

/** Asks `app.cors.explain` about every call, as if it were the first. */
export async function explain (app: FastifyInstance | undefined, { places, steps }: Calls, outcomes: readonly Outcome[]): Promise<Explained> {
  const misjudged: string[] = []
  let count = 0
  for (const [i, step] of steps.entries()) {
    const outcome = outcomes[i]
    if (app === undefined || outcome === undefined || !isExplainable(step)) continue
    const { method = 'GET', headers = {}, credentials = 'same-origin' } = step.init
    const url = step.url.replace(/\/~\d+/, '')
    const { allowed, code, response } = await app.cors.explain({ origin: places.origin, url, method, headers, credentials })
    // An OPTIONS route of the application's own answers the preflight: nobody knows before it runs.
    if (allowed === undefined) continue
    count++
    if (isSameVerdict(outcome, allowed, code, response?.readable)) continue
    misjudged.push(`call ${i}: ${JSON.stringify({ allowed, code, readable: response?.readable })}`)
  }
  return { count, misjudged }
}

/**
 * Not explained are what a redirect leads to, what a page asks in another mode than `cors`, what a handler exposes
 * besides, and methods that Node.js does not know, which it answers with 400 before any application.
 */
function isExplainable ({ url, init: { method = 'GET', mode } }: Call): boolean {
  return !/\/go\/|\/own-headers/.test(url) && mode !== 'same-origin' && METHODS.includes(normalizeMethod(method))
}

function isSameVerdict (outcome: Outcome, allowed: boolean, code: string | undefined, readable: '*' | readonly string[] | undefined): boolean {
  if (outcome.kind === 'blocked') return !allowed && isSameReason(outcome.code, code)
  return allowed && (readable === '*' || outcome.headers.every(name => readable?.includes(name)))
}
