import { type IncomingHttpHeaders, type OutgoingHttpHeader, ServerResponse } from 'node:http'
import { anyHeaderAnd, sendableList } from '../protocol/headers'
import { joinSendable, mergeVary, splitList } from '../protocol/vary'
import { takeOver } from './head-arguments'
import { ANY_AND_REQUESTED, CORS_HEADERS, ECHO, type Head, type Outcome, type OutcomeFields, type WriteHead } from './outcome'

// Every response goes through `writeHead` of the raw response: Fastify calls it after all `onSend` hooks, Node.js calls it
// for a handler that only writes a body, and so do handlers that use `reply.raw` and the HTTP/2 compatibility layer. So the
// plugin replaces `writeHead` of the response with a function that belongs to the outcome. Calling `raw.setHeader` instead
// costs hundreds of nanoseconds, because Node.js then merges the headers that Fastify sends one by one.

/** On each `writeHead` function of the plugin: the faster one, for heads that Fastify writes. The `onSend` hook puts it in place. */
const kOfFastify = Symbol('fastify-cors-policy.ofFastify')

type Guarded = WriteHead & { [kOfFastify]?: Guarded }

/** A response with all overloads of `writeHead` as one type. */
type GuardedResponse = { writeHead: Guarded }

const native = (ServerResponse.prototype as GuardedResponse).writeHead

/** The fields of a response without CORS headers. */
const bare: OutcomeFields = {
  allowed: false,
  replacesForeign: true,
  allowOrigin: undefined,
  credentials: false,
  exposedHeaders: undefined,
  timing: false,
  preflight: false,
  allowMethods: undefined,
  allowHeaders: undefined,
  maxAge: undefined,
  cacheControl: undefined,
  vary: undefined
}

/** Makes an outcome from the fields that differ from those of a response without CORS headers. */
export function outcome (fields: Partial<OutcomeFields>): Outcome {
  const all = { ...bare, ...fields }
  return Object.freeze({ ...all, writeHead: guarded({ outcome: all }, native) })
}

/** Makes this response carry the headers of the outcome, whatever code writes its head. */
export function guard (raw: ServerResponse, outcome: Outcome): void {
  const { writeHead } = raw as GuardedResponse
  raw.writeHead = writeHead === native ? outcome.writeHead : guarded({ outcome }, writeHead)
}

/** Guards a response while its outcome is not known yet. The returned function sets the outcome. */
export function guardUntil (raw: ServerResponse, provisional: OutcomeFields): (outcome: OutcomeFields) => void {
  const decision = { outcome: provisional }
  const { writeHead } = raw as GuardedResponse
  raw.writeHead = guarded(decision, writeHead)
  return outcome => { decision.outcome = outcome }
}

/** Switches to the function for heads that Fastify writes. Returns false if the response is not guarded, or if other code has wrapped its guard. */
export function expectFastify (raw: ServerResponse): boolean {
  const ofFastify = (raw as GuardedResponse).writeHead[kOfFastify]
  if (ofFastify === undefined) return false
  raw.writeHead = ofFastify
  return true
}

/** Makes the two functions that write a head with the headers of an outcome. Both call `original` once the headers are set. */
function guarded (decision: { readonly outcome: OutcomeFields }, original: WriteHead): WriteHead {
  // Each puts the original back only after it has written: if writing throws, Fastify's error response has the headers too.
  const writeAnyHead: Guarded = function (this: ServerResponse, ...args: unknown[]) {
    original.apply(this, settle(this, decision.outcome, args))
    ;(this as GuardedResponse).writeHead = original
    return this
  }
  const ofFastify: Guarded = function (this: ServerResponse, status: unknown, head: unknown, more: unknown) {
    // Headers of a stream, and those that middleware sets, are on the raw response. Otherwise `head` is an object that Fastify
    // made and has every header that will be sent, so the CORS headers can be added to it.
    if (more !== undefined || typeof head !== 'object' || head === null || Array.isArray(head) || this.getHeaderNames().length > 0) {
      return writeAnyHead.call(this, status, head, more)
    }
    try {
      applyOutcome(decision.outcome, this.req.headers, head as Head) // an object that is not an array
    } catch {
      // `head` is frozen: an `onSend` hook that ran after ours has hijacked the reply and passed an object of its own.
      // Asking `Object.isExtensible` for every head instead costs a tenth of a request.
      return writeAnyHead.call(this, status, head, more)
    }
    original.call(this, status, head)
    ;(this as GuardedResponse).writeHead = original
    return this
  }
  writeAnyHead[kOfFastify] = ofFastify[kOfFastify] = ofFastify
  return writeAnyHead
}

