import http from 'node:http'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { createBrowser } from '../../lib/testing'
import { startChromium } from '../engines/chromium'
import { without } from '../engines/engines'
import { listen } from '../support/exchange'
import { fetchIn, hostsAt, servePage } from '../support/pages'
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

const MESSAGE = {
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
  body: JSON.stringify(INITIALIZE)
}
const BLOCKED = 'TypeError: Failed to fetch'

t.test('in Chromium, DNS rebinding meets the check of the host alone', { skip: without('chromium') }, async t => {
  const [network, local] = await Promise.all(['network', 'local'].map(async name => (await start(t, [example(`mcp/${name}.js`)])).address))
  const browser = await startChromium('--host-resolver-rules=MAP evil.test 127.0.0.1')
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  const rebound = async (address = '') => {
    const { href } = new URL('/mcp', address.replace('127.0.0.1', 'evil.test'))
    await page.goto(href)
    return await fetchIn(page, href, MESSAGE)
  }
  t.match(await rebound(network), /^200 .*"greeter"/s)
  t.equal(await rebound(local), '403 {"error":"unknown host"}')
})

t.test('in Chromium, a page on the internet needs the permission of the user, and CORS', { skip: without('chromium') }, async t => {
  const { cors, endpoint } = require(example('mcp/endpoint.js'))
  const app = Fastify()
  t.teardown(() => app.close())
  app.register(corsPlugin, { ...cors, origin: 'https://chat.example.com' })
  app.register(endpoint)
  const [address, port] = await Promise.all([listen(app), servePage(t)])
  const browser = await startChromium(hostsAt(port), `--ip-address-space-overrides=127.0.0.1:${port}=public`)
  t.teardown(() => browser.close())
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  const page = await context.newPage()
  const call = async (origin: string) => {
    await page.goto(origin)
    return await fetchIn(page, `${address}/mcp`, MESSAGE)
  }
  t.equal(await call('https://chat.example.com'), BLOCKED)
  for (const origin of ['https://chat.example.com', 'https://evil.test']) await context.grantPermissions(['local-network-access'], { origin })
  t.match(await call('https://chat.example.com'), /^200 .*"greeter"/s)
  t.equal(await call('https://evil.test'), BLOCKED)
})

t.test('a page reads after a 401 where to get a token', async t => {
  const { cors, endpoint } = require(example('mcp/endpoint.js'))
  const app = Fastify()
  t.teardown(() => app.close())
  app.register(corsPlugin, { ...cors, origin: 'https://chat.example.com' })
  app.register(async scope => {
    scope.addHook('onRequest', async (_request, reply) => await reply.code(401).header('WWW-Authenticate', 'Bearer resource_metadata="https://mcp.example.com/a"').send())
    scope.register(endpoint)
  })
  const metadata: string[] = []
  const { fetch } = createBrowser(await listen(app)).open('https://chat.example.com')
  await t.rejects(greet('https://mcp.example.com/mcp', async (...args) => {
    const response = await fetch(...args)
    metadata.push(response.headers.get('www-authenticate') ?? '')
    return response
  }))
  t.match(metadata, [/resource_metadata/])
})

t.test('without enforce, nothing but the preflight keeps a foreign page out', async t => {
  const { cors, endpoint } = require(example('mcp/endpoint.js'))
  const app = Fastify()
  t.teardown(() => app.close())
  app.register(corsPlugin, { ...cors, enforce: false, origin: 'https://chat.example.com' })
  app.register(endpoint)
  const address = await listen(app)
  const browser = createBrowser(address)
  await t.rejects(browser.open('https://evil.test').fetch('https://mcp.example.com/mcp', MESSAGE))
  t.strictSame(browser.sent.map(({ method, status }) => ({ method, status })), [{ method: 'OPTIONS', status: 403 }])
  t.equal(await post(address, { origin: 'https://evil.test' }), 200)
})
