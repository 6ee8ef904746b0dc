import type { Engine } from '../engine'
import { type Outcome, readable } from './outcome'
import type { Init, PageName, Places } from './scenario'

/** A scenario's calls, with their URLs filled in. */
export interface Calls {
  readonly id: number
  readonly places: Places
  readonly steps: ReadonlyArray<{ readonly url: string, readonly init: Init, readonly wait: number }>
}

export interface Ran {
  readonly id: number
  readonly outcomes: readonly Outcome[]
  /** What the developer tools said of the calls that failed, in order. */
  readonly reasons: readonly string[]
  /** The milliseconds that the calls took, without those before a wait. The scenario assumes that a call takes no time. */
  readonly took: number
}

/** Runs the scenarios of one page, each in order, in a tab of its own. */
export async function runInEngine (engine: Engine, name: PageName, port: number, scenarios: readonly Calls[]): Promise<Ran[]> {
  if (scenarios.length === 0) return []
  const tab = await engine.open(`${name === 'null' ? 'http://app.test' : name}:${port}/`, name === 'null')
  try {
    const results = await tab.run(fetchAll, { scenarios, concurrent: engine.scenarios })
    const blocked = results.flatMap(({ outcomes }) => outcomes).filter(({ kind }) => kind === 'blocked').length
    const failures = await tab.failures(blocked)
    return results.map(({ id, outcomes, took }) => ({
      id,
      took,
      reasons: failures.filter(({ url }) => idIn(url) === id).map(({ reason }) => reason),
      outcomes: outcomes.map(outcome => outcome.kind === 'blocked' ? outcome : { ...outcome, headers: readable(outcome.headers) })
    }))
  } finally {
    await tab.close()
  }
}

/** The scenario's id, which is in the host or in the path. */
function idIn (url: string): number {
  const [, id] = /[-~](\d+)[./]/.exec(url) ?? []
  return Number(id)
}

/** Runs in the page. */
async function fetchAll ({ scenarios, concurrent }: { scenarios: readonly Calls[], concurrent: number }) {
  const queue = [...scenarios]
  const done: Array<{ id: number, took: number, outcomes: Outcome[] }> = []
  const read = async (url: string, init: Init) => {
    const response = await fetch(url, init)
    const { status, redirected, type } = response
    return { kind: 'read' as const, status, url: response.url, redirected, type, headers: [...response.headers.keys()], body: await response.text() }
  }
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const outcomes: Outcome[] = []
      let [start, took] = [performance.now(), 0]
      for (const { url, init, wait } of next.steps) {
        if (wait > 0) {
          await new Promise(resolve => { setTimeout(resolve, wait * 1000) })
          start = performance.now()
        }
        outcomes.push(await read(url, init).catch(() => ({ kind: 'blocked' as const })))
        took = Math.max(took, performance.now() - start)
      }
      done.push({ id: next.id, outcomes, took })
    }
  }
  await Promise.all(Array.from({ length: concurrent }, work))
  return done
}
