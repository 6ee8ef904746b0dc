import { isToken } from '../protocol/methods'
import { trimWhitespace } from '../protocol/headers'

/** https://fetch.spec.whatwg.org/#concept-header-list: in order, a name as often as it was sent. */
export type HeaderList = ReadonlyArray<readonly [name: string, value: string]>

/** An answer of the server as far as CORS looks at it. */
export interface ServerResponse {
  readonly status: number
  readonly headers: HeaderList
}

export interface ListHeader {
  readonly items: readonly string[]
  /** The first item that is no token; the standard then calls the whole list a failure. */
  readonly malformed: string | undefined
}

export function valuesOf (headers: HeaderList, name: string): string[] {
  return headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => trimWhitespace(value))
}

/** https://fetch.spec.whatwg.org/#concept-header-list-get: lines of one name are one value. */
export function getHeader (headers: HeaderList, name: string): string | undefined {
  const values = valuesOf(headers, name)
  return values.length === 0 ? undefined : values.join(', ')
}

/** https://fetch.spec.whatwg.org/#extract-header-list-values, for the lists of tokens that CORS has. */
export function getList (headers: HeaderList, name: string): ListHeader | undefined {
  const value = getHeader(headers, name)
  if (value === undefined) return undefined
  // A recipient skips empty items (RFC 9110, 5.6.1.2).
  const items = value.split(',').map(trimWhitespace).filter(item => item !== '')
  return { items, malformed: items.find(item => !isToken(item)) }
}
