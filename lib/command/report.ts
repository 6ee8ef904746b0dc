import type { CorsCode } from '../browser/codes'
import { type Browser, type BrowserName, browsers } from '../browser/engines'
import type { BrowserVerdict, Step } from '../browser/fetch'
import type { HeaderLines } from '../browser/header-list'
import type { Credentials } from '../browser/request'
import { changesFor, lastResponse, messageOf, notesOn } from './advice'
import type { Question } from './arguments'
import type { End, Exchange, Hop, Journey } from './follow'
import { type Said, whatWasSaid } from './said'
import { serverLines } from './servers'

/** A request that was sent, and its answer. */
export interface ReportedExchange {
  readonly preflight: boolean
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** `null` if no answer came. */
  readonly response: { readonly status: number, readonly headers: HeaderLines } | null
  /** What its CORS headers say to the browser. Empty for a request to the page's own origin. */
  readonly said: readonly Said[]
}

/** What `--json` prints. */
export interface Report {
  readonly verdict: End
  /** Whether the page may read the response; `null` if that is not known. */
  readonly allowed: boolean | null
  /** Chromium's code for the failure, such as `MissingAllowOriginHeader`; `null` if nothing failed. */
  readonly code: CorsCode | null
  /** The verdict in a sentence. */
  readonly message: string
  /** MDN's page about the code, or `null`. */
  readonly link: string | null
  readonly request: {
    readonly origin: string
    readonly method: string
    readonly url: string
    readonly headers: HeaderLines
    readonly credentials: Credentials
  }
  readonly browser: BrowserName
  /** What was sent, in order. */
  readonly sent: readonly ReportedExchange[]
  /** The steps that the browser takes, each with its section of the Fetch standard. */
  readonly steps: readonly Step[]
  /** The headers of the last response that the page can read, in lower case. */
  readonly exposedHeaders: readonly string[]
  /** Those that it cannot read. */
  readonly hiddenHeaders: readonly string[]
  /** What to change, most often on the server. */
  readonly changes: readonly string[]
  /** How to do so in the commonest servers: the name of a server, and a line of its configuration. */
  readonly servers: Readonly<Record<string, string>>
  /** What else is worth knowing. */
  readonly notes: readonly string[]
}

/** Puts together what is known about a request that was followed to its end. */
export function reportOn (question: Question, { redirects, last }: Journey): Report {
  const { request: { origin, method, url, headers, credentials }, browser: name } = question
  const browser = browsers[name]
  const { end, verdict } = last
  const { code, link }: Partial<BrowserVerdict> = end === 'blocked' || end === 'unanswered' ? verdict : {}
  const hops = [...redirects, last]
  return {
    verdict: end,
    allowed: end === 'readable' ? true : end === 'blocked' ? false : null,
    code: code ?? null,
    message: messageOf(question, last),
    link: link ?? null,
    request: { origin, method, url, headers, credentials },
    browser: name,
    sent: hops.flatMap(hop => hop.exchanges.map(exchange => reportedExchange(hop, exchange, browser))),
    steps: hops.flatMap(stepsOf),
    exposedHeaders: verdict.exposedHeaders,
    hiddenHeaders: verdict.hiddenHeaders,
    changes: changesFor(last, browser),
    servers: end === 'blocked' ? serverLines(last.request, code, lastResponse(last), browser) : {},
    notes: notesOn(question, last)
  }
}

function reportedExchange ({ request }: Hop, exchange: Exchange, browser: Browser): ReportedExchange {
  const { preflight, sent: { method, url, headers }, response } = exchange
  const said = response === undefined ? [] : whatWasSaid(request, exchange, response, browser)
  return { preflight, method, url, headers, response: response ?? null, said }
}

/** The model's steps. It takes a response that was not asked for as one that never came, which is its last step. */
function stepsOf ({ request, verdict: { steps }, end }: Hop): readonly Step[] {
  if (end !== 'accepted' && end !== 'unsent') return steps
  return steps.map((step, i) => i < steps.length - 1 ? step : { ...step, outcome: `unknown: the ${request.method} was not sent` })
}
