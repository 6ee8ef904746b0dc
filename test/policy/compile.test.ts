import t from 'tap'
import { parseOptions } from '../../lib/options/parse'
import { compile, compileOff } from '../../lib/policy/compile'
import type { Policy, PreflightPolicy } from '../../lib/policy/policy'
import { ANY_AND_REQUESTED, CORS_HEADERS, ECHO, type Outcome, type OutcomeFields } from '../../lib/response/outcome'

const APP = 'https://app.test'
const LIST = [APP, 'https://b.test']

function policyOf (options: unknown): Policy {
  return compile(parseOptions(options))
}

function isDeeplyFrozen (value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Set) return true
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen)
}

t.test('a policy cannot be changed', async t => {
  for (const options of [{}, { origin: APP }, { origin: LIST, credentials: true, maxAge: 1 }, { origin: false }]) {
    const { allowed, others, preflight } = policyOf(options)
    t.ok(isDeeplyFrozen(allowed) && isDeeplyFrozen(others) && isDeeplyFrozen(preflight.accepted))
    t.ok(Object.isFrozen(policyOf(options)) && Object.isFrozen(preflight))
  }
})

t.test('Vary follows from the kind of policy', async t => {
  const cases: [unknown, Pick<Policy['allowed'], 'vary'>, object][] = [
    [{}, { vary: undefined }, { accepted: { vary: undefined }, refused: { vary: undefined }, varyUnrouted: 'Access-Control-Request-Method' }],
    [{ origin: false }, { vary: undefined }, { accepted: { vary: undefined }, refused: { vary: undefined } }],
    [{ origin: APP }, { vary: undefined }, { accepted: { vary: undefined }, refused: { vary: 'Origin' } }],
    [{ origin: LIST }, { vary: 'Origin' }, { accepted: { vary: 'Origin' }, refused: { vary: 'Origin' }, varyUnrouted: 'Origin, Access-Control-Request-Method' }],
    [{ origin: ['https://*.a.test'] }, { vary: 'Origin' }, { accepted: { vary: 'Origin' } }],
    [{ origin: /^https:\/\/a\.test$/ }, { vary: 'Origin' }, { accepted: { vary: 'Origin' } }],
    [{ origin: () => true }, { vary: 'Origin' }, { accepted: { vary: 'Origin' } }],
    [{ origin: true, credentials: true, dangerously: { anyOriginWithCredentials: true } }, { vary: 'Origin' }, { accepted: { vary: 'Origin, Access-Control-Request-Headers' } }],
    [{ delegator: () => ({}) }, { vary: 'Origin' }, { accepted: { vary: 'Origin' }, refused: { vary: 'Origin' } }],
    [{ origin: APP, credentials: true, methods: '*' }, { vary: undefined }, { accepted: { vary: 'Access-Control-Request-Method, Access-Control-Request-Headers' } }],
    [{ vary: ['X-Tenant', 'origin'] }, { vary: 'X-Tenant, origin' }, { accepted: { vary: 'X-Tenant, origin' }, refused: { vary: 'X-Tenant, origin' } }],
    [{ origin: LIST, vary: ['X-Tenant'] }, { vary: 'Origin, X-Tenant' }, { accepted: { vary: 'Origin, X-Tenant' }, refused: { vary: 'Origin, X-Tenant' } }]
  ]
  for (const [options, outcome, preflight] of cases) {
    const policy = policyOf(options)
    t.match(policy.allowed, outcome, JSON.stringify(options))
    t.equal(policy.others.vary, policy.allowed.vary, 'the same for everybody')
    t.match(policy.preflight, preflight, JSON.stringify(options))
  }
})

t.test('with CORS off no header is sent, and headers of the handler stay', async t => {
  const off = compileOff(parseOptions({ origin: LIST, credentials: true, exposedHeaders: 'X-A', maxAge: 1, enforce: 'unsafe' }))
  t.match(off, { allow: { kind: 'none' }, enforce: 'unsafe' })
  for (const outcome of [off.allowed, off.others]) t.match(outcome, { replacesForeign: false, allowOrigin: undefined, credentials: false, exposedHeaders: undefined, vary: undefined })
})

