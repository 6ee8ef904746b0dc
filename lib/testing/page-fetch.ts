import { type Credentials, type PageRequest, createRequest } from '../browser/request'

/**
 * What a page passes to `fetch`: the members of `RequestInit`. Those that have nothing to do with CORS (`cache`,
 * `integrity`, `keepalive`, `priority`, `referrer`, `referrerPolicy`) are accepted and have no effect.
 */
export interface FetchInit extends
  Pick<RequestInit, 'method' | 'headers' | 'body' | 'signal' | 'integrity' | 'keepalive' | 'referrer' | 'referrerPolicy'> {
  /** Default: `same-origin`. */
  readonly credentials?: Credentials
  /** Default: `cors`. */
  readonly mode?: 'cors' | 'same-origin'
  /** Default: `follow`. */
  readonly redirect?: 'follow' | 'error'
  readonly cache?: string
  readonly priority?: 'high' | 'low' | 'auto'
}

/** A call of `fetch` that passed the checks of the `Request` constructor. */
export interface PageFetch {
  readonly request: PageRequest
  readonly body: Buffer | undefined
  readonly redirect: 'follow' | 'error'
  readonly signal: AbortSignal | undefined
}

/** Where a page is. Relative URLs are resolved against `url`; a sandboxed page has none. */
export interface PageLocation {
  readonly origin: string
  readonly url: string | undefined
}

/**
 * https://fetch.spec.whatwg.org/#dom-request. Throws the TypeError that a page gets, and a TypeError for what other
 * browsers can do and this one cannot.
 */
export async function readFetch (location: PageLocation, input: string | URL, init: FetchInit): Promise<PageFetch> {
  const redirect = oneOf('redirect', ['follow', 'error'], init.redirect)
  const body = await readBody(init.body)
  const request = createRequest({
    origin: location.origin,
    url: resolveUrl(input, location.url),
    method: init.method,
    headers: withContentType(init.headers, body?.type),
    credentials: oneOf('credentials', ['same-origin', 'omit', 'include'], init.credentials),
    mode: oneOf('mode', ['cors', 'same-origin'], init.mode)
  })
  if (body !== undefined && (request.method === 'GET' || request.method === 'HEAD')) {
    throw new TypeError(`a ${request.method} request cannot have a body`)
  }
  return { request, body: body?.bytes, redirect, signal: init.signal ?? undefined }
}

/** The value, or the first of `values` if the page gives none. */
function oneOf<const T extends string> (key: string, values: readonly [T, ...T[]], value: T = values[0]): T {
  if (values.includes(value)) return value
  throw new TypeError(`this browser's fetch does not know the ${key} ${JSON.stringify(value)}, only ${values.join(', ')}`)
}

function resolveUrl (input: string | URL, base: string | undefined): string {
  // A `Request` of Node.js does not keep what the page wrote: it upper-cases the method `patch`, for example.
  if (typeof input !== 'string' && !(input instanceof URL)) throw new TypeError("this browser's fetch takes a string or a URL")
  return new URL(input, base).href
}

interface ExtractedBody {
  readonly bytes: Buffer
  readonly type: string | null
}

/** https://fetch.spec.whatwg.org/#concept-bodyinit-extract, which Node.js implements as browsers do. */
async function readBody (body: FetchInit['body']): Promise<ExtractedBody | undefined> {
  if (body === undefined || body === null) return undefined
  if (Symbol.asyncIterator in Object(body)) throw new TypeError("this browser's fetch does not take a stream as body")
  const extracted = new Request('http://localhost', { method: 'POST', body })
  return { bytes: Buffer.from(await extracted.arrayBuffer()), type: extracted.headers.get('content-type') }
}

/** Sends the type of the body unless the page set a `Content-Type`. */
function withContentType (init: FetchInit['headers'], type: string | null | undefined): Array<[string, string]> {
  const headers = new Headers(init)
  if (typeof type === 'string' && !headers.has('content-type')) headers.set('content-type', type)
  return [...headers]
}
