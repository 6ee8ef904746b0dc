import { type Exchange, type Verdict, explainExchange } from '../browser/fetch'
import { valuesOf } from '../browser/header-list'
import { preflightReasons } from '../browser/preflight'
import { checkPreflight } from '../browser/preflight-check'
import { isRedirect } from '../browser/redirect'
import { type PageRequest, isCrossOrigin, isHttp, sendsCredentials } from '../browser/request'
import { type Agent, type Received, send } from './agent'
import { actualHeaders, preflightHeaders } from './browser-headers'
import type { PageFetch } from './page-fetch'
import { isSameSite } from './site'
import type { Answer } from './transport'

/** Why `fetch` has failed: the `cause` of its TypeError. `allowed` is `false`. */
export interface Explanation extends Verdict {
  /** The error in whose place an answer was expected, if there is one. */
  readonly cause?: unknown
}

/** Where one request of a chain of redirects leads. */
export type Hop =
  | { readonly kind: 'blocked', readonly why: Explanation }
  | { readonly kind: 'redirected', readonly to: PageRequest }
  | { readonly kind: 'answered', readonly answer: Answer }

/** https://fetch.spec.whatwg.org/#http-fetch, up to a redirect. */
export async function takeHop (agent: Agent, fetch: PageFetch): Promise<Hop> {
  const { browser, cache, clock } = agent
  const { request } = fetch
  const cached = cache.covers(request, clock.now())
  const exchange = { request, browser, cached }
  if (!isSendable(request)) return { kind: 'blocked', why: explainExchange(exchange) }
  if (cached || preflightReasons(request, browser).length === 0) {
    return conclude(fetch, exchange, await sendActual(agent, fetch))
  }
  const asked = await ask(agent, fetch)
  if (!asked.ok) return blockedBy(asked.error, exchange)
  const asking = { ...exchange, preflightResponse: asked.answer }
  const checked = checkPreflight(request, asked.answer, browser)
  if (!checked.ok) return { kind: 'blocked', why: explainExchange(asking) }
  cache.store(request, checked.grant, clock.now())
  return conclude(fetch, asking, await sendActual(agent, fetch))
}

/** https://fetch.spec.whatwg.org/#main-fetch lets these alone reach a server. */
function isSendable (request: PageRequest): boolean {
  return isHttp(request.url) && (request.mode === 'cors' || !isCrossOrigin(request))
}

async function ask (agent: Agent, { request, signal }: PageFetch): Promise<Received> {
  const headers = preflightHeaders(request, agent.browser)
  return await send(agent, true, { method: 'OPTIONS', url: request.url, headers, body: undefined, signal })
}

/** Cookies are kept whatever CORS makes of the response: that is between the page and its browser. */
async function sendActual (agent: Agent, { request, body, signal }: PageFetch): Promise<Received> {
  const { origin, method, url } = request
  const withCookies = sendsCredentials(request)
  const sameSite = isSameSite(origin, url)
  const cookie = withCookies ? agent.cookies.headerFor(url, sameSite) : undefined
  const headers = actualHeaders(request, agent.browser, cookie, body)
  const received = await send(agent, false, { method, url, headers, body, signal })
  if (withCookies && received.ok) agent.cookies.receive(url, valuesOf(received.answer.headers, 'set-cookie'), sameSite)
  return received
}

function conclude ({ redirect }: PageFetch, exchange: Exchange, received: Received): Hop {
  if (!received.ok) return blockedBy(received.error, exchange)
  const { answer } = received
  const verdict = explainExchange({ ...exchange, response: answer })
  if (!verdict.allowed) return { kind: 'blocked', why: verdict }
  if (redirect === 'error' && isRedirect(answer.status)) return { kind: 'blocked', why: unwanted(verdict, exchange.request) }
  return verdict.redirectedTo === undefined ? { kind: 'answered', answer } : { kind: 'redirected', to: verdict.redirectedTo }
}

function blockedBy (error: unknown, exchange: Exchange): Hop {
  return { kind: 'blocked', why: { ...explainExchange(exchange), cause: error } }
}

/** The page has asked for no redirect; the last step, which follows it, is then not taken. */
function unwanted (verdict: Verdict, { url }: PageRequest): Explanation {
  const message = `${url} redirects, and the page has fetched it with redirect 'error'`
  const step = { step: 'the redirect', section: 'https://fetch.spec.whatwg.org/#http-fetch', outcome: message }
  return {
    ...verdict,
    allowed: false,
    message,
    fix: "nothing on the server: let the page fetch with redirect 'follow'",
    steps: [...verdict.steps.slice(0, -1), step],
    exposedHeaders: [],
    redirectedTo: undefined
  }
}
