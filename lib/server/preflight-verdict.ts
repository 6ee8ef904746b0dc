import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { PreflightObstacle } from '../policy/advice'
import { allows } from '../policy/decide'
import type { AllowHeaders, AllowMethods, HeaderList, Outcome, Policy, PreflightAnswer } from '../policy/policy'
import { isSafelistedMethod } from '../protocol/methods'
import { mergeVary } from '../protocol/vary'
import type { Application } from '../routing/application'
import { andThen, policyFor } from '../routing/resolve'
import type { Maybe } from '../routing/resolve'
import { listOrder } from '../routing/routes'
import { isRouted, methodsIn, routedMethods } from '../routing/target'
import type { Candidate, Candidates, MethodSet, PreflightTarget } from '../routing/target'

/** What a preflight gets. */
export interface PreflightVerdict {
  readonly candidate: Candidate
  readonly policy: Policy
  /** Whether its origin is. */
  readonly allowed: boolean
  readonly outcome: Outcome
  /** Why a browser will not send the request; none where it will. */
  readonly obstacle: PreflightObstacle | undefined
}

/** Decides, and changes nothing. Throws what functions of the user's throw. */
export function judgePreflight (application: Application, target: PreflightTarget, request: FastifyRequest): Maybe<PreflightVerdict> {
  const { candidates, isShared } = target
  const verdict = candidates.length === 1
    ? judgeBy(application, target, candidates[0], request)
    : examine(application, target, candidates, request, undefined)
  return isShared ? andThen(verdict, verdict => ({ ...verdict, outcome: varying(target, verdict.outcome) })) : verdict
}

/** What a preflight is answered with while, and if, functions of the user's have no answer: nobody knows then what may be read. */
export function undecided (target: PreflightTarget): Outcome {
  const { refused } = target.candidates[0].policy.preflight
  return target.isShared ? varying(target, refused) : refused
}

/** Which policy answers is found by the method, and among several candidates by all that is asked (Fetch, "CORS protocol and HTTP caches"). */
function varying ({ candidates }: PreflightTarget, outcome: Outcome): Outcome {
  const names = candidates.length > 1 ? 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' : 'Access-Control-Request-Method'
  return { ...outcome, vary: mergeVary(outcome.vary ?? undefined, names) }
}

function judgeBy (application: Application, target: PreflightTarget, candidate: Candidate, request: FastifyRequest): Maybe<PreflightVerdict> {
  const policy = policyFor(candidate.layer, candidate.overlay, request)
  if (policy instanceof Promise) return policy.then(policy => judgeWith(application, target, candidate, policy, request))
  return judgeWith(application, target, candidate, policy, request)
}

function judgeWith (application: Application, target: PreflightTarget, candidate: Candidate, policy: Policy, request: FastifyRequest): Maybe<PreflightVerdict> {
  const allowed = allows(policy, originOf(request), request)
  if (allowed instanceof Promise) return allowed.then(allowed => verdictOf(application, target, candidate, policy, allowed, request))
  return verdictOf(application, target, candidate, policy, allowed, request)
}

function verdictOf (application: Application, target: PreflightTarget, candidate: Candidate, policy: Policy, allowed: boolean, request: FastifyRequest): PreflightVerdict {
  if (!allowed) {
    return { candidate, policy, allowed, outcome: policy.preflight.refused, obstacle: { kind: 'origin', origin: originOf(request) } }
  }
  const { outcome, methods } = acceptance(application, target, candidate, policy, request)
  return { candidate, policy, allowed, outcome, obstacle: obstacleTo(target.method, methods, policy, request) }
}

/** The first candidate that accepts all that is asked, or else the origin, or else the first one. */
function examine (application: Application, target: PreflightTarget, [candidate, next, ...others]: Candidates, request: FastifyRequest, best: PreflightVerdict | undefined): Maybe<PreflightVerdict> {
  return andThen(judgeBy(application, target, candidate, request), found => {
    if (found.obstacle === undefined) return found
    const better = best === undefined || (found.allowed && !best.allowed) ? found : best
    return next === undefined ? better : examine(application, target, [next, ...others], request, better)
  })
}

