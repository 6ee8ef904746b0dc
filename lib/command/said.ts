import { describeFailure } from '../browser/codes'
import type { Browser } from '../browser/engines'
import { explainExchange } from '../browser/fetch'
import { type HeaderLines, type ServerResponse, getHeader } from '../browser/header-list'
import { preflightReasons } from '../browser/preflight'
import { type PageRequest, isCrossOrigin } from '../browser/request'
import { readableNames } from '../browser/response'
import { isPreflightOnlyHeader } from '../protocol/headers'
import { type Fault, preflightFaults, responseFaults, rightBut } from './faults'
import type { Exchange } from './follow'

/** What a CORS header of an answer says to the browser. */
export interface Said {
  /** In lower case. */
  readonly name: string
  /** The value of all lines together, or `null` if the header is missing. */
  readonly value: string | null
  /** Whether the request can pass with it. */
  readonly ok: boolean
  readonly meaning: string
}

/** What is wrong with an answer; nothing if the CORS protocol does not apply. */
export function faultsOf (request: PageRequest, { preflight }: Exchange, response: ServerResponse, browser: Browser): Fault[] {
  if (!isCrossOrigin(request)) return []
  return (preflight ? preflightFaults : responseFaults)(request, response, browser)
}

/** Every CORS header of an answer and what it says, and the headers that are missing. */
export function whatWasSaid (request: PageRequest, exchange: Exchange, response: ServerResponse, browser: Browser): Said[] {
  if (!isCrossOrigin(request)) return []
  const faults = faultsOf(request, exchange, response, browser).filter(({ where }) => where !== 'status')
  const present = response.headers.map(([name]) => name.toLowerCase()).filter(name => name.startsWith('access-control-'))
  return [...new Set([...present, ...faults.map(({ where }) => where)])].map(name => {
    const wrong = faults.filter(({ where }) => where === name).map(({ failure }) => describeFailure(failure).message)
    const meaning = wrong.length > 0 ? wrong.join('; ') : meaningOf(name, request, exchange, response, browser)
    return { name, value: getHeader(response.headers, name) ?? null, ok: wrong.length === 0, meaning }
  })
}

/** What a header says in an answer that the browser accepts, as far as this header goes. */
function meaningOf (name: string, request: PageRequest, { preflight }: Exchange, { headers }: ServerResponse, browser: Browser): string {
  if (!preflight && isPreflightOnlyHeader(name)) return 'only counts in the answer to a preflight'
  switch (name) {
    case 'access-control-allow-origin': return getHeader(headers, name) === '*' ? 'allows every origin' : 'allows this page'
    case 'access-control-allow-credentials': return request.credentials === 'include' ? 'allows credentials' : 'does not matter: the page sends no credentials'
    case 'access-control-allow-methods': return needs(request, browser, 'method') ? `allows ${request.method}` : `does not matter: ${request.method} needs no permission`
    case 'access-control-allow-headers': return needs(request, browser, 'header') ? 'allows the headers' : 'does not matter: no header needs permission'
    case 'access-control-max-age': return `the browser may use this answer again for ${maxAge(request, headers, browser)} seconds`
    case 'access-control-expose-headers': return preflight ? 'only counts in the response to the request itself' : sayExposed(request, headers)
    default: return 'does not matter: the Fetch standard has no such header for responses'
  }
}

function needs (request: PageRequest, browser: Browser, kind: 'method' | 'header'): boolean {
  return preflightReasons(request, browser).some(reason => reason.kind === kind)
}

/** The seconds of an answer that is right otherwise. */
function maxAge (request: PageRequest, headers: HeaderLines, browser: Browser): string {
  const preflightResponse = { status: 204, headers: rightBut(request, headers, 'access-control-max-age', browser) }
  return String(explainExchange({ request, browser, preflightResponse }).maxAge)
}

function sayExposed (request: PageRequest, headers: HeaderLines): string {
  const names = readableNames(request, headers)
  if (names === '*') return 'lets the page read every header except Set-Cookie'
  const always = readableNames(request, [])
  const more = names.filter(name => !always.includes(name))
  return more.length === 0 ? 'lets the page read no more headers than without it' : `lets the page read ${more.join(', ')}`
}
