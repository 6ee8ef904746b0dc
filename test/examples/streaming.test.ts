import { pathToFileURL } from 'node:url'
import t from 'tap'
import { createBrowser } from '../../lib/testing'
import type { Page } from '../../lib/testing'
import { example, start } from './program'

interface Options { readonly headers: Record<string, string>, readonly fetch: Page['fetch'], readonly signal?: AbortSignal }
interface PageScript {
  lines (url: string, options: Options): AsyncIterable<string>
  events (url: string, options: Options): AsyncIterable<{ id: string, data: string }>
}

const API = 'https://api.example.com'
const headers = { Authorization: 'Bearer secret' }

t.test('a page reads lines of JSON and server-sent events as they come, with Authorization', async t => {
  const { address } = await start(t, [example('streaming/server.js')])
  const { lines, events } = await import(pathToFileURL(example('streaming/page.mjs')).href) as PageScript
  const browser = createBrowser(address)
  const { fetch } = browser.open('https://app.example.com')

  const rows: unknown[] = []
  for await (const line of lines(`${API}/rows`, { headers, fetch })) rows.push(JSON.parse(line))
  t.strictSame(rows, [{ id: 1 }, { id: 2 }, { id: 3 }])

  const controller = new AbortController()
  const ids: string[] = []
  for await (const { id, data } of events(`${API}/events`, { headers: { ...headers, 'Last-Event-ID': '7' }, fetch, signal: controller.signal })) {
    t.equal(data, 'tick')
    if (ids.push(id) === 2) break
  }
  controller.abort()
  t.strictSame(ids, ['8', '9'])

  await t.rejects(fetch(`${API}/rows`, { headers: { ...headers, 'X-Other': '1' } }), { cause: { code: 'HeaderDisallowedByPreflightResponse' } })
  const refused = await fetch(`${API}/rows`, { headers: { Authorization: 'Bearer wrong' } })
  t.strictSame([refused.status, await refused.json()], [401, { error: 'log in first' }], 'the page reads the 401')
  await t.rejects(browser.open('https://evil.test').fetch(`${API}/events`, { headers }), { cause: { code: 'PreflightMissingAllowOriginHeader' } })
})
