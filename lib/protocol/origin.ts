declare const brand: unique symbol

/** An origin as a browser serialises it: the value of an `Origin` header that is not `null`. */
export type Origin = string & { readonly [brand]: 'Origin' }

/** The origin that older web views send for a page from a file, where others send `null`. It is treated as `null` is. */
export const FILE = 'file://'

/** Whether many documents share this origin: it is that of opaque origins (HTML, "serialization of an origin"), or of files. */
export function isOpaque (origin: unknown): origin is 'null' | typeof FILE {
  return origin === 'null' || origin === FILE
}

/** Long enough for every scheme in use: 253 for the host, 6 for the port, 61 for the scheme and its slashes. */
export const MAX_ORIGIN_LENGTH = 320

export const MAX_HOST_LENGTH = 253
export const MAX_LABEL_LENGTH = 63

export interface OriginParts {
  readonly scheme: string
  readonly host: string
  /** Without its colon. Empty for the scheme's default port. */
  readonly port: string
}

/** https://url.spec.whatwg.org/#special-scheme */
const defaultPorts: ReadonlyMap<string, string> = new Map([
  ['http', '80'], ['https', '443'], ['ws', '80'], ['wss', '443'], ['ftp', '21'],
])

const dottedQuad = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/

const COLON = 58
const SLASH = 47
const DOT = 46
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const ZERO = 48
const MAX_IPV6_LENGTH = 39

/**
 * Whether a text from a request has the form of an origin. It is read once, from left to right and without a RegExp,
 * since an attacker can send anything. This check accepts some addresses that `parseOrigin` refuses (`1.2.3`,
 * `[0::1]`): no configured value contains them, so only a RegExp could allow them.
 */
export function isSerializedOrigin (text: string): text is Origin {
  if (text.length > MAX_ORIGIN_LENGTH) return false
  const schemeEnd = endOfScheme(text)
  const hostStart = schemeEnd + 3
  if (schemeEnd === 0 || text.charCodeAt(schemeEnd) !== COLON ||
    text.charCodeAt(schemeEnd + 1) !== SLASH || text.charCodeAt(schemeEnd + 2) !== SLASH) return false
  const scheme = text.slice(0, schemeEnd)
  // Browsers serialise the origin of a file as "null", older ones as `FILE`.
  if (scheme === 'file') return false
  const hostEnd = text.charCodeAt(hostStart) === OPEN_BRACKET ? endOfIPv6(text, hostStart) : endOfName(text, hostStart, isSpecialScheme(scheme))
  return hostEnd !== -1 && (hostEnd === text.length || isPort(text, hostEnd, scheme))
}

function isLower (code: number): boolean {
  return code >= 97 && code <= 122
}

function isDigit (code: number): boolean {
  return code >= 48 && code <= 57
}

/** Every origin that a pattern may match is read to its end; with a table this takes half the time of comparisons. */
const labelChars = labelTable()

function labelTable (): Uint8Array {
  const table = new Uint8Array(128)
  for (const char of 'abcdefghijklmnopqrstuvwxyz0123456789-_') table[char.charCodeAt(0)] = 1
  return table
}

/** The index after the scheme (RFC 3986, 3.1); 0 if the text does not start with a letter. */
function endOfScheme (text: string): number {
  let i = 0
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const inside = isDigit(code) || code === 43 || code === 45 || code === DOT
    if (!isLower(code) && !(i > 0 && inside)) break
  }
  return i
}

/** The index after the host; -1 if it is not a host. Only those of special schemes are names with labels, and may end in the root dot. */
function endOfName (text: string, start: number, isDomain: boolean): number {
  let label = start
  let i = start
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (labelChars[code] === 1) continue
    if (code === COLON) break
    if (code !== DOT || (isDomain && !isLabelLength(i - label))) return -1
    label = i + 1
  }
  if (i === start) return -1
  const end = isDomain && label === i ? i - 1 : i
  return end - start <= MAX_HOST_LENGTH && (!isDomain || end < i || isLabelLength(i - label)) ? i : -1
}

function isLabelLength (length: number): boolean {
  return length > 0 && length <= MAX_LABEL_LENGTH
}

/** The index after the closing bracket; -1 if it is not an address. */
function endOfIPv6 (text: string, start: number): number {
  const limit = Math.min(text.length, start + MAX_IPV6_LENGTH + 2)
  let colons = 0
  for (let i = start + 1; i < limit; i++) {
    const code = text.charCodeAt(i)
    if (code === CLOSE_BRACKET) return colons > 1 ? i + 1 : -1
    if (code === COLON) colons++
    else if (!isDigit(code) && !(code >= 97 && code <= 102)) return -1
  }
  return -1
}

/** Whether the rest of `text` is a colon and a port as a browser writes it. */
function isPort (text: string, colon: number, scheme: string): boolean {
  const digits = text.length - colon - 1
  if (text.charCodeAt(colon) !== COLON || digits < 1 || digits > 5 || text.charCodeAt(colon + 1) === ZERO) return false
  let port = 0
  for (let i = colon + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (!isDigit(code)) return false
    port = port * 10 + code - ZERO
  }
  return port <= 65535 && !isDefaultPort(scheme, text.slice(colon + 1))
}

/** Splits an origin that one of the parsers has accepted. */
export function partsOf (origin: string): OriginParts {
  const hostStart = origin.indexOf('://') + 3
  const portStart = portIndex(origin, hostStart)
  return {
    scheme: origin.slice(0, hostStart - 3),
    host: origin.slice(hostStart, portStart),
    port: origin.slice(portStart + 1)
  }
}

/** The index of the port's colon in an accepted origin; the length of the origin if it has no port. */
export function portIndex (origin: string, hostStart: number): number {
  const colon = origin.lastIndexOf(':')
  return colon < hostStart || origin.endsWith(']') ? origin.length : colon
}

/** Whether the URL standard calls this scheme special: it has a default port, and its hosts are domains or addresses. */
export function isSpecialScheme (scheme: string): boolean {
  return defaultPorts.has(scheme)
}

export function isDefaultPort (scheme: string, port: string): boolean {
  return defaultPorts.get(scheme) === port
}

/** Whether the host is the machine on which the browser runs (Secure Contexts, 3.1). */
export function isLoopback (host: string): boolean {
  const name = withoutRootDot(host)
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' ||
    (name.startsWith('127.') && isIPv4(name))
}

/** `example.com.` is the same name as `example.com`, but a host of its own for a browser. */
export function withoutRootDot (host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host
}

export function isIPv4 (host: string): boolean {
  return dottedQuad.test(host)
}

/** The origin with an encrypted scheme, unless it is on the user's own machine. */
export function withEncryption (origin: string): string {
  const { scheme, host, port } = partsOf(origin)
  if (!isInsecureScheme(scheme) || isLoopback(host)) return origin
  const encrypted = scheme === 'ws' ? 'wss' : 'https'
  return `${encrypted}://${host}${port === '' || isDefaultPort(encrypted, port) ? '' : `:${port}`}`
}

/** Whether the scheme sends data over a network unencrypted. The schemes of installed applications use no network. */
export function isInsecureScheme (scheme: string): boolean {
  return scheme === 'http' || scheme === 'ws' || scheme === 'ftp'
}
