import t from 'tap'
import { parseOptions } from '../../lib/options/parse'
import { compile, compileOff } from '../../lib/policy/compile'
import { summarize } from '../../lib/diagnose/summary'
import type { PolicySummary } from '../../lib/diagnose/summary'

const APP = 'https://app.test'

const plain: PolicySummary = { origin: '*', methods: 'routed', allowedHeaders: '*', exposedHeaders: [], credentials: false, maxAge: null, enforce: false }

t.test('a policy as plain data, with the names of the options', async t => {
  const escapes = { anyOriginWithCredentials: true, nullOrigin: true, unsafeRegex: true }
  const rows: ReadonlyArray<readonly [options: object, differs: Partial<PolicySummary>]> = [
    [{}, {}],
    [{ origin: '*' }, {}],
    [{ origin: true }, {}],
    [{ origin: true, credentials: true, dangerously: escapes }, { credentials: true }],
    [{ origin: false }, { origin: [] }],
    [{ origin: APP }, { origin: [APP] }],
    [{ origin: ['https://*.b.test', APP, /^https:\/\/c\.test$/, 'http://localhost:*', 'null'], dangerously: escapes }, { origin: [APP, 'https://*.b.test', 'http://localhost:*', '/^https:\\/\\/c\\.test$/', 'null'], whoGetsIn: { '/^https:\\/\\/c\\.test$/': 'c.test' } }],
    [{ origin: /^https:\/\/(a)\1\.test$/, dangerously: escapes }, { origin: ['/^https:\\/\\/(a)\\1\\.test$/'], whoGetsIn: { '/^https:\\/\\/(a)\\1\\.test$/': 'not known: it is run as it is' } }],
    [{ origin: Array.from({ length: 25 }, (_none, i) => new RegExp(`^https:\\/\\/[ab]\\.c${i}\\.test$`)) }, {
      origin: Array.from({ length: 25 }, (_none, i) => `/^https:\\/\\/[ab]\\.c${i}\\.test$/`),
      whoGetsIn: Object.fromEntries(Array.from({ length: 20 }, (_none, i) => [`/^https:\\/\\/[ab]\\.c${i}\\.test$/`, `subdomains of c${i}.test such as a.c${i}.test`]))
    }],
    [{ origin: () => true }, { origin: 'function' }],
    [{ methods: '*' }, { methods: '*' }],
    [{ methods: 'PUT, DELETE' }, { methods: ['PUT', 'DELETE'] }],
    [{ methods: [] }, { methods: [] }],
    [{ allowedHeaders: '*' }, {}],
    [{ allowedHeaders: ['X-A'] }, { allowedHeaders: ['X-A'] }],
    [{ allowedHeaders: [] }, { allowedHeaders: [] }],
    [{ exposedHeaders: '*' }, { exposedHeaders: '*' }],
    [{ exposedHeaders: ['X-A', 'x-b'] }, { exposedHeaders: ['X-A', 'x-b'] }],
    [{ maxAge: 0 }, { maxAge: 0 }],
    [{ maxAge: 86400 }, { maxAge: 86400 }],
    [{ origin: APP, enforce: 'unsafe' }, { origin: [APP], enforce: 'unsafe' }],
    [{ origin: APP, enforce: 'all' }, { origin: [APP], enforce: 'all' }]
  ]
  for (const [options, differs] of rows) t.strictSame(summarize(compile(parseOptions(options))), { ...plain, ...differs }, JSON.stringify(options))
  t.strictSame(summarize(compileOff(parseOptions({ origin: APP, maxAge: 1 }))), { ...plain, origin: [], maxAge: 1 }, 'switched off')
})

t.test('a summary cannot be changed, and neither can the policy through it', async t => {
  const policy = compile(parseOptions({ origin: [APP, 'https://b.test'], methods: ['PUT'], allowedHeaders: ['X-A'], exposedHeaders: ['X-B'] }))
  const summary = summarize(policy)
  for (const value of [summary, ...Object.values(summary).filter(Array.isArray)]) t.ok(Object.isFrozen(value))
  t.throws(() => { (summary.methods as string[]).push('DELETE') }, TypeError)
  t.strictSame(policy.settings.methods, ['PUT'])
  t.equal(summarize(policy), summary, 'made once')
  t.not(summarize(compile(policy.settings)), summary, 'for each policy')
})

t.test('a list of ten thousand origins is copied once', async t => {
  const origin = Array.from({ length: 10_000 }, (_, i) => `https://o${i}.test`)
  const policy = compile(parseOptions({ origin }))
  t.strictSame(summarize(policy).origin, origin)
  t.equal(summarize(policy).origin, summarize(policy).origin)
})
