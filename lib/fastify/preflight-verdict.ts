import type { FastifyRequest } from 'fastify'
import type { PreflightObstacle } from '../policy/advice'
import { allows } from '../policy/decide'
import type { AllowHeaders, AllowMethods, Outcome, Policy } from '../policy/policy'
import { isSafelistedMethod } from '../protocol/methods'
import { splitList } from '../protocol/vary'
import type { Application } from './application'
import { andThen, policyFor } from './resolve'
import type { Maybe } from './resolve'
import { listOrder } from './routes'
import { routedMethods } from './target'
import type { Candidate, Candidates, PreflightTarget } from './target'

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

interface Finding {
  readonly candidate: Candidate
  readonly policy: Policy
  readonly allowed: boolean
}

/** Decides, and changes nothing. Throws what functions of the user's throw. */
export function judgePreflight (application: Application, target: PreflightTarget, request: FastifyRequest): Maybe<PreflightVerdict> {
  return andThen(examine(target, target.candidates, request, undefined), finding => {
    const { candidate, policy, allowed } = finding
    if (!allowed) {
      const obstacle: PreflightObstacle = { kind: 'origin', origin: originOf(request) }
      return { candidate, policy, allowed, outcome: policy.preflight.refused, obstacle }
    }
    const methods = methodsFor(application, target, finding, request)
    const outcome = acceptance(target, policy, methods, request)
    return { candidate, policy, allowed, outcome, obstacle: obstacleTo(target.method, policy, methods, request) }
  })
}

/** The first candidate that accepts all that is asked, or else the origin, or else the first one. */
function examine (target: PreflightTarget, [candidate, next, ...others]: Candidates, request: FastifyRequest, best: Finding | undefined): Maybe<Finding> {
  return andThen(policyFor(candidate.layer, candidate.overlay, request), policy =>
    andThen(allows(policy, originOf(request), request), allowed => {
      const found = { candidate, policy, allowed }
      const isOnly = target.candidates.length === 1
      if (isOnly || (allowed && acceptsAll(policy, target, request))) return found
      const better = best === undefined || (allowed && !best.allowed) ? found : best
      return next === undefined ? better : examine(target, [next, ...others], request, better)
    }))
}

function originOf ({ headers }: FastifyRequest): string {
  return headers.origin as string // without one it were no preflight
}

function acceptsAll ({ preflight }: Policy, { method }: PreflightTarget, request: FastifyRequest): boolean {
  return acceptsMethod(preflight.methods, method) && acceptsHeaders(preflight.allowedHeaders, requestedHeaders(request))
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
  return splitList(names).find(name => !lowerCase.has(name.toLowerCase()))
}

function requestedHeaders ({ headers }: FastifyRequest): string {
  return headers['access-control-request-headers'] ?? ''
}

/** What an accepted preflight is answered with, whatever somebody else has put there. */
function acceptance (target: PreflightTarget, policy: Policy, listed: readonly string[], request: FastifyRequest): Outcome {
  const { headers, methods, allowedHeaders, echoesOrigin, vary, varyUnrouted } = policy.preflight
  const names = allowedHeaders.kind === 'requested' ? requestedHeaders(request) : ''
  const dynamic: [string, string][] = []
  if (listed.length > 0) dynamic.push(['access-control-allow-methods', listed.join(', ')])
  if (names !== '') dynamic.push(['access-control-allow-headers', names])
  return {
    ...policy.preflight.refused,
    allowed: true,
    echoesOrigin,
    headers: dynamic.length === 0 ? headers : [...headers, ...dynamic],
    vary: methods.kind === 'routed' && !target.isRouted ? varyUnrouted : vary
  }
}

/** The methods that are not among the policy's constant headers, or none. */
function methodsFor (application: Application, target: PreflightTarget, { candidate, policy }: Finding, request: FastifyRequest): readonly string[] {
  switch (policy.preflight.methods.kind) {
    case 'constant': return []
    case 'requested': return [target.method]
    case 'routed': {
      const routed = routedMethods(application, target.url, request.raw, candidate)
      return listOrder(target.isRouted ? routed : [...routed, target.method])
    }
  }
}

// The names that a browser asks for: more than any page has use for, and few enough to be read for each preflight.
const MAX_REQUESTED_HEADERS = 2048

/** Fetch, "CORS-preflight fetch", steps 7.5 and 7.6: what the answer does not allow. */
function obstacleTo (method: string, { preflight }: Policy, listed: readonly string[], request: FastifyRequest): PreflightObstacle | undefined {
  const isListed = preflight.methods.kind === 'constant' ? acceptsMethod(preflight.methods, method) : listed.includes(method)
  if (!isListed && !isSafelistedMethod(method)) return { kind: 'method', method }
  const asked = requestedHeaders(request)
  const name = asked.length > MAX_REQUESTED_HEADERS ? undefined : refusedHeader(preflight.allowedHeaders, asked)
  return name === undefined ? undefined : { kind: 'header', name }
}
