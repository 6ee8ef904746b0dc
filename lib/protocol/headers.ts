import { sendable } from './field-value'
import { isToken } from './methods'
import { joinSendable, splitList } from './vary'

/** https://fetch.spec.whatwg.org/#forbidden-request-header: the names. `isForbiddenRequestHeader` has the prefixes. */
const forbiddenRequest: ReadonlySet<string> = new Set([
  'accept-charset',
  'accept-encoding',
  'access-control-request-headers',
  'access-control-request-method',
  'access-control-request-private-network',
  'connection',
  'content-length',
  'cookie',
  'cookie2',
  'date',
  'dnt',
  'expect',
  'host',
  'keep-alive',
  'origin',
  'referer',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
])

/** https://fetch.spec.whatwg.org/#forbidden-response-header-name */
const forbiddenResponse: ReadonlySet<string> = new Set(['set-cookie', 'set-cookie2'])

const preflightOnly: ReadonlySet<string> = new Set([
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-max-age',
])

/** https://fetch.spec.whatwg.org/#cors-safelisted-request-header, "content-type". */
const safelistedTypes: ReadonlySet<string> = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'])

/** Whether scripts are forbidden to set this header on a request. */
export function isForbiddenRequestHeader (name: string): boolean {
  const lower = name.toLowerCase()
  return forbiddenRequest.has(lower) || lower.startsWith('proxy-') || lower.startsWith('sec-')
}

/** Whether scripts are forbidden to read this header of a response. */
export function isForbiddenResponseHeader (name: string): boolean {
  return forbiddenResponse.has(name.toLowerCase())
}

/** Whether this is a header of the CORS protocol that servers send. */
export function isCorsResponseHeader (name: string): boolean {
  const lower = name.toLowerCase()
  return lower.startsWith('access-control-allow-') ||
    lower === 'access-control-expose-headers' || lower === 'access-control-max-age'
}

/** Whether this is a header of the CORS protocol that browsers send. */
export function isCorsRequestHeader (name: string): boolean {
  const lower = name.toLowerCase()
  return lower === 'origin' || lower.startsWith('access-control-request-')
}

/** Whether this header only has a meaning in the answer to a preflight, which scripts cannot read. */
export function isPreflightOnlyHeader (name: string): boolean {
  return preflightOnly.has(name.toLowerCase())
}

/**
 * Whether a browser may send this `Content-Type` without a preflight: Fetch, "CORS-safelisted request-header", reads
 * the essence of the MIME type and ignores its parameters.
 */
export function isSafelistedContentType (value: string): boolean {
  const end = value.indexOf(';')
  const essence = end === -1 ? value : value.slice(0, end)
  return safelistedTypes.has(trimWhitespace(essence).toLowerCase())
}

/**
 * https://fetch.spec.whatwg.org/#concept-header-value-normalize. `String.prototype.trim` removes more than HTTP
 * whitespace: the no-break space, for example, which is the byte A0 on the wire.
 */
export function trimWhitespace (value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isWhitespace(value.charCodeAt(start))) start++
  while (end > start && isWhitespace(value.charCodeAt(end - 1))) end--
  return value.slice(start, end)
}

function isWhitespace (code: number): boolean {
  return code === 9 || code === 10 || code === 13 || code === 32
}

/**
 * `Access-Control-Allow-Headers` for any header in requests without credentials. `*` does not cover Authorization (Fetch, "CORS
 * non-wildcard request-header name"). Firefox asks again for each request that `*` alone has allowed, so it also has the
 * most frequent name.
 */
export const ANY_HEADER = '*, Authorization, Content-Type'

// Pages ask for few lists. Comparing one of 8 kB with the last takes 0.3 µs. Reading it takes 10 µs: as long as the rest of the answer.
let lastSendable: string | undefined

/** The requested names, to be repeated where `*` is not a wildcard: with credentials. Nothing if Node.js would not send them. */
export function sendableList (requested: string): string | undefined {
  if (requested !== lastSendable) lastSendable = sendable(requested)
  return lastSendable
}

// More than a page sends. A longer list is left out: `*` allows its names too.
const MAX_REPEATED = 1024

/** `ANY_HEADER` and the requested names that it lacks, so that Firefox can reuse the answer for these. Browsers send only tokens. */
export function anyHeaderAnd (requested: string | undefined): string {
  if (requested === undefined || requested.length > MAX_REPEATED) return ANY_HEADER
  const known = made.get(requested)
  if (known !== undefined) return known
  if (made.size === MAX_MADE) made.clear()
  const value = joinSendable(splitList(ANY_HEADER), splitList(requested).filter(isToken))
  made.set(requested, value)
  return value
}

// Pages ask for few lists, and to make a value allocates 1 kB.
const MAX_MADE = 100
const made = new Map<string, string>()
