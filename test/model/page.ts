import type { CorsHeaders } from './policy'
import type { Ask, World } from './world'

/** What the Fetch standard has the browser do with one call, without the server's part. */
export interface PageRequest {
  readonly origin: string
  readonly url: string
  readonly isOwn: boolean
  readonly method: string
  /** The headers to ask leave for, in lower case and sorted. */
  readonly unsafe: readonly string[]
  readonly needsPreflight: boolean
  readonly sendsOrigin: boolean
  readonly withCredentials: boolean
}

/** https://fetch.spec.whatwg.org/#dom-request and #http-fetch */
export function pageRequest (ask: Ask): PageRequest {
  const { origin } = new URL(ask.url)
  const isOwn = origin === ask.page
  const method = normalize(ask.method)
  const unsafe = Object.entries(ask.headers)
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .filter(([name]) => !isForbidden(name))
    .filter(([name, value]) => !isSafelisted(name, value))
    .map(([name]) => name).sort()
  return {
    origin: ask.page,
    url: ask.url,
    isOwn,
    method,
    unsafe,
    needsPreflight: !isOwn && (!isSafelistedMethod(method) || unsafe.length > 0),
    sendsOrigin: !isOwn || (method !== 'GET' && method !== 'HEAD'),
    withCredentials: ask.credentials === 'include'
  }
}

/** https://fetch.spec.whatwg.org/#concept-method-normalize */
function normalize (method: string): string {
  const upper = method.toUpperCase()
  return ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'].includes(upper) ? upper : method
}

/** https://fetch.spec.whatwg.org/#cors-safelisted-method */
export function isSafelistedMethod (method: string): boolean {
  return ['GET', 'HEAD', 'POST'].includes(method)
}

/** https://fetch.spec.whatwg.org/#forbidden-request-header, of those that are generated. */
function isForbidden (name: string): boolean {
  return name === 'cookie' || name === 'accept-encoding' || name.startsWith('sec-') || name.startsWith('proxy-')
}

/** https://fetch.spec.whatwg.org/#cors-safelisted-request-header, of those that are generated. */
function isSafelisted (name: string, value: string): boolean {
  if (value.length > 128) return false
  switch (name) {
    case 'accept': return !/["():<>?@[\\\]{}]/.test(value)
    case 'accept-language': return /^[0-9A-Za-z *,.;=-]*$/.test(value)
    case 'content-type': return ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'].includes(value.split(';')[0] ?? '')
    case 'range': return /^bytes=\d+-$/.test(value)
    default: return false
  }
}

/** https://fetch.spec.whatwg.org/#cors-check, with Chromium's names; `undefined`: passed. */
export function corsCheck ({ allowOrigin, allowCredentials }: CorsHeaders, { origin, withCredentials }: PageRequest): string | undefined {
  if (allowOrigin === undefined) return 'MissingAllowOriginHeader'
  if (allowOrigin === '*') return withCredentials ? 'WildcardOriginNotAllowed' : undefined
  if (allowOrigin !== origin) return 'AllowOriginMismatch'
  return withCredentials && !allowCredentials ? 'InvalidAllowCredentials' : undefined
}

/** https://fetch.spec.whatwg.org/#concept-filtered-response: those of the names sent that the page may read. */
export function readable (sent: readonly string[], { expose }: CorsHeaders, { isOwn, withCredentials }: PageRequest): string[] {
  const safelisted = ['cache-control', 'content-language', 'content-length', 'content-type', 'expires', 'last-modified', 'pragma']
  const all = isOwn || (expose.includes('*') && !withCredentials)
  return sent.filter(name => name !== 'set-cookie' && (all || safelisted.includes(name) || expose.includes(name))).sort()
}

/** What a preflight has allowed. */
export interface Grant {
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly maxAge: number
}

interface Entry {
  readonly request: PageRequest
  readonly kind: 'method' | 'header'
  readonly name: string
  readonly expires: number
}

/** https://fetch.spec.whatwg.org/#cors-preflight-cache, in seconds, as a plain list. */
export class Cache {
  #entries: Entry[] = []
  readonly #isChromium: boolean

  constructor (browser: World['browser']) {
    this.#isChromium = browser === 'chromium'
  }

  /** Chromium drops an answer that does not cover the request, and keeps none of `null` from one call to the next. */
  covers (request: PageRequest, now: number): boolean {
    if (this.#isChromium) this.#entries = this.#entries.filter(entry => entry.request.origin !== 'null')
    const has = (kind: Entry['kind'], name: string) => this.#entries.some(entry => entry.expires > now && isSame(entry, request) &&
      (entry.request.withCredentials || !request.withCredentials) && entry.kind === kind && entry.name === name)
    const method = isSafelistedMethod(request.method) || has('method', request.method) || has('method', '*')
    const headers = request.unsafe.every(name => has('header', name) || (name !== 'authorization' && has('header', '*')))
    if (this.#isChromium && !(method && headers)) this.#drop(request)
    return method && headers
  }

  store (request: PageRequest, { methods, headers, maxAge }: Grant, now: number): void {
    if (this.#isChromium) this.#drop(request)
    const expires = now + (this.#isChromium ? Math.min(maxAge, 7200) : maxAge)
    const add = (kind: Entry['kind'], name: string) => {
      // To a preflight with credentials `*` is the name of a method or header that nobody has.
      if (name === '*' && request.withCredentials) return
      const isOther = (entry: Entry) => !isSame(entry, request) || entry.kind !== kind || entry.name !== name || entry.request.withCredentials !== request.withCredentials
      this.#entries = [...this.#entries.filter(isOther), { request, kind, name, expires }]
    }
    for (const name of methods) add('method', name)
    for (const name of headers) add('header', name)
  }

  /** By the standard a request that fails, of those that need a preflight, clears what there is for its URL. */
  fail (request: PageRequest): void {
    if (!this.#isChromium && request.needsPreflight) this.#drop(request)
  }

  #drop (request: PageRequest): void {
    this.#entries = this.#entries.filter(entry => !isSame(entry, request))
  }
}

function isSame (entry: Entry, { origin, url }: PageRequest): boolean {
  return entry.request.origin === origin && entry.request.url === url
}
