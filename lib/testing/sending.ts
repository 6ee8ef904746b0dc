import { valuesOf } from '../browser/header-list'
import { sendsCredentials } from '../browser/request'
import { headersOfActual, headersOfPreflight } from '../browser/sent-headers'
import { isSameSite } from '../browser/site'
import { type Agent, type Received, send } from './agent'
import type { PageFetch } from './page-fetch'

/** Only the head of its answer counts. */
export async function sendPreflight (agent: Agent, fetch: PageFetch): Promise<Received> {
  const { request: { url }, signal } = fetch
  const headers = headersOfPreflight(fetch, agent.browser)
  const received = await send(agent, true, { method: 'OPTIONS', url, headers, body: undefined, signal })
  if (received.ok) received.answer.body.destroy()
  return received
}

/** The browser keeps the cookies of a response even if CORS does not let the page read it. */
export async function sendActual (agent: Agent, fetch: PageFetch): Promise<Received> {
  const { request, body, signal } = fetch
  const { origin, method, url } = request
  const withCookies = sendsCredentials(request)
  const sameSite = isSameSite(origin, url)
  const cookie = withCookies ? agent.cookies.headerFor(url, sameSite) : undefined
  const headers = headersOfActual(fetch, agent.browser, cookie)
  const received = await send(agent, false, { method, url, headers, body, signal })
  if (withCookies && received.ok) agent.cookies.receive(url, valuesOf(received.answer.headers, 'set-cookie'), sameSite)
  return received
}
