import { type Explanation, createBrowser } from '../../../lib/testing'
import type { EngineName } from '../engine'
import { type Outcome, type Seen, readable } from './outcome'
import type { Calls } from './run'
import type { PageName } from './scenario'

/** Runs a scenario in the testing browser. */
export async function runInTesting (engine: EngineName, name: PageName, port: number, { steps }: Calls): Promise<Omit<Seen, 'requests'>> {
  const browser = createBrowser(`http://127.0.0.1:${port}`, { browser: engine })
  const page = browser.open(name === 'null' ? name : `${name}:${port}`)
  const outcomes: Outcome[] = []
  const reasons: string[] = []
  for (const { url, init, wait } of steps) {
    browser.advance(wait)
    outcomes.push(await page.fetch(url, init).then(read, error => {
      reasons.push(codeOf(error))
      return { kind: 'blocked' }
    }))
  }
  return { outcomes, reasons }
}

async function read (response: Response): Promise<Outcome> {
  const { status, url, redirected, type } = response
  return { kind: 'read', status, url, redirected, type, headers: readable([...new Set(response.headers.keys())]), body: await response.text() }
}

function codeOf (error: unknown): string {
  if (!(error instanceof TypeError) || error.cause === undefined) throw error
  const { code } = error.cause as Explanation // The testing browser documents it so.
  return String(code)
}
