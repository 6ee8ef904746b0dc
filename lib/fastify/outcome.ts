import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Outcome } from '../policy/policy'
import { mergeVary, splitList, varyValue } from '../protocol/vary'

const ALLOW_ORIGIN = 'access-control-allow-origin'
const EXPOSE = 'access-control-expose-headers'
const VARY = 'vary'

/** Headers in some place: a reply, or a raw response. */
export interface HeaderPlace {
  getHeader (name: string): unknown
  removeHeader (name: string): unknown
}

type Put<P> = (place: P, name: string, value: string) => void

/**
 * Makes the CORS headers of a place those of the outcome and of nobody else, and merges `Vary`
 * (Fetch, "CORS protocol and HTTP caches").
 */
export function applyOutcome<P extends HeaderPlace> (outcome: Outcome, origin: string | undefined, place: P, put: Put<P>): void {
  if (outcome.governs) {
    // What is replaced anyway is not removed: Fastify deletes the key, which makes an object slow.
    for (const name of outcome.foreign) if (place.getHeader(name) !== undefined) place.removeHeader(name)
    const exposed = place.getHeader(EXPOSE)
    putHeaders(outcome, origin, place, put)
    if (exposed !== undefined && exposed !== outcome.exposed) mergeExposed(outcome, String(exposed), place, put)
  }
  if (outcome.vary !== null) addVary(outcome.vary, place, put)
}

function addVary<P extends HeaderPlace> (vary: string, place: P, put: Put<P>): void {
  const present = place.getHeader(VARY)
  if (present !== vary) put(place, VARY, mergeVary(present, vary))
}

function putHeaders<P> (outcome: Outcome, origin: string | undefined, place: P, put: Put<P>): void {
  for (const [name, value] of outcome.headers) put(place, name, value)
  if (outcome.echoesOrigin && origin !== undefined) put(place, ALLOW_ORIGIN, origin)
}

/** Puts the headers on a reply that is yet to be made: what others put there in between, `finalizeReply` judges. */
export function prepareReply (outcome: Outcome, origin: string | undefined, reply: FastifyReply): void {
  putHeaders(outcome, origin, reply, putOnReply)
  if (outcome.vary !== null) addVary(outcome.vary, reply, putOnReply)
}

export function finalizeReply (outcome: Outcome, origin: string | undefined, reply: FastifyReply): void {
  adoptRaw(VARY, reply)
  adoptRaw(EXPOSE, reply)
  applyOutcome(outcome, origin, reply, putOnReply)
}

/** Middleware sets headers on the raw response, where those of the reply would hide them. */
function adoptRaw (name: string, reply: FastifyReply): void {
  const raw = reply.raw.getHeader(name)
  if (raw !== undefined) reply.header(name, mergeVary(reply.getHeader(name), String(raw)))
}

function putOnReply (reply: FastifyReply, name: string, value: string): void {
  reply.header(name, value)
}

/** Whoever answered may have headers of its own to expose; who may not read gets none of them. */
function mergeExposed<P extends HeaderPlace> (outcome: Outcome, exposed: string, place: P, put: Put<P>): void {
  const mayRead = !outcome.foreign.includes(ALLOW_ORIGIN)
  // With credentials `*` is but a name, of a header that nobody sends.
  const names = [...splitList(outcome.exposed), ...splitList(exposed)].filter(name => name !== '*' || !outcome.credentials)
  const merged = names.includes('*') ? '*' : varyValue(names)
  if (mayRead && merged !== null) put(place, EXPOSE, merged)
  else place.removeHeader(EXPOSE)
}

const kOutcome = Symbol('fastify-cors-policy.outcome')

interface CorsRequest extends FastifyRequest { [kOutcome]?: Outcome }

/** What a response to the request carries, once it is decided. */
export function outcomeFor (request: FastifyRequest): Outcome | undefined {
  return (request as CorsRequest)[kOutcome] // a private slot on the request
}

export function setDecided (request: FastifyRequest, outcome: Outcome): void {
  (request as CorsRequest)[kOutcome] = outcome // a private slot on the request
}
