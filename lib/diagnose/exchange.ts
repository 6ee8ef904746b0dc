import type { Application } from '../routing/application'
import type { DryActual, DryPreflight } from './dry-run'
import { type BrowserVerdict, COOKIES_STEP, type Step } from '../browser/fetch'
import { isOfNetwork } from '../browser/codes'
import type { PageRequest } from '../browser/request'
import type { Explanation } from './explanation'
import { fixFor, fixForAnswer, sayError } from './fix'
import { isHere, shownUrl } from './input'

/** All that is known about one request: the responses that it would get, and the browser's verdict. */
export interface Exchange {
  readonly application: Application
  readonly request: PageRequest
  /** `undefined` if the browser sends none. */
  readonly preflight: DryPreflight | undefined
  readonly actual: DryActual
  readonly verdict: BrowserVerdict
}

const UNKNOWN = 'an OPTIONS route of the application answers the preflight, and its answer is unknown until it runs'

/** Whether the application alone answers the preflight. */
function isUnknown ({ preflight }: Exchange): boolean {
  return preflight?.by === 'application' && preflight.verdict === undefined
}

/** Whether the actual request is sent: it needs no preflight, or its preflight succeeds. */
export function isSent ({ preflight, verdict }: Exchange): boolean {
  if (verdict.failure !== undefined && isOfNetwork(verdict.failure)) return false
  return preflight === undefined || verdict.grant !== undefined
}

export function sayVerdict (exchange: Exchange): Pick<Explanation, 'allowed' | 'code' | 'message' | 'fix' | 'link'> {
  const { application, request, preflight, actual, verdict } = exchange
  const { failure, code, message, link } = verdict
  if (isUnknown(exchange)) return { allowed: undefined, message: UNKNOWN }
  if (failure !== undefined) return { allowed: false, code, message: String(message), fix: fixFor(failure, request, preflight, actual), link }
  const { origin, method, url } = request
  const fix = fixForAnswer(application, actual)
  return {
    allowed: true,
    message: `a page of ${origin} may send ${method} ${shownUrl(url)} and read the answer${sayAnswer(actual)}`,
    ...fix !== undefined && { fix }
  }
}

/** The status of the response in a clause; empty if the handler decides it. */
function sayAnswer ({ status, refused, error }: DryActual): string {
  if (refused !== undefined) return `, a 403: ${refused.message}`
  if (status === 500) return `, a 500: ${sayError(error)}`
  return status === undefined ? '' : `, a ${status}`
}

export function stepsOf (exchange: Exchange): readonly Step[] {
  const { request, verdict } = exchange
  const steps = isHere(request.url) ? verdict.steps.map(conditional) : verdict.steps
  // The preflight is the last step, because a preflight without CORS headers in its response fails.
  return isUnknown(exchange) ? [...steps.slice(0, -1), ...steps.slice(-1).map(step => ({ ...step, outcome: UNKNOWN }))] : steps
}

/** A path does not say on which site this application is. */
function conditional (step: Step): Step {
  return step.step === COOKIES_STEP ? { ...step, outcome: `if the page is on another site than this application: ${step.outcome}` } : step
}
