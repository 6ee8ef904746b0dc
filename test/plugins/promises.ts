import type { Test } from 'tap'
import { createBrowser } from '../../lib/testing'
import { ALLOWED, EVIL, portOf, sendHttp } from '../support/exchange'
import type { Exchange } from '../support/exchange'
import type { Running } from './beside'

/** Two requests of a page: one that needs no preflight, and one that does. */
export interface Calls {
  /** A path that is read with GET. */
  readonly read: string
  readonly status?: number
  /** Of the GET. Only what needs no preflight. */
  readonly headers?: Readonly<Record<string, string>>
  readonly write?: { readonly method: string, readonly path: string, readonly body?: string }
  /** The names in `Vary`, in lower case and sorted. */
  readonly vary?: readonly string[]
}

/** What holds beside every plugin for a policy with a list of origins. */
export async function keepsPromises (t: Test, running: Running, calls: Calls): Promise<void> {
  await t.test('allowed origins can read the response, others cannot', t => checkHeaders(t, running, calls))
  await t.test('a browser agrees', t => checkBrowser(t, running, calls))
}

async function checkHeaders (t: Test, { app, at }: Running, { read, status = 200, headers = {}, vary = ['origin'] }: Calls): Promise<void> {
  for (const origin of [ALLOWED, EVIL, undefined]) {
    const answer = await sendHttp(app, 'GET', at(read), { origin, headers })
    t.equal(answer.status, status, `the status for ${origin}`)
    t.strictSame(varied(answer), vary, `Vary for ${origin}`)
    t.equal(answer.cors['access-control-allow-origin'], origin === ALLOWED ? ALLOWED : undefined, `Access-Control-Allow-Origin for ${origin}`)
    if (origin !== ALLOWED) t.strictSame(Object.keys(answer.cors), ['vary'], `${origin} gets no CORS header`)
    for (const [name, value] of Object.entries(answer.cors)) t.notMatch(value, / \| /, `${name} comes once`)
  }
}

/** The names that a response varies by; one that comes twice shows twice. */
export function varied ({ cors }: Pick<Exchange, 'cors'>): string[] {
  return (cors.vary ?? '').toLowerCase().split(/, ?| \| /).filter(Boolean).sort()
}

async function checkBrowser (t: Test, { app, at }: Running, { read, status = 200, headers = {}, write }: Calls): Promise<void> {
  const browser = createBrowser(`http://127.0.0.1:${portOf(app)}`)
  const friend = browser.open(ALLOWED)
  const stranger = browser.open(EVIL)
  const url = (path: string) => `http://api.localhost${at(path)}`
  t.equal((await friend.fetch(url(read), { headers })).status, status, 'an allowed page reads')
  await t.rejects(stranger.fetch(url(read), { headers }), { cause: { code: 'MissingAllowOriginHeader' } }, 'another does not')
  t.strictSame(browser.sent.filter(({ preflight }) => preflight), [], 'neither needed a preflight')
  if (write === undefined) return
  const init = { method: write.method, headers: { 'content-type': 'application/json', 'x-asked': '1' }, body: write.body ?? '{}' }
  t.equal((await friend.fetch(url(write.path), init)).status, 200, 'an allowed page writes')
  await t.rejects(stranger.fetch(url(write.path), init), { cause: { code: 'PreflightMissingAllowOriginHeader' } }, 'another does not')
  t.strictSame(browser.sent.slice(2).map(({ method, status }) => `${method} ${status}`), ['OPTIONS 204', `${write.method} 200`, 'OPTIONS 403'])
}

/** A preflight that is answered, over a connection. */
export function isAccepted ({ status, cors, body }: Exchange): boolean {
  return status === 204 && body === '' && cors['access-control-allow-origin'] === ALLOWED
}
