import { Readable } from 'node:stream'
import { valuesOf } from '../browser/header-list'
import { sendsCredentials } from '../browser/request'
import { headersOfActual, headersOfPreflight } from '../browser/sent-headers'
import { type Agent, type Received, send } from './agent'
import { unpack } from './content-coding'
import type { PageFetch } from './page-fetch'

/** Only the head of its answer counts. */
export async function sendPreflight (agent: Agent, fetch: PageFetch): Promise<Received> {
  const { request: { url }, signal } = fetch
  const headers = headersOfPreflight(fetch, agent.browser)
  const received = await send(agent, true, { method: 'OPTIONS', url, headers, body: undefined, signal })
  if (received.ok) received.answer.body.destroy()
  return received
}

/** https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, "421": the connection reached the wrong server, and another may not. */
export async function sendActual (agent: Agent, fetch: PageFetch): Promise<Received> {
  const received = await sendOnce(agent, fetch)
  if (!received.ok || received.answer.status !== 421 || fetch.body instanceof Readable) return received
  received.answer.body.destroy()
  return await sendOnce(agent, fetch)
}

/** The browser keeps the cookies of a response even if CORS does not let the page read it. */
async function sendOnce (agent: Agent, fetch: PageFetch): Promise<Received> {
  const { request, body, signal } = fetch
  const { origin, method, url } = request
  const withCookies = sendsCredentials(request)
  const cookie = withCookies ? agent.cookies.headerFor(origin, url) : undefined
  const headers = headersOfActual(fetch, agent.browser, cookie)
  const received = await send(agent, false, { method, url, headers, body, signal })
  if (!received.ok) return received
  if (withCookies) agent.cookies.receive(origin, url, valuesOf(received.answer.headers, 'set-cookie'))
  return { ok: true, answer: unpack(received.answer) }
}
