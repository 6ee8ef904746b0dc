import { describeFailure } from '../browser/codes'
import type { Browser } from '../browser/engines'
import { getHeader } from '../browser/header-list'
import { redirect } from '../browser/redirect'
import { type PageRequest, urlOrigin } from '../browser/request'
import { isSameSite } from '../browser/site'
import type { Agent } from './agent'
import type { Hop } from './hop'
import type { ServerAnswer } from '../client/message'
import { type PageFetch, afterRedirect } from './page-fetch'
import { refusal } from './refusal'
import { sendActual } from './sending'

const STEP = "the request in mode 'no-cors'"

/**
 * https://fetch.spec.whatwg.org/#http-fetch in mode `no-cors`, to another origin: no preflight and no CORS check, but the page
 * reads nothing of the answer.
 */
export async function takeOpaqueHop (agent: Agent, fetch: PageFetch): Promise<Hop> {
  const { request } = fetch
  if (fetch.redirect !== 'follow') return refusal(STEP, 'main-fetch', "a request in mode 'no-cors' has to follow redirects")
  const received = await sendActual(agent, fetch)
  if (!received.ok) return refusal(STEP, 'http-fetch', `${request.url} gave no answer`, received.error)
  const hop = judge(fetch, received.answer, agent.browser)
  if (hop.kind !== 'answered') received.answer.body.destroy()
  return hop
}

function judge (fetch: PageFetch, answer: ServerAnswer, browser: Browser): Hop {
  const { request } = fetch
  if (isWithheld(request, answer)) {
    return refusal(STEP, 'cross-origin-resource-policy-check', `the Cross-Origin-Resource-Policy of ${request.url} withholds it from ${request.origin}`)
  }
  const to = redirect(request, answer, browser)
  if (to === undefined) return { kind: 'answered', answer, type: 'opaque' }
  if (!to.ok) return refusal(STEP, 'http-redirect-fetch', describeFailure(to).message)
  return { kind: 'redirected', to: afterRedirect(fetch, to.request, answer) }
}

/** https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check, which is for this mode alone. */
function isWithheld ({ origin, url }: PageRequest, { headers }: ServerAnswer): boolean {
  switch (getHeader(headers, 'cross-origin-resource-policy')) {
    case 'same-origin': return urlOrigin(url) !== origin
    case 'same-site': return !isSameSite(origin, url)
    default: return false
  }
}
