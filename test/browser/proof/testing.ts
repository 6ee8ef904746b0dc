import { type Explanation, createBrowser } from '../../../lib/testing'
import type { Calls } from './chromium'
import { type Outcome, readable } from './outcome'
import type { PageName } from './scenario'

/** Runs a scenario in the testing browser. */
export async function runInTesting (name: PageName, port: number, { steps }: Calls): Promise<Outcome[]> {
  const browser = createBrowser(`http://127.0.0.1:${port}`)
  const page = browser.open(name === 'null' ? name : `${name}:${port}`)
  const outcomes: Outcome[] = []
  for (const { url, init, wait } of steps) {
    browser.advance(wait)
    outcomes.push(await page.fetch(url, init).then(read, blocked))
  }
  return outcomes
}

async function read (response: Response): Promise<Outcome> {
  const { status, url, redirected, type } = response
  return { kind: 'read', status, url, redirected, type, headers: readable([...new Set(response.headers.keys())]), body: await response.text() }
}

function blocked (error: unknown): Outcome {
  if (!(error instanceof TypeError) || error.cause === undefined) throw error
  const { code } = error.cause as Explanation // The testing browser documents it so.
  return { kind: 'blocked', code: String(code) }
}
