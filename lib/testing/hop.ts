import { type BrowserVerdict, type PageExchange, explainExchange } from '../browser/fetch'
import { valuesOf } from '../browser/header-list'
import { checkPreflight, keptGrant, preflightReasons } from '../browser/preflight'
import { isRedirect } from '../browser/redirect'
import { type PageRequest, isCrossOrigin, isHttp, sendsCredentials } from '../browser/request'
import { type Agent, type Received, send } from './agent'
import { headersOfActual, headersOfPreflight } from './browser-headers'
import type { PageFetch } from './page-fetch'
import type { ServerAnswer } from './server'
import { isSameSite } from './site'

/** Why `fetch` failed: the `cause` of its TypeError. `allowed` is `false`. */
export interface FetchFailure extends BrowserVerdict {
  /** The error that came instead of an answer, if there is one. */
  readonly cause?: unknown
}

/** The result of one request in a chain of redirects. */
export type Hop =
  | { readonly kind: 'blocked', readonly why: FetchFailure }
  | { readonly kind: 'redirected', readonly to: PageRequest }
  | { readonly kind: 'answered', readonly answer: ServerAnswer }

/** https://fetch.spec.whatwg.org/#http-fetch, up to a redirect. */
export async function takeHop (agent: Agent, fetch: PageFetch): Promise<Hop> {
  const { browser, cache, now } = agent
  const { request } = fetch
  const cached = cache.covers(request, now())
  const exchange = { request, browser, cached }
  if (!isSendable(request)) return { kind: 'blocked', why: explainExchange(exchange) }
  if (cached || preflightReasons(request, browser).length === 0) {
    return conclude(fetch, exchange, await sendActual(agent, fetch))
  }
  const asked = await sendPreflight(agent, fetch)
  if (!asked.ok) return blockedBy(asked.error, exchange)
  const asking = { ...exchange, preflightResponse: asked.answer }
  const kept = keptGrant(request, asked.answer, browser)
  if (kept !== undefined) cache.store(request, kept, now())
  if (!checkPreflight(request, asked.answer, browser).ok) return { kind: 'blocked', why: explainExchange(asking) }
  return conclude(fetch, asking, await sendActual(agent, fetch))
}

/** Whether https://fetch.spec.whatwg.org/#main-fetch lets the request reach a server. */
function isSendable (request: PageRequest): boolean {
  return isHttp(request.url) && (request.mode === 'cors' || !isCrossOrigin(request))
}

async function sendPreflight (agent: Agent, { request, signal }: PageFetch): Promise<Received> {
  const headers = headersOfPreflight(request, agent.browser)
  return await send(agent, true, { method: 'OPTIONS', url: request.url, headers, body: undefined, signal })
}

/** The browser keeps the cookies of a response even if CORS does not let the page read it. */
async function sendActual (agent: Agent, { request, body, signal }: PageFetch): Promise<Received> {
  const { origin, method, url } = request
  const withCookies = sendsCredentials(request)
  const sameSite = isSameSite(origin, url)
  const cookie = withCookies ? agent.cookies.headerFor(url, sameSite) : undefined
  const headers = headersOfActual(request, agent.browser, cookie, body)
  const received = await send(agent, false, { method, url, headers, body, signal })
  if (withCookies && received.ok) agent.cookies.receive(url, valuesOf(received.answer.headers, 'set-cookie'), sameSite)
  return received
}

function conclude ({ redirect }: PageFetch, exchange: PageExchange, received: Received): Hop {
  if (!received.ok) return blockedBy(received.error, exchange)
  const { answer } = received
  const verdict = explainExchange({ ...exchange, response: answer })
  if (!verdict.allowed) return { kind: 'blocked', why: verdict }
  if (redirect === 'error' && isRedirect(answer.status)) return { kind: 'blocked', why: unwanted(verdict, exchange.request) }
  return verdict.redirectedTo === undefined ? { kind: 'answered', answer } : { kind: 'redirected', to: verdict.redirectedTo }
}

function blockedBy (error: unknown, exchange: PageExchange): Hop {
  return { kind: 'blocked', why: { ...explainExchange(exchange), cause: error } }
}

/** The page does not want redirects, so the last step, which follows one, is replaced. */
function unwanted (verdict: BrowserVerdict, { url }: PageRequest): FetchFailure {
  const message = `${url} redirects, but the page fetched it with redirect 'error'`
  const step = { step: 'the redirect', section: 'https://fetch.spec.whatwg.org/#http-fetch', outcome: message }
  return {
    ...verdict,
    allowed: false,
    message,
    fix: "change nothing on the server: let the page fetch with redirect 'follow'",
    steps: [...verdict.steps.slice(0, -1), step],
    exposedHeaders: [],
    redirectedTo: undefined
  }
}
