import type { OutgoingHttpHeader, ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { CORS_HEADERS } from '../policy/policy'
import type { Outcome } from '../policy/policy'
import { mergeVary } from '../protocol/vary'
import { decided } from './decided'
import { applyOutcome } from './head'
import type { Head } from './head'

type WriteHead = (this: ServerResponse, ...args: unknown[]) => ServerResponse

const kReply = Symbol('fastify-cors-policy.reply')
const kWriteHead = Symbol('fastify-cors-policy.writeHead')

interface CorsResponse extends ServerResponse {
  [kReply]?: FastifyReply
  [kWriteHead]?: WriteHead
}

/**
 * Sees to it that whoever writes the head of the response sends the CORS headers: Fastify, after all `onSend` hooks,
 * or who answers on `reply.raw`, past them. All ways come through `writeHead` (of HTTP/2's compatibility layer too),
 * so it is replaced on this one response. That adds 12 ns to a request (without sockets, Node 20), where `raw.setHeader`
 * for every request adds hundreds, since Node then merges what Fastify sends header by header.
 */
export function guard (raw: ServerResponse): void {
  const response = raw as CorsResponse // with the private slots
  response[kWriteHead] = response.writeHead as WriteHead // of all its overloads
  response.writeHead = writeAnyHead
}

/** From here on it is Fastify that writes, once, with all headers in one object of its own. */
export function expectFastify (reply: FastifyReply): void {
  const raw = reply.raw as CorsResponse // with the private slots
  // Unless somebody has wrapped it since: then it is called with anything.
  if (raw.writeHead === writeAnyHead) {
    raw[kReply] = reply
    raw.writeHead = writeHeadOfFastify as typeof raw.writeHead // as Fastify calls it
  }
}

function writeHeadOfFastify (this: CorsResponse, status: number, head?: Head, more?: unknown): CorsResponse {
  // Streams are sent with headers on the raw response, and middleware sets some there; a later hook may have hijacked the reply.
  if (head === undefined || this[kReply]?.sent === true || this.getHeaderNames().length > 0) return writeAnyHead.call(this, status, head, more)
  const outcome = decided(this)
  if (outcome != null) applyOutcome(outcome, this.req.headers, head)
  const original = originalOf(this)
  original.call(this, status, head)
  this.writeHead = original as typeof this.writeHead
  return this
}

function writeAnyHead (this: CorsResponse, ...args: unknown[]): CorsResponse {
  const outcome = decided(this)
  // As Node.js has it: a third argument is the headers, whatever stands before it.
  const at = typeof args[1] === 'string' || args[2] != null ? 2 : 1
  if (outcome != null) args[at] = settle(this, outcome, args[at])
  const original = originalOf(this)
  original.apply(this, args)
  this.writeHead = original as typeof this.writeHead
  return this
}

/** What was there before. It is put back once it has written: should it throw, the answer that Fastify makes of that has the headers too. */
function originalOf (response: CorsResponse): WriteHead {
  return response[kWriteHead] as WriteHead // set beside the functions that call this
}

/** Sets the outcome's headers on the response, and returns of the arguments of `writeHead` the others. */
function settle (raw: ServerResponse, outcome: Outcome, headers: unknown): unknown {
  const head: Head = {}
  for (const name of ['vary', ...CORS_HEADERS]) {
    const value = raw.getHeader(name)
    if (value !== undefined) head[name] = value
  }
  const present = Object.keys(head)
  const others = typeof headers === 'object' && headers !== null ? takeOver(headers, head) : headers
  applyOutcome(outcome, raw.req.headers, head)
  for (const name of present) if (head[name] === undefined) raw.removeHeader(name)
  for (const [name, value] of Object.entries(head)) raw.setHeader(name, value as OutgoingHttpHeader) // what is set or writeHead takes
  return others
}

/** Moves `Vary` and CORS headers from the arguments of `writeHead` to `head`; the others are returned. */
function takeOver (headers: object, head: Head): unknown {
  const others: [string, unknown][] = []
  for (const [name, value] of pairsOf(headers)) {
    const lower = name.toLowerCase()
    if (lower === 'vary') head.vary = mergeVary(head.vary, String(value))
    else if (CORS_HEADERS.includes(lower) && value !== undefined) head[lower] = value
    else others.push([name, value])
  }
  return Array.isArray(headers) ? gathered(others) : Object.fromEntries(others)
}

/** Once headers are set on the response, Node.js 20 keeps but the last line of each name in a list. */
function gathered (pairs: ReadonlyArray<readonly [string, unknown]>): unknown {
  const values = new Map<string, [name: string, values: unknown[]]>()
  for (const [name, value] of pairs) {
    const known = values.get(name.toLowerCase())
    if (known === undefined) values.set(name.toLowerCase(), [name, [value].flat()])
    else known[1].push(...[value].flat())
  }
  return Object.fromEntries([...values.values()].map(([name, values]) => [name, values.length === 1 ? values[0] : values]))
}

/** `writeHead` takes an object, a flat list of names and values, or a list of pairs. */
function pairsOf (headers: object): [string, unknown][] {
  if (!Array.isArray(headers)) return Object.entries(headers)
  if (Array.isArray(headers[0])) return headers.map(([name, value]: [string, unknown]) => [name, value])
  return headers.flatMap((name: string, i): [string, unknown][] => i % 2 === 0 ? [[name, headers[i + 1]]] : [])
}
