import type { IncomingMessage } from 'node:http'
import type { Application } from '../routing/application'
import { dryActual, dryPreflight } from './dry-run'
import type { DryActual, DryPreflight } from './dry-run'
import { FST_CORS_NOT_READY } from '../errors'
import { isLaid, placeOf } from '../routing/place'
import { imagine } from '../server/stand-in'
import { explainExchange, isSendable } from '../browser/fetch'
import { type Browser, browsers } from '../browser/engines'
import type { ServerResponse } from '../browser/header-list'
import { PreflightCache } from '../browser/preflight-cache'
import { type PreflightRequest, checkPreflight, keptGrant, preflightReasons, preflightRequest, sayReason } from '../browser/preflight'
import { serializeOrigin } from '../browser/redirect'
import { type PageRequest, sendsOrigin } from '../browser/request'
import { readableNames } from '../browser/response'
import { summarize } from './summary'
import { assumptionsOf } from './assumptions'
import type { ExplainedPolicy, ExplainedPreflight, ExplainedResponse, Explanation } from './explanation'
import { whereOf } from './fix'
import { readInput, shownUrl } from './input'
import { type Exchange, isSent, sayVerdict, stepsOf } from './exchange'

/**
 * Explains what a browser would do with a request from a page to this application, and why. Nothing is sent, and no hook or
 * handler runs. The delegator and the `origin` function do, with a stand-in for the request.
 */
export async function explain (application: Application, input: unknown): Promise<Explanation> {
  if (!application.isReady) throw new FST_CORS_NOT_READY('explain')
  const { request, browser: name } = readInput(input)
  const browser = browsers[name]
  const asked = isSendable(request, browser) && preflightReasons(request, browser).length > 0 ? preflightRequest(request, browser) : undefined
  const preflight = asked && await dryPreflight(application, imagine(application, { ...asked, headers: Object.fromEntries(asked.headers) }))
  const actual = await dryActual(application, messageOf(application, request))
  const verdict = explainExchange({ request, browser, preflightResponse: preflight && responseOf(preflight), response: responseOf(actual) })
  const exchange: Exchange = { application, request, preflight, actual, verdict }
  return {
    ...sayVerdict(exchange),
    preflight: explainedPreflight(exchange, asked, browser),
    response: isSent(exchange) ? explainedResponse(exchange) : null,
    policy: explainedPolicy(actual),
    route: actual.route === undefined ? null : { methods: [...actual.route.methods], url: actual.route.url },
    steps: stepsOf(exchange),
    assumptions: assumptionsOf(exchange)
  }
}

/** The request as the server would receive it. Node.js joins header lines that have the same name. */
function messageOf (application: Application, request: PageRequest): IncomingMessage {
  const headers: Record<string, string> = {}
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase()
    headers[lower] = headers[lower] === undefined ? value : `${headers[lower]}, ${value}`
  }
  if (sendsOrigin(request)) headers.origin = serializeOrigin(request)
  return imagine(application, { method: request.method, url: request.url, headers })
}

/** The response for the browser model. If code of the application decides the status, it is assumed to be 200. */
function responseOf ({ status = 200, headers }: DryPreflight | DryActual): ServerResponse {
  return { status, headers: Object.entries(headers) }
}

function explainedPreflight ({ request, preflight }: Exchange, asked: PreflightRequest | undefined, browser: Browser): ExplainedPreflight {
  if (asked === undefined || preflight === undefined) return { needed: false, reasons: [] }
  const { status, headers } = preflight
  const { method, url } = asked
  return {
    needed: true,
    reasons: preflightReasons(request, browser).map(sayReason),
    request: { method, url: shownUrl(url), headers: Object.fromEntries(asked.headers) },
    response: { ...status !== undefined && { status }, headers },
    ...maxAges(request, responseOf(preflight), browser)
  }
}

function maxAges (request: PageRequest, response: ServerResponse, browser: Browser): Pick<ExplainedPreflight, 'maxAge'> {
  if (!checkPreflight(request, response, browser).ok) return {}
  const of = (browser: Browser) => {
    const grant = keptGrant(request, response, browser)
    if (grant === undefined) return 0
    const cache = new PreflightCache(browser)
    cache.store(request, grant, 0)
    // An engine may keep an answer and yet not find it when the same request comes again.
    return cache.covers(request, 0) ? grant.maxAge : 0
  }
  return { maxAge: { chromium: of(browsers.chromium), firefox: of(browsers.firefox), webkit: of(browsers.webkit) } }
}

function explainedResponse ({ request, verdict, actual }: Exchange): ExplainedResponse {
  const { allowed, hiddenHeaders } = verdict
  const { status, headers } = actual
  return {
    ...status !== undefined && { status },
    headers,
    readable: allowed ? readableNames(request, responseOf(actual).headers) : [],
    hidden: allowed ? hiddenHeaders : Object.keys(headers).sort()
  }
}

function explainedPolicy ({ registration, route, policy }: DryActual): ExplainedPolicy | null {
  if (registration === undefined || policy === undefined) return null
  return {
    ...summarize(policy),
    registration: placeOf(registration),
    overlaid: isLaid(route?.overlay),
    delegated: registration.layer.settings.delegator !== undefined,
    where: whereOf({ registration, route })
  }
}
