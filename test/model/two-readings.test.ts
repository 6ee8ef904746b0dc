import { inspect } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { bootable, worlds } from './arbitraries'
import { compareWorld } from './compare'
import { rows } from './rows'
import type { World } from './world'

const SEED = Number(process.env['SEED'] ?? 20_261_121)
const CASES = Number(process.env['CASES'] ?? 20_000)
/** Page requests of one application. */
const ASKS = 15

for (const { it, world } of rows) {
  t.test(it, async t => {
    const result = await compareWorld(world)
    t.equal(result?.compared, world.asks.length, 'all of it is compared')
  })
}

t.test(`the plugin and the model of the standard agree: SEED=${SEED} CASES=${CASES}`, { timeout: 600_000 }, async t => {
  const counted = { applications: 0, refused: 0, compared: 0, open: 0 }
  const kinds = new Map<string, number>()
  const property = fc.asyncProperty(worlds(ASKS), async world => {
    if (counted.compared >= CASES) return
    const result = await compareWorld(world)
    counted.applications++
    if (result === undefined) counted.refused++
    counted.compared += result?.compared ?? 0
    counted.open += result?.open ?? 0
    for (const kind of result?.kinds ?? []) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  })
  const result = await fc.check(property, { seed: SEED, numRuns: Math.ceil(CASES / ASKS * 3) })
  const [world] = result.counterexample ?? []
  if (world !== undefined) {
    const smallest = await reduced(world)
    t.comment(`SEED=${SEED}; as a row:\n${inspect({ it: '…', world: smallest }, { depth: null, breakLength: 120 })}`)
    t.fail(String(await firstDifference(smallest)))
    return
  }
  t.comment(inspect(counted), inspect(new Map([...kinds].sort(([, a], [, b]) => b - a))))
  t.ok(counted.compared >= CASES, `${counted.compared} page requests of ${counted.applications} applications`)
  t.ok(counted.refused < counted.applications / 5, `${counted.refused} of them were refused at boot`)
  t.ok(counted.open < counted.compared / 20, `${counted.open} calls of which the outcome is open`)
})

async function firstDifference (world: World): Promise<string | undefined> {
  try {
    await compareWorld(world)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** fast-check keeps the number of calls: of those, and of what is in contexts, all is taken out that the difference does not need. */
async function reduced (world: World): Promise<World> {
  for (const smaller of smallerThan(world)) if (await firstDifference(smaller) !== undefined) return await reduced(smaller)
  return world
}

function * smallerThan (world: World): Generator<World> {
  for (const asks of without(world.asks)) yield { ...world, asks }
  for (const root of smallerContexts(world.root)) yield bootable({ ...world, root })
}

function * smallerContexts (context: World['root']): Generator<World['root']> {
  for (const children of without(context.children)) yield { ...context, children }
  for (const routes of without(context.routes)) yield { ...context, routes }
  for (const registrations of without(context.registrations)) yield { ...context, registrations }
  for (const [i, child] of context.children.entries()) {
    for (const smaller of smallerContexts(child)) yield { ...context, children: context.children.map((one, j) => j === i ? smaller : one) }
  }
}

function * without<T> (list: readonly T[]): Generator<T[]> {
  for (let i = 0; i < list.length; i++) yield list.filter((_, j) => j !== i)
}
