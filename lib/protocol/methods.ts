import { METHODS } from 'node:http'

/** https://fetch.spec.whatwg.org/#forbidden-method */
const forbidden: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

/** https://fetch.spec.whatwg.org/#cors-safelisted-method */
const safelisted: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST'])

const known: ReadonlySet<string> = new Set(METHODS)

const tokenChars = tokenTable()

function tokenTable (): Uint8Array {
  const table = new Uint8Array(128)
  const chars = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  for (const char of chars) table[char.charCodeAt(0)] = 1
  return table
}

/** Whether `text` is a token (RFC 9110, 5.6.2), as names of methods and headers are. */
export function isToken (text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (tokenChars[text.charCodeAt(i)] !== 1) return false
  }
  return text !== ''
}

/** Whether no script may send it, in any case of letters. */
export function isForbiddenMethod (method: string): boolean {
  return forbidden.has(method.toUpperCase())
}

/** Whether a page may send it without asking by its method. Methods are case-sensitive. */
export function isSafelistedMethod (method: string): boolean {
  return safelisted.has(method)
}

/** Whether it is, as written, a method that Node.js parses. */
export function isKnownMethod (method: string): boolean {
  return known.has(method)
}