/**
 * Gives the head the CORS headers of the outcome and no others, and merges `Vary` (Fetch, "CORS protocol and HTTP caches").
 * There is no loop over names, because V8 stores a property several times faster under a constant name than under a variable.
 */
export function applyOutcome (outcome: OutcomeFields, request: IncomingHttpHeaders, head: Head): void {
  const { allowOrigin, exposedHeaders, vary } = outcome
  if (outcome.replacesForeign && hasCorsHeaders(head)) replaceForeign(outcome, request, head)
  else if (allowOrigin !== undefined) {
    // An allowed origin is a serialized one, so it can be sent.
    head['access-control-allow-origin'] = allowOrigin === ECHO ? request.origin : allowOrigin
    if (outcome.credentials) head['access-control-allow-credentials'] = 'true'
    if (exposedHeaders !== undefined) head['access-control-expose-headers'] = exposedHeaders
    if (outcome.timing) head['timing-allow-origin'] = head['access-control-allow-origin']
    if (outcome.preflight) addPreflightHeaders(outcome, request, head)
  }
  if (vary !== undefined) head.vary = head.vary === undefined ? vary : mergeVary(head.vary, vary)
}

function addPreflightHeaders ({ allowMethods, allowHeaders, maxAge, cacheControl }: OutcomeFields, request: IncomingHttpHeaders, head: Head): void {
  const methods = allowMethods === ECHO ? request['access-control-request-method'] : allowMethods
  const requested = request['access-control-request-headers']
  const names = typeof allowHeaders !== 'symbol' ? allowHeaders : allowHeaders === ANY_AND_REQUESTED ? anyHeaderAnd(requested) : requested && sendableList(requested)
  if (methods !== undefined) head['access-control-allow-methods'] = methods
  if (names) head['access-control-allow-headers'] = names // no header is ever sent empty
  if (maxAge !== undefined) head['access-control-max-age'] = maxAge
  if (cacheControl !== undefined) head['cache-control'] = cacheControl
}

/** Whether the handler or an upstream has set a CORS header. */
function hasCorsHeaders (head: Head): boolean {
  return head['access-control-allow-origin'] !== undefined || head['access-control-allow-credentials'] !== undefined ||
    head['access-control-expose-headers'] !== undefined || head['access-control-allow-methods'] !== undefined ||
    head['access-control-allow-headers'] !== undefined || head['access-control-max-age'] !== undefined
}

/** Replaces the CORS headers that the handler or an upstream has set. If the origin may read, the names they expose are kept. */
function replaceForeign (outcome: OutcomeFields, request: IncomingHttpHeaders, head: Head): void {
  const exposed = head['access-control-expose-headers']
  for (const name of CORS_HEADERS) delete head[name]
  applyOutcome({ ...outcome, vary: undefined }, request, head)
  if (exposed !== undefined && outcome.allowOrigin !== undefined && !outcome.preflight) mergeExposed(outcome, String(exposed), head)
}

function mergeExposed ({ exposedHeaders = '', credentials }: OutcomeFields, exposed: string, head: Head): void {
  // With credentials, `*` is not a wildcard: it is the name of a header that no response has.
  const [own, others] = [exposedHeaders, exposed].map(list => splitList(list).filter(name => name !== '*' || !credentials)) as [string[], string[]]
  const merged = [...own, ...others].includes('*') ? '*' : joinSendable(own, others)
  if (merged !== '') head['access-control-expose-headers'] = merged
}

/** Sets the outcome's headers on the response, and returns the arguments of `writeHead` without CORS headers. */
function settle (raw: ServerResponse, outcome: OutcomeFields, args: unknown[]): unknown[] {
  // As in Node.js: if there is a third argument, it is the headers, whatever the second one is.
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
  for (const [name, value] of Object.entries(head)) raw.setHeader(name, value as OutgoingHttpHeader) // every value was set before, or is one that `writeHead` takes
  const settled = [...args]
  settled[at] = others
  return settled
}
