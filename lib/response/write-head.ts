import { type IncomingHttpHeaders, type OutgoingHttpHeader, ServerResponse } from 'node:http'
import { mergeVary, splitList, varyValue } from '../protocol/vary'
import { takeOver } from './forms'
import { CORS_HEADERS, ECHO, type Head, type Outcome, type OutcomeFields, type WriteHead } from './outcome'

// However an answer is given, its head is written by `writeHead` of the raw response: by Fastify after all `onSend` hooks,
// by Node.js for a handler that just writes, by a handler on `reply.raw`, and by HTTP/2's compatibility layer. So the
// headers are set there. The response gets one own property, a `writeHead` that belongs to the outcome. Setting headers
// with `raw.setHeader` instead costs hundreds of nanoseconds, since Node.js then merges what Fastify sends header by header.

const kGuard = Symbol('fastify-cors-policy.guard')

/** What the plugin's own `writeHead` functions carry. */
interface Guard {
  /** Takes over in `onSend`, when Fastify is about to write. */
  readonly ofFastify: Guarded
}

type Guarded = WriteHead & { [kGuard]?: Guard }

/** All overloads of `writeHead` as one, with what the plugin's own carry. */
type GuardedResponse = { writeHead: Guarded }

const native = (ServerResponse.prototype as GuardedResponse).writeHead

/** No CORS header at all. */
const bare: OutcomeFields = {
  allowed: false,
  governs: true,
  allowOrigin: undefined,
  credentials: false,
  exposedHeaders: undefined,
  preflight: false,
  allowMethods: undefined,
  allowHeaders: undefined,
  maxAge: undefined,
  cacheControl: undefined,
  vary: undefined
}

/** Makes an outcome from the fields that differ from an answer without CORS headers. */
export function outcome (fields: Partial<OutcomeFields>): Outcome {
  const all = { ...bare, ...fields }
  return Object.freeze({ ...all, writeHead: guarded({ outcome: all }, native) })
}

/** Sees to it that the head of this response is written with the headers of the outcome, whatever writes it. */
export function guard (raw: ServerResponse, outcome: Outcome): void {
  const { writeHead } = raw as GuardedResponse
  raw.writeHead = writeHead === native ? outcome.writeHead : guarded({ outcome }, writeHead)
}

/** The same for an outcome that is not known yet. The returned function sets it. */
export function guardUntil (raw: ServerResponse, provisional: OutcomeFields): (outcome: OutcomeFields) => void {
  const decision = { outcome: provisional }
  const { writeHead } = raw as GuardedResponse
  raw.writeHead = guarded(decision, writeHead)
  return outcome => { decision.outcome = outcome }
}

/** From here on it is Fastify that writes. False if this response is not guarded, or if its guard was wrapped since. */
export function expectFastify (raw: ServerResponse): boolean {
  const known = (raw as GuardedResponse).writeHead[kGuard]
  if (known === undefined) return false
  raw.writeHead = known.ofFastify
  return true
}

/** The two functions that write a head with the headers of an outcome; `original` writes it once they are set. */
function guarded (decision: { readonly outcome: OutcomeFields }, original: WriteHead): WriteHead {
  // Each puts the original back once it has written. If that throws, the answer that Fastify makes of it has the headers too.
  const writeAnyHead: Guarded = function (this: ServerResponse, ...args: unknown[]) {
    original.apply(this, settle(this, decision.outcome, args))
    ;(this as GuardedResponse).writeHead = original
    return this
  }
  const ofFastify: Guarded = function (this: ServerResponse, status: unknown, head: unknown, more: unknown) {
    // A stream's headers are on the raw response, and so are those that middleware sets. Otherwise `head` is an object of
    // Fastify's own and all that will be sent, so headers can be added to it.
    if (more !== undefined || typeof head !== 'object' || head === null || Array.isArray(head) || this.getHeaderNames().length > 0) {
      return writeAnyHead.call(this, status, head, more)
    }
    try {
      applyOutcome(decision.outcome, this.req.headers, head as Head) // an object that is not an array
    } catch {
      // Frozen: an `onSend` hook that ran after ours has hijacked the reply. To ask `Object.isExtensible` of every head
      // instead costs a tenth of a request.
      return writeAnyHead.call(this, status, head, more)
    }
    original.call(this, status, head)
    ;(this as GuardedResponse).writeHead = original
    return this
  }
  writeAnyHead[kGuard] = ofFastify[kGuard] = { ofFastify }
  return writeAnyHead
}

