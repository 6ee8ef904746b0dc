import type { IncomingMessage } from 'node:http'
import type { Application } from '../fastify/application'
import { dryActual, dryPreflight } from '../fastify/dry-run'
import type { DryActual, DryPreflight } from '../fastify/dry-run'
import { FST_CORS_NOT_READY } from '../fastify/errors'
import { placeOf } from '../fastify/place'
import { imagine } from '../fastify/stand-in'
import { type Verdict, explainExchange } from '../fetch/algorithm'
import { browsers } from '../fetch/browsers'
import type { ServerResponse } from '../fetch/header-list'
import { type PreflightRequest, preflightReasons, preflightRequest, sayReason } from '../fetch/preflight'
import { checkPreflight } from '../fetch/preflight-check'
import { serializeOrigin } from '../fetch/redirect'
import { type PageRequest, sendsOrigin } from '../fetch/request'
import { readableNames } from '../fetch/response'
import { summarize } from '../policy/summary'
import type { ExplainedPolicy, ExplainedPreflight, ExplainedResponse, Explanation } from './explanation'
import { fixFor, whereOf } from './fix'
import { readInput, shownUrl } from './input'

/**
 * What a browser would do with a request of a page to this application, and why. Nothing is sent and no
 * hook or handler runs, only functions of the options: with a request that has what is known of it.
 */
export async function explain (application: Application, input: unknown): Promise<Explanation> {
  if (!application.isReady) throw new FST_CORS_NOT_READY('explain')
  const { request, browser } = readInput(input)
  const asked = preflightReasons(request).length > 0 ? preflightRequest(request) : undefined
  const preflight = asked && await dryPreflight(application, imagine({ ...asked, headers: Object.fromEntries(asked.headers) }))
  const actual = await dryActual(application, messageOf(request))
  const response = responseOf(actual)
  const verdict = explainExchange({ request, browser: browsers[browser], preflightResponse: preflight && responseOf(preflight), response })
  return {
    ...sayVerdict(request, verdict, preflight, actual),
    preflight: explainedPreflight(request, asked, preflight),
    response: isSent(verdict, preflight) ? explainedResponse(request, verdict, actual, response) : null,
    policy: explainedPolicy(actual),
    route: actual.route === undefined ? null : { methods: actual.route.methods, url: actual.route.url },
    steps: verdict.steps
  }
}

/** Whether the request itself goes out: at once, or after a preflight that has passed. */
function isSent ({ allowed, grant }: Verdict, preflight: DryPreflight | undefined): boolean {
  return allowed || preflight === undefined || grant !== undefined
}

/** The request as it would come to the server; of lines with one name, the parser makes one. */
function messageOf (request: PageRequest): IncomingMessage {
  const headers: Record<string, string> = {}
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase()
    headers[lower] = headers[lower] === undefined ? value : `${headers[lower]}, ${value}`
  }
  if (sendsOrigin(request)) headers.origin = serializeOrigin(request)
  return imagine({ method: request.method, url: request.url, headers })
}

/** Where the application's own code says the status, it is taken to be well. */
function responseOf ({ status = 200, headers }: DryPreflight | DryActual): ServerResponse {
  return { status, headers: Object.entries(headers) }
}

type Said = Pick<Explanation, 'allowed' | 'code' | 'message' | 'fix' | 'link'>

function sayVerdict ({ origin, method, url }: PageRequest, { failure, code, message, link }: Verdict, preflight: DryPreflight | undefined, actual: DryActual): Said {
  if (preflight?.by === 'application' && preflight.verdict === undefined) {
    return { allowed: undefined, message: "an OPTIONS route of the application's own answers the preflight: nobody knows what it says until it runs" }
  }
  if (failure === undefined) {
    const answer = actual.status === undefined ? 'the answer' : `the answer, a ${actual.status}`
    return { allowed: true, message: `a page of ${origin} may send ${method} ${shownUrl(url)} and read ${answer}` }
  }
  return { allowed: false, code, message: String(message), fix: fixFor(failure, url, preflight, actual), link }
}

function explainedPreflight (request: PageRequest, asked: PreflightRequest | undefined, preflight: DryPreflight | undefined): ExplainedPreflight {
  if (asked === undefined || preflight === undefined) return { needed: false, reasons: [] }
  const { status, headers } = preflight
  const { method, url } = asked
  return {
    needed: true,
    reasons: preflightReasons(request).map(sayReason),
    request: { method, url: shownUrl(url), headers: Object.fromEntries(asked.headers) },
    response: { ...status !== undefined && { status }, headers },
    ...maxAges(request, responseOf(preflight))
  }
}

function maxAges (request: PageRequest, response: ServerResponse): Pick<ExplainedPreflight, 'maxAge'> {
  const of = (name: 'chromium' | 'firefox' | 'webkit') => {
    const checked = checkPreflight(request, response, browsers[name])
    return checked.ok ? checked.grant.maxAge : 0
  }
  const maxAge = { chromium: of('chromium'), firefox: of('firefox'), webkit: of('webkit') }
  return checkPreflight(request, response, browsers.chromium).ok ? { maxAge } : {}
}

function explainedResponse (request: PageRequest, { allowed, hiddenHeaders }: Verdict, { status, headers }: DryActual, response: ServerResponse): ExplainedResponse {
  return {
    ...status !== undefined && { status },
    headers,
    readable: allowed ? readableNames(request, response.headers) : [],
    hidden: allowed ? hiddenHeaders : Object.keys(headers)
  }
}

function explainedPolicy ({ registration, route, policy }: DryActual): ExplainedPolicy | null {
  if (registration === undefined || policy === undefined) return null
  return {
    ...summarize(policy),
    registration: placeOf(registration),
    overlaid: route?.overlay !== undefined && route.overlay !== true,
    delegated: registration.layer.settings.delegator !== undefined,
    where: whereOf({ registration, route })
  }
}
