import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { cert, key } from '../command/certificate'

/** The port of an https server that answers every request with an empty page. Start Chromium with `hostsAt` of it. */
export async function servePage (t: Test): Promise<number> {
  const server = createServer({ cert, key }, (_request, response) => { response.setHeader('content-type', 'text/html').end('<title>A page</title>') })
  t.teardown(() => { server.close() })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port // a server that listens on a port has one
}

/** A flag of Chromium: all https hosts are at this port of this machine. */
export function hostsAt (port: number): string {
  return `--host-resolver-rules=MAP *:443 127.0.0.1:${port}`
}

/** What the page's own `fetch` does: `200 {"a":1}`, or the error's text. */
export async function fetchIn (page: Page, url: string, init: RequestInit = {}): Promise<string> {
  return await page.evaluate(async ([url, init]) => await fetch(url, init).then(async response => `${response.status} ${await response.text()}`, String), [url, init] as const)
}
