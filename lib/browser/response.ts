import { isForbiddenResponseHeader } from '../protocol/headers'
import { getList, type HeaderList } from './header-list'
import { isCrossOrigin, type PageRequest } from './request'

/** https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name */
const safelisted: ReadonlySet<string> = new Set([
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma'
])

export interface FilteredHeaders {
  readonly exposed: HeaderList
  readonly hidden: HeaderList
}

/**
 * https://fetch.spec.whatwg.org/#concept-filtered-response-cors, and of the own origin
 * https://fetch.spec.whatwg.org/#concept-filtered-response-basic. Cookies are hidden in both.
 */
export function filterHeaders (request: PageRequest, headers: HeaderList): FilteredHeaders {
  const names = exposedNames(request, headers)
  const isExposed = (name: string) => !isForbiddenResponseHeader(name) && (names === '*' || names.has(name.toLowerCase()))
  return {
    exposed: headers.filter(([name]) => isExposed(name)),
    hidden: headers.filter(([name]) => !isExposed(name))
  }
}

/** The names, in lower case, that a page may read from a response with these headers if they are sent; `*` for any. */
export function readableNames (request: PageRequest, headers: HeaderList): '*' | readonly string[] {
  const names = exposedNames(request, headers)
  return names === '*' ? '*' : [...names].filter(name => !isForbiddenResponseHeader(name)).sort()
}

/** https://fetch.spec.whatwg.org/#main-fetch: with credentials, `*` is just the name of a header. */
function exposedNames (request: PageRequest, headers: HeaderList): '*' | ReadonlySet<string> {
  if (!isCrossOrigin(request)) return '*'
  const list = getList(headers, 'access-control-expose-headers')
  // One item that is no token makes the whole list a failure, which exposes nothing.
  const listed = list === undefined || list.malformed !== undefined ? [] : list.items
  if (request.credentials !== 'include' && listed.includes('*')) return '*'
  return new Set([...safelisted, ...listed.map(name => name.toLowerCase())])
}

/** The names of a list, each once, in lower case and sorted. */
export function namesOf (headers: HeaderList): string[] {
  return [...new Set(headers.map(([name]) => name.toLowerCase()))].sort()
}
