import { once } from 'node:events'
import http from 'node:http'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { inject, overHttp1, overHttp2, portOf } from '../conformance/settings'
import type { Client } from '../conformance/settings'
import { OTHER, send } from '../support/exchange'

const APP = 'https://app.test'
const EVIL = 'https://evil.test'
const OPTIONS: corsPlugin.CorsOptions = { origin: [APP, 'https://other.test'], credentials: true, exposedHeaders: ['X-Total'] }
const ALLOWED = { 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true', 'access-control-expose-headers': 'X-Total' }

interface Case {
  it: string
  status?: number
  handle: (reply: FastifyReply, raw: ServerResponse) => void
  /** `Vary` where the handler sets one, and what else it exposes. */
  vary?: string
  exposed?: string
  also?: Record<string, string>
  /** Whether HTTP/2 cannot express this. */
  http1Only?: true
}

// CORS headers that a handler sets itself, from before the plugin was used.
const STALE = { Vary: 'Accept', 'Access-Control-Allow-Origin': 'https://stale.test', 'Access-Control-Allow-Methods': 'PATCH', 'X-Own': '1' }

const cases: Case[] = [
  { it: 'a bare writeHead', handle: (_reply, raw) => { raw.writeHead(200); raw.end('hi') } },
  { it: 'writeHead with an object', handle: (_reply, raw) => { raw.writeHead(201, { 'X-Own': '1' }).end('hi') }, status: 201, also: { 'x-own': '1' } },
  { it: 'writeHead with an object that has CORS headers', handle: (_reply, raw) => { raw.writeHead(200, STALE).end('hi') }, vary: 'Accept, Origin', also: { 'x-own': '1' } },
  { it: 'writeHead with an object that has a list', handle: (_reply, raw) => { raw.writeHead(200, { vary: ['Accept', 'Cookie'] } as never).end('hi') }, vary: 'Accept, Cookie, Origin' },
  { it: 'writeHead with headers that are to be exposed', handle: (_reply, raw) => { raw.writeHead(200, { 'access-control-expose-headers': 'X-Own' }).end('hi') }, exposed: 'X-Total, X-Own' },
  { it: 'writeHead with undefined', handle: (_reply, raw) => { raw.writeHead(200, undefined as never).end('hi') } },
  { it: 'writeHead with a flat array', handle: (_reply, raw) => { raw.writeHead(200, ['X-Own', '1', 'vary', 'Accept', 'access-control-allow-origin', '*'] as never).end('hi') }, vary: 'Accept, Origin', also: { 'x-own': '1' } },
  { it: 'writeHead with an array of pairs', handle: (_reply, raw) => { raw.writeHead(200, [['X-Own', '1'], ['Vary', 'Accept'], ['Access-Control-Allow-Origin', '*']] as never).end('hi') }, vary: 'Accept, Origin', also: { 'x-own': '1' }, http1Only: true },
  { it: 'writeHead with a status message', handle: (_reply, raw) => { raw.writeHead(200, 'Fine', STALE).end('hi') }, vary: 'Accept, Origin', also: { 'x-own': '1' } },
  { it: 'writeHead with a status message alone', handle: (_reply, raw) => { raw.writeHead(200, 'Fine').end('hi') } },
  { it: 'no writeHead at all', handle: (_reply, raw) => { raw.end('hi') } },
  { it: 'statusCode and end', handle: (_reply, raw) => { raw.statusCode = 202; raw.end('hi') }, status: 202 },
  { it: 'write and end', handle: (_reply, raw) => { raw.write('h'); raw.end('i') } },
  { it: 'flushHeaders', handle: (_reply, raw) => { raw.flushHeaders(); raw.end('hi') } },
  { it: 'a copy of reply.getHeaders()', handle: (reply, raw) => { raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders); raw.end('hi') } },
  { it: 'raw.setHeader', handle: (_reply, raw) => { raw.setHeader('vary', 'Accept'); raw.setHeader('x-own', '1'); raw.end('hi') }, vary: 'Accept, Origin', also: { 'x-own': '1' } },
  { it: 'raw.setHeader and a bare writeHead', handle: (_reply, raw) => { raw.setHeader('Vary', 'Accept'); raw.setHeader('Access-Control-Allow-Origin', '*'); raw.writeHead(200).end('hi') }, vary: 'Accept, Origin' },
  { it: 'raw.setHeader, for each of reply.getHeaders()', handle: (reply, raw) => { for (const [name, value] of Object.entries(reply.getHeaders())) raw.setHeader(name, value as string); raw.end('hi') } }
]

const transports: { name: string, http2: boolean, client: Client }[] = [
  { name: 'inject', http2: false, client: inject },
  { name: 'HTTP/1', http2: false, client: overHttp1 },
  { name: 'HTTP/2', http2: true, client: overHttp2 }
]

async function appWith (http2: boolean, options: corsPlugin.CorsOptions, handler: (request: FastifyRequest, reply: FastifyReply) => unknown): Promise<FastifyInstance> {
  const app = Fastify((http2 ? { http2: true } : {}) as object)
  await app.register(corsPlugin, options)
  app.get('/raw', handler as () => unknown)
  return app
}

function from (origin: string | undefined): Record<string, string> {
  return origin === undefined ? {} : { origin }
}

function corsHeaders (headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name === 'vary' || name.startsWith('access-control-')))
}

