import { once } from 'node:events'
import http from 'node:http'
import { Readable } from 'node:stream'
import Fastify from 'fastify'
import type { FastifyReply } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, listen, portOf, preflight, send, sendHttp } from '../support/exchange'

const LIST: corsPlugin.CorsOptions = { origin: [ALLOWED, OTHER] }
const READS = { 'access-control-allow-origin': ALLOWED, vary: 'Origin' }

/** A server that sets its own CORS headers, such as the upstream of a proxy. */
async function upstream (t: Test, status = 200): Promise<string> {
  const server = http.createServer((_request, response) => {
    response.writeHead(status, {
      'access-control-allow-origin': '*',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'PATCH',
      'access-control-expose-headers': 'X-Up',
      'content-type': 'text/plain',
      'set-cookie': ['a=1', 'b=2'],
      'x-up': '1',
      vary: 'Accept'
    })
    response.end(status === 204 || status === 304 ? undefined : 'from above')
  })
  t.teardown(() => { server.close(); server.closeAllConnections() })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
}

t.test('a fetched Response, which has immutable headers, is sent with the headers of the policy', async t => {
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  const url = await upstream(t)
  await app.register(corsPlugin, { ...LIST, exposedHeaders: ['X-Total'] })
  app.get('/a', async (_request, reply) => reply.send(await fetch(url)))
  app.get('/returned', async () => await fetch(url))
  app.get('/off', { config: { cors: false } }, async (_request, reply) => reply.send(await fetch(url)))
  await listen(app)
  for (const path of ['/a', '/returned']) {
    const allowed = await sendHttp(app, 'GET', path)
    t.equal(allowed.body, 'from above')
    t.same(allowed.cors, { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'X-Total, X-Up', vary: 'Accept, Origin' })
    t.equal(allowed.headers['x-up'], '1')
    t.equal(allowed.headers['content-type'], 'text/plain')
    t.equal(allowed.headers['set-cookie'], 'a=1 | b=2')
    t.same((await sendHttp(app, 'GET', path, { origin: EVIL })).cors, { vary: 'Accept, Origin' })
  }
  t.equal((await sendHttp(app, 'GET', '/off')).cors['access-control-allow-origin'], '*')
})

t.test('a fetched Response without a body keeps its status', async t => {
  for (const status of [204, 304]) {
    const app = Fastify()
    const url = await upstream(t, status)
    await app.register(corsPlugin, LIST)
    app.get('/a', async (_request, reply) => reply.send(await fetch(url)))
    const answer = await send(app, 'GET', '/a')
    t.equal(answer.status, status)
    t.equal(answer.cors['access-control-allow-origin'], ALLOWED)
    t.equal(answer.cors['access-control-allow-methods'], undefined)
  }
})

t.test('a Response that was read already fails as it does without the plugin', async t => {
  for (const registers of [true, false]) {
    const app = Fastify()
    if (registers) await app.register(corsPlugin, LIST)
    app.get('/a', async (_request, reply) => {
      const response = new Response('x', { headers: { vary: 'Accept' } })
      await response.text()
      return reply.send(response)
    })
    const { status, body } = await send(app, 'GET', '/a')
    t.equal(status, 500)
    t.equal(JSON.parse(body).code, 'FST_ERR_REP_RESPONSE_BODY_CONSUMED')
  }
})

t.test('a later onSend hook may still add to Vary, and an earlier one has', async t => {
  const app = Fastify()
  app.addHook('onSend', async (_request, reply) => { reply.header('vary', 'accept-language') })
  await app.register(corsPlugin, LIST)
  app.get('/a', () => 'a')
  t.same((await send(app, 'GET', '/a')).cors, { ...READS, vary: 'accept-language, Origin' })
})

t.test('CORS headers that a hook of a child context sets are replaced too', async t => {
  const app = Fastify()
  await app.register(corsPlugin, LIST)
  app.register(async child => {
    child.addHook('onRequest', async (_request, reply) => { reply.header('access-control-allow-origin', '*') })
    child.addHook('preHandler', async (_request, reply) => { reply.removeHeader('vary') })
    child.get('/a', () => 'a')
  })
  t.same((await send(app, 'GET', '/a')).cors, READS)
  t.same((await send(app, 'GET', '/a', { origin: EVIL })).cors, { vary: 'Origin' })
})

