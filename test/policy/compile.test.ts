import t from 'tap'
import { parseOptions } from '../../lib/options/check'
import { compile, compileOff } from '../../lib/policy/compile'
import { CORS_HEADERS, type Outcome, type Policy, type PreflightAnswer } from '../../lib/policy/policy'

const APP = 'https://app.test'
const LIST = [APP, 'https://b.test']

function policyOf (options: unknown): Policy {
  return compile(parseOptions(options))
}

function isDeeplyFrozen (value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Set) return true
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen)
}

t.test('nothing that requests are answered from can be changed', async t => {
  for (const options of [{}, { origin: APP }, { origin: LIST, credentials: true, maxAge: 1 }, { origin: false }]) {
    const { allowed, others, preflight } = policyOf(options)
    t.ok(isDeeplyFrozen(allowed) && isDeeplyFrozen(others) && isDeeplyFrozen(preflight.accepted))
    t.ok(Object.isFrozen(policyOf(options)) && Object.isFrozen(preflight))
  }
})

t.test('Vary follows from the form of the policy', async t => {
  const cases: [unknown, Pick<Policy['allowed'], 'vary'>, object][] = [
    [{}, { vary: null }, { accepted: { vary: null }, refused: { vary: null }, varyUnrouted: 'Access-Control-Request-Method' }],
    [{ origin: false }, { vary: null }, { accepted: { vary: null }, refused: { vary: null } }],
    [{ origin: APP }, { vary: null }, { accepted: { vary: null }, refused: { vary: 'Origin' } }],
    [{ origin: LIST }, { vary: 'Origin' }, { accepted: { vary: 'Origin' }, refused: { vary: 'Origin' }, varyUnrouted: 'Origin, Access-Control-Request-Method' }],
    [{ origin: ['https://*.a.test'] }, { vary: 'Origin' }, { accepted: { vary: 'Origin' } }],
    [{ origin: /^https:\/\/a\.test$/ }, { vary: 'Origin' }, { accepted: { vary: 'Origin' } }],
    [{ origin: () => true }, { vary: 'Origin' }, { accepted: { vary: 'Origin' } }],
    [{ origin: true, credentials: true, dangerously: { anyOriginWithCredentials: true } }, { vary: 'Origin' }, { accepted: { vary: 'Origin, Access-Control-Request-Headers' } }],
    [{ delegator: () => ({}) }, { vary: 'Origin' }, { accepted: { vary: 'Origin' }, refused: { vary: 'Origin' } }],
    [{ origin: APP, credentials: true, methods: '*' }, { vary: null }, { accepted: { vary: 'Access-Control-Request-Method, Access-Control-Request-Headers' } }],
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

t.test('CORS switched off says nothing to anybody, and leaves what others say', async t => {
  const off = compileOff(parseOptions({ origin: LIST, credentials: true, exposedHeaders: 'X-A', maxAge: 1, enforce: 'unsafe' }))
  t.match(off, { allow: { kind: 'none' }, enforce: 'unsafe', allowed: { governs: false, echoesOrigin: false, headers: [], vary: null } })
  t.same(off.others.headers, [])
  t.equal(off.others.governs, false)
})

t.test('the modes of preflights', async t => {
  t.equal(policyOf({}).preflightMode, 'answer')
  t.equal(policyOf({ preflight: false }).preflightMode, 'leave')
  t.equal(policyOf({ preflightContinue: true }).preflightMode, 'continue')
})

t.test('no header is ever empty', async t => {
  for (const credentials of [true, false]) {
    const { allowed, others, preflight } = policyOf({ origin: LIST, credentials, methods: [], allowedHeaders: [], exposedHeaders: [] })
    t.notOk([...allowed.headers, ...others.headers, ...preflight.accepted.headers].some(([, value]) => value === ''))
  }
})

t.test('allowed headers are compared in any case of letters', async t => {
  const { allowedHeaders } = policyOf({ allowedHeaders: ['X-A', 'content-TYPE'] }).preflight
  t.match(allowedHeaders, { kind: 'constant', lowerCase: new Set(['x-a', 'content-type']) })
})

interface Row {
  readonly options: object
  readonly allowed: Partial<Outcome>
  readonly others: Partial<Outcome>
  readonly methods: PreflightAnswer['methods']
  readonly allowedHeaders: PreflightAnswer['allowedHeaders']
  readonly accepted: Partial<Outcome>
  readonly refused: Partial<Outcome>
}

const nothing: Outcome = {
  allowed: false, governs: true, allowOrigin: null, echoesOrigin: false, echoesHeaders: false, headers: [], mergesExposed: false, exposed: '', vary: null, credentials: false
}

const rows: readonly Row[] = [
  {
    options: {},
    allowed: { allowed: true, allowOrigin: '*', mergesExposed: true },
    others: { allowOrigin: '*', mergesExposed: true },
    methods: { kind: 'routed' },
    allowedHeaders: { kind: 'constant', lowerCase: 'any' },
    accepted: { allowed: true, allowOrigin: '*', headers: [['access-control-allow-headers', '*, Authorization']] },
    refused: {}
  },
  {
    options: { origin: false, credentials: true, exposedHeaders: ['X-A'] },
    allowed: { allowed: true, governs: false, credentials: true },
    others: { governs: false, credentials: true },
    methods: { kind: 'routed' },
    allowedHeaders: { kind: 'requested' },
    accepted: { allowed: true, echoesOrigin: true, echoesHeaders: true, headers: [['access-control-allow-credentials', 'true']], vary: 'Access-Control-Request-Headers' },
    refused: {}
  },
  {
    options: { origin: APP, credentials: true, methods: '*', exposedHeaders: ['X-A', 'X-B'], maxAge: 0, cacheControl: 60 },
    allowed: { allowed: true, allowOrigin: APP, headers: [['access-control-allow-credentials', 'true'], ['access-control-expose-headers', 'X-A, X-B']], mergesExposed: true, exposed: 'X-A, X-B', credentials: true },
    others: { allowOrigin: APP, headers: [['access-control-allow-credentials', 'true'], ['access-control-expose-headers', 'X-A, X-B']], mergesExposed: true, exposed: 'X-A, X-B', credentials: true },
    methods: { kind: 'requested' },
    allowedHeaders: { kind: 'requested' },
    accepted: { allowed: true, allowOrigin: APP, echoesHeaders: true, headers: [['access-control-allow-credentials', 'true'], ['access-control-max-age', '0'], ['cache-control', 'max-age=60']], vary: 'Access-Control-Request-Method, Access-Control-Request-Headers' },
    refused: { vary: 'Origin' }
  },
  {
    options: { origin: LIST, methods: ['PUT', 'DELETE'], allowedHeaders: ['X-A', 'Content-Type'], exposedHeaders: '*', maxAge: 600 },
    allowed: { allowed: true, echoesOrigin: true, headers: [['access-control-expose-headers', '*']], mergesExposed: true, exposed: '*', vary: 'Origin' },
    others: { vary: 'Origin' },
    methods: { kind: 'constant', list: ['PUT', 'DELETE'] },
    allowedHeaders: { kind: 'constant', lowerCase: new Set(['x-a', 'content-type']) },
    accepted: { allowed: true, echoesOrigin: true, headers: [['access-control-allow-methods', 'PUT, DELETE'], ['access-control-allow-headers', 'X-A, Content-Type'], ['access-control-max-age', '600']], vary: 'Origin' },
    refused: { vary: 'Origin' }
  },
  {
    options: { origin: LIST, credentials: true, methods: [], allowedHeaders: [] },
    allowed: { allowed: true, echoesOrigin: true, headers: [['access-control-allow-credentials', 'true']], mergesExposed: true, vary: 'Origin', credentials: true },
    others: { vary: 'Origin', credentials: true },
    methods: { kind: 'constant', list: [] },
    allowedHeaders: { kind: 'constant', lowerCase: new Set() },
    accepted: { allowed: true, echoesOrigin: true, headers: [['access-control-allow-credentials', 'true']], vary: 'Origin' },
    refused: { vary: 'Origin' }
  },
  {
    options: { methods: '*', exposedHeaders: 'ETag' },
    allowed: { allowed: true, allowOrigin: '*', headers: [['access-control-expose-headers', 'ETag']], mergesExposed: true, exposed: 'ETag' },
    others: { allowOrigin: '*', headers: [['access-control-expose-headers', 'ETag']], mergesExposed: true, exposed: 'ETag' },
    methods: { kind: 'constant', list: 'any' },
    allowedHeaders: { kind: 'constant', lowerCase: 'any' },
    accepted: { allowed: true, allowOrigin: '*', headers: [['access-control-allow-methods', '*'], ['access-control-allow-headers', '*, Authorization']] },
    refused: {}
  },
  {
    options: { origin: true, credentials: true, enforce: 'all', dangerously: { anyOriginWithCredentials: true } },
    allowed: { allowed: true, echoesOrigin: true, headers: [['access-control-allow-credentials', 'true']], mergesExposed: true, vary: 'Origin', credentials: true },
    others: { vary: 'Origin', credentials: true },
    methods: { kind: 'routed' },
    allowedHeaders: { kind: 'requested' },
    accepted: { allowed: true, echoesOrigin: true, echoesHeaders: true, headers: [['access-control-allow-credentials', 'true']], vary: 'Origin, Access-Control-Request-Headers' },
    refused: { vary: 'Origin' }
  },
  {
    options: { origin: () => true, vary: ['X-Tenant'], optionsSuccessStatus: 200 },
    allowed: { allowed: true, echoesOrigin: true, mergesExposed: true, vary: 'Origin, X-Tenant' },
    others: { vary: 'Origin, X-Tenant' },
    methods: { kind: 'routed' },
    allowedHeaders: { kind: 'constant', lowerCase: 'any' },
    accepted: { allowed: true, echoesOrigin: true, headers: [['access-control-allow-headers', '*, Authorization']], vary: 'Origin, X-Tenant' },
    refused: { vary: 'Origin, X-Tenant' }
  }
]

t.test('what each request is answered with, by the form of the policy', async t => {
  for (const { options, ...expected } of rows) {
    const { allowed, others, preflight: { methods, allowedHeaders, accepted, refused } } = policyOf(options)
    const outcomes = { allowed, others, accepted, refused }
    for (const [name, outcome] of Object.entries(outcomes)) {
      t.strictSame(outcome, { ...nothing, ...expected[name as keyof typeof outcomes] }, `${name}: ${JSON.stringify(options)}`)
    }
    t.strictSame({ methods, allowedHeaders }, { methods: expected.methods, allowedHeaders: expected.allowedHeaders }, JSON.stringify(options))
  }
})

t.test('enforcement of reading makes the answer of one origin depend on the origin', async t => {
  t.equal(policyOf({ origin: APP, enforce: 'all' }).allowed.vary, 'Origin')
  t.equal(policyOf({ origin: false, enforce: 'all' }).allowed.vary, 'Origin')
  t.equal(policyOf({ origin: APP, enforce: 'unsafe' }).allowed.vary, null)
  t.equal(policyOf({ origin: '*', enforce: 'all' }).allowed.vary, null)
})

t.test('the headers that give way are all that the protocol has for responses', async t => {
  const names = ['Allow-Origin', 'Allow-Credentials', 'Allow-Methods', 'Allow-Headers', 'Max-Age', 'Expose-Headers']
  t.strictSame([...CORS_HEADERS].sort(), names.map(name => `access-control-${name.toLowerCase()}`).sort())
})
