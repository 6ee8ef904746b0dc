import t from 'tap'
import { CORS_HEADERS, type Head } from '../../lib/response/outcome'
import { applyOutcome } from '../../lib/response/write-head'
import { parseOptions } from '../../lib/options/parse'
import { compile, compileOff } from '../../lib/policy/compile'
import type { Policy } from '../../lib/policy/policy'

const APP = 'https://app.test'
const LIST = [APP, 'https://b.test']

function policyOf (options: object): Policy {
  return compile(parseOptions(options))
}

/** The headers of a response after the outcome was applied to it. */
function applied (outcome: Policy['allowed'], head: Head, request: Record<string, string> = {}): Head {
  const copy = { ...head }
  applyOutcome(outcome, { origin: APP, ...request }, copy)
  return copy
}

t.test('CORS headers that the handler has set are replaced, and no other headers', async t => {
  const { others } = policyOf({ origin: LIST })
  t.equal(CORS_HEADERS.length, 6)
  for (const name of CORS_HEADERS) {
    t.strictSame(applied(others, { [name]: 'x', etag: '1' }), { etag: '1', vary: 'Origin' }, name)
    t.strictSame(applied(compileOff(parseOptions({})).allowed, { [name]: 'x' }), { [name]: 'x' }, `${name} where CORS is off`)
  }
  t.strictSame(applied(others, Object.fromEntries(CORS_HEADERS.map(name => [name, 'x']))), { vary: 'Origin' })
})

t.test('header names that the handler exposes are added to those of the policy', async t => {
  const expose = 'access-control-expose-headers'
  const rows: ReadonlyArray<readonly [options: object, foreign: unknown, merged: string | undefined]> = [
    [{ exposedHeaders: 'X-A' }, 'X-B, x-a', 'X-A, X-B'],
    [{ exposedHeaders: 'X-A' }, ['X-B', 'X-C'], 'X-A, X-B, X-C'],
    [{ exposedHeaders: 'X-A' }, '*', '*'],
    [{ exposedHeaders: '*' }, 'X-B', '*'],
    [{ exposedHeaders: 'X-A', credentials: true }, '*, X-B', 'X-A, X-B'],
    [{ credentials: true }, '*', undefined],
    [{}, 'X-B', 'X-B'],
    [{}, ' , ', undefined]
  ]
  for (const [options, foreign, merged] of rows) {
    const head = applied(policyOf({ origin: LIST, ...options }).allowed, { [expose]: foreign })
    t.equal(head[expose], merged, JSON.stringify([options, foreign]))
    t.equal(Object.hasOwn(head, expose), merged !== undefined, 'no header is there without a value')
  }
})

t.test('Timing-Allow-Origin is sent to the origins that may read, where it is asked for', async t => {
  const timing = 'timing-allow-origin'
  const rows: ReadonlyArray<readonly [options: object, outcome: 'allowed' | 'others', value: string | undefined]> = [
    [{}, 'allowed', '*'],
    [{}, 'others', '*'],
    [{ origin: APP }, 'allowed', APP],
    [{ origin: APP }, 'others', APP],
    [{ origin: LIST }, 'allowed', APP],
    [{ origin: LIST }, 'others', undefined],
    [{ origin: () => true, credentials: true }, 'allowed', APP],
    [{ origin: false }, 'allowed', undefined]
  ]
  for (const [options, outcome, value] of rows) {
    const policy = policyOf({ ...options, timingAllowOrigin: true })
    t.equal(applied(policy[outcome], {})[timing], value, JSON.stringify(options))
    t.equal(applied(policy[outcome], { [timing]: 'https://own.test' })[timing], value ?? 'https://own.test', 'over the one that is there')
    t.equal(Object.hasOwn(applied(policy.preflight.accepted, {}), timing), false, 'never on a preflight')
    t.equal(Object.hasOwn(applied(policyOf(options)[outcome], {}), timing), false, 'nor unasked')
  }
  t.strictSame(applied(policyOf({ origin: APP, timingAllowOrigin: true }).allowed, { 'access-control-allow-origin': '*' }),
    { 'access-control-allow-origin': APP, [timing]: APP }, 'with a header of the protocol that was set by the handler')
})

t.test('the requested header names are repeated if there are any, and never empty', async t => {
  const { accepted } = policyOf({ origin: APP, credentials: true }).preflight
  const allow = 'access-control-allow-headers'
  t.equal(applied(accepted, {}, { 'access-control-request-headers': 'x-a,x-b' })[allow], 'x-a,x-b')
  t.equal(Object.hasOwn(applied(accepted, {}), allow), false)
  t.equal(Object.hasOwn(applied(accepted, {}, { 'access-control-request-headers': '' }), allow), false)
})

t.test('Vary is merged with the names that are there', async t => {
  const { allowed } = policyOf({ origin: LIST })
  for (const [vary, merged] of [[undefined, 'Origin'], ['', 'Origin'], ['Accept', 'Accept, Origin'], ['*', '*'], [['Accept', 'origin'], 'Accept, origin']] as const) {
    t.equal(applied(allowed, vary === undefined ? {} : { vary }).vary, merged)
  }
  t.strictSame(applied(policyOf({}).allowed, { vary: 'Accept' }), { vary: 'Accept', 'access-control-allow-origin': '*' })
})
