import { Readable } from 'node:stream'
import { preflightReasons } from '../browser/preflight'
import { type AddressSpace, addressSpaces, isHttp } from '../browser/request'
import { isSerializedOrigin, isSpecialScheme } from '../protocol/origin'
import { onAbort } from '../client/abort'
import type { Agent } from './agent'
import { nativeBody } from './environment'
import { takeHop } from './hop'
import { type PageContext, type PageFetch, readFetch } from './page-fetch'
import { type PageLocation, membersOf, requestClassOf } from './page-request'
import { pageResponse } from './page-response'

/** A page that a browser has open. */
export interface Page {
  /** Serialised, as in the `Origin` header: `null` for a sandboxed page. */
  readonly origin: string
  /**
   * The page's `fetch` (https://fetch.spec.whatwg.org/#fetch-method), for the code under test and for any client library that
   * takes a `fetch`. It does not use `this`. A relative URL is resolved against the URL of the page.
   *
   * Resolves with a `Response` as soon as its head has arrived; it has only the headers that the page may read. Rejects with
   * `TypeError: Failed to fetch` where a browser does; its `cause` is an `Explanation`. Rejects with another TypeError for
   * what no page may do, with the reason of an aborted `signal`, and with the error of an application that does not start.
   *
   * @example const response = await page.fetch('https://api.example.com/users', { credentials: 'include' })
   */
  readonly fetch: typeof globalThis.fetch
  /**
   * The page's `Request`, which resolves relative URLs against the URL of the page. `fetch` takes the global one too.
   *
   * @example const request = new page.Request('/users', { method: 'PUT' })
   */
  readonly Request: typeof globalThis.Request
  /** The global `Response`, for clients that want it beside `fetch`. */
  readonly Response: typeof globalThis.Response
  /** The global `Headers`, for clients that want it beside `fetch`. */
  readonly Headers: typeof globalThis.Headers
}

/** What else a browser knows of a page. */
export interface PageOptions {
  /**
   * Where the page was loaded from, as https://wicg.github.io/local-network-access/ has it. A `public` page is blocked from
   * calling loopback and private addresses in Chromium and Firefox, which ask the user first: leave it out once the user has agreed.
   * Default: unknown, so that nothing is blocked.
   */
  readonly addressSpace?: AddressSpace
}

export function openPage (agent: Agent, url: string, { addressSpace }: PageOptions = {}): Page {
  if (addressSpace !== undefined && !addressSpaces.includes(addressSpace)) {
    throw new TypeError(`${JSON.stringify(addressSpace)} is not an address space: write one of ${addressSpaces.join(', ')}`)
  }
  const location = { ...locationOf(url), addressSpace }
  const context: PageContext = { ...location, Request: requestClassOf(location, agent.browser) }
  const { Response, Headers } = globalThis
  return {
    origin: location.origin,
    async fetch (...args) {
      if (args.length < 1) throw new TypeError('fetch needs the URL or the Request to fetch')
      const [input, init] = args
      const given = membersOf(init)
      const native = nativeBody(given.body)
      const { body, ...call } = readFetch(context, input, native === undefined ? given : { ...given, body: await native })
      return await abortable(start(agent, { ...call, body: await body }), call.signal)
    },
    Request: context.Request,
    Response,
    Headers
  }
}

/** https://html.spec.whatwg.org/#origin; the schemes of installed applications have origins too. */
function locationOf (url: string): Pick<PageLocation, 'origin' | 'url'> {
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
    case 'answered': return pageResponse(call, hop)
    case 'redirected': return await fetchAndFollow(agent, hop.to, asks)
    case 'blocked':
      if (asks) agent.cache.clear(request)
      if (call.body instanceof Readable) call.body.destroy()
      throw new TypeError('Failed to fetch', { cause: hop.why })
  }
}

/** The page sees an abort at once. If the answer still arrives, it is dropped. */
async function abortable (response: Promise<Response>, signal: AbortSignal | undefined): Promise<Response> {
  return await new Promise((resolve, reject) => {
    const settle = onAbort(signal, () => { reject(signal?.reason) })
    response.then(resolve, reject).finally(settle)
  })
}
