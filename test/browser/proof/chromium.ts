import { setTimeout } from 'node:timers/promises'
import type { Browser, CDPSession, Frame } from 'playwright-core'
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
  /** The milliseconds that the slowest call took. The scenario assumes that a call takes no time. */
  readonly slowest: number
}

/** How many scenarios run at the same time in one page. */
const CONCURRENT = 12

/** Runs the scenarios of one page, each in order, in a tab of its own. */
export async function runInChromium (browser: Browser, name: PageName, port: number, scenarios: readonly Calls[]): Promise<Ran[]> {
  const tab = await browser.newPage()
  try {
    await tab.goto(`${name === 'null' ? 'http://app.test' : name}:${port}/`)
    const frame = name === 'null' ? tab.frames()[1] : tab.mainFrame()
    if (frame === undefined) throw new Error('the sandboxed frame has not loaded')
    const failures = await collectFailures(frame)
    const results = await frame.evaluate(fetchAll, { scenarios, concurrent: CONCURRENT })
    const failed = results.flatMap(({ outcomes }) => outcomes).filter(outcome => outcome === null).length
    await untilReported(failures, failed)
    return results.map(({ id, outcomes, slowest }) => ({
      id,
      slowest,
      outcomes: outcomes.map(outcome => outcome === null
        ? { kind: 'blocked' as const, code: failures.get(String(id))?.shift() ?? 'nothing was sent' }
        : { ...outcome, headers: readable(outcome.headers) })
    }))
  } finally {
    await tab.close()
  }
}

/** Why requests failed, as the developer tools say it: by scenario, in order. */
async function collectFailures (frame: Frame): Promise<Map<string, string[]>> {
  const session = await sessionOf(frame)
  const urls = new Map<string, string>()
  const failures = new Map<string, string[]>()
  const add = (url: string, reason: string) => {
    const [, id = ''] = /[-~](\d+)[./]/.exec(url) ?? []
    failures.set(id, [...failures.get(id) ?? [], reason])
  }
  session.on('Network.requestWillBeSent', ({ requestId, request, redirectResponse }) => {
    if (redirectResponse === undefined) urls.set(requestId, request.url)
  })
  session.on('Network.loadingFailed', ({ requestId, type, errorText, blockedReason, corsErrorStatus }) => {
    const url = urls.get(requestId)
    if (url === undefined || type === 'Preflight') return
    urls.delete(requestId) // A second report about the same request only says that it was cancelled after the first.
    add(url, corsErrorStatus?.corsError ?? blockedReason ?? errorText)
  })
  session.on('Audits.issueAdded', ({ issue }) => {
    const { corsErrorStatus, request } = issue.details.corsIssueDetails ?? {}
    // What never became a request has no id, and this is its only report.
    if (corsErrorStatus !== undefined && request !== undefined && request.requestId === undefined) add(request.url ?? '', corsErrorStatus.corsError)
  })
  await session.send('Network.enable')
  await session.send('Audits.enable')
  return failures
}

/** The last reports arrive after the page has seen the failures. */
async function untilReported (failures: ReadonlyMap<string, readonly string[]>, count: number): Promise<void> {
  for (let i = 0; i < 100 && [...failures.values()].flat().length < count; i++) await setTimeout(20)
}

/** A sandboxed frame has a process of its own, and so a session of its own. */
async function sessionOf (frame: Frame): Promise<CDPSession> {
  const page = frame.page()
  return await page.context().newCDPSession(frame === page.mainFrame() ? page : frame)
}

/** Runs in the page. `null` stands for a call that failed. */
async function fetchAll ({ scenarios, concurrent }: { scenarios: readonly Calls[], concurrent: number }) {
  const queue = [...scenarios]
  const done: Array<{ id: number, slowest: number, outcomes: Array<Extract<Outcome, { kind: 'read' }> | null> }> = []
  const read = async (url: string, init: Init) => {
    const response = await fetch(url, init)
    const { status, redirected, type } = response
    return { kind: 'read' as const, status, url: response.url, redirected, type, headers: [...response.headers.keys()], body: await response.text() }
  }
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const outcomes = []
      let [start, slowest] = [performance.now(), 0]
      for (const { url, init, wait } of next.steps) {
        if (wait > 0) {
          await new Promise(resolve => { globalThis.setTimeout(resolve, wait * 1000) })
          start = performance.now()
        }
        outcomes.push(await read(url, init).catch(() => null))
        slowest = Math.max(slowest, performance.now() - start)
      }
      done.push({ id: next.id, outcomes, slowest })
    }
  }
  await Promise.all(Array.from({ length: concurrent }, work))
  return done
}
