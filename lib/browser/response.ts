import { isForbiddenResponseHeader } from '../protocol/headers'
import { type HeaderLines, getList } from './header-list'
import { type PageRequest, isCrossOrigin } from './request'

/** https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name */
const safelistedResponseHeaders: ReadonlySet<string> = new Set([
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma'
])

/**
 * The headers that the page may read: https://fetch.spec.whatwg.org/#concept-filtered-response-cors, and for the page's
 * own origin https://fetch.spec.whatwg.org/#concept-filtered-response-basic. Both hide cookies.
 */
export function exposedHeaders (request: PageRequest, headers: HeaderLines): HeaderLines {
  const names = exposedNames(request, headers)
  return headers.filter(([name]) => !isForbiddenResponseHeader(name) && (names === '*' || names.has(name.toLowerCase())))
}

/**
 * The names, in lower case, of all headers that the page could read from a response with these headers, whether they
 * were sent or not; `*` for any name.
 */
export function readableNames (request: PageRequest, headers: HeaderLines): '*' | readonly string[] {
  const names = exposedNames(request, headers)
  return names === '*' ? '*' : [...names].filter(name => !isForbiddenResponseHeader(name)).sort()
}

/** https://fetch.spec.whatwg.org/#main-fetch: with credentials, `*` is only the name of a header. */
function exposedNames (request: PageRequest, headers: HeaderLines): '*' | ReadonlySet<string> {
  if (!isCrossOrigin(request)) return '*'
  const list = getList(headers, 'access-control-expose-headers')
  // One item that is not a token makes the whole list a failure, which exposes nothing.
  const listed = list === undefined || list.malformed !== undefined ? [] : list.items
  if (request.credentials !== 'include' && listed.includes('*')) return '*'
  return new Set([...safelistedResponseHeaders, ...listed.map(name => name.toLowerCase())])
}

/** The names of these headers, each once, in lower case and sorted. */
export function namesOf (headers: HeaderLines): string[] {
  return [...new Set(headers.map(([name]) => name.toLowerCase()))].sort()
}