t.test('responses of error handlers and of 404 handlers have the headers', async t => {
  const app = Fastify()
  await app.register(corsPlugin, LIST)
  app.setErrorHandler(async (_error, _request, reply) => reply.code(418).header('vary', 'accept').send('error'))
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).header('access-control-allow-origin', '*').send('nothing'))
  app.get('/a', () => { throw new Error('oh') })
  t.match(await send(app, 'GET', '/a'), { status: 418, cors: { ...READS, vary: 'accept, Origin' } })
  t.match(await send(app, 'GET', '/b'), { status: 404, body: 'nothing', cors: READS })
})

t.test('responses with 400 (of a schema), 413, 415 and 429 have the headers', async t => {
  const app = Fastify({ bodyLimit: 10 })
  await app.register(corsPlugin, LIST)
  app.post('/a', { schema: { body: { type: 'object', required: ['x'] } } }, () => 'a')
  app.get('/busy', { preHandler: async (_request, reply) => reply.code(429).send('slow down') }, () => 'a')
  const json = { 'content-type': 'application/json' }
  t.match(await send(app, 'POST', '/a', { headers: json, body: '{}' }), { status: 400, cors: READS })
  t.match(await send(app, 'POST', '/a', { headers: json, body: '{' }), { status: 400, cors: READS })
  t.match(await send(app, 'POST', '/a', { headers: json, body: '{"x":"0123456789"}' }), { status: 413, cors: READS })
  t.match(await send(app, 'POST', '/a', { headers: { 'content-type': 'x/y' }, body: 'x' }), { status: 415, cors: READS })
  t.match(await send(app, 'GET', '/busy'), { status: 429, cors: READS })
})

t.test('the 401 of a hook that was registered first has the headers, and it answers preflights too', async t => {
  const app = Fastify()
  app.addHook('onRequest', async (request, reply) => { if (request.headers.authorization === undefined) return reply.code(401).header('www-authenticate', 'Bearer').send('who?') })
  await app.register(corsPlugin, LIST)
  app.put('/a', () => 'a')
  t.match(await send(app, 'PUT', '/a'), { status: 401, cors: READS, headers: { 'www-authenticate': 'Bearer' } })
  t.same((await send(app, 'PUT', '/a', { origin: EVIL })).cors, { vary: 'Origin' })
  t.match(await send(app, 'PUT', '/a', { headers: { authorization: 'Bearer x' } }), { status: 200, cors: READS })
  t.equal((await preflight(app, 'PUT', '/a')).status, 401)
})

t.test('the error response for a hook that was registered first and throws has the headers', async t => {
  const app = Fastify()
  app.addHook('onRequest', async () => { throw Object.assign(new Error('who?'), { statusCode: 401 }) })
  await app.register(corsPlugin, LIST)
  app.get('/a', () => 'a')
  t.match(await send(app, 'GET', '/a'), { status: 401, cors: READS })
})

t.test('a stream that breaks off keeps what was sent', async t => {
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  await app.register(corsPlugin, LIST)
  app.get('/a', (_request, reply) => reply.send(Readable.from((async function * () { yield 'a'; await new Promise(resolve => setTimeout(resolve, 10)); throw new Error('oh') })())))
  await listen(app)
  const request = http.get({ host: '127.0.0.1', port: portOf(app), path: '/a', headers: { origin: ALLOWED }, agent: false })
  const [response] = await once(request, 'response') as [http.IncomingMessage]
  t.match(response.headers, READS)
  response.on('error', () => {}).resume()
  await new Promise(resolve => { response.on('close', resolve) })
  t.equal(response.complete, false)
})

t.test('many requests at once do not mix their origins', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: async origin => { await new Promise(resolve => setTimeout(resolve, Math.random() * 5)); return !origin.includes('evil') } })
  app.get('/a', async () => { await new Promise(setImmediate); return 'a' })
  await app.ready()
  const origins = Array.from({ length: 60 }, (_, i) => `https://${i % 3 === 0 ? 'evil' : 'app'}${i}.test`)
  const answers = await Promise.all(origins.map(async origin => await send(app, 'GET', '/a', { origin })))
  t.same(answers.map(({ cors }) => cors), origins.map(origin => origin.includes('evil') ? { vary: 'Origin' } : { 'access-control-allow-origin': origin, vary: 'Origin' }))
})

t.test('values of the policy cannot be changed by a handler', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { ...LIST, exposedHeaders: ['X-Total'] })
  app.get('/a', (_request, reply: FastifyReply) => {
    for (const value of Object.values(reply.getHeaders())) if (Array.isArray(value)) value.push('changed')
    return 'a'
  })
  const first = await send(app, 'GET', '/a')
  t.same((await send(app, 'GET', '/a')).cors, first.cors)
  t.same(first.cors, { ...READS, 'access-control-expose-headers': 'X-Total' })
})

