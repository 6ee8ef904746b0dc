import { type ServerResponse, valuesOf } from '../browser/header-list'
import { DEFAULT_POLICY, type Referrer, readPolicies, refererFor } from '../browser/referrer'
import { type PageRequest, createRequest } from '../browser/request'
import type { Sending } from '../browser/sent-headers'
import { type PageLocation, isRequest } from './page-request'
import { uploadOf } from './upload'

/** What a page passes to `fetch`: https://fetch.spec.whatwg.org/#requestinit. */
export type FetchInit = RequestInit

/** The page that calls `fetch`. */
export interface PageContext extends PageLocation {
  readonly Request: typeof globalThis.Request
}

/** A call of `fetch` that passed the checks of the `Request` constructor. */
export interface PageFetch extends Sending {
  readonly redirect: globalThis.Request['redirect']
  /** As in the `integrity` attribute; empty for none. */
  readonly integrity: string
  readonly keepalive: boolean
  readonly signal: AbortSignal | undefined
}

/** A call whose body is still being read. */
export type ReadFetch = Omit<PageFetch, 'body'> & { readonly body: Promise<PageFetch['body']> }

/**
 * https://fetch.spec.whatwg.org/#fetch-method, up to the fetch itself. It reads all that the page could change afterwards.
 * Throws the TypeError that a page gets, or the reason of a signal that is aborted.
 *
 * @param given the members of `init` that are given
 */
export function readFetch (page: PageContext, input: string | URL | Request, given: RequestInit): ReadFetch {
  const signal = signalOf(input, given)
  // The signal of a `Request` would keep listening to that of the page.
  const made = new page.Request(input, { ...keptReferrer(input, given), ...given, signal: null })
  const mode = made.mode as PageFetch['mode'] // `Request` refuses the other one, `navigate`.
  const streamsBody = isStreamed(made, given.body)
  const request = createRequest({
    origin: page.origin,
    url: made.url,
    method: made.method,
    headers: [...made.headers],
    credentials: made.credentials,
    mode: mode === 'no-cors' ? 'cors' : mode,
    cache: made.cache,
    pageAddressSpace: page.addressSpace,
    streamsBody
  })
  const { redirect, integrity, keepalive } = made
  const facts = { request, mode, redirect, integrity, keepalive, referrer: referrerOf(made, page), signal }
  if (signal?.aborted === true) {
    made.body?.cancel(signal.reason).catch(() => {})
    throw signal.reason
  }
  return { ...facts, body: readBody(made, streamsBody, signal) }
}

/** https://fetch.spec.whatwg.org/#dom-request, "init is not empty": any member makes a `Request` lose its referrer. */
function keptReferrer (input: unknown, given: RequestInit): RequestInit {
  if (!isRequest(input) || Object.keys(given).length > 0) return {}
  const { referrer, referrerPolicy } = input
  return { referrer, referrerPolicy }
}

function signalOf (input: unknown, { signal }: RequestInit): AbortSignal | undefined {
  if (signal === undefined) return isRequest(input) ? input.signal : undefined
  if (signal === null) return undefined
  if (typeof signal.aborted === 'boolean' && typeof signal.addEventListener === 'function') return signal
  throw new TypeError('the signal of a fetch has to be an AbortSignal')
}

/**
 * Whether the body has no source in the standard's sense, so that it can be read only once and has no length. `Request` does
 * not tell, except that it refuses such a body in mode `no-cors`: https://fetch.spec.whatwg.org/#dom-request.
 */
function isStreamed (made: Request, body: RequestInit['body']): boolean {
  if (made.body === null) return false
  if (body !== undefined && body !== null) return Symbol.asyncIterator in Object(body)
  const copy = made.clone()
  try {
    return new Request(copy, { method: 'POST', mode: 'no-cors', signal: null }).body === null
  } catch {
    copy.body?.cancel().catch(() => {})
    return true
  }
}

/** https://fetch.spec.whatwg.org/#concept-bodyinit-extract, which Node.js implements as browsers do. */
async function readBody (made: Request, streamsBody: boolean, signal: AbortSignal | undefined): Promise<PageFetch['body']> {
  if (made.body === null) return undefined
  return streamsBody ? uploadOf(made.body, signal) : Buffer.from(await made.arrayBuffer())
}

/** A global `Request` knows no page, so its referrer is checked here. */
function referrerOf ({ referrer, referrerPolicy }: Request, { origin, url }: PageLocation): Referrer {
  const policy = readPolicies([referrerPolicy]) ?? DEFAULT_POLICY
  if (referrer === '') return { url: undefined, policy }
  return { url: new URL(referrer).origin === origin ? referrer : url, policy }
}

/**
 * https://fetch.spec.whatwg.org/#http-redirect-fetch. A request that has become a GET loses its body, and what one `Referer` has
 * left out (https://fetch.spec.whatwg.org/#main-fetch) no later one has, whatever its policy.
 */
export function afterRedirect (fetch: PageFetch, request: PageRequest, { headers }: ServerResponse): PageFetch {
  const { referrer, body } = fetch
  const url = refererFor(referrer, fetch.request.url)
  const policy = readPolicies(valuesOf(headers, 'referrer-policy')) ?? referrer.policy
  return { ...fetch, request, referrer: { url, policy }, body: request.method === 'GET' ? undefined : body }
}
