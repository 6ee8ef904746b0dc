import { createBrowser } from '../../lib/testing'
import type { TestBrowser } from '../../lib/testing'
import type { Built, Exchange } from './application'
import { type Ask, TRACKED, type World } from './world'

/** What has come of one call. */
export interface Outcome {
  readonly preflights: number
  /** Why the page may not read; `undefined`: it may. */
  readonly code: string | undefined
  /** Of the headers that are compared, those that the page could read. */
  readonly readable: readonly string[]
  readonly runs: readonly string[]
  readonly preflight: Exchange | undefined
  readonly actual: Exchange | undefined
}

/** The browser of a world. */
export function browse (world: World, { app, inject }: Built): TestBrowser {
  return createBrowser({ ready: async () => await app.ready(), inject }, { browser: world.browser })
}

export async function call (browser: TestBrowser, built: Built, ask: Ask): Promise<Outcome> {
  Object.assign(built, { preflights: 0, runs: [], answers: [] })
  browser.advance(ask.wait)
  const read = ask.mode === 'form' ? await submit(built, ask) : await fetchIt(browser, ask)
  const isPreflight = ({ asked }: Exchange) => Object.keys(asked.headers ?? {}).includes('access-control-request-method')
  return {
    ...read,
    preflights: built.preflights,
    runs: built.runs,
    preflight: built.answers.find(isPreflight),
    actual: built.answers.find(exchange => !isPreflight(exchange))
  }
}

type Read = Pick<Outcome, 'code' | 'readable'>

async function fetchIt (browser: TestBrowser, { page, url, method, headers, credentials, mode }: Ask): Promise<Read> {
  try {
    const response = await browser.open(page).fetch(url, { method, headers, credentials, mode: mode as 'cors' }) // no form
    return { code: undefined, readable: TRACKED.filter(name => response.headers.has(name)).sort() }
  } catch (error) {
    const { code, message } = (error as Error).cause as { code?: string, message?: string } ?? { message: String(error) }
    return { code: code ?? message, readable: [] }
  }
}

/** https://html.spec.whatwg.org/#form-submission-algorithm and https://w3c.github.io/webappsec-fetch-metadata/ */
async function submit ({ inject }: Built, { page, url, method, headers }: Ask): Promise<Read> {
  const site = new URL(url).origin === page ? 'same-origin' : 'cross-site'
  await inject({
    method: method as 'GET', // or POST
    url,
    headers: { ...headers, ...method === 'POST' && { origin: page }, 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' },
    ...method === 'POST' && { payload: 'a=b' }
  })
  return { code: undefined, readable: [] }
}