/**
 * Gives the head the CORS headers of the outcome and no others, and merges `Vary` (Fetch, "CORS protocol and HTTP caches").
 * Each header is set by its own name: V8 stores a property under a constant name several times faster than under a variable.
 */
export function applyOutcome (outcome: OutcomeFields, request: IncomingHttpHeaders, head: Head): void {
  const { allowOrigin, exposedHeaders, vary } = outcome
  if (outcome.governs && hasCorsHeaders(head)) replaceForeign(outcome, request, head)
  else if (allowOrigin !== undefined) {
    head['access-control-allow-origin'] = allowOrigin === ECHO ? request.origin : allowOrigin
    if (outcome.credentials) head['access-control-allow-credentials'] = 'true'
    if (exposedHeaders !== undefined) head['access-control-expose-headers'] = exposedHeaders
    if (outcome.preflight) addPreflightHeaders(outcome, request, head)
  }
  if (vary !== undefined) head.vary = head.vary === undefined ? vary : mergeVary(head.vary, vary)
}

function addPreflightHeaders ({ allowMethods, allowHeaders, maxAge, cacheControl }: OutcomeFields, request: IncomingHttpHeaders, head: Head): void {
  const methods = allowMethods === ECHO ? request['access-control-request-method'] : allowMethods
  const names = allowHeaders === ECHO ? request['access-control-request-headers'] : allowHeaders
  if (methods !== undefined) head['access-control-allow-methods'] = methods
  // No header is ever sent empty.
  if (names !== undefined && names !== '') head['access-control-allow-headers'] = names
  if (maxAge !== undefined) head['access-control-max-age'] = maxAge
  if (cacheControl !== undefined) head['cache-control'] = cacheControl
}

/** Whether the handler or an upstream has set any. */
function hasCorsHeaders (head: Head): boolean {
  return head['access-control-allow-origin'] !== undefined || head['access-control-allow-credentials'] !== undefined ||
    head['access-control-expose-headers'] !== undefined || head['access-control-allow-methods'] !== undefined ||
    head['access-control-allow-headers'] !== undefined || head['access-control-max-age'] !== undefined
}

/** Replaces the CORS headers that the handler or an upstream has set, and merges what it exposes if the origin may read. */
function replaceForeign (outcome: OutcomeFields, request: IncomingHttpHeaders, head: Head): void {
  const exposed = head['access-control-expose-headers']
  for (const name of CORS_HEADERS) delete head[name]
  applyOutcome({ ...outcome, vary: undefined }, request, head)
  if (exposed !== undefined && outcome.allowOrigin !== undefined && !outcome.preflight) mergeExposed(outcome, String(exposed), head)
}

function mergeExposed ({ exposedHeaders = '', credentials }: OutcomeFields, exposed: string, head: Head): void {
  // With credentials, `*` is only the name of a header that nobody sends.
  const names = [...splitList(exposedHeaders), ...splitList(exposed)].filter(name => name !== '*' || !credentials)
  const merged = names.includes('*') ? '*' : varyValue(names)
  if (merged !== undefined) head['access-control-expose-headers'] = merged
}

/** Sets the outcome's headers on the response, and returns the arguments of `writeHead` without them. */
function settle (raw: ServerResponse, outcome: OutcomeFields, args: unknown[]): unknown[] {
  // As Node.js has it: a third argument is the headers, whatever stands before it.
  const at = typeof args[1] === 'string' || args[2] != null ? 2 : 1
  const given = args[at]
  const head: Head = {}
  for (const name of ['vary', ...CORS_HEADERS]) {
    const value = raw.getHeader(name)
    if (value !== undefined) head[name] = value
  }
  const present = Object.keys(head)
  const others = typeof given === 'object' && given !== null ? takeOver(given, head) : given
  applyOutcome(outcome, raw.req.headers, head)
  for (const name of present) if (head[name] === undefined) raw.removeHeader(name)
  for (const [name, value] of Object.entries(head)) raw.setHeader(name, value as OutgoingHttpHeader) // what is set or writeHead takes
  const settled = [...args]
  settled[at] = others
  return settled
}