t.test('a context that no registration governs is left alone', async t => {
  const app = Fastify()
  app.register(async child => { await child.register(corsPlugin, LIST) })
  app.get('/a', (_request, reply) => reply.header('access-control-allow-origin', '*').send('a'))
  t.same((await send(app, 'GET', '/a')).cors, { 'access-control-allow-origin': '*' })
})

t.test('headers that were set on the raw response are merged', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED, OTHER], exposedHeaders: ['X-A'] })
  app.get('/a', (_request, reply) => {
    reply.raw.setHeader('Vary', 'Accept-Encoding')
    reply.raw.setHeader('Access-Control-Expose-Headers', 'X-B')
    return 'a'
  })
  const { cors } = await send(app, 'GET', '/a')
  t.strictSame(cors, { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'X-A, X-B', vary: 'Accept-Encoding, Origin' })
  t.strictSame((await send(app, 'GET', '/a', { origin: EVIL })).cors, { vary: 'Accept-Encoding, Origin' })
})

t.test('if the head of a response cannot be written, the error response has the headers', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  app.get('/a', (_request, reply) => reply.header('x-bad', 'a\nb').send('a'))
  app.get('/stream', (_request, reply) => reply.header('x-bad', 'a\nb').send(Readable.from(['a'])))
  for (const url of ['/a', '/stream']) {
    const { status, cors } = await send(app, 'GET', url)
    t.equal(status, 500)
    t.strictSame(cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' }, url)
  }
})

t.test('an ungoverned response is left as it is, however early it is sent', async t => {
  const app = Fastify()
  const answer = (reply: FastifyReply) => {
    reply.raw.setHeader('Vary', 'Accept')
    return reply.header('vary', 'Accept-Language').header('access-control-allow-origin', '*').send('a')
  }
  app.addHook('onRequest', async (request, reply) => request.url === '/early' ? answer(reply) : undefined)
  app.register(corsPlugin, { ...LIST, paths: ['/governed'] })
  for (const url of ['/early', '/late', '/governed']) app.get(url, (_request, reply) => answer(reply))
  for (const url of ['/early', '/late']) {
    t.strictSame((await send(app, 'GET', url)).cors, { 'access-control-allow-origin': '*', vary: 'Accept-Language' }, url)
  }
  t.strictSame((await send(app, 'GET', '/governed')).cors, { 'access-control-allow-origin': ALLOWED, vary: 'Accept, Accept-Language, Origin' })
})

t.test('an error handler that answers on the raw response has the headers of a refusal', async t => {
  const app = Fastify()
  app.setErrorHandler((_error, _request, reply) => {
    reply.hijack()
    reply.raw.writeHead(403)
    reply.raw.end()
  })
  app.register(corsPlugin, { origin: [ALLOWED, OTHER], enforce: 'all' })
  app.get('/a', () => 'a')
  t.match(await send(app, 'GET', '/a', { origin: EVIL }), { status: 403, cors: { vary: 'Origin' } })
})

const failing = { throws: () => { throw new Error('no database') }, rejects: () => Promise.reject(new Error('no database')) }
for (const [how, origin] of Object.entries(failing)) {
  t.test(`an error handler that answers on the raw response has the headers where an origin function ${how}`, async t => {
    const app = Fastify()
    app.setErrorHandler((_error, _request, reply) => {
      reply.hijack()
      reply.raw.writeHead(500, { vary: 'Accept', 'access-control-allow-origin': '*' })
      reply.raw.end()
    })
    app.register(corsPlugin, { origin })
    app.get('/a', () => 'a')
    const { status, cors } = await send(app, 'GET', '/a')
    t.equal(status, 500)
    t.strictSame(cors, { vary: 'Accept, Origin' })
  })
}

t.test('the Vary that middleware has set on the raw response is kept if a stream is sent', async t => {
  const app = Fastify()
  app.addHook('onRequest', (_request, reply, done) => { reply.raw.setHeader('vary', 'Accept-Encoding'); done() })
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  app.get('/a', (_request, reply) => reply.header('vary', 'Cookie').send(Readable.from(['a'])))
  const { vary } = (await send(app, 'GET', '/a')).cors
  t.strictSame(vary?.split(', ').sort(), ['Accept-Encoding', 'Cookie', 'Origin'])
})
