/** https://fetch.spec.whatwg.org/#forbidden-request-header: the names; the prefixes are below. */
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

/** Whether no script may set it on a request. */
export function isForbiddenRequestHeader (name: string): boolean {
  const lower = name.toLowerCase()
  return forbiddenRequest.has(lower) || lower.startsWith('proxy-') || lower.startsWith('sec-')
}

/** Whether no script may read it from a response. */
export function isForbiddenResponseHeader (name: string): boolean {
  return forbiddenResponse.has(name.toLowerCase())
}

/** Whether it is a header that servers send in the CORS protocol. */
export function isCorsResponseHeader (name: string): boolean {
  const lower = name.toLowerCase()
  return lower.startsWith('access-control-allow-') ||
    lower === 'access-control-expose-headers' || lower === 'access-control-max-age'
}

/** Whether it is a header that browsers send in the CORS protocol. */
export function isCorsRequestHeader (name: string): boolean {
  const lower = name.toLowerCase()
  return lower === 'origin' || lower.startsWith('access-control-request-')
}

/** Whether it means something in the answer to a preflight alone, which no script reads. */
export function isPreflightOnlyHeader (name: string): boolean {
  return preflightOnly.has(name.toLowerCase())
}

/**
 * https://fetch.spec.whatwg.org/#concept-header-value-normalize. `String.prototype.trim` takes more than
 * HTTP's blanks away, such as the no-break space, which is the byte A0 on the wire.
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