function originOf ({ headers }: FastifyRequest): string {
  return headers.origin as string // without one it were no preflight
}

export function acceptsMethod (methods: AllowMethods, method: string): boolean {
  return methods.kind !== 'constant' || methods.list === 'any' || methods.list.includes(method)
}

/** `names` is a comma-separated list, which is read only where there is something to compare it with. */
export function acceptsHeaders (allowed: AllowHeaders, names: string): boolean {
  return refusedHeader(allowed, names) === undefined
}

function refusedHeader (allowed: AllowHeaders, names: string): string | undefined {
  if (allowed.kind === 'requested' || allowed.lowerCase === 'any' || names === '') return undefined
  const { lowerCase } = allowed
  for (let start = 0; start <= names.length;) {
    const comma = names.indexOf(',', start)
    const end = comma === -1 ? names.length : comma
    const name = names.slice(start, end)
    // Browsers write names in lower case and without blanks, so that most are found as they are.
    if (!lowerCase.has(name) && isRefused(name.trim(), lowerCase)) return name.trim()
    start = end + 1
  }
  return undefined
}

function isRefused (name: string, lowerCase: ReadonlySet<string>): boolean {
  return name !== '' && !lowerCase.has(name.toLowerCase())
}

function requestedHeaders ({ headers }: FastifyRequest): string {
  return headers['access-control-request-headers'] ?? ''
}

/** What an accepted preflight is answered with, whatever somebody else has put there, and the methods in it. */
interface Acceptance {
  readonly outcome: Outcome
  readonly methods: AllowMethods & { readonly kind: 'constant' }
}

function acceptance (application: Application, target: PreflightTarget, candidate: Candidate, { preflight }: Policy, request: FastifyRequest): Acceptance {
  switch (preflight.methods.kind) {
    case 'constant': return { outcome: preflight.accepted, methods: preflight.methods }
    case 'requested': return withMethods(preflight, [target.method], preflight.accepted.vary)
    case 'routed': return routedAcceptance(application, target, candidate, preflight, request.raw)
  }
}

function routedAcceptance (application: Application, target: PreflightTarget, candidate: Candidate, preflight: PreflightAnswer, raw: IncomingMessage): Acceptance {
  const found = routedMethods(application, target.url, raw, candidate)
  if (!isRouted(application, target, found, raw)) {
    return withMethods(preflight, listOrder([...methodsIn(application, found), target.method]), preflight.varyUnrouted)
  }
  const known = acceptances.get(preflight)
  return known?.get(found) ?? remember(preflight, found, withMethods(preflight, listOrder(methodsIn(application, found)), preflight.accepted.vary))
}

function remember (preflight: PreflightAnswer, found: MethodSet, acceptance: Acceptance): Acceptance {
  const known = acceptances.get(preflight) ?? new Map<MethodSet, Acceptance>()
  acceptances.set(preflight, known.set(found, acceptance))
  return acceptance
}

/** By the methods of the URL: an application has few such sets, and to write their lists takes a fifth of a preflight's time. */
const acceptances = new WeakMap<PreflightAnswer, Map<MethodSet, Acceptance>>()

function withMethods ({ accepted }: PreflightAnswer, list: readonly string[], vary: string | null): Acceptance {
  const headers: HeaderList = [...accepted.headers, ['access-control-allow-methods', list.join(', ')]]
  return { outcome: { ...accepted, headers, vary }, methods: { kind: 'constant', list } }
}

// The names that a browser asks for: more than any page has use for, and few enough to be read for each preflight.
const MAX_REQUESTED_HEADERS = 2048

/** Fetch, "CORS-preflight fetch", steps 7.5 and 7.6: what the answer does not allow. */
function obstacleTo (method: string, methods: AllowMethods, { preflight }: Policy, request: FastifyRequest): PreflightObstacle | undefined {
  if (!acceptsMethod(methods, method) && !isSafelistedMethod(method)) return { kind: 'method', method }
  const asked = requestedHeaders(request)
  const name = asked.length > MAX_REQUESTED_HEADERS ? undefined : refusedHeader(preflight.allowedHeaders, asked)
  return name === undefined ? undefined : { kind: 'header', name }
}
