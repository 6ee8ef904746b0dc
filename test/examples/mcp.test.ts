import http from 'node:http'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import t from 'tap'
import { createBrowser } from '../../lib/testing'
import { example, start } from './program'

/** Connects as a client with this `fetch` does, calls the tool, and ends the session. */
async function greet (url: string, fetch: typeof globalThis.fetch): Promise<unknown> {
  const transport = new StreamableHTTPClientTransport(new URL(url), { fetch })
  const client = new Client({ name: 'page', version: '1.0.0' })
  await client.connect(transport)
  const { content } = await client.callTool({ name: 'greet' })
  await transport.terminateSession()
  await client.close()
  return content
}

const HELLO = [{ type: 'text', text: 'Hello!' }]
const INITIALIZE = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'a', version: '1' } } }

async function post (address: string, headers: Record<string, string>): Promise<number | undefined> {
  const request = http.request(`${address}/mcp`, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers } })
  request.end(JSON.stringify(INITIALIZE))
  const [response] = await once(request, 'response') as [IncomingMessage]
  response.destroy()
  return response.statusCode
}

t.test('on the network: an allowed page has a session, another one gets 403, programs come in', async t => {
  const { address } = await start(t, [example('mcp/network.js')])
  const browser = createBrowser(address)
  t.strictSame(await greet('https://mcp.example.com/mcp', browser.open('https://chat.example.com').fetch), HELLO)
  const preflights = browser.sent.filter(({ preflight }) => preflight)
  t.equal(preflights.length, 1, 'the lists are in the first answer')
  for (const name of ['mcp-protocol-version', 'mcp-session-id']) t.ok(browser.sent.some(({ headers }) => headers[name] !== undefined), name)
  await t.rejects(greet('https://mcp.example.com/mcp', browser.open('https://evil.test').fetch), /Failed to fetch/)
  t.equal(await post(address, { origin: 'https://evil.test' }), 403, 'also without a preflight')
  t.strictSame(await greet(`${address}/mcp`, fetch), HELLO, 'a program that is not a browser')
})

t.test('on the user\'s own machine: pages of localhost come in, no other host is known', async t => {
  const { address } = await start(t, [example('mcp/local.js')])
  const page = createBrowser(address).open('http://localhost:6274')
  t.strictSame(await greet('http://127.0.0.1:3000/mcp', page.fetch), HELLO)
  t.strictSame(await greet(`${address}/mcp`, fetch), HELLO)
  t.equal(await post(address, { origin: 'https://evil.test' }), 403)
  t.equal(await post(address, { host: 'evil.test', origin: 'http://evil.test' }), 403, 'DNS rebinding')
})

t.test('without the check of the host, DNS rebinding makes any page the own one', async t => {
  const { address } = await start(t, [example('mcp/network.js')])
  t.equal(await post(address, { host: 'evil.test', origin: 'http://evil.test' }), 200)
})
