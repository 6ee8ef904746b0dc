import { type Credentials, type PageRequest, createRequest } from '../browser/request'

/**
 * What a page hands to `fetch`, as `RequestInit` has it. What changes nothing about CORS (`cache`,
 * `integrity`, `keepalive`, `priority`, `referrer`, `referrerPolicy`) is taken and has no effect.
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

/** A call of `fetch` that has passed the checks of the `Request` constructor. */
export interface PageFetch {
  readonly request: PageRequest
  readonly body: Buffer | undefined
  readonly redirect: 'follow' | 'error'
  readonly signal: AbortSignal | undefined
}

/** Where a page is: relative URLs start at its own, and a page without an origin has none. */
export interface Place {
  readonly origin: string
  readonly url: string | undefined
}

/**
 * https://fetch.spec.whatwg.org/#dom-request. Throws the TypeError that a page gets, and one for what
 * browsers can do and this one cannot.
 */
export async function readFetch (place: Place, input: string | URL, init: FetchInit): Promise<PageFetch> {
  const redirect = oneOf('redirect', ['follow', 'error'], init.redirect)
  const body = await readBody(init.body)
  const request = createRequest({
    origin: place.origin,
    url: resolve(input, place.url),
    method: init.method,
    headers: headersOf(init.headers, body?.type),
    credentials: oneOf('credentials', ['same-origin', 'omit', 'include'], init.credentials),
    mode: oneOf('mode', ['cors', 'same-origin'], init.mode)
  })
  if (body !== undefined && (request.method === 'GET' || request.method === 'HEAD')) {
    throw new TypeError(`a ${request.method} request cannot have a body`)
  }
  return { request, body: body?.bytes, redirect, signal: init.signal ?? undefined }
}

/** The value, which is the first one unless the page names another. */
function oneOf<const T extends string> (key: string, values: readonly [T, ...T[]], value: T = values[0]): T {
  if (values.includes(value)) return value
  throw new TypeError(`fetch has no ${key} ${JSON.stringify(value)} here, only ${values.join(', ')}`)
}

function resolve (input: string | URL, base: string | undefined): string {
  // A Request of Node.js has lost what a page wrote, such as the method `patch`.
  if (typeof input !== 'string' && !(input instanceof URL)) throw new TypeError('fetch takes a string or a URL here')
  return new URL(input, base).href
}

interface Body {
  readonly bytes: Buffer
  readonly type: string | null
}

/** https://fetch.spec.whatwg.org/#concept-bodyinit-extract, which Node.js does as browsers do. */
async function readBody (body: FetchInit['body']): Promise<Body | undefined> {
  if (body === undefined || body === null) return undefined
  if (Symbol.asyncIterator in Object(body)) throw new TypeError('fetch takes no stream as body here')
  const extracted = new Request('http://localhost', { method: 'POST', body })
  return { bytes: Buffer.from(await extracted.arrayBuffer()), type: extracted.headers.get('content-type') }
}

/** The type of the body is sent unless the page has named one. */
function headersOf (init: FetchInit['headers'], type: string | null | undefined): Array<[string, string]> {
  const headers = new Headers(init)
  if (typeof type === 'string' && !headers.has('content-type')) headers.set('content-type', type)
  return [...headers]
}
