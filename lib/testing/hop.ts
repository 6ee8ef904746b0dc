import { type BrowserVerdict, type PageExchange, explainExchange, isSendable } from '../browser/fetch'
import { checkPreflight, keptGrant, preflightReasons } from '../browser/preflight'
import { isRedirect } from '../browser/redirect'
import { type PageRequest, isCrossOrigin, sendsCredentials } from '../browser/request'
import type { Agent, Received } from './agent'
import { hasBadPort } from './bad-port'
import { checkIntegrity } from './integrity'
import { answerLocally } from './local-url'
import type { ServerAnswer } from '../client/message'
import { takeOpaqueHop } from './opaque-hop'
import { type PageFetch, afterRedirect } from './page-fetch'
import { sendActual, sendPreflight } from './sending'

/** Why `fetch` failed: the `cause` of its TypeError. `allowed` is `false`. */
export interface FetchFailure extends BrowserVerdict {
  /** The error that came instead of an answer, if there is one. */
  readonly cause?: unknown
}

/** The result of one request in a chain of redirects. */
export type Hop =
  | { readonly kind: 'blocked', readonly why: FetchFailure }
  | { readonly kind: 'redirected', readonly to: PageFetch }
  | Answered

export interface Answered {
  readonly kind: 'answered'
  readonly answer: ServerAnswer
  readonly type: 'basic' | 'cors' | 'opaque' | 'opaqueredirect'
}

/** https://fetch.spec.whatwg.org/#main-fetch, up to a redirect. */
export async function takeHop (agent: Agent, fetch: PageFetch): Promise<Hop> {
  const hop = await takeUncheckedHop(agent, fetch)
  return hop.kind === 'answered' && fetch.integrity !== '' ? await checkIntegrity(fetch, hop) : hop
}

async function takeUncheckedHop (agent: Agent, fetch: PageFetch): Promise<Hop> {
  const { request } = fetch
  const local = answerLocally(request)
  if (local !== undefined) return { kind: 'answered', answer: local, type: 'basic' }
  const exchange = { request, browser: agent.browser }
  if (!isSendable(request, agent.browser)) return { kind: 'blocked', why: explainExchange(exchange) }
  const obstacle = obstacleTo(fetch)
  if (obstacle !== undefined) return blockedBy(new Error(obstacle), exchange)
  if (fetch.mode === 'no-cors' && isCrossOrigin(request)) return await takeOpaqueHop(agent, fetch)
  return await takeHttpHop(agent, fetch)
}

/** Why nothing is sent, for reasons that have nothing to do with origins. */
function obstacleTo ({ request: { url, cache }, body, keepalive }: PageFetch): string | undefined {
  if (hasBadPort(url)) return `browsers send nothing to port ${new URL(url).port}, which is for another protocol`
  // https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
  if (cache === 'only-if-cached') return 'this browser has no HTTP cache that could have the answer'
  if (keepalive && Buffer.isBuffer(body) && body.length > 65_536) return 'the body of a request with keepalive has at most 65536 bytes'
  return undefined
}

/** https://fetch.spec.whatwg.org/#http-fetch */
async function takeHttpHop (agent: Agent, fetch: PageFetch): Promise<Hop> {
  const { browser, cache, now } = agent
  const { request } = fetch
  const cached = cache.covers(request, now())
  const exchange = { request, browser, cached }
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

function conclude (fetch: PageFetch, exchange: PageExchange, received: Received): Hop {
  if (!received.ok) return blockedBy(received.error, exchange)
  const hop = judge(fetch, exchange, received.answer)
  if (hop.kind !== 'answered' || hop.type === 'opaqueredirect') received.answer.body.destroy()
  return hop
}

function judge (fetch: PageFetch, exchange: PageExchange, answer: ServerAnswer): Hop {
  const { request } = fetch
  const redirects = isRedirect(answer.status)
  const isManual = redirects && fetch.redirect === 'manual'
  const verdict = explainExchange({ ...exchange, response: isManual ? withoutLocation(answer) : answer })
  if (!verdict.allowed) return { kind: 'blocked', why: verdict }
  if (isManual) return { kind: 'answered', answer, type: 'opaqueredirect' }
  if (redirects && fetch.redirect === 'error') return { kind: 'blocked', why: unwanted(verdict, request) }
  if (needsBodyAgain(fetch, answer, verdict)) return blockedBy(new Error('a body that is a stream cannot be sent twice'), exchange)
  if (verdict.redirectedTo !== undefined) return { kind: 'redirected', to: afterRedirect(fetch, verdict.redirectedTo, answer) }
  return { kind: 'answered', answer, type: isCrossOrigin(request) ? 'cors' : 'basic' }
}

/** The page does not follow, so it does not matter where to. */
function withoutLocation (answer: ServerAnswer): ServerAnswer {
  return { ...answer, headers: answer.headers.filter(([name]) => name.toLowerCase() !== 'location') }
}

/** https://fetch.spec.whatwg.org/#http-redirect-fetch and https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, "401". */
function needsBodyAgain ({ request, body }: PageFetch, { status }: ServerAnswer, { redirectedTo }: BrowserVerdict): boolean {
  if (body === undefined || Buffer.isBuffer(body)) return false
  if (redirectedTo !== undefined) return status !== 303
  return status === 401 && !isCrossOrigin(request) && sendsCredentials(request)
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
