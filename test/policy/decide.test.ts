import type { FastifyRequest } from 'fastify'
import fc from 'fast-check'
import t from 'tap'
import { parseOptions } from '../../lib/options/parse'
import { compile } from '../../lib/policy/compile'
import { isAllowed, isThenable, refusedHeaders } from '../../lib/policy/decide'

const APP = 'https://app.test'
const request = { method: 'GET' } as FastifyRequest // it is only passed on

function verdict (options: unknown, origin: string): boolean | Promise<boolean> {
  return isAllowed(compile(parseOptions(options)), origin, request)
}

t.test('which origins may read', async t => {
  const all = { dangerously: { anyOriginWithCredentials: true, nullOrigin: true } }
  const cases: [string, unknown, Record<string, boolean>][] = [
    ['none', { origin: false }, { [APP]: false, null: false, '': false }],
    ['any', {}, { [APP]: true, null: true, '': true, x: true }],
    ['one', { origin: APP }, { [APP]: true, 'https://app.test.': false, 'HTTPS://app.test': false, null: false, '': false }],
    ['set', { origin: [APP, 'https://*.b.test', 'http://localhost:*'] }, { [APP]: true, 'https://x.b.test': true, 'https://b.test': false, 'http://localhost:1': true, null: false, '': false }],
    ['null', { origin: ['null'], dangerously: { nullOrigin: true } }, { null: true, [APP]: false, NULL: false }],
    ['reflect', { origin: true, credentials: true, dangerously: { anyOriginWithCredentials: true } }, { [APP]: true, null: false, '': false, 'https://A.test': false, 'https://app.test/': false }],
    ['reflect with null', { origin: true, credentials: true, ...all }, { [APP]: true, null: true, x: false }],
    ['ask', { origin: () => true }, { [APP]: true, null: false, x: false }],
    ['ask with null', { origin: () => true, dangerously: { nullOrigin: true } }, { null: true }]
  ]
  for (const [form, options, verdicts] of cases) {
    for (const [origin, expected] of Object.entries(verdicts)) t.equal(verdict(options, origin), expected, `${form}: ${origin}`)
    t.equal(verdict(options, 'https://' + 'a'.repeat(400)), form === 'any', `${form}: too long`)
  }
})

t.test('a function that returns a value decides at once, and one that returns a promise decides later', async t => {
  t.equal(verdict({ origin: () => APP }, APP), true)
  t.equal(verdict({ origin: () => 'https://b.test' }, APP), false)
  const promised = verdict({ origin: async () => APP }, APP)
  t.ok(promised instanceof Promise)
  t.equal(await promised, true)
  t.equal(await verdict({ origin: async () => false }, APP), false)
})

t.test('the function gets the request', async t => {
  let seen: unknown
  verdict({ origin: (_origin: string, given: unknown) => { seen = given; return true } }, APP)
  t.equal(seen, request)
})

t.test('a function may return true, false or an origin; anything else is an error', async t => {
  fc.assert(fc.property(fc.oneof(fc.anything(), fc.string(), fc.boolean(), fc.constantFrom(APP, 'null', '*')), answer => {
    if (isThenable(answer)) return true
    let found: unknown
    try {
      found = verdict({ origin: () => answer }, APP)
    } catch (error) {
      found = (error as { code?: string }).code
    }
    if (answer === true || answer === APP) return found === true
    if (answer === false || answer === 'null') return found === false
    return found === 'FST_CORS_ORIGIN_FUNCTION'
  }), { numRuns: 2000 })
})

t.test('the error says what was returned', async t => {
  const rows: ReadonlyArray<readonly [answer: unknown, said: string]> = [
    [null, 'null'], [undefined, 'undefined'], [[APP], 'an array'], [{}, 'object'], [1, 'number'], ['*', '"*"'], ['x\ny', '"x\\ny"'],
    ['x'.repeat(256), `"${'x'.repeat(256)}"`], ['x'.repeat(257), `"${'x'.repeat(256)}"`]
  ]
  for (const [answer, said] of rows) t.throws(() => verdict({ origin: () => answer }, APP), { message: `the \`origin\` function returned ${said}: return` }, said.slice(0, 20))
})

t.test('which values are thenable', async t => {
  for (const value of [Promise.resolve(), { then () {} }]) t.equal(isThenable(value), true)
  for (const value of [undefined, null, 1, 'then', {}, { then: 1 }, () => {}, []]) t.equal(isThenable(value), false)
})

t.test('each name of a list is compared, whatever its place and its length', async t => {
  const rows: ReadonlyArray<readonly [names: string, refused: readonly string[]]> = [
    ['', []], ['x-a', []], ['x-b', ['x-b']], ['b', ['b']], ['x-a,b', ['b']], ['b,x-a', ['b']], ['x-a,b,x-a', ['b']],
    ['b,c', ['b', 'c']], ['x-a,', []], [',', []], [' X-A , b ', ['b']], ['x-a,,c', ['c']]
  ]
  const { preflight: { allowedHeaders } } = compile(parseOptions({ allowedHeaders: ['X-A'] }))
  for (const [names, refused] of rows) t.strictSame(refusedHeaders(allowedHeaders, names), refused, names)
})
