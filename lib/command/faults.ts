import type { Failure } from '../browser/codes'
import { corsCheck } from '../browser/cors-check'
import type { Browser } from '../browser/engines'
import { type HeaderLines, type ServerResponse, getHeader, getList, valuesOf } from '../browser/header-list'
import { checkPreflight, preflightRequest } from '../browser/preflight'
import { serializeOrigin } from '../browser/redirect'
import type { PageRequest } from '../browser/request'

/** What is wrong with an answer, and in which of its headers; `status` for its status. */
export interface Fault {
  readonly where: string
  readonly failure: Failure
}

const ALLOW_HEADERS = 'access-control-allow-headers'

/** The headers that decide whether a request passes, except the one that may be wrong in several ways. */
const deciding = ['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-allow-methods']

/**
 * Everything that is wrong with the answer to a preflight. A browser stops at the first fault, so each part of the answer is
 * judged alone, in an answer that is right otherwise.
 */
export function preflightFaults (request: PageRequest, { status, headers }: ServerResponse, browser: Browser): Fault[] {
  const check = (where: string, answer: ServerResponse) => faultOf(where, checkPreflight(request, answer, browser))
  const ofStatus = check('status', { status, headers: rightBut(request, headers, 'location', browser) })
  // The answer after the redirect is the one that needs CORS headers.
  if (ofStatus[0]?.failure.code === 'PreflightDisallowedRedirect') return ofStatus
  const ofHeaders = deciding.flatMap(name => check(name, { status: 204, headers: rightBut(request, headers, name, browser) }))
  return [...ofHeaders, ...refusedHeaders(request, headers, browser), ...ofStatus]
}

/** Everything that is wrong with the response to an actual request, in the same way. */
export function responseFaults (request: PageRequest, { headers }: ServerResponse, browser: Browser): Fault[] {
  return deciding.flatMap(name => faultOf(name, corsCheck(request, rightBut(request, headers, name, browser))))
}

/** A fault for each request header that is not allowed, or one for a list that is malformed. */
function refusedHeaders (request: PageRequest, headers: HeaderLines, browser: Browser): Fault[] {
  const faults: Fault[] = []
  const answer = rightBut(request, headers, ALLOW_HEADERS, browser)
  const allowed = getList(headers, ALLOW_HEADERS)?.items ?? []
  const missing: HeaderLines[number][] = []
  for (;;) {
    const checked = checkPreflight(request, { status: 204, headers: [...answer, ...missing] }, browser)
    if (checked.ok) return faults
    if (checked.code !== 'HeaderDisallowedByPreflightResponse') return faultOf(ALLOW_HEADERS, checked)
    faults.push({ where: ALLOW_HEADERS, failure: { ...checked, facts: { ...checked.facts, allowed } } })
    missing.push([ALLOW_HEADERS, checked.facts.name])
  }
}

/** The headers of an answer to which no browser objects, but with the lines of one header as the server sent them. */
export function rightBut (request: PageRequest, headers: HeaderLines, name: string, browser: Browser): HeaderLines {
  const right = rightAnswer(request, browser).filter(([other]) => other !== name)
  return [...right, ...valuesOf(headers, name).map(value => [name, value] as const)]
}

function rightAnswer (request: PageRequest, browser: Browser): HeaderLines {
  const asked = preflightRequest(request, browser).headers
  return [
    ['access-control-allow-origin', serializeOrigin(request)],
    ['access-control-allow-credentials', 'true'],
    ['access-control-allow-methods', request.method],
    [ALLOW_HEADERS, getHeader(asked, 'access-control-request-headers') ?? '']
  ]
}

function faultOf (where: string, checked: { readonly ok: true } | Failure): Fault[] {
  return checked.ok ? [] : [{ where, failure: checked }]
}