t.test('the modes of preflights', async t => {
  t.equal(policyOf({}).preflightMode, 'answer')
  t.equal(policyOf({ preflight: false }).preflightMode, 'leave')
  t.equal(policyOf({ preflightContinue: true }).preflightMode, 'continue')
})

t.test('no header is ever empty', async t => {
  for (const credentials of [true, false]) {
    const { allowed, others, preflight } = policyOf({ origin: LIST, credentials, methods: [], allowedHeaders: [], exposedHeaders: [] })
    for (const outcome of [allowed, others, preflight.accepted]) t.notOk(Object.values(outcome).includes(''))
  }
})

t.test('allowed headers are compared without regard to case', async t => {
  const { allowedHeaders } = policyOf({ allowedHeaders: ['X-A', 'content-TYPE'] }).preflight
  t.match(allowedHeaders, { kind: 'constant', lowerCase: new Set(['x-a', 'content-type']) })
})

interface Row {
  readonly options: object
  readonly allowed: Partial<Outcome>
  readonly others: Partial<Outcome>
  readonly methods: PreflightPolicy['methods']
  readonly allowedHeaders: PreflightPolicy['allowedHeaders']
  readonly accepted: Partial<Outcome>
  readonly refused: Partial<Outcome>
}

const nothing: OutcomeFields = {
  allowed: false,
  replacesForeign: true,
  allowOrigin: undefined,
  credentials: false,
  exposedHeaders: undefined,
  timing: false,
  preflight: false,
  allowMethods: undefined,
  allowHeaders: undefined,
  maxAge: undefined,
  cacheControl: undefined,
  vary: undefined
}

const accepted = { allowed: true, preflight: true } as const

