import type { Browser } from '../browser/engines'
import { type HeaderLines, type ServerResponse, valuesOf } from '../browser/header-list'
import { DEFAULT_POLICY, type Referrer, readPolicies } from '../browser/referrer'
import { type PageRequest, createRequest } from '../browser/request'
import { unsafeHeaders } from '../browser/safelist'
import type { Sending } from '../browser/sent-headers'
import { nativeBody } from './environment'
import { type PageLocation, isRequest, membersOf } from './page-request'
import { uploadOf } from './upload'

/** What a page passes to `fetch`: https://fetch.spec.whatwg.org/#requestinit. */
export type FetchInit = RequestInit

/** The page that calls `fetch`, and its browser. */
export interface PageContext extends PageLocation {
  readonly browser: Browser
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

/**
 * https://fetch.spec.whatwg.org/#fetch-method, up to the fetch itself. Before it first waits, it has read all that the page
 * could change afterwards. Throws the TypeError that a page gets, or the reason of a signal that is aborted.
 */
export async function readFetch (page: PageContext, input: string | URL | Request, init?: RequestInit | null): Promise<PageFetch> {
  const members = membersOf(init)
  const body = nativeBody(members.body)
  const given = body === undefined ? members : { ...members, body: await body }
  const signal = signalOf(input, given)
  // The signal of a `Request` would keep listening to that of the page.
  const made = new page.Request(input, { ...given, signal: null })
  const mode = made.mode as PageFetch['mode'] // `Request` refuses the other one, `navigate`.
  const streamsBody = isStreamed(made, given.body)
  const request = createRequest({
    origin: page.origin,
    url: made.url,
    method: made.method,
    headers: mode === 'no-cors' ? safelisted([...made.headers], page.browser) : [...made.headers],
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
  return { ...facts, body: await readBody(made, streamsBody, signal) }
}

function signalOf (input: unknown, { signal }: RequestInit): AbortSignal | undefined {
  if (signal === undefined) return isRequest(input) ? input.signal : undefined
  if (signal === null) return undefined
  if (typeof signal.aborted === 'boolean' && typeof signal.addEventListener === 'function') return signal
  throw new TypeError('the signal of a fetch has to be an AbortSignal')
}

/** https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header: the others are dropped silently. */
function safelisted (headers: HeaderLines, browser: Browser): HeaderLines {
  const unsafe = new Set(['range', ...unsafeHeaders(headers, browser).map(({ name }) => name)])
  return headers.filter(([name]) => !unsafe.has(name))
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

/** https://fetch.spec.whatwg.org/#http-redirect-fetch. A request that has become a GET loses its body. */
export function afterRedirect (fetch: PageFetch, request: PageRequest, { headers }: ServerResponse): PageFetch {
  const { referrer, body } = fetch
  const policy = readPolicies(valuesOf(headers, 'referrer-policy')) ?? referrer.policy
  return { ...fetch, request, referrer: { ...referrer, policy }, body: request.method === 'GET' ? undefined : body }
}