for (const { name, http2, client } of transports) {
  for (const { it, handle, status = 200, vary = 'Origin', exposed = 'X-Total', also = {}, http1Only } of cases) {
    if (http1Only === true && http2) continue
    for (const hijacks of [true, false]) {
      t.test(`${name}, ${hijacks ? 'hijacked' : 'not hijacked'}: ${it}`, async t => {
        for (const origin of [APP, EVIL, undefined]) {
          const app = await appWith(http2, OPTIONS, (_request, reply) => {
            if (hijacks) reply.hijack()
            handle(reply, reply.raw)
            return hijacks ? undefined : reply
          })
          t.teardown(async () => { await app.close() })
          const answer = await client(app, { method: 'GET', url: '/raw', headers: from(origin) })
          t.equal(answer.status, status)
          t.equal(answer.body, 'hi')
          const allowed = origin === APP ? { ...ALLOWED, 'access-control-expose-headers': exposed } : {}
          t.same(corsHeaders(answer.headers), { ...allowed, vary }, `to ${origin}`)
          for (const [header, value] of Object.entries(also)) t.equal(answer.headers[header], value)
        }
      })
    }
  }

  t.test(`${name}: a constant header is sent to every origin`, async t => {
    const app = await appWith(http2, { origin: APP }, (_request, reply) => { reply.hijack(); reply.raw.writeHead(200, { 'X-Own': '1' }); reply.raw.end('hi') })
    t.teardown(async () => { await app.close() })
    for (const headers of [from(undefined), from(EVIL)]) {
      t.same(corsHeaders((await client(app, { method: 'GET', url: '/raw', headers })).headers), { 'access-control-allow-origin': APP })
    }
  })

  t.test(`${name}: CORS headers that a handler writes stay if CORS is off`, async t => {
    const app = Fastify((http2 ? { http2: true } : {}) as object)
    t.teardown(async () => { await app.close() })
    await app.register(corsPlugin, OPTIONS)
    app.get('/raw', { config: { cors: false } }, (_request, reply) => { reply.hijack(); reply.raw.writeHead(200, { 'Access-Control-Allow-Origin': '*', vary: 'Accept' }); reply.raw.end('hi') })
    const { headers } = await client(app, { method: 'GET', url: '/raw', headers: { origin: APP } })
    t.same(corsHeaders(headers), { 'access-control-allow-origin': '*', vary: 'Accept' })
  })

  t.test(`${name}: the response of a hook that hijacks has the headers`, async t => {
    const app = Fastify((http2 ? { http2: true } : {}) as object)
    t.teardown(async () => { await app.close() })
    await app.register(corsPlugin, OPTIONS)
    app.addHook('preHandler', (_request, reply, done) => { reply.hijack(); reply.raw.end('hi'); done() })
    app.get('/raw', () => 'never')
    const { headers } = await client(app, { method: 'GET', url: '/raw', headers: { origin: APP } })
    t.same(corsHeaders(headers), { ...ALLOWED, vary: 'Origin' })
  })

  t.test(`${name}: an async origin function is waited for`, async t => {
    const app = await appWith(http2, { origin: async origin => { await new Promise(setImmediate); return origin === APP } },
      (_request, reply) => { reply.hijack(); reply.raw.end('hi') })
    t.teardown(async () => { await app.close() })
    const { headers } = await client(app, { method: 'GET', url: '/raw', headers: { origin: APP } })
    t.same(corsHeaders(headers), { 'access-control-allow-origin': APP, vary: 'Origin' })
  })
}

t.test('server-sent events: the headers come before the first event, and the stream goes on', async t => {
  const app = await appWith(false, OPTIONS, (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
    reply.raw.write('data: 1\n\n')
    setTimeout(() => { reply.raw.end('data: 2\n\n') }, 20)
  })
  t.teardown(async () => { await app.close() })
  const request = http.get({ host: '127.0.0.1', port: await portOf(app), path: '/raw', headers: { origin: APP }, agent: false })
  const [response] = await once(request, 'response') as [http.IncomingMessage]
  t.match(response.headers, { ...ALLOWED, vary: 'Origin', 'content-type': 'text/event-stream' })
  const [first] = await once(response, 'data') as [Buffer]
  t.equal(first.toString(), 'data: 1\n\n')
  const [second] = await once(response, 'data') as [Buffer]
  t.equal(second.toString(), 'data: 2\n\n')
})

t.test('writeHead is the original again once the headers are written', async t => {
  let before: unknown
  let after: unknown
  const app = Fastify()
  app.addHook('onRequest', (_request, reply, done) => { before = reply.raw.writeHead; done() })
  await app.register(corsPlugin, OPTIONS)
  app.get('/raw', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200)
    after = reply.raw.writeHead
    reply.raw.end()
  })
  await app.inject({ url: '/raw', headers: { origin: APP } })
  t.equal(after, before)
})

t.test('a second writeHead fails as it does without the plugin', async t => {
  const app = await appWith(false, OPTIONS, (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200)
    t.throws(() => reply.raw.writeHead(200), { code: 'ERR_HTTP_HEADERS_SENT' })
    reply.raw.end()
  })
  t.teardown(async () => { await app.close() })
  await overHttp1(app, { method: 'GET', url: '/raw', headers: { origin: APP } })
})

t.test('early hints and informational answers are left alone', async t => {
  const app = await appWith(false, OPTIONS, (_request, reply) => {
    reply.raw.writeEarlyHints({ link: '</a.css>; rel=preload' })
    return 'hi'
  })
  t.teardown(async () => { await app.close() })
  const { headers, body } = await overHttp1(app, { method: 'GET', url: '/raw', headers: { origin: APP } })
  t.equal(body, 'hi')
  t.same(corsHeaders(headers), { ...ALLOWED, vary: 'Origin' })
})

t.test('both values of a name that a list has twice are kept', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [APP, OTHER] })
  app.get('/a', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, ['Vary', 'Accept', 'Vary', 'Cookie'])
    reply.raw.end()
  })
  t.equal((await send(app, 'GET', '/a')).cors.vary, 'Accept, Cookie, Origin')
})
