import { type CorsCode, type Failure, describeFailure } from './codes'
import { corsCheck } from './cors-check'
import type { Browser } from './engines'
import type { HeaderLines, ServerResponse } from './header-list'
import { checkLocalNetwork, checkMixedContent } from './network'
import { type Grant, checkPreflight, preflightReasons, sayReason } from './preflight'
import { redirect, serializeOrigin } from './redirect'
import { type PageRequest, isCrossOrigin, isHttp } from './request'
import { exposedHeaders, namesOf, readableNames } from './response'
import { isNonWildcardHeader } from './safelist'
import { sayThirdPartyCookies } from './third-party'

/** One request and the server's answers. An answer that is needed but missing never came. */
export interface PageExchange {
  readonly request: PageRequest
  readonly browser: Browser
  /** Whether the preflight cache lets the request go without a preflight. */
  readonly cached?: boolean
  readonly preflightResponse?: ServerResponse
  readonly response?: ServerResponse
}

export interface Step {
  readonly step: string
  /** The section of the Fetch standard, as a URL. */
  readonly section: string
  readonly outcome: string
}

export interface BrowserVerdict {
  /** Whether the page may read the response or, if it is a redirect, whether the browser follows it. */
  readonly allowed: boolean
  /** Why it is blocked: Chromium's name for it, and a sentence. */
  readonly code?: CorsCode
  readonly message?: string
  /** What to change on the server. */
  readonly fix?: string
  /** MDN's page about the code. */
  readonly link?: string
  /** The code and its facts, as data. */
  readonly failure?: Failure
  readonly preflighted: boolean
  /** Why the request needs permission, be it from a preflight or from the cache. */
  readonly reasons: readonly string[]
  readonly steps: readonly Step[]
  readonly exposedHeaders: readonly string[]
  readonly hiddenHeaders: readonly string[]
  /** What the preflight allowed, and for how many seconds; only after a preflight that passed. */
  readonly grant?: Grant
  readonly maxAge?: number
  readonly redirectedTo?: PageRequest | undefined
}

/** What the steps find out, filled in as they run. */
interface Findings {
  readonly reasons: readonly string[]
  readonly steps: Step[]
  preflighted: boolean
  grant?: Grant
  redirectedTo?: PageRequest
  exposed: HeaderLines
}

/** The name of the step about cookies that have to travel to another site. */
export const COOKIES_STEP = 'which cookies it carries'

const standardUrl = 'https://fetch.spec.whatwg.org/'

/** What a browser makes of an exchange: https://fetch.spec.whatwg.org/#main-fetch and the algorithms that it calls. */
export function explainExchange (exchange: PageExchange): BrowserVerdict {
  const reasons = preflightReasons(exchange.request, exchange.browser).map(sayReason)
  const findings: Findings = { reasons, steps: [], preflighted: false, exposed: [] }
  const failure = examineRequest(exchange, findings) ?? examinePreflight(exchange, findings) ?? examineResponse(exchange, findings)
  const { grant, exposed, ...rest } = findings
  const answered = exchange.response?.headers ?? []
  return {
    ...rest,
    allowed: failure === undefined,
    ...failure !== undefined && { ...describeFailure(failure), failure },
    ...grant !== undefined && { grant, maxAge: grant.maxAge },
    exposedHeaders: namesOf(exposed),
    hiddenHeaders: namesOf(answered.filter(header => !exposed.includes(header)))
  }
}

/** https://fetch.spec.whatwg.org/#main-fetch: whether the CORS protocol applies to the request at all. */
function examineRequest ({ request, browser }: PageExchange, { steps }: Findings): Failure | undefined {
  const { origin, url } = request
  const note = noter(steps, 'whether the request is cross-origin', 'main-fetch')
  if (!isCrossOrigin(request)) return note(`no: ${url} has the page's own origin`)
  if (request.mode === 'same-origin') return note({ ok: false, code: 'DisallowedByMode', facts: { origin, url } })
  if (!isHttp(url)) return note({ ok: false, code: 'CorsDisabledScheme', facts: { url } })
  note(`yes: it is sent with Origin: ${serializeOrigin(request)}`)
  return examineNetwork(request, browser, steps)
}

