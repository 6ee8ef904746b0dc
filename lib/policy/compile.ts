import type { Settings } from '../options/settings'
import { varyValue } from '../protocol/vary'
import type { AllowHeaders, AllowMethods, AllowOrigin, HeaderList, Outcome, Policy, PreflightAnswer } from './policy'

const REQUEST_METHOD = 'Access-Control-Request-Method'
const REQUEST_HEADERS = 'Access-Control-Request-Headers'

/** The name of the header that is merged with what an upstream has to expose; all others are replaced. */
const EXPOSE = 'access-control-expose-headers'

/** Turns valid settings into the one value that requests are answered from. */
export function compile (settings: Settings): Policy {
  const allow = allowOrigin(settings)
  return Object.freeze({
    settings,
    allow,
    allowed: outcome(settings, allow, true),
    others: outcome(settings, allow, false),
    preflight: preflightAnswer(settings, allow),
    enforce: settings.enforce,
    preflightMode: preflightMode(settings)
  })
}

/** The same options with CORS switched off: `config.cors: false`, or a delegator's `false`. */
export function compileOff (settings: Settings): Policy {
  return compile({ ...settings, origin: { kind: 'none' } })
}

function allowOrigin ({ origin, credentials, dangerously }: Settings): AllowOrigin {
  switch (origin.kind) {
    case 'none':
    case 'one':
    case 'set': return origin
    // With credentials `*` is no wildcard (Fetch, "CORS check"), so any origin has to be repeated.
    case 'any': return credentials ? { kind: 'reflect', nullToo: dangerously.nullOrigin } : origin
    case 'ask': return { kind: 'ask', decide: origin.decide, nullToo: dangerously.nullOrigin }
  }
}

/** The value of `Access-Control-Allow-Origin` where it is the same for everybody. */
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
  // What a delegator returns may depend on anything in the request, the origin above all.
  if (settings.delegator !== undefined) return true
  switch (allow.kind) {
    case 'any': return false
    // The headers are the same for everybody, but not the 403 that `enforce` answers a GET with.
    case 'none':
    case 'one': return settings.enforce === 'all'
    case 'set':
    case 'reflect':
    case 'ask': return true
  }
}

function outcome (settings: Settings, allow: AllowOrigin, allowed: boolean): Outcome {
  const constant = constantOrigin(allow)
  const headers: [string, string][] = []
  // A header that depends on the origin goes to allowed origins alone; a constant one to everybody.
  if (allow.kind !== 'none' && (allowed || constant !== undefined)) {
    if (settings.credentials) headers.push(['access-control-allow-credentials', 'true'])
    const exposed = settings.exposedHeaders === 'any' ? '*' : settings.exposedHeaders.join(', ')
    if (exposed !== '') headers.push([EXPOSE, exposed])
  }
  const echoesOrigin = allowed && constant === undefined && allow.kind !== 'none'
  return Object.freeze({
    allowed,
    governs: allow.kind !== 'none',
    allowOrigin: constant ?? null,
    echoesOrigin,
    echoesHeaders: false,
    headers: frozen(headers),
    mergesExposed: echoesOrigin || constant !== undefined,
    exposed: headers.find(([name]) => name === EXPOSE)?.[1] ?? '',
    vary: varyValue([...(variesByOrigin(allow, settings) ? ['Origin'] : []), ...settings.vary]),
    credentials: settings.credentials
  })
}

function preflightAnswer (settings: Settings, allow: AllowOrigin): PreflightAnswer {
  const methods = allowMethods(settings)
  const allowedHeaders = allowHeaders(settings)
  const origin = variesByOrigin(allow, settings) ? ['Origin'] : []
  const method = methods.kind === 'requested' ? [REQUEST_METHOD] : []
  const rest = [...(allowedHeaders.kind === 'requested' ? [REQUEST_HEADERS] : []), ...settings.vary]
  // Another origin's preflight may be accepted: a cache must not hand it this refusal.
  const refused = withoutHeaders(varyValue([...(allow.kind === 'one' ? ['Origin'] : origin), ...settings.vary]))
  return Object.freeze({
    status: settings.optionsSuccessStatus,
    methods,
    allowedHeaders,
    accepted: Object.freeze({
      ...refused,
      allowed: true,
      allowOrigin: constantOrigin(allow) ?? null,
      echoesOrigin: constantOrigin(allow) === undefined,
      echoesHeaders: allowedHeaders.kind === 'requested',
      headers: preflightHeaders(settings, constantMethods(methods), constantHeaders(allowedHeaders, settings)),
      vary: varyValue([...origin, ...method, ...rest])
    }),
    varyUnrouted: varyValue([...origin, REQUEST_METHOD, ...rest]),
    refused
  })
}

/** Nothing of CORS, whoever may have set it. */
function withoutHeaders (vary: string | null): Outcome {
  return Object.freeze({ allowed: false, governs: true, allowOrigin: null, echoesOrigin: false, echoesHeaders: false, headers: frozen([]), mergesExposed: false, exposed: '', vary, credentials: false })
}

function preflightHeaders (settings: Settings, methods: string, names: string): HeaderList {
  const { credentials, maxAge, cacheControl } = settings
  const headers: [string, string][] = []
  if (credentials) headers.push(['access-control-allow-credentials', 'true'])
  if (methods !== '') headers.push(['access-control-allow-methods', methods])
  if (names !== '') headers.push(['access-control-allow-headers', names])
  if (maxAge !== undefined) headers.push(['access-control-max-age', String(maxAge)])
  if (cacheControl !== undefined) headers.push(['cache-control', cacheControl])
  return frozen(headers)
}

function allowMethods ({ methods, credentials }: Settings): AllowMethods {
  if (methods === 'route') return { kind: 'routed' }
  if (methods === 'any') return credentials ? { kind: 'requested' } : { kind: 'constant', list: 'any' }
  return { kind: 'constant', list: methods }
}

/** The field value where it is known now; empty where each request has its own. */
function constantMethods (methods: AllowMethods): string {
  if (methods.kind !== 'constant') return ''
  return methods.list === 'any' ? '*' : methods.list.join(', ')
}

function allowHeaders ({ allowedHeaders, credentials }: Settings): AllowHeaders {
  if (allowedHeaders === 'any') return credentials ? { kind: 'requested' } : { kind: 'constant', lowerCase: 'any' }
  return { kind: 'constant', lowerCase: new Set(allowedHeaders.map(name => name.toLowerCase())) }
}

function constantHeaders ({ kind }: AllowHeaders, { allowedHeaders }: Settings): string {
  if (kind === 'requested') return ''
  // `*` does not cover Authorization (Fetch, "CORS non-wildcard request-header name").
  return allowedHeaders === 'any' ? '*, Authorization' : allowedHeaders.join(', ')
}

function preflightMode ({ preflight, preflightContinue }: Settings): Policy['preflightMode'] {
  if (!preflight) return 'leave'
  return preflightContinue ? 'continue' : 'answer'
}

function frozen (headers: [string, string][]): HeaderList {
  return Object.freeze(headers.map(pair => Object.freeze(pair)))
}
