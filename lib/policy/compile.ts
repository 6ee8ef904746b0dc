import type { Settings } from '../options/settings'
import { ANY_HEADER } from '../protocol/headers'
import { isOpaque, isSerializedOrigin } from '../protocol/origin'
import { varyValue } from '../protocol/vary'
import { ANY_AND_REQUESTED, ECHO, type FieldValue, type Outcome, type OutcomeFields } from '../response/outcome'
import { outcome } from '../response/write-head'
import type { AllowHeaders, AllowMethods, AllowOrigin, Policy, PreflightPolicy } from './policy'

const REQUEST_METHOD = 'Access-Control-Request-Method'
const REQUEST_HEADERS = 'Access-Control-Request-Headers'

/** Compiles valid settings to a policy, which has all that is needed to answer requests. */
export function compile (settings: Settings): Policy {
  const allow = allowOrigin(settings)
  return Object.freeze({
    settings,
    allow,
    mayAllow: mayAllow(allow),
    allowed: actualOutcome(settings, allow, true),
    others: actualOutcome(settings, allow, false),
    preflight: preflightPolicy(settings, allow),
    enforce: settings.enforce,
    preflightMode: preflightMode(settings)
  })
}

/** Compiles the settings with CORS switched off, for `config.cors: false` and for a delegator that returns `false`. */
export function compileOff (settings: Settings): Policy {
  return compile({ ...settings, origin: { kind: 'none' } })
}

function allowOrigin ({ origin, credentials, dangerously }: Settings): AllowOrigin {
  switch (origin.kind) {
    case 'none':
    case 'one':
    case 'set': return origin
    // With credentials, `*` is not a wildcard (Fetch, "CORS check"), so the response repeats the request's origin.
    case 'any': return credentials ? { kind: 'reflect', nullToo: dangerously.nullOrigin } : origin
    case 'ask': return { kind: 'ask', decide: origin.decide, nullToo: dangerously.nullOrigin }
  }
}

/** Makes the function that tells whether an origin is allowed, one for each form of `origin`. */
function mayAllow (allow: AllowOrigin): Policy['mayAllow'] {
  switch (allow.kind) {
    case 'none': return () => false
    case 'any': return () => true
    case 'one': return origin => origin === allow.origin
    case 'set': return allow.set.has
    // Only an origin in the form that browsers send is repeated, or passed to the user's function.
    case 'reflect':
    case 'ask': return origin => isOpaque(origin) ? allow.nullToo : isSerializedOrigin(origin)
  }
}

/** The value of `Access-Control-Allow-Origin` if it is the same for every origin. */
function constantOrigin (allow: AllowOrigin): string | undefined {
  switch (allow.kind) {
    case 'any': return '*'
    case 'one': return allow.origin
    case 'none':
    case 'set':
    case 'reflect':
    case 'ask': return undefined
  }
}

/** Whether two origins may get different responses (Fetch, "CORS protocol and HTTP caches"). */
function variesByOrigin (allow: AllowOrigin, settings: Settings): boolean {
  // The options that a delegator returns may depend on the origin.
  if (settings.delegator !== undefined) return true
  switch (allow.kind) {
    case 'any': return false
    // The headers are the same for every origin, but with `enforce: 'all'` a GET from another origin gets a 403.
    case 'none':
    case 'one': return settings.enforce === 'all'
    case 'set':
    case 'reflect':
    case 'ask': return true
  }
}

function actualOutcome (settings: Settings, allow: AllowOrigin, allowed: boolean): Outcome {
  const vary = varyValue([...originInVary(allow, settings), ...settings.vary])
  if (allow.kind === 'none') return outcome({ allowed, replacesForeign: false, vary })
  const constant = constantOrigin(allow)
  // A header that depends on the origin is sent only to allowed origins; a constant one is sent to all.
  if (!allowed && constant === undefined) return outcome({ vary })
  return outcome({
    allowed,
    allowOrigin: constant ?? ECHO,
    credentials: settings.credentials,
    exposedHeaders: settings.exposedHeaders === 'any' ? '*' : listValue(settings.exposedHeaders),
    timing: settings.timingAllowOrigin,
    vary
  })
}

function originInVary (allow: AllowOrigin, settings: Settings): string[] {
  return variesByOrigin(allow, settings) ? ['Origin'] : []
}

function preflightPolicy (settings: Settings, allow: AllowOrigin): PreflightPolicy {
  const methods = allowMethods(settings)
  const allowedHeaders = allowHeaders(settings)
  const origin = originInVary(allow, settings)
  const rest = [...(allowedHeaders.kind === 'requested' ? [REQUEST_HEADERS] : []), ...settings.vary]
  return Object.freeze({
    status: settings.optionsSuccessStatus,
    methods,
    allowedHeaders,
    accepted: outcome({
      ...acceptedFields(settings, methods, allowedHeaders),
      allowOrigin: constantOrigin(allow) ?? ECHO,
      vary: varyValue([...origin, ...methods.kind === 'requested' ? [REQUEST_METHOD] : [], ...rest])
    }),
    varyUnrouted: varyValue([...origin, REQUEST_METHOD, ...rest]),
    // A cache must not serve this refusal to another origin, for which the preflight may be accepted.
    refused: outcome({ vary: varyValue([...(allow.kind === 'one' ? ['Origin'] : origin), ...settings.vary]) })
  })
}

function acceptedFields (settings: Settings, methods: AllowMethods, headers: AllowHeaders): Partial<OutcomeFields> {
  const { credentials, maxAge, cacheControl } = settings
  return {
    allowed: true,
    preflight: true,
    credentials,
    allowMethods: methodsValue(methods),
    allowHeaders: headersValue(headers, settings),
    maxAge: maxAge === undefined ? undefined : String(maxAge),
    cacheControl
  }
}

function allowMethods ({ methods, credentials }: Settings): AllowMethods {
  if (methods === 'route') return { kind: 'routed' }
  if (methods === 'any') return credentials ? { kind: 'requested' } : { kind: 'constant', list: 'any' }
  return { kind: 'constant', list: methods }
}

function methodsValue (methods: AllowMethods): FieldValue {
  switch (methods.kind) {
    case 'constant': return methods.list === 'any' ? '*' : listValue(methods.list)
    case 'requested': return ECHO
    case 'routed': return undefined
  }
}

function allowHeaders ({ allowedHeaders, credentials }: Settings): AllowHeaders {
  if (allowedHeaders === 'any') return credentials ? { kind: 'requested' } : { kind: 'constant', lowerCase: 'any' }
  return { kind: 'constant', lowerCase: new Set(allowedHeaders.map(name => name.toLowerCase())) }
}

function headersValue ({ kind }: AllowHeaders, { allowedHeaders, cacheControl }: Settings): OutcomeFields['allowHeaders'] {
  if (kind === 'requested') return ECHO
  if (allowedHeaders !== 'any') return listValue(allowedHeaders)
  // A shared cache keeps one answer for all requests.
  return cacheControl === undefined ? ANY_AND_REQUESTED : ANY_HEADER
}

/** The list as a header value; `undefined` if it is empty, since no header is sent empty. */
function listValue (names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : names.join(', ')
}

function preflightMode ({ preflight, preflightContinue }: Settings): Policy['preflightMode'] {
  if (!preflight) return 'leave'
  return preflightContinue ? 'continue' : 'answer'
}
