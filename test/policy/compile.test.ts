import t from 'tap'
import { parseOptions } from '../../lib/options/validate'
import { compile, compileOff } from '../../lib/policy/compile'
import type { Policy } from '../../lib/policy/policy'

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
