import { isRedirect } from '../../../lib/browser/redirect'
import { type Explanation, type TestBrowser, createBrowser } from '../../../lib/testing'
import type { EngineName } from '../engine'
import { type Outcome, type Seen, readable } from './outcome'
import type { Staged } from './real'
import type { ProofServer } from './server'

/** The browser that models an engine. */
export function testingBrowser (engine: EngineName, port: number): Tested {
  return createBrowser(`http://127.0.0.1:${port}`, { browser: engine })
}

export type Tested = Pick<TestBrowser, 'open' | 'advance' | 'sent'>

export interface Failure {
  readonly code: string
  /** Whether the last answer was a redirect. */
  readonly redirected: boolean
}

/** What the testing browser saw. */
export interface Modelled extends Seen {
  readonly failed: readonly Failure[]
}

/** Runs a scenario in the testing browser. */
export async function runInTesting (browser: Tested, { seen, port }: ProofServer, { scenario: { page: name }, calls: { id, steps } }: Staged): Promise<Modelled> {
  seen.delete(id)
  const page = browser.open(name === 'null' ? name : `${name}:${port}`)
  const outcomes: Outcome[] = []
  const failed: Failure[] = []
  for (const { url, init, wait } of steps) {
    browser.advance(wait)
    outcomes.push(await page.fetch(url, init).then(read, error => {
      failed.push({ code: codeOf(error), redirected: isRedirect(Number(browser.sent.at(-1)?.status)) })
      return { kind: 'blocked' }
    }))
  }
  return { outcomes, failed, reasons: failed.map(({ code }) => code), requests: seen.get(id) ?? [] }
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
