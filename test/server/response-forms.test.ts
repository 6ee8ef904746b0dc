import { once } from 'node:events'
import http from 'node:http'
import type { ServerResponse } from 'node:http'
import Fastify from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import corsPlugin from '../..'
import { ALLOWED, OTHER, listen, portOf, send } from '../support/exchange'

/** The header lines of a response that a handler writes itself, as they are sent over a connection. */
async function written (t: Test, write: (raw: ServerResponse) => void): Promise<string[]> {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER], exposedHeaders: ['X-A'] })
  app.get('/a', (_request, reply) => {
    reply.hijack()
    write(reply.raw)
    reply.raw.end('x')
  })
  await listen(app)
  const request = http.get({ host: '127.0.0.1', port: portOf(app), path: '/a', headers: { origin: ALLOWED }, agent: false })
  const [response] = await once(request, 'response') as [http.IncomingMessage]
  response.resume()
  const { rawHeaders } = response
  const lines = rawHeaders.flatMap((name, i) => i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1] ?? ''}`] : [])
  return lines.filter(line => !/^(?:date|connection|transfer-encoding|keep-alive|content-length):/i.test(line)).sort()
}

const cors = [`access-control-allow-origin: ${ALLOWED}`, 'access-control-expose-headers: X-A', 'vary: Origin']

t.test('each form of writeHead keeps its own headers as they were, and has those of the policy', async t => {
  // The types know fewer forms than Node.js takes.
  const rows: ReadonlyArray<readonly [it: string, args: readonly unknown[], own: readonly string[]]> = [
    ['a status', [200], []],
    ['no headers', [200, undefined], []],
    ['null', [200, null], []],
    ['a text', [200, 'Fine'], []],
    ['an object', [200, { 'X-Own': '1' }], ['X-Own: 1']],
    ['a text and an object', [200, 'Fine', { 'X-Own': '1' }], ['X-Own: 1']],
    ['several values', [200, { 'Set-Cookie': ['a=1', 'b=2'] }], ['Set-Cookie: a=1', 'Set-Cookie: b=2']],
    ['a flat list', [200, ['X-Own', '1', 'X-Two', '2']], ['X-Own: 1', 'X-Two: 2']]
  ]
  for (const [it, args, own] of rows) {
    const lines = await written(t, raw => { (raw.writeHead as (...args: readonly unknown[]) => unknown)(...args) })
    t.strictSame(lines, [...own, ...cors].sort(), it)
  }
})

t.test('a header of the protocol without a value is refused as Node.js refuses it', async t => {
  let code: unknown
  await written(t, raw => {
    try {
      raw.writeHead(200, { 'access-control-allow-origin': undefined })
    } catch (error) {
      code = (error as { readonly code?: unknown }).code
    }
  })
  t.equal(code, 'ERR_HTTP_INVALID_HEADER_VALUE')
})

t.test('a wrapper that is put around writeHead afterwards is called too', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  let calls = 0
  app.addHook('onRequest', (_request, { raw }, done) => {
    const writeHead = raw.writeHead as (...args: unknown[]) => ServerResponse // of all its forms
    raw.writeHead = function (this: ServerResponse, ...args: unknown[]) {
      calls++
      return writeHead.apply(this, args)
    } as typeof raw.writeHead
    done()
  })
  app.get('/a', () => 'a')
  t.strictSame((await send(app, 'GET', '/a')).cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
  t.equal(calls, 1)
})
