import type { Browser } from '../browser/engines'
import { type BrowserVerdict, type PageExchange, explainExchange } from '../browser/fetch'
import type { ServerResponse } from '../browser/header-list'
import { preflightReasons } from '../browser/preflight'
import { DEFAULT_POLICY } from '../browser/referrer'
import type { PageRequest } from '../browser/request'
import { type Sending, headersOfActual, headersOfPreflight } from '../browser/sent-headers'
import { type NoAnswer, sayNoAnswer } from './no-answer'
import { type BareMessage, type Wire, send } from './send'

/** How far a request got. */
export type End =
  /** The page may read the response or, if it is a redirect, the browser follows it. */
  | 'readable'
  | 'blocked'
  /** The preflight was accepted, and the request itself was not sent. */
  | 'accepted'
  /** It needs no preflight, and was not sent. */
  | 'unsent'
  | 'unanswered'

/** A request that was sent, with its response or the reason why there is none. */
export interface Exchange {
  readonly preflight: boolean
  readonly sent: BareMessage
  readonly response?: ServerResponse
  readonly noAnswer?: NoAnswer
}

/** One request in a chain of redirects. */
export interface Hop {
  readonly request: PageRequest
  readonly exchanges: readonly Exchange[]
  readonly verdict: BrowserVerdict
  readonly end: End
}

export interface Agent extends Wire {
  readonly browser: Browser
  /** Whether to send requests that may change something on the server. */
  readonly send: boolean
}

/** A chain of redirects. */
export interface Journey {
  readonly redirects: readonly Hop[]
  readonly last: Hop
}

/** Sends what a browser would send, until it is known what becomes of the request. */
export async function follow (request: PageRequest, agent: Agent): Promise<Journey> {
  const redirects: Hop[] = []
  let last = await takeHop(request, agent)
  while (last.verdict.redirectedTo !== undefined) {
    redirects.push(last)
    last = await takeHop(last.verdict.redirectedTo, agent)
  }
  return { redirects, last }
}

/** https://fetch.spec.whatwg.org/#http-fetch, up to a redirect. */
async function takeHop (request: PageRequest, agent: Agent): Promise<Hop> {
  const { browser } = agent
  const exchange: PageExchange = { request, browser }
  const unsent = explainExchange(exchange)
  // Without any answer, only the missing answer may be wrong.
  if (unsent.code !== 'InvalidResponse') return { request, exchanges: [], verdict: unsent, end: 'blocked' }
  if (preflightReasons(request, browser).length === 0) return await takeActual(exchange, [], agent)
  const preflight = await ask(agent, true, { method: 'OPTIONS', url: request.url, headers: headersOfPreflight(sending(request), browser) })
  const asking = { ...exchange, preflightResponse: preflight.response }
  const verdict = explainExchange(asking)
  if (verdict.grant !== undefined) return await takeActual(asking, [preflight], agent)
  return { request, exchanges: [preflight], verdict, end: preflight.response === undefined ? 'unanswered' : 'blocked' }
}

async function takeActual (exchange: PageExchange, before: readonly Exchange[], agent: Agent): Promise<Hop> {
  const { request, browser } = exchange
  const { method, url } = request
  if (!agent.send && !isSafe(method)) {
    return { request, exchanges: before, verdict: explainExchange(exchange), end: before.length === 0 ? 'unsent' : 'accepted' }
  }
  const actual = await ask(agent, false, { method, url, headers: headersOfActual(sending(request), browser, undefined) })
  const verdict = explainExchange({ ...exchange, response: actual.response })
  return { request, exchanges: [...before, actual], verdict, end: endOf(verdict, actual) }
}

/** As a page at the root of its origin sends it, without a body. */
function sending (request: PageRequest): Sending {
  return { request, mode: request.mode, referrer: { url: request.origin === 'null' ? undefined : `${request.origin}/`, policy: DEFAULT_POLICY }, body: undefined }
}

/** Whether the command sends this method without `--send`. GET and HEAD change nothing on the server (RFC 9110, 9.2.1). */
export function isSafe (method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

function endOf ({ allowed }: BrowserVerdict, { response }: Exchange): End {
  if (response === undefined) return 'unanswered'
  return allowed ? 'readable' : 'blocked'
}

async function ask (wire: Wire, preflight: boolean, sent: BareMessage): Promise<Exchange> {
  try {
    return { preflight, sent, response: await send(sent, wire) }
  } catch (error) {
    return { preflight, sent, noAnswer: sayNoAnswer(error, sent.url, wire.timeout) }
  }
}
