import type { Browser } from './engines'
import { type CorsCode, type Failure, describe } from './codes'
import { corsCheck } from './cors-check'
import type { HeaderList, ServerResponse } from './header-list'
import { preflightReasons, sayReason } from './preflight'
import { type Grant, checkPreflight } from './preflight-check'
import { redirect, serializeOrigin } from './redirect'
import { type PageRequest, isCrossOrigin, isHttp } from './request'
import { filterHeaders, namesOf, readableNames } from './response'
import { isNonWildcardHeader } from './safelist'

/** One request and what the server answered; an answer that is needed and missing never came. */
export interface Exchange {
  readonly request: PageRequest
  readonly browser: Browser
  /** The preflight cache lets the request out without asking. */
  readonly cached?: boolean
  readonly preflightResponse?: ServerResponse
  readonly response?: ServerResponse
}

export interface Step {
  readonly step: string
  /** Of the Fetch standard. */
  readonly section: string
  readonly outcome: string
}

export interface Verdict {
  /** Whether the page may read the response or, where it redirects, whether the browser follows. */
  readonly allowed: boolean
  /** Why it is blocked: Chromium's name for it, and a sentence. */
  readonly code?: CorsCode
  readonly message?: string
  /** What to change on the server. */
  readonly fix?: string
  /** MDN's page on it. */
  readonly link?: string
  /** The same as data. */
  readonly failure?: Failure
  readonly preflighted: boolean
  /** Why the request is one that a browser asks leave for, sent as a preflight or cached. */
  readonly reasons: readonly string[]
  readonly steps: readonly Step[]
  readonly exposedHeaders: readonly string[]
  readonly hiddenHeaders: readonly string[]
  /** For `PreflightCache.store`. */
  readonly grant?: Grant
  readonly maxAge?: number
  readonly redirectedTo?: PageRequest
}

/** What the steps find out, filled in as they go. */
interface Findings {
  readonly reasons: readonly string[]
  readonly steps: Step[]
  preflighted: boolean
  grant?: Grant
  redirectedTo?: PageRequest
  exposed: HeaderList
}

const standard = 'https://fetch.spec.whatwg.org/'

/** What a browser makes of an exchange: https://fetch.spec.whatwg.org/#main-fetch, and what it calls. */
export function explainExchange (exchange: Exchange): Verdict {
  const reasons = preflightReasons(exchange.request, exchange.browser).map(sayReason)
  const findings: Findings = { reasons, steps: [], preflighted: false, exposed: [] }
  const failure = admit(exchange, findings) ?? askFirst(exchange, findings) ?? receive(exchange, findings)
  const { grant, exposed, ...rest } = findings
  const answered = exchange.response?.headers ?? []
  return {
    ...rest,
    allowed: failure === undefined,
    ...failure !== undefined && { ...describe(failure), failure },
    ...grant !== undefined && { grant, maxAge: grant.maxAge },
    exposedHeaders: namesOf(exposed),
    hiddenHeaders: namesOf(answered.filter(header => !exposed.includes(header)))
  }
}

/** https://fetch.spec.whatwg.org/#main-fetch: which requests CORS is about. */
function admit ({ request }: Exchange, { steps }: Findings): Failure | undefined {
  const { origin, url } = request
  const note = noter(steps, 'whether the request is cross-origin', 'main-fetch')
  if (!isCrossOrigin(request)) return note(`${url} is of the page's own origin`)
  if (request.mode === 'same-origin') return note({ ok: false, code: 'DisallowedByMode', facts: { origin, url } })
  if (!isHttp(url)) return note({ ok: false, code: 'CorsDisabledScheme', facts: { url } })
  return note(`it is sent with Origin: ${serializeOrigin(request)}`)
}

/** https://fetch.spec.whatwg.org/#http-fetch: the preflight, where one is due. */
function askFirst (exchange: Exchange, findings: Findings): Failure | undefined {
  const { request, browser, preflightResponse } = exchange
  if (!isCrossOrigin(request)) return undefined
  const { reasons, steps } = findings
  const due = noter(steps, 'whether it needs a preflight', 'http-fetch')
  if (reasons.length === 0) return due('no: its method and headers are safelisted')
  if (exchange.cached === true) return due('no: an answer to an earlier preflight is in the cache')
  findings.preflighted = true
  due(`yes: ${reasons.join('; ')}`)
  const note = noter(steps, 'the preflight', 'cors-preflight-fetch')
  if (preflightResponse === undefined) return note({ ok: false, code: 'InvalidResponse', facts: { url: request.url } })
  const checked = checkPreflight(request, preflightResponse, browser)
  if (!checked.ok) return note(checked)
  findings.grant = checked.grant
  return note(`allowed, for ${checked.grant.maxAge} seconds${wildcardNote(request, checked.grant)}`)
}

/** The one thing that a browser lets through and the standard does not. */
function wildcardNote ({ headers }: PageRequest, grant: Grant): string {
  const covered = headers.some(([name]) => isNonWildcardHeader(name)) && !grant.headers.includes('authorization')
  return covered ? ', but list Authorization by name: by the standard * does not stand for it' : ''
}

/** https://fetch.spec.whatwg.org/#http-fetch and then main fetch again: the check, redirects, the filter. */
function receive ({ request, response, browser }: Exchange, findings: Findings): Failure | undefined {
  const { steps } = findings
  if (response === undefined) {
    return noter(steps, 'the response', 'http-fetch')({ ok: false, code: 'InvalidResponse', facts: { url: request.url } })
  }
  if (isCrossOrigin(request)) {
    const checked = corsCheck(request, response.headers)
    const failure = noter(steps, 'the CORS check of the response', 'cors-check')(checked.ok ? 'passed' : checked)
    if (failure !== undefined) return failure
  }
  const redirected = redirect(request, response, browser)
  if (redirected === undefined) return filter(request, response, findings)
  const note = noter(steps, 'the redirect', 'http-redirect-fetch')
  if (!redirected.ok) return note(redirected)
  findings.redirectedTo = redirected.request
  return note(`followed to ${redirected.request.url}`)
}

function filter (request: PageRequest, { headers }: ServerResponse, findings: Findings): undefined {
  findings.exposed = filterHeaders(request, headers).exposed
  const section = `concept-filtered-response-${isCrossOrigin(request) ? 'cors' : 'basic'}`
  const names = readableNames(request, headers)
  const said = names === '*' ? 'every header but those of cookies' : `of the headers ${names.join(', ')}`
  noter(findings.steps, 'what the page may read', section)(`the body and ${said}`)
}

/** Writes a step down and hands its failure on, so that no step can fail without a line of its own. */
function noter (steps: Step[], step: string, section: string) {
  return (outcome: string | Failure): Failure | undefined => {
    const isText = typeof outcome === 'string'
    steps.push({ step, section: `${standard}#${section}`, outcome: isText ? outcome : describe(outcome).message })
    return isText ? undefined : outcome
  }
}
