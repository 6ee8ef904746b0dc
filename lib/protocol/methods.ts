import { METHODS } from 'node:http'

/** https://fetch.spec.whatwg.org/#forbidden-method */
const forbiddenMethods: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

/** https://fetch.spec.whatwg.org/#cors-safelisted-method */
const safelistedMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST'])

const nodeMethods: ReadonlySet<string> = new Set(METHODS)

const tokenChars = tokenTable()

function tokenTable (): Uint8Array {
  const table = new Uint8Array(128)
  const chars = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  for (const char of chars) table[char.charCodeAt(0)] = 1
  return table
}

/** Whether `text` is a token (RFC 9110, 5.6.2), the syntax of method and header names. */
export function isToken (text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (tokenChars[text.charCodeAt(i)] !== 1) return false
  }
  return text !== ''
}

/** Whether scripts are forbidden to send this method, in upper or lower case. */
export function isForbiddenMethod (method: string): boolean {
  return forbiddenMethods.has(method.toUpperCase())
}

/** Whether this method needs no preflight. Methods are case-sensitive. */
export function isSafelistedMethod (method: string): boolean {
  return safelistedMethods.has(method)
}

/** Whether Node.js parses this method, in the case in which it is written. */
export function isKnownMethod (method: string): boolean {
  return nodeMethods.has(method)
}
