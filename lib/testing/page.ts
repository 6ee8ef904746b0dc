import { preflightReasons } from '../browser/preflight'
import { type PageRequest, isCrossOrigin, isHttp } from '../browser/request'
import { exposedHeaders } from '../browser/response'
import { isSerializedOrigin, isSpecialScheme } from '../protocol/origin'
import type { Agent } from './agent'
import { takeHop } from './hop'
import { type FetchInit, type PageFetch, type PageLocation, readFetch } from './page-fetch'
import type { ServerAnswer } from './server'

/** A page that a browser has open. */
export interface Page {
  /** Serialised, as in the `Origin` header: `null` for a sandboxed page. */
  readonly origin: string
  /**
   * The page's `fetch` (https://fetch.spec.whatwg.org/#fetch-method). It does not use `this`, so it can be passed to the
   * code under test. A response is handed out once its whole body has arrived.
   *
   * Resolves with a `Response` that has only the headers that the page may read. Rejects with
   * `TypeError: Failed to fetch` where a browser does; its `cause` is an `Explanation`. Rejects with another TypeError
   * for what no page may do and for what is not modelled (mode `no-cors`, redirect `manual`, `Request` objects, streams
   * as body), with the reason of an aborted `signal`, and with the error of an application that does not start.
   *
   * @param input the URL, absolute or relative to the page's URL
   * @example const response = await page.fetch('https://api.example.com/users', { credentials: 'include' })
   */
  fetch (input: string | URL, init?: FetchInit): Promise<Response>
}

export function openPage (agent: Agent, url: string): Page {
  const location = locationOf(url)
  return {
    origin: location.origin,
    async fetch (input, init = {}) {
      const call = await readFetch(location, input, init)
      return await abortable(start(agent, call), call.signal)
    }
  }
}

/** https://html.spec.whatwg.org/#origin; the schemes of installed applications have origins too. */
function locationOf (url: string): PageLocation {
  if (url === 'null') return { origin: 'null', url: undefined }
  if (!URL.canParse(url)) throw new TypeError(`${JSON.stringify(url)} is not the URL of a page`)
  const { origin, protocol, host, href } = new URL(url)
  if (isHttp(href)) return { origin, url: href }
  const own = `${protocol}//${host}`
  if (isSpecialScheme(protocol.slice(0, -1)) || !isSerializedOrigin(own)) {
    throw new TypeError(`a page at ${JSON.stringify(url)} has no origin: open it with 'null'`)
  }
  return { origin: own, url: href }
}

async function start (agent: Agent, call: PageFetch): Promise<Response> {
  await agent.transport.ready()
  return await fetchAndFollow(agent, call, false)
}

/**
 * https://fetch.spec.whatwg.org/#main-fetch. `hasAsked`: whether an earlier request in the chain needed permission. If so,
 * a failure clears the preflight cache.
 */
async function fetchAndFollow (agent: Agent, call: PageFetch, hasAsked: boolean): Promise<Response> {
  const { request } = call
  const asks = hasAsked || preflightReasons(request, agent.browser).length > 0
  const hop = await takeHop(agent, call)
  switch (hop.kind) {
    case 'answered': return pageResponse(request, hop.answer)
    case 'redirected': return await fetchAndFollow(agent, redirected(call, hop.to), asks)
    case 'blocked':
      if (asks) agent.cache.clear(request)
      throw new TypeError('Failed to fetch', { cause: hop.why })
  }
}

/** A request that has become a GET loses its body. */
function redirected (call: PageFetch, request: PageRequest): PageFetch {
  return { ...call, request, body: request.method === 'GET' ? undefined : call.body }
}

/** The page sees an abort at once. If the answer still arrives, it is dropped. */
async function abortable (response: Promise<Response>, signal: AbortSignal | undefined): Promise<Response> {
  if (signal === undefined) return await response
  return await new Promise((resolve, reject) => {
    const abort = () => { reject(signal.reason) }
    signal.addEventListener('abort', abort, { once: true })
    response.then(resolve, reject).finally(() => { signal.removeEventListener('abort', abort) })
  })
}

/** https://fetch.spec.whatwg.org/#null-body-status, without the statuses that are not final. */
const nullBodyStatus: ReadonlySet<number> = new Set([204, 205, 304])

/** https://fetch.spec.whatwg.org/#concept-filtered-response, as the page's `Response`. */
function pageResponse (request: PageRequest, answer: ServerAnswer): Response {
  const { url, method, redirectedFrom } = request
  const { status, statusText, headers, body } = answer
  const isNull = method === 'HEAD' || nullBodyStatus.has(status)
  const exposed = exposedHeaders(request, headers).map(([name, value]): [string, string] => [name, value])
  const response = new Response(isNull ? null : body, { status, statusText, headers: exposed })
  return withFacts(response, { url, redirected: redirectedFrom.length > 0, type: isCrossOrigin(request) ? 'cors' : 'basic' })
}

/** The constructor of `Response` cannot set these members, and its `clone` would lose them. */
function withFacts (response: Response, facts: Pick<Response, 'url' | 'redirected' | 'type'>): Response {
  const clone = () => withFacts(Response.prototype.clone.call(response), facts)
  return Object.defineProperties(response, {
    url: { value: facts.url },
    redirected: { value: facts.redirected },
    type: { value: facts.type },
    clone: { value: clone }
  })
}
