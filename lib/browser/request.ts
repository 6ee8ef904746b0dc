import { isForbiddenRequestHeader, trimWhitespace } from '../protocol/headers'
import { isForbiddenMethod, isToken } from '../protocol/methods'
import type { HeaderLines } from './header-list'

export type Credentials = 'omit' | 'same-origin' | 'include'

export const addressSpaces = ['loopback', 'local', 'public'] as const

/** https://wicg.github.io/local-network-access/#ip-address-space: the machine itself, its network, or anywhere else. */
export type AddressSpace = typeof addressSpaces[number]

/** https://fetch.spec.whatwg.org/#concept-request-cache-mode */
export type CacheMode = globalThis.Request['cache']

/** A request that a script of a page made, after the checks of the Fetch API. */
export interface PageRequest {
  /** Serialised: `null` for a sandboxed frame or a file. */
  readonly origin: string
  readonly method: string
  /** Without its fragment, which is never sent. */
  readonly url: string
  /** The fragment of the URL with its `#`, or an empty string. It is part of the preflight cache's key. */
  readonly fragment: string
  /** The URLs that redirected here, oldest first: the standard's URL list without the last. */
  readonly redirectedFrom: readonly string[]
  readonly headers: HeaderLines
  /** The headers that the page set; those that a redirect removed included. */
  readonly pageHeaders: HeaderLines
  /** The method of the page's call, which a redirect may change. */
  readonly pageMethod: string
  readonly credentials: Credentials
  readonly mode: 'cors' | 'same-origin'
  readonly cache: CacheMode
  /** Where the page was loaded from, if that is known. */
  readonly pageAddressSpace: AddressSpace | undefined
  /** Whether the body is a stream. */
  readonly streamsBody: boolean
  /** Whether it is an `XMLHttpRequest` with a listener on its `upload`. */
  readonly hasUploadListener: boolean
  /** Whether it needed a preflight before a redirect. */
  readonly hasAsked: boolean
  /** Whether it keeps the `Origin` that it had before a redirect. */
  readonly keepsOrigin: boolean
}

/** What a script passes to `fetch`, with the origin of its page. */
export interface PageInit {
  readonly origin: string
  readonly url: string
  /** Default: `GET`. */
  readonly method?: string
  readonly headers?: HeaderLines
  /** Default: `same-origin`. */
  readonly credentials?: Credentials
  /** Default: `cors`. */
  readonly mode?: 'cors' | 'same-origin'
  /** Default: `default`. */
  readonly cache?: CacheMode
  /** Default: unknown. */
  readonly pageAddressSpace?: AddressSpace | undefined
  /** Default: `false`. */
  readonly streamsBody?: boolean
  /** Default: `false`. */
  readonly uploadListener?: boolean
}

const normalizedMethods: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'])

const methodOverrides: ReadonlySet<string> = new Set(['x-http-method', 'x-http-method-override', 'x-method-override'])

/**
 * The constructor of `Request` (https://fetch.spec.whatwg.org/#dom-request). Throws the TypeError that a page gets before
 * anything is sent.
 */
export function createRequest (init: PageInit): PageRequest {
  const { origin, method = 'GET', headers = [], credentials = 'same-origin', mode = 'cors', cache = 'default' } = init
  const sent = readMethod(method)
  const allowed = headers.map(normalizeHeader).filter(([name, value]) => !isForbiddenHeader(name, value))
  return {
    origin,
    method: sent,
    ...readUrl(init.url, origin),
    redirectedFrom: [],
    headers: allowed,
    pageHeaders: allowed,
    pageMethod: sent,
    credentials,
    mode,
    cache,
    pageAddressSpace: init.pageAddressSpace,
    streamsBody: init.streamsBody === true,
    hasUploadListener: init.uploadListener === true,
    hasAsked: false,
    keepsOrigin: false
  }
}

function readMethod (method: string): string {
  if (!isToken(method)) throw new TypeError(`${JSON.stringify(method)} is not an HTTP method`)
  if (isForbiddenMethod(method)) throw new TypeError(`a page may not use the method ${method}`)
  return normalizeMethod(method)
}

/** https://fetch.spec.whatwg.org/#concept-method-normalize: `patch` stays in lower case. */
function normalizeMethod (method: string): string {
  const upper = method.toUpperCase()
  return normalizedMethods.has(upper) ? upper : method
}

function readUrl (text: string, origin: string): Pick<PageRequest, 'url' | 'fragment'> {
  const url = origin === 'null' ? new URL(text) : new URL(text, origin)
  if (includesCredentials(url.href)) throw new TypeError('a page may not fetch a URL that contains a user name or password')
  return splitFragment(url)
}

/** https://fetch.spec.whatwg.org/#concept-headers-append, up to the guard, which drops forbidden headers silently. */
function normalizeHeader ([name, value]: HeaderLines[number]): HeaderLines[number] {
  const trimmed = trimWhitespace(value)
  if (!isToken(name)) throw new TypeError(`${JSON.stringify(name)} is not a header name`)
  if (/[\0\r\n]|[^\0-\xff]/.test(trimmed)) throw new TypeError(`the value of ${name} contains a character that no header may contain`)
  return [name, trimmed]
}

/** https://fetch.spec.whatwg.org/#forbidden-request-header: some names are forbidden only with certain values. */
export function isForbiddenHeader (name: string, value: string): boolean {
  if (isForbiddenRequestHeader(name)) return true
  return methodOverrides.has(name.toLowerCase()) &&
    value.split(',').some(method => isForbiddenMethod(trimWhitespace(method)))
}

const conditionalHeaders: ReadonlySet<string> = new Set([
  'if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since'
])

/** https://fetch.spec.whatwg.org/#http-network-or-cache-fetch: a request that asks about a cached answer bypasses the cache. */
export function cacheModeOf ({ cache, headers }: PageRequest): CacheMode {
  return cache === 'default' && headers.some(([name]) => conditionalHeaders.has(name.toLowerCase())) ? 'no-store' : cache
}

/** https://fetch.spec.whatwg.org/#use-cors-preflight-flag */
export function needsPreflight ({ streamsBody, hasUploadListener }: PageRequest): boolean {
  return streamsBody || hasUploadListener
}

/** Whether the request was or is now sent to another origin than the page's own. */
export function isCrossOrigin ({ origin, url, redirectedFrom }: PageRequest): boolean {
  return [...redirectedFrom, url].some(visited => urlOrigin(visited) !== origin)
}

/** https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, "includeCredentials". */
export function sendsCredentials (request: PageRequest): boolean {
  return request.credentials === 'include' || (request.credentials === 'same-origin' && !isCrossOrigin(request))
}

/** https://fetch.spec.whatwg.org/#append-a-request-origin-header */
export function sendsOrigin (request: PageRequest): boolean {
  return request.keepsOrigin || isCrossOrigin(request) || (request.method !== 'GET' && request.method !== 'HEAD')
}

export function urlOrigin (url: string): string {
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

/** The fragment stays in the browser: no request, comparison or message contains it. */
export function splitFragment (url: URL): Pick<PageRequest, 'url' | 'fragment'> {
  const { hash: fragment, href } = url
  return { url: href.replace(/#.*/, ''), fragment }
}
