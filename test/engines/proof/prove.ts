import type { EngineName } from '../engine'
import { launch } from '../engines'
import { type Explained, explain } from './explained'
import type { Seen } from './outcome'
import { type Real, runForReal } from './real'
import type { Scenario } from './scenario'
import { type ProofServer, startServer } from './server'
import { type Modelled, runInTesting, testingBrowser } from './testing'

/** A scenario, and what an engine and the library saw of it. */
export interface Proved {
  readonly name: EngineName
  readonly scenario: Scenario
  readonly engine: Seen
  readonly testing: Modelled
  /** What `app.cors.explain` predicted, if the server has the plugin. */
  readonly explained: Explained
}

/** Runs each scenario in an engine and in the library. */
export async function prove (name: EngineName, scenarios: readonly Scenario[]): Promise<Proved[]> {
  const server = await startServer()
  const engine = await launch(name, server)
  try {
    const proved: Proved[] = []
    for (const real of await runForReal(engine, server, scenarios)) proved.push(await proveOne(name, server, real))
    return proved
  } finally {
    await engine.close()
    await server.close()
  }
}

async function proveOne (name: EngineName, server: ProofServer, real: Real): Promise<Proved> {
  const { scenario, calls, served, engine } = real
  const testing = await runInTesting(testingBrowser(name, server.port), server, real)
  return { name, scenario, engine, testing, explained: await explain(served.app, name, calls, engine.outcomes, testing) }
}
