import { inspect } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { codeTexts } from '../../lib/browser/codes'
import type { EngineName } from './engine'
import { engineNames, without } from './engines'
import { disagreement } from './proof/disagreement'
import { fastifyScenario } from './proof/fastify'
import { type Proved, prove } from './proof/prove'
import { rawScenario } from './proof/raw'

/** Other scenarios: ENGINE=firefox SCENARIOS=5000 SEED=7 npm run test:engines */
const seed = Number(process.env.SEED ?? 1)

const counts: Readonly<Record<EngineName, number>> = { chromium: 600, firefox: 300, webkit: 300 }

/** They need other servers: `network.test.ts`. */
const ofNetwork = ['mixed-content', 'LocalNetworkAccessPermissionDenied', 'InsecureLocalNetwork']

/** With so many scenarios, every other code occurs. */
const MANY = 600

for (const name of engineNames) {
  t.test(`${name}, the testing browser and explain agree`, { skip: without(name) }, async t => {
    const count = Number(process.env.SCENARIOS ?? counts[name])
    const proved = await prove(name, fc.sample(fc.oneof(rawScenario, fastifyScenario), { seed, numRuns: count }))
    const codes = outcomesOf(proved)
    const calls = proved.flatMap(({ engine }) => engine.outcomes).length
    const requests = proved.flatMap(({ engine }) => engine.requests).length
    const explained = proved.reduce((sum, { explained }) => sum + explained.count, 0)
    t.comment(`ENGINE=${name} SEED=${seed} SCENARIOS=${count}: ${calls} calls of fetch, ${requests} requests, ${explained} explained`)
    for (const [code, times] of [...codes].sort(([, a], [, b]) => b - a)) t.comment(`${times} times ${code}`)
    const found = proved.map(disagreement).filter(one => one !== undefined)
    for (const one of found.slice(0, Number(process.env.SHOWN ?? 5))) t.fail('they disagree', { disagreement: inspect(one, { depth: 9, breakLength: 160 }) })
    t.equal(found.length, 0, 'they agree in every scenario')
    t.equal(proved.length, count)
    if (count >= MANY) t.strictSame(Object.keys(codeTexts).filter(code => !codes.has(code) && !ofNetwork.includes(code)), [], 'every code occurred')
  })
}

/** How often each outcome occurred, by the library's codes, which are Chromium's where the two agree. */
function outcomesOf (proved: readonly Proved[]): Map<string, number> {
  const codes = new Map<string, number>()
  const count = (code: string) => { codes.set(code, (codes.get(code) ?? 0) + 1) }
  for (const { testing: { outcomes, reasons } } of proved) {
    reasons.forEach(count)
    for (const { kind } of outcomes) if (kind === 'read') count(kind)
  }
  return codes
}
