import type { Engine } from '../engine'
import type { Seen } from './outcome'
import { type Calls, type Ran, runInEngine } from './run'
import { type PageName, type Scenario, type Served, fill, pageNames, placesOf } from './scenario'
import type { ProofServer } from './server'

/** A scenario with its server running. */
export interface Staged {
  readonly scenario: Scenario
  readonly calls: Calls
  readonly served: Served
}

/** A scenario, and what the engine did. */
export interface Real extends Staged {
  readonly engine: Seen
}

/** In milliseconds. After so long a time, cached answers that the scenario relies on may have expired: they last 5 seconds. */
const TOO_SLOW = 4000

/** Runs each scenario in an engine, and again if the machine was too slow for it. */
export async function runForReal (engine: Engine, server: ProofServer, scenarios: readonly Scenario[]): Promise<Real[]> {
  const done: Real[] = []
  let pending = scenarios
  for (let round = 0; pending.length > 0; round++) {
    if (round > 3) throw new Error('the machine is too slow for this test')
    const staged = await stage(server, pending)
    const run = (waits: boolean) => runPages(engine, page => runInEngine(engine, page, server.port, callsOf(staged, page, waits)))
    // While a scenario waits, others would drive its answers out of a full cache.
    const ran = [...await run(true), ...await run(false)]
    const slow: Scenario[] = []
    for (const { id, took, outcomes, reasons } of ran) {
      const one = staged.get(id)
      if (one === undefined) continue
      if (took > TOO_SLOW) slow.push(one.scenario)
      else done.push({ ...one, engine: { outcomes, reasons, requests: server.seen.get(id) ?? [] } })
    }
    pending = slow
  }
  return done
}

async function runPages ({ concurrent }: Engine, run: (page: PageName) => Promise<Ran[]>): Promise<Ran[]> {
  if (concurrent) return (await Promise.all(pageNames.map(run))).flat()
  const ran: Ran[] = []
  for (const page of pageNames) ran.push(...await run(page))
  return ran
}

async function stage (server: ProofServer, scenarios: readonly Scenario[]): Promise<Map<number, Staged>> {
  const staged = new Map<number, Staged>()
  for (const scenario of scenarios) {
    const id = server.handlers.size
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
