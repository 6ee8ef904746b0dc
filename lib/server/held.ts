import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { acceptsMethod, refusedHeaders } from '../policy/decide'
import type { Policy } from '../policy/policy'
import { isForbiddenRequestHeader, isSafelistedContentType } from '../protocol/headers'
import { isSafelistedMethod } from '../protocol/methods'
import type { Application } from '../routing/application'
import { urlBeforeRewrite } from '../routing/governing'
import { rewriteUrlOf } from '../routing/internals'
import { answersPreflights, hasOptionsRoute, preflightTarget, routesAt } from '../routing/target'
import type { Governing } from '../routing/layer'
import { constraintText } from '../routing/routes'
import type { Verdict } from './verdict'

// Some preflights cannot tell which route their request will reach. The request is then held to the policy of that route.

/**
 * Whether a request is refused because its preflight may have been accepted in the name of another route, and the policy of
 * its own route would have refused it. `verdict` is `undefined` if no policy governs the route.
 */
export function isHeld (application: Application, verdict: Verdict | undefined, request: FastifyRequest): boolean {
  if (request.is404) return false
  const proof = proofOf(application, request)
  if (proof === undefined) return false
  if (verdict !== undefined && verdict.outcome.allowed && proof.every(part => accepts(verdict.policy, part))) return false
  return mayBeAcceptedElsewhere(application, verdict?.governing, request)
}

/** A part of a request for which a browser needs a preflight. `header`: by its name; `constraint`: a header that only tells routes apart. */
type Part = { readonly kind: 'method' | 'header', readonly name: string } | { readonly kind: 'constraint' }

/** What shows that a browser must have sent a preflight (Fetch, "HTTP fetch"); `undefined` if nothing does. */
function proofOf (application: Application, request: FastifyRequest): readonly Part[] | undefined {
  const { method, headers } = request
  const parts: Part[] = []
  if (!isSafelistedMethod(method)) parts.push({ kind: 'method', name: method })
  const type = headers['content-type']
  if (type !== undefined && !isSentByForms(type)) parts.push({ kind: 'header', name: 'content-type' })
  if (headers['accept-version'] !== undefined) parts.push({ kind: 'header', name: 'accept-version' })
  if (parts.length === 0 && carriesConstraint(application, request)) parts.push({ kind: 'constraint' })
  return parts.length === 0 ? undefined : parts
}

function accepts ({ preflight }: Policy, part: Part): boolean {
  switch (part.kind) {
    case 'method': return acceptsMethod(preflight.methods, part.name)
    case 'header': return refusedHeaders(preflight.allowedHeaders, part.name).length === 0
    // A proxy may have added the header, so only the origin decides.
    case 'constraint': return true
  }
}

const MAX_SAFELISTED = 128

/** Fetch, "CORS-safelisted request-header": a short value without CORS-unsafe request-header bytes, and the type of a form. */
function isSentByForms (type: string): boolean {
  return type.length <= MAX_SAFELISTED && !/["():<>?@[\\\]{}]/.test(type) && isSafelistedContentType(type)
}

// Headers that browsers or proxies set, besides those that scripts are forbidden to set.
const NOT_BY_SCRIPTS_ALONE = ['accept', 'accept-language', 'authorization', 'content-language', 'content-type', 'forwarded', 'user-agent', 'x-forwarded-host', 'x-forwarded-proto']

/**
 * Whether a header that a script has to set has the value of a constraint at this URL. Which headers a constraint of the
 * application reads cannot be known, so the value tells.
 */
function carriesConstraint (application: Application, { method, url, raw, headers }: FastifyRequest): boolean {
  const mode = headers['sec-fetch-mode']
  if (mode !== undefined && mode !== 'cors') return false
  const values = new Set(routesAt(application, method, url, raw).flatMap(({ custom }) => custom.map(([, value]) => constraintText(value))))
  return values.size > 0 && Object.entries(headers).some(([name, value]) =>
    values.has(String(value)) && !NOT_BY_SCRIPTS_ALONE.includes(name) && !isForbiddenRequestHeader(name))
}

/** Whether a policy other than that of the request's route may have answered its preflight. */
function mayBeAcceptedElsewhere (application: Application, governing: Governing | undefined, request: FastifyRequest): boolean {
  const { method, url, raw } = request
  const before = urlBeforeRewrite(raw)
  if (governing === undefined) {
    if (answersPreflights(application, method, url, raw)) return true
    if (before === undefined) return false
    // `rewriteUrl` may have sent the preflight anywhere. If it went to an OPTIONS route of the application, that answered it.
    const asked = preflightUrl(application, before, request)
    return asked === undefined || answersPreflights(application, method, asked, raw) || !hasOptionsRoute(application, asked, raw)
  }
  if (before !== undefined) return true
  const target = preflightTarget(application, method, url, raw)
  return target !== undefined && target.candidates.some(each => each.governing.policy !== governing.policy)
}

/** The URL that `rewriteUrl` gives to the preflight of this request; `undefined` if that cannot be known. */
function preflightUrl ({ root }: Application, before: string, { method, raw }: FastifyRequest): string | undefined {
  const shared = Object.entries(raw.headers).filter(([name]) => isSharedWithPreflight(name))
  const headers = { ...Object.fromEntries(shared), 'access-control-request-method': method }
  try {
    const url = rewriteUrlOf(root)?.call(root, Object.create(raw, { method: { value: 'OPTIONS' }, url: { value: before }, headers: { value: headers } }) as IncomingMessage)
    return typeof url === 'string' ? url : undefined
  } catch {
    return undefined
  }
}

/** Whether a preflight has the same header as its request (Fetch, "CORS-preflight fetch"): scripts cannot set it, and it is about neither the body nor the user. */
function isSharedWithPreflight (name: string): boolean {
  return name !== 'cookie' && name !== 'content-length' && (ABOUT_BOTH.includes(name) || isForbiddenRequestHeader(name))
}

const ABOUT_BOTH = ['accept-language', 'forwarded', 'user-agent', 'x-forwarded-host', 'x-forwarded-proto']
