import { isToken } from '../protocol/methods'
import { trimWhitespace } from '../protocol/headers'

/** https://fetch.spec.whatwg.org/#concept-header-list: one entry for each line, in the order in which they were sent. */
export type HeaderLines = ReadonlyArray<readonly [name: string, value: string]>

/** The part of a server's response that the CORS protocol reads. */
export interface ServerResponse {
  readonly status: number
  readonly headers: HeaderLines
}

export interface ListHeader {
  readonly items: readonly string[]
  /** The first item that is not a token. If there is one, the standard treats the whole list as a failure. */
  readonly malformed: string | undefined
}

export function valuesOf (headers: HeaderLines, name: string): string[] {
  return headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => trimWhitespace(value))
}

/** https://fetch.spec.whatwg.org/#concept-header-list-get: the lines of one name count as one value. */
export function getHeader (headers: HeaderLines, name: string): string | undefined {
  const values = valuesOf(headers, name)
  return values.length === 0 ? undefined : values.join(', ')
}

/** https://fetch.spec.whatwg.org/#extract-header-list-values, for the lists of tokens in the CORS protocol. */
export function getList (headers: HeaderLines, name: string): ListHeader | undefined {
  const value = getHeader(headers, name)
  if (value === undefined) return undefined
  // A recipient skips empty items (RFC 9110, 5.6.1.2).
  const items = value.split(',').map(trimWhitespace).filter(item => item !== '')
  return { items, malformed: items.find(item => !isToken(item)) }
}
