import { preflightReasons } from '../browser/preflight'
import { type PageRequest, isHttp } from '../browser/request'
import { isSerializedOrigin, isSpecialScheme } from '../protocol/origin'
import type { Agent } from './agent'
import { takeHop } from './hop'
import { type FetchInit, type PageFetch, type Place, readFetch } from './page-fetch'
import { pageResponse } from './page-response'

/** A page that a browser has open. */
export interface Page {
  /** Serialised, as the `Origin` header has it: `null` for a sandboxed page. */
  readonly origin: string
  /**
   * The page's `fetch` (https://fetch.spec.whatwg.org/#fetch-method). It needs no `this`, so that it can be
   * handed to code under test. A response is read to its end before it is handed out.
   *
   * Resolves with a `Response` that has the headers which the page may read. Rejects with
   * `TypeError: Failed to fetch` where a browser does; its `cause` is an `Explanation`. Rejects with other
   * TypeErrors for what no page may ask, and for what is not modelled (mode `no-cors`, redirect `manual`,
   * `Request` objects, streams as body), with the reason of an aborted `signal`, and with the error of an
   * application that does not start.
   *
   * @param input the URL, absolute or relative to that of the page
   * @example const response = await page.fetch('https://api.example.com/users', { credentials: 'include' })
   */
  fetch (input: string | URL, init?: FetchInit): Promise<Response>
}

export function openPage (agent: Agent, url: string): Page {
  const place = placeOf(url)
  return {
    origin: place.origin,
    async fetch (input, init = {}) {
      const call = await readFetch(place, input, init)
      return await abortable(start(agent, call), call.signal)
    }
  }
}

/** https://html.spec.whatwg.org/#origin, of schemes that installed applications have too. */
function placeOf (url: string): Place {
  if (url === 'null') return { origin: 'null', url: undefined }
  if (!URL.canParse(url)) throw new TypeError(`${JSON.stringify(url)} is no URL of a page`)
  const { origin, protocol, host, href } = new URL(url)
  if (isHttp(href)) return { origin, url: href }
  const own = `${protocol}//${host}`
  if (isSpecialScheme(protocol.slice(0, -1)) || !isSerializedOrigin(own)) {
    throw new TypeError(`${JSON.stringify(url)} gives a page no origin: a page without one is opened with 'null'`)
  }
  return { origin: own, url: href }
}

async function start (agent: Agent, call: PageFetch): Promise<Response> {
  await agent.transport.ready()
  return await follow(agent, call, false)
}

/**
 * https://fetch.spec.whatwg.org/#main-fetch. `hasAsked` is whether a request before it in the chain was one that
 * needs a preflight: a failure then clears the preflight cache.
 */
async function follow (agent: Agent, call: PageFetch, hasAsked: boolean): Promise<Response> {
  const { request } = call
  const asks = hasAsked || preflightReasons(request, agent.browser).length > 0
  const hop = await takeHop(agent, call)
  switch (hop.kind) {
    case 'answered': return pageResponse(request, hop.answer)
    case 'redirected': return await follow(agent, redirected(call, hop.to), asks)
    case 'blocked':
      if (asks) agent.cache.clear(request)
      throw new TypeError('Failed to fetch', { cause: hop.why })
  }
}

/** A request that has become a GET has lost its body. */
function redirected (call: PageFetch, request: PageRequest): PageFetch {
  return { ...call, request, body: request.method === 'GET' ? undefined : call.body }
}

/** The page learns of an abort at once; the answer, if it still comes, is dropped. */
async function abortable (response: Promise<Response>, signal: AbortSignal | undefined): Promise<Response> {
  if (signal === undefined) return await response
  return await new Promise((resolve, reject) => {
    const abort = () => { reject(signal.reason) }
    signal.addEventListener('abort', abort, { once: true })
    response.then(resolve, reject).finally(() => { signal.removeEventListener('abort', abort) })
  })
}
