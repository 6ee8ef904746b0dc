import type { IncomingHttpHeaders } from 'node:http'
import { CORS_HEADERS } from '../policy/policy'
import type { Outcome } from '../policy/policy'
import { mergeVary, splitList, varyValue } from '../protocol/vary'

/** The headers of a response that is about to be sent. Names are lower-case. */
export interface Head { [name: string]: unknown }

/**
 * Makes the CORS headers those of the outcome and of nobody else, and merges `Vary`
 * (Fetch, "CORS protocol and HTTP caches").
 */
export function applyOutcome (outcome: Outcome, request: IncomingHttpHeaders, head: Head): void {
  if (outcome.governs) {
    const exposed = hasCorsHeaders(head) ? takeForeign(head) : undefined
    if (outcome.echoesOrigin) head['access-control-allow-origin'] = request.origin
    else if (outcome.allowOrigin !== null) head['access-control-allow-origin'] = outcome.allowOrigin
    for (const header of outcome.headers) head[header[0]] = header[1]
    if (outcome.echoesHeaders) echoHeaders(request, head)
    if (exposed !== undefined && outcome.mergesExposed) mergeExposed(outcome, String(exposed), head)
  }
  const { vary } = outcome
  if (vary !== null) head.vary = head.vary === undefined ? vary : mergeVary(head.vary, vary)
}

/** Whether somebody else has set any. Every response pays for this, and by names that are constants it is too little to measure. */
function hasCorsHeaders (head: Head): boolean {
  return head['access-control-allow-origin'] !== undefined || head['access-control-allow-credentials'] !== undefined ||
    head['access-control-expose-headers'] !== undefined || head['access-control-allow-methods'] !== undefined ||
    head['access-control-allow-headers'] !== undefined || head['access-control-max-age'] !== undefined
}

/** Removes what somebody else has set, and gives what of it they expose. */
function takeForeign (head: Head): unknown {
  const exposed = head['access-control-expose-headers']
  for (const name of CORS_HEADERS) delete head[name]
  return exposed
}

/** Whoever answered may have headers of its own to expose; who may not read gets none of them. */
function mergeExposed (outcome: Outcome, exposed: string, head: Head): void {
  // With credentials `*` is but a name, of a header that nobody sends.
  const names = [...splitList(outcome.exposed), ...splitList(exposed)].filter(name => name !== '*' || !outcome.credentials)
  const merged = names.includes('*') ? '*' : varyValue(names)
  if (merged !== null) head['access-control-expose-headers'] = merged
}

function echoHeaders (request: IncomingHttpHeaders, head: Head): void {
  const names = request['access-control-request-headers']
  if (names !== undefined && names !== '') head['access-control-allow-headers'] = names
}
