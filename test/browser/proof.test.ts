import { inspect } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { codeTexts } from '../../lib/browser/codes'
import { withoutChromium } from './chromium'
import { disagreement } from './proof/disagreement'
import { fastifyScenario } from './proof/fastify'
import { type Proved, prove } from './proof/prove'
import { rawScenario } from './proof/raw'

/** Other scenarios: SCENARIOS=5000 SEED=7 npm run test:only test/browser/proof */
const seed = Number(process.env.SEED ?? 1)
const count = Number(process.env.SCENARIOS ?? 600)

/** With so many scenarios, every code occurs. */
const MANY = 600

t.test('Chromium, the testing browser and explain agree', { skip: withoutChromium }, async t => {
  const proved = await prove(fc.sample(fc.oneof(rawScenario, fastifyScenario), { seed, numRuns: count }))
  const codes = outcomesOf(proved)
  const calls = proved.flatMap(({ chromium }) => chromium.outcomes).length
  const requests = proved.flatMap(({ chromium }) => chromium.requests).length
  const explained = proved.reduce((sum, { explained }) => sum + explained.count, 0)
  t.comment(`SEED=${seed} SCENARIOS=${count}: ${calls} calls of fetch, ${requests} requests, ${explained} explained`)
  for (const [code, times] of [...codes].sort(([, a], [, b]) => b - a)) t.comment(`${times} times ${code}`)
  const found = proved.map(disagreement).filter(one => one !== undefined)
  for (const one of found.slice(0, 5)) t.fail('they disagree', { disagreement: inspect(one, { depth: 9, breakLength: 160 }) })
  t.equal(found.length, 0, 'they agree in every scenario')
  t.equal(proved.length, count)
  if (count >= MANY) t.strictSame(Object.keys(codeTexts).filter(code => !codes.has(code)), [], 'every code occurred')
})

/** How often each outcome occurred, by the library's codes, which are Chromium's where the two agree. */
function outcomesOf (proved: readonly Proved[]): Map<string, number> {
  const codes = new Map<string, number>()
  for (const outcome of proved.flatMap(({ testing }) => testing.outcomes)) {
    const code = outcome.kind === 'read' ? 'read' : outcome.code
    codes.set(code, (codes.get(code) ?? 0) + 1)
  }
  return codes
}
