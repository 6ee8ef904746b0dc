import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Outcome } from '../policy/policy'
import { mergeVary, splitList, varyValue } from '../protocol/vary'

const ALLOW_ORIGIN = 'access-control-allow-origin'
const EXPOSE = 'access-control-expose-headers'
const VARY = 'vary'

/** Every CORS response header that an actual request's response may have had from somebody else. */
const OTHERS = [
  ALLOW_ORIGIN, 'access-control-allow-credentials', 'access-control-allow-methods',
  'access-control-allow-headers', 'access-control-max-age'
]

/** Headers in some place: a reply, a raw response, the arguments of `writeHead`. */
export interface HeaderPlace {
  getHeader (name: string): unknown
  setHeader (name: string, value: string): void
  removeHeader (name: string): void
}

/**
 * Makes the CORS headers of a place those of the outcome and of nobody else, and merges `Vary`
 * (Fetch, "CORS protocol and HTTP caches").
 */
export function applyOutcome (outcome: Outcome, origin: string | undefined, place: HeaderPlace): void {
  if (outcome.governs) {
    const exposed = place.getHeader(EXPOSE)
    for (const name of OTHERS) if (place.getHeader(name) !== undefined) place.removeHeader(name)
    for (const [name, value] of outcome.headers) place.setHeader(name, value)
    if (outcome.echoesOrigin && origin !== undefined) place.setHeader(ALLOW_ORIGIN, origin)
    if (exposed !== undefined) mergeExposed(outcome, String(exposed), place)
  }
  if (outcome.vary !== null) place.setHeader(VARY, mergeVary(place.getHeader(VARY), outcome.vary))
}

/** Whoever answered may have headers of its own to expose; who may not read gets none of them. */
function mergeExposed (outcome: Outcome, exposed: string, place: HeaderPlace): void {
  const mayRead = outcome.headers.some(([name]) => name === ALLOW_ORIGIN) || outcome.echoesOrigin
  const own = outcome.headers.find(([name]) => name === EXPOSE)?.[1] ?? ''
  // With credentials `*` is but a name, of a header that nobody sends.
  const names = [...splitList(own), ...splitList(exposed)].filter(name => name !== '*' || !outcome.credentials)
  const merged = names.includes('*') ? '*' : varyValue(names)
  if (mayRead && merged !== null) place.setHeader(EXPOSE, merged)
  else place.removeHeader(EXPOSE)
}

const kOutcome = Symbol('fastify-cors-policy.outcome')

/** What was decided for a request; `answered` for a preflight, whose headers are final. */
export type Decided = Outcome | 'answered'

interface CorsRequest extends FastifyRequest { [kOutcome]?: Decided }

export function decidedFor (request: FastifyRequest): Decided | undefined {
  return (request as CorsRequest)[kOutcome] // a private slot on the request
}

export function setDecided (request: FastifyRequest, decided: Decided): void {
  (request as CorsRequest)[kOutcome] = decided // a private slot on the request
}

export function replyPlace (reply: FastifyReply): HeaderPlace {
  return {
    getHeader: name => reply.getHeader(name),
    setHeader: (name, value) => { reply.header(name, value) },
    removeHeader: name => { reply.removeHeader(name) }
  }
}
