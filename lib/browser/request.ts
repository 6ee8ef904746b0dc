import { isForbiddenRequestHeader, trimWhitespace } from '../protocol/headers'
import { isForbiddenMethod, isToken } from '../protocol/methods'
import type { HeaderList } from './header-list'

export type Credentials = 'omit' | 'same-origin' | 'include'

/** A request that a page's script has made, past the checks of the Fetch API. */
export interface PageRequest {
  /** Serialised: `null` for a sandboxed frame or a file. */
  readonly origin: string
  readonly method: string
  /** Without a fragment, which is never sent. */
  readonly url: string
  /** That of the URL, with its `#`, or nothing: it tells entries of the preflight cache apart. */
  readonly fragment: string
  /** The URLs that it was sent to before, oldest first: all but the last of the standard's URL list. */
  readonly redirectedFrom: readonly string[]
  readonly headers: HeaderList
  readonly credentials: Credentials
  readonly mode: 'cors' | 'same-origin'
}

/** What a script hands to `fetch`, with the page's origin. */
export interface PageInit {
  readonly origin: string
  readonly url: string
  readonly method?: string
  readonly headers?: HeaderList
  readonly credentials?: Credentials
  readonly mode?: 'cors' | 'same-origin'
}

const normalised: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'])

const methodOverrides: ReadonlySet<string> = new Set(['x-http-method', 'x-http-method-override', 'x-method-override'])

/**
 * The constructor of `Request` (https://fetch.spec.whatwg.org/#dom-request). It throws the TypeError
 * that a page gets before anything is sent.
 */
export function createRequest (init: PageInit): PageRequest {
  const { origin, method = 'GET', headers = [], credentials = 'same-origin', mode = 'cors' } = init
  return {
    origin,
    method: readMethod(method),
    ...readUrl(init.url, origin),
    redirectedFrom: [],
    headers: readHeaders(headers),
    credentials,
    mode
  }
}

/** https://fetch.spec.whatwg.org/#concept-method-normalize: `patch` stays as it is. */
export function normalizeMethod (method: string): string {
  const upper = method.toUpperCase()
  return normalised.has(upper) ? upper : method
}

/** https://fetch.spec.whatwg.org/#forbidden-request-header, which goes by some headers' values too. */
export function isForbiddenHeader (name: string, value: string): boolean {
  if (isForbiddenRequestHeader(name)) return true
  return methodOverrides.has(name.toLowerCase()) &&
    value.split(',').some(method => isForbiddenMethod(trimWhitespace(method)))
}

/** Whether a URL among those that it is or was sent to is not of the page's own origin. */
export function isCrossOrigin ({ origin, url, redirectedFrom }: PageRequest): boolean {
  return [...redirectedFrom, url].some(visited => originOf(visited) !== origin)
}

/** https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, "includeCredentials". */
export function sendsCredentials (request: PageRequest): boolean {
  return request.credentials === 'include' || (request.credentials === 'same-origin' && !isCrossOrigin(request))
}

/** https://fetch.spec.whatwg.org/#append-a-request-origin-header */
export function sendsOrigin (request: PageRequest): boolean {
  return isCrossOrigin(request) || (request.method !== 'GET' && request.method !== 'HEAD')
}

export function originOf (url: string): string {
  return new URL(url).origin
}

export function isHttp (url: string): boolean {
  const { protocol } = new URL(url)
  return protocol === 'http:' || protocol === 'https:'
}

export function includesCredentials (url: string): boolean {
  const { username, password } = new URL(url)
  return username !== '' || password !== ''
}

function readMethod (method: string): string {
  if (!isToken(method)) throw new TypeError(`${JSON.stringify(method)} is no HTTP method`)
  if (isForbiddenMethod(method)) throw new TypeError(`the method ${method} is forbidden to pages`)
  return normalizeMethod(method)
}

function readUrl (text: string, origin: string): Pick<PageRequest, 'url' | 'fragment'> {
  const url = origin === 'null' ? new URL(text) : new URL(text, origin)
  if (includesCredentials(url.href)) throw new TypeError('a page may not fetch a URL with a user name or password in it')
  return splitFragment(url)
}

/** The fragment stays with the browser: what is sent, compared and shown has none. */
export function splitFragment (url: URL): Pick<PageRequest, 'url' | 'fragment'> {
  const { hash: fragment, href } = url
  return { url: href.replace(/#.*/, ''), fragment }
}

function readHeaders (headers: HeaderList): HeaderList {
  return headers.map(readHeader).filter(([name, value]) => !isForbiddenHeader(name, value))
}

/** https://fetch.spec.whatwg.org/#concept-headers-append, up to the guard, which drops in silence. */
function readHeader ([name, value]: HeaderList[number]): HeaderList[number] {
  const trimmed = trimWhitespace(value)
  if (!isToken(name)) throw new TypeError(`${JSON.stringify(name)} is no name of a header`)
  if (/[\0\r\n]|[^\0-\xff]/.test(trimmed)) throw new TypeError(`the value of ${name} has a character that no header may have`)
  return [name, trimmed]
}
