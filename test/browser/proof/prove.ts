import { type Calls, type Ran, runInChromium } from './chromium'
import { type Explained, explain } from './explained'
import type { Seen } from './outcome'
import { type Scenario, type Served, fill, pageNames, placesOf } from './scenario'
import { type Server, startServer } from './server'
import { runInTesting } from './testing'
import { launch } from '../chromium'

/** A scenario, and what Chromium and the library saw of it. */
export interface Proved {
  readonly scenario: Scenario
  readonly chromium: Seen
  readonly testing: Seen
  /** What `app.cors.explain` predicted, if the server has the plugin. */
  readonly explained: Explained
}

/** In milliseconds. After so long a call, cached answers that the scenario relies on may have expired: they last 5 seconds. */
const TOO_SLOW = 4000

/** Runs each scenario in Chromium and in the library, and again if the machine was too slow for it. */
export async function prove (scenarios: readonly Scenario[]): Promise<Proved[]> {
  const server = await startServer()
  const browser = await launch('--host-resolver-rules=MAP *.test 127.0.0.1')
  try {
    const proved: Proved[] = []
    let pending = scenarios
    for (let round = 0; pending.length > 0; round++) {
      if (round > 3) throw new Error('the machine is too slow for this test')
      const staged = await stage(server, pending, round * scenarios.length)
      const ran = await Promise.all(pageNames.map(name => runInChromium(browser, name, server.port, callsOf(staged, name))))
      const requests = new Map(server.seen)
      server.seen.clear()
      const slow: Scenario[] = []
      for (const run of ran.flat()) {
        const one = staged.get(run.id)
        if (one === undefined) continue
        if (run.slowest > TOO_SLOW) slow.push(one.scenario)
        else proved.push(await proveOne(server, one, run, requests.get(run.id) ?? []))
      }
      pending = slow
    }
    return proved
  } finally {
    await browser.close()
    await server.close()
  }
}

/** A scenario with its server running. */
interface Staged {
  readonly scenario: Scenario
  readonly calls: Calls
  readonly served: Served
}

async function stage (server: Server, scenarios: readonly Scenario[], firstId: number): Promise<Map<number, Staged>> {
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

/** Scenarios that wait come first, so that they do not prolong the run at the end. */
function callsOf (staged: ReadonlyMap<number, Staged>, page: string): Calls[] {
  const waits = ({ steps }: Calls) => Number(steps.some(({ wait }) => wait > 0))
  return [...staged.values()].filter(({ scenario }) => scenario.page === page).map(({ calls }) => calls)
    .sort((a, b) => waits(b) - waits(a))
}

async function proveOne (server: Server, { scenario, calls, served }: Staged, { outcomes }: Ran, requests: readonly string[]): Promise<Proved> {
  return {
    scenario,
    chromium: { outcomes, requests },
    testing: { outcomes: await runInTesting(scenario.page, server.port, calls), requests: server.seen.get(calls.id) ?? [] },
    explained: await explain(served.app, calls, outcomes)
  }
}