const rows: readonly Row[] = [
  {
    options: {},
    allowed: { allowed: true, allowOrigin: '*' },
    others: { allowOrigin: '*' },
    methods: { kind: 'routed' },
    allowedHeaders: { kind: 'constant', lowerCase: 'any' },
    accepted: { ...accepted, allowOrigin: '*', allowHeaders: ANY_AND_REQUESTED },
    refused: {}
  },
  {
    options: { origin: false, credentials: true, exposedHeaders: ['X-A'] },
    allowed: { allowed: true, replacesForeign: false },
    others: { replacesForeign: false },
    methods: { kind: 'routed' },
    allowedHeaders: { kind: 'requested' },
    accepted: { ...accepted, allowOrigin: ECHO, allowHeaders: ECHO, credentials: true, vary: 'Access-Control-Request-Headers' },
    refused: {}
  },
  {
    options: { origin: APP, credentials: true, methods: '*', exposedHeaders: ['X-A', 'X-B'], maxAge: 0, cacheControl: 60 },
    allowed: { allowed: true, allowOrigin: APP, credentials: true, exposedHeaders: 'X-A, X-B' },
    others: { allowOrigin: APP, credentials: true, exposedHeaders: 'X-A, X-B' },
    methods: { kind: 'requested' },
    allowedHeaders: { kind: 'requested' },
    accepted: { ...accepted, allowOrigin: APP, allowMethods: ECHO, allowHeaders: ECHO, credentials: true, maxAge: '0', cacheControl: 'max-age=60', vary: 'Access-Control-Request-Method, Access-Control-Request-Headers' },
    refused: { vary: 'Origin' }
  },
  {
    options: { origin: LIST, methods: ['PUT', 'DELETE'], allowedHeaders: ['X-A', 'Content-Type'], exposedHeaders: '*', maxAge: 600 },
    allowed: { allowed: true, allowOrigin: ECHO, exposedHeaders: '*', vary: 'Origin' },
    others: { vary: 'Origin' },
    methods: { kind: 'constant', list: ['PUT', 'DELETE'] },
    allowedHeaders: { kind: 'constant', lowerCase: new Set(['x-a', 'content-type']) },
    accepted: { ...accepted, allowOrigin: ECHO, allowMethods: 'PUT, DELETE', allowHeaders: 'X-A, Content-Type', maxAge: '600', vary: 'Origin' },
    refused: { vary: 'Origin' }
  },
  {
    options: { origin: LIST, credentials: true, methods: [], allowedHeaders: [] },
    allowed: { allowed: true, allowOrigin: ECHO, credentials: true, vary: 'Origin' },
    others: { vary: 'Origin' },
    methods: { kind: 'constant', list: [] },
    allowedHeaders: { kind: 'constant', lowerCase: new Set() },
    accepted: { ...accepted, allowOrigin: ECHO, credentials: true, vary: 'Origin' },
    refused: { vary: 'Origin' }
  },
  {
    options: { methods: '*', exposedHeaders: 'ETag' },
    allowed: { allowed: true, allowOrigin: '*', exposedHeaders: 'ETag' },
    others: { allowOrigin: '*', exposedHeaders: 'ETag' },
    methods: { kind: 'constant', list: 'any' },
    allowedHeaders: { kind: 'constant', lowerCase: 'any' },
    accepted: { ...accepted, allowOrigin: '*', allowMethods: '*', allowHeaders: ANY_AND_REQUESTED },
    refused: {}
  },
  {
    options: { origin: true, credentials: true, dangerously: { anyOriginWithCredentials: true } },
    allowed: { allowed: true, allowOrigin: ECHO, credentials: true, vary: 'Origin' },
    others: { vary: 'Origin' },
    methods: { kind: 'routed' },
    allowedHeaders: { kind: 'requested' },
    accepted: { ...accepted, allowOrigin: ECHO, allowHeaders: ECHO, credentials: true, vary: 'Origin, Access-Control-Request-Headers' },
    refused: { vary: 'Origin' }
  },
  {
    options: { origin: () => true, vary: ['X-Tenant'], optionsSuccessStatus: 200 },
    allowed: { allowed: true, allowOrigin: ECHO, vary: 'Origin, X-Tenant' },
    others: { vary: 'Origin, X-Tenant' },
    methods: { kind: 'routed' },
    allowedHeaders: { kind: 'constant', lowerCase: 'any' },
    accepted: { ...accepted, allowOrigin: ECHO, allowHeaders: ANY_AND_REQUESTED, vary: 'Origin, X-Tenant' },
    refused: { vary: 'Origin, X-Tenant' }
  }
]

t.test('the response to each request, by the kind of policy', async t => {
  for (const { options, ...expected } of rows) {
    const { allowed, others, preflight: { methods, allowedHeaders, accepted, refused } } = policyOf(options)
    const outcomes = { allowed, others, accepted, refused }
    for (const [name, { writeHead, ...outcome }] of Object.entries(outcomes)) {
      t.type(writeHead, 'function')
      t.strictSame(outcome, { ...nothing, ...expected[name as keyof typeof outcomes] }, `${name}: ${JSON.stringify(options)}`)
    }
    t.strictSame({ methods, allowedHeaders }, { methods: expected.methods, allowedHeaders: expected.allowedHeaders }, JSON.stringify(options))
  }
})

t.test('with enforce: all, the response of a policy with one origin varies by origin', async t => {
  t.equal(policyOf({ origin: APP, enforce: 'all' }).allowed.vary, 'Origin')
  t.equal(policyOf({ origin: false, enforce: 'all' }).allowed.vary, 'Origin')
  t.equal(policyOf({ origin: APP, enforce: 'unsafe' }).allowed.vary, undefined)
})

t.test('the replaced headers are all CORS response headers', async t => {
  const names = ['Allow-Origin', 'Allow-Credentials', 'Allow-Methods', 'Allow-Headers', 'Max-Age', 'Expose-Headers']
  t.strictSame([...CORS_HEADERS].sort(), names.map(name => `access-control-${name.toLowerCase()}`).sort())
})