/** What blocks a request to another origin whatever the server answers. It is a step only if it does. */
function examineNetwork (request: PageRequest, browser: Browser, steps: Step[]): Failure | undefined {
  const mixed = checkMixedContent(request, browser)
  if (mixed !== undefined) return noter(steps, 'whether it is mixed content', 'main-fetch')(mixed)
  const local = checkLocalNetwork(request, browser)
  return local && noter(steps, 'whether the page may call the local network', 'http-network-fetch')(local)
}

/** Whether the request, or its preflight, reaches a server. */
export function isSendable (request: PageRequest, browser: Browser): boolean {
  return examineRequest({ request, browser }, { reasons: [], steps: [], preflighted: false, exposed: [] }) === undefined
}

/** https://fetch.spec.whatwg.org/#http-fetch: the preflight, if the request needs one. */
function examinePreflight (exchange: PageExchange, findings: Findings): Failure | undefined {
  const { request, browser, preflightResponse } = exchange
  if (!isCrossOrigin(request)) return undefined
  const { reasons, steps } = findings
  const noteNeed = noter(steps, 'whether it needs a preflight', 'http-fetch')
  if (reasons.length === 0) return noteNeed('no: its method and headers are safelisted')
  if (exchange.cached === true) return noteNeed('no: the answer to an earlier preflight is in the cache')
  findings.preflighted = true
  noteNeed(`yes: ${reasons.join('; ')}`)
  const note = noter(steps, 'the preflight', 'cors-preflight-fetch')
  if (preflightResponse === undefined) return note({ ok: false, code: 'InvalidResponse', facts: { url: request.url } })
  const checked = checkPreflight(request, preflightResponse, browser)
  if (!checked.ok) return note(checked)
  findings.grant = checked.grant
  return note(`allowed, for ${checked.grant.maxAge} seconds${wildcardNote(request, checked.grant)}`)
}

/** `Authorization` under `*` is the one thing that browsers allow and the standard does not. */
function wildcardNote ({ headers }: PageRequest, grant: Grant): string {
  const covered = headers.some(([name]) => isNonWildcardHeader(name)) && !grant.headers.includes('authorization')
  return covered ? '; list Authorization by name, since by the standard * does not include it' : ''
}

/** https://fetch.spec.whatwg.org/#http-fetch and the end of main fetch: the CORS check, redirects, the filtered response. */
function examineResponse ({ request, browser, response }: PageExchange, findings: Findings): Failure | undefined {
  const { steps } = findings
  const cookies = sayThirdPartyCookies(request, browser)
  if (cookies !== undefined) noter(steps, COOKIES_STEP, 'http-network-or-cache-fetch')(cookies)
  if (response === undefined) {
    return noter(steps, 'the response', 'http-fetch')({ ok: false, code: 'InvalidResponse', facts: { url: request.url } })
  }
  if (isCrossOrigin(request)) {
    const checked = corsCheck(request, response.headers)
    const failure = noter(steps, 'the CORS check of the response', 'cors-check')(checked.ok ? 'passed' : checked)
    if (failure !== undefined) return failure
  }
  const redirected = redirect(request, response, browser)
  if (redirected === undefined) return expose(request, response, findings)
  const note = noter(steps, 'the redirect', 'http-redirect-fetch')
  if (!redirected.ok) return note(redirected)
  findings.redirectedTo = redirected.request
  return note(`followed to ${redirected.request.url}`)
}

function expose (request: PageRequest, { headers }: ServerResponse, findings: Findings): undefined {
  findings.exposed = exposedHeaders(request, headers)
  const section = `concept-filtered-response-${isCrossOrigin(request) ? 'cors' : 'basic'}`
  const names = readableNames(request, headers)
  const readable = names === '*' ? 'every header except Set-Cookie' : `these headers, if they are sent: ${names.join(', ')}`
  noter(findings.steps, 'what the page may read', section)(`the body and ${readable}`)
}

/** Records a step and returns its failure, so that no step can fail without a line of its own. */
function noter (steps: Step[], step: string, section: string) {
  return (outcome: string | Failure): Failure | undefined => {
    const isText = typeof outcome === 'string'
    steps.push({ step, section: `${standardUrl}#${section}`, outcome: isText ? outcome : describeFailure(outcome).message })
    return isText ? undefined : outcome
  }
}
