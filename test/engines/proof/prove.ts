import { type Engine, type EngineName } from '../engine'
import { launch } from '../engines'
import { type Explained, explain } from './explained'
import type { Seen } from './outcome'
import { type Calls, type Ran, runInEngine } from './run'
import { type PageName, type Scenario, type Served, fill, pageNames, placesOf } from './scenario'
import { type ProofServer, startServer } from './server'
import { runInTesting } from './testing'

/** A scenario, and what an engine and the library saw of it. */
export interface Proved {
  readonly name: EngineName
  readonly scenario: Scenario
  readonly engine: Seen
  readonly testing: Seen
  /** What `app.cors.explain` predicted, if the server has the plugin. */
  readonly explained: Explained
}

/** In milliseconds. After so long a time, cached answers that the scenario relies on may have expired: they last 5 seconds. */
const TOO_SLOW = 4000

/** Runs each scenario in an engine and in the library, and again if the machine was too slow for it. */
export async function prove (name: EngineName, scenarios: readonly Scenario[]): Promise<Proved[]> {
  const server = await startServer()
  const engine = await launch(name, server)
  try {
    const proved: Proved[] = []
    let pending = scenarios
    for (let round = 0; pending.length > 0; round++) {
      if (round > 3) throw new Error('the machine is too slow for this test')
      const staged = await stage(server, pending, round * scenarios.length)
      const run = (waits: boolean) => runPages(engine, page => runInEngine(engine, page, server.port, callsOf(staged, page, waits)))
      // While a scenario waits, others would drive its answers out of a full cache.
      const ran = [...await run(true), ...await run(false)]
      const requests = new Map(server.seen)
      server.seen.clear()
      const slow: Scenario[] = []
      for (const run of ran) {
        const one = staged.get(run.id)
        if (one === undefined) continue
        if (run.took > TOO_SLOW) slow.push(one.scenario)
        else proved.push(await proveOne(name, server, one, run, requests.get(run.id) ?? []))
      }
      pending = slow
    }
    return proved
  } finally {
    await engine.close()
    await server.close()
  }
}

async function runPages ({ concurrent }: Engine, run: (page: PageName) => Promise<Ran[]>): Promise<Ran[]> {
  if (concurrent) return (await Promise.all(pageNames.map(run))).flat()
  const ran: Ran[] = []
  for (const page of pageNames) ran.push(...await run(page))
  return ran
}

/** A scenario with its server running. */
interface Staged {
  readonly scenario: Scenario
  readonly calls: Calls
  readonly served: Served
}

async function stage (server: ProofServer, scenarios: readonly Scenario[], firstId: number): Promise<Map<number, Staged>> {
  const staged = new Map<number, Staged>()
  for (const [i, scenario] of scenarios.entries()) {
    const id = firstId + i
    const places = placesOf(scenario.page, id, server.port)
    const served = await scenario.serve(places)
    server.handlers.set(id, served.handle)
    staged.set(id, { scenario, served, calls: { id, places, steps: scenario.steps.map(step => ({ ...step, url: fill(step.url, places) })) } })
  }
  return staged
}

/** The scenarios of one page: those that wait, or those that do not. */
function callsOf (staged: ReadonlyMap<number, Staged>, page: string, waits: boolean): Calls[] {
  return [...staged.values()].filter(({ scenario }) => scenario.page === page).map(({ calls }) => calls)
    .filter(({ steps }) => steps.some(({ wait }) => wait > 0) === waits)
}

async function proveOne (name: EngineName, server: ProofServer, { scenario, calls, served }: Staged, { outcomes, reasons }: Ran, requests: readonly string[]): Promise<Proved> {
  const inTesting = await runInTesting(name, scenario.page, server.port, calls)
  const testing = { ...inTesting, requests: server.seen.get(calls.id) ?? [] }
  return {
    name,
    scenario,
    engine: { outcomes, reasons, requests },
    testing,
    explained: await explain(served.app, name, calls, outcomes, testing)
  }
}
