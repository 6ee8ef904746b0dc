import net from 'node:net'
import { once } from 'node:events'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, listen, logLines, portOf, preflight, preflightHttp, send } from '../support/exchange'

const LIST: corsPlugin.CorsOptions = { origin: [ALLOWED, OTHER] }
const OPEN = { 'access-control-allow-origin': ALLOWED, 'access-control-allow-headers': '*, Authorization, Content-Type', vary: 'Origin' }

t.test('an accepted preflight is 204 with no body and no Content-Length, byte by byte', async t => {
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  await app.register(corsPlugin, { ...LIST, maxAge: 60 })
  app.put('/a', () => 'a')
  await listen(app)
  const socket = net.connect(portOf(app), '127.0.0.1')
  socket.end(`OPTIONS /a HTTP/1.1\r\nHost: x\r\nOrigin: ${ALLOWED}\r\nAccess-Control-Request-Method: PUT\r\nConnection: close\r\n\r\n`)
  let text = ''
  socket.on('data', chunk => { text += String(chunk) })
  await once(socket, 'end')
  const [head = '', body] = text.split('\r\n\r\n')
  t.equal(body, '')
  const lines = head.split('\r\n')
  t.equal(lines[0], 'HTTP/1.1 204 No Content')
  t.same(lines.slice(1).filter(line => !/^(date|connection):/i.test(line)).sort(), [
    'access-control-allow-headers: *, Authorization, Content-Type',
    'access-control-allow-methods: GET, HEAD, POST, PUT',
    `access-control-allow-origin: ${ALLOWED}`,
    'access-control-max-age: 60',
    'vary: Origin'
  ])
})

t.test('a refusal is an answer: no error handler, no onError hook and no serializer of errors sees it', async t => {
  const app = Fastify()
  const seen: string[] = []
  app.setErrorHandler(async (error: { code: string }, _request, reply) => {
    seen.push(error.code)
    return reply.code(500).send({ mine: error.code })
  })
  app.addHook('onError', async (_request, _reply, error) => { seen.push(error.code) })
  app.addHook('onSend', async (_request, reply, payload) => { seen.push(`onSend ${reply.statusCode}`); return payload })
  await app.register(corsPlugin, LIST)
  app.put('/a', () => 'a')
  app.put('/off', { config: { cors: false } }, () => 'off')
  const refused = await preflight(app, 'PUT', '/a', { origin: EVIL })
  t.equal(refused.status, 403)
  t.equal(refused.body, '{"statusCode":403,"code":"FST_CORS_ORIGIN_NOT_ALLOWED","error":"Forbidden","message":"CORS preflight refused: origin https://evil.test may not call PUT /a"}')
  t.same(refused.cors, { vary: 'Origin' })
  t.equal((await preflight(app, 'PUT', '/off')).body, '{"statusCode":403,"code":"FST_CORS_OFF","error":"Forbidden","message":"CORS preflight refused: CORS is off for PUT /off"}')
  t.same(seen, ['onSend 403', 'onSend 403'])
})

t.test('the handler never runs, and no hook of the route', async t => {
  const app = Fastify()
  const ran: string[] = []
  await app.register(corsPlugin, LIST)
  app.put('/a', { onRequest: (_request, _reply, done) => { ran.push('onRequest'); done() } }, () => { ran.push('handler') })
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  t.equal((await preflight(app, 'PUT', '/a', { origin: EVIL })).status, 403)
  t.same(ran, [])
})

t.test('in the message a path that is long is cut off, and of an origin that is too long only the length is told', async t => {
  const app = Fastify()
  await app.register(corsPlugin, LIST)
  app.put('/*', () => 'a')
  const path = '/' + 'a'.repeat(5000)
  const rows = [[320, `https://${'b'.repeat(120)}...`], [321, 'of 321 characters']] as const
  for (const [length, shown] of rows) {
    const { status, body } = await preflight(app, 'PUT', path, { origin: 'https://'.padEnd(length, 'b') })
    t.equal(status, 403)
    t.equal(JSON.parse(body).message, `CORS preflight refused: origin ${shown} may not call PUT /${'a'.repeat(127)}...`)
  }
})

t.test('a catch-all of the application keeps its other requests, in either order', async t => {
  for (const registersFirst of [true, false]) {
    const app = Fastify()
    if (registersFirst) await app.register(corsPlugin, LIST)
    app.all('*', request => `all ${request.method}`)
    if (!registersFirst) await app.register(corsPlugin, LIST)
    const answer = await preflight(app, 'DELETE', '/x')
    t.equal(answer.status, 204)
    t.match(answer.cors, OPEN)
    t.match(answer.cors['access-control-allow-methods'], /\bDELETE\b/)
    t.equal((await send(app, 'OPTIONS', '/x')).body, 'all OPTIONS')
    t.equal((await send(app, 'OPTIONS', '/x', { origin: undefined, headers: { 'access-control-request-method': 'PUT' } })).body, 'all OPTIONS')
    t.equal((await send(app, 'GET', '/x')).body, 'all GET')
  }
})

t.test('preflight: false without an OPTIONS route of the application is a 404 without CORS headers', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { ...LIST, preflight: false })
  app.put('/a', () => 'a')
  const { status, cors } = await preflight(app, 'PUT', '/a')
  t.equal(status, 404)
  t.same(cors, {})
})

t.test('preflight: false leaves a preflight to a hook that ran before', async t => {
  const app = Fastify()
  app.addHook('onRequest', async (request, reply) => {
    if (request.method === 'OPTIONS') return reply.code(204).header('access-control-allow-origin', '*').header('access-control-allow-methods', 'PUT').send()
  })
  await app.register(corsPlugin, { ...LIST, preflight: false })
  app.put('/a', () => 'a')
  t.same((await preflight(app, 'PUT', '/a')).cors, { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'PUT' })
})

t.test('preflight: false on one route leaves the others', async t => {
  const app = Fastify()
  await app.register(corsPlugin, LIST)
  app.put('/a', () => 'a')
  app.route({ method: ['PUT', 'OPTIONS'], url: '/own', config: { cors: { preflight: false } }, handler: (_request, reply) => reply.header('access-control-allow-origin', 'https://mine.test').send('own') })
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  const own = await preflight(app, 'PUT', '/own')
  t.equal(own.body, 'own')
  t.same(own.cors, { 'access-control-allow-origin': 'https://mine.test' })
})

t.test('preflightContinue without an OPTIONS route of the application is a 404', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { ...LIST, preflightContinue: true })
  app.put('/a', () => 'a')
  const { status, cors } = await preflight(app, 'PUT', '/a')
  t.equal(status, 404)
  t.same(cors, { ...OPEN, 'access-control-allow-methods': 'GET, HEAD, POST, PUT' })
})

t.test('an OPTIONS route that no registration governs keeps its preflights', async t => {
  const app = Fastify()
  app.options('/own', (_request, reply) => reply.header('access-control-allow-origin', 'https://mine.test').send('own'))
  app.put('/own', () => 'own')
  app.register(async child => {
    await child.register(corsPlugin, LIST)
    child.put('/a', () => 'a')
  })
  const own = await preflight(app, 'PUT', '/own')
  t.equal(own.status, 200)
  t.same(own.cors, { 'access-control-allow-origin': 'https://mine.test' })
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
})

t.test('logLevel is that of the preflight route alone', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { stream, level: 'info' } })
  await app.register(corsPlugin, { ...LIST, paths: ['/quiet'], logLevel: 'silent' })
  await app.register(corsPlugin, LIST)
  app.put('/quiet', () => 'a')
  app.put('/loud', () => 'a')
  t.equal((await preflight(app, 'PUT', '/quiet')).status, 204)
  t.equal(lines.length, 0)
  t.equal((await preflight(app, 'PUT', '/loud')).status, 204)
  t.not(lines.length, 0)
  const before = lines.length
  t.equal((await send(app, 'PUT', '/quiet')).status, 200)
  t.not(lines.length, before)
})

t.test('a log line of a refused preflight has no stack', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { stream, level: 'info' } })
  await app.register(corsPlugin, LIST)
  app.put('/a', () => 'a')
  await preflight(app, 'PUT', '/a', { origin: EVIL })
  t.notMatch(JSON.stringify(lines), 'node_modules')
})

t.test('forty registrations beside each other all answer', async t => {
  const app = Fastify()
  for (let i = 0; i < 40; i++) {
    app.register(async child => {
      await child.register(corsPlugin, { origin: [`https://${i}.test`, OTHER] })
      child.put('/a', () => 'a')
    }, { prefix: `/c${i}` })
  }
  for (const i of [0, 30, 31, 32, 39]) {
    t.equal((await preflight(app, 'PUT', `/c${i}/a`, { origin: `https://${i}.test` })).status, 204)
    t.equal((await preflight(app, 'PUT', `/c${i}/a`, { origin: `https://${i + 1}.test` })).status, 403)
  }
})

t.test('the preflight route answers nothing else', async t => {
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  await app.register(corsPlugin, LIST)
  app.put('/a', () => 'a')
  await listen(app)
  t.equal((await send(app, 'OPTIONS', '/a')).status, 404)
  t.equal((await preflightHttp(app, 'PUT', '/a')).status, 204)
  t.equal((await preflightHttp(app, 'PUT', '/a', { headers: { 'access-control-request-method': '' } })).status, 404)
})

t.test('an origin that is allowed and one that is not may ask at the same time', async t => {
  const app = Fastify()
  const wait: (() => void)[] = []
  await app.register(corsPlugin, { origin: async origin => { await new Promise<void>(resolve => { wait.push(resolve) }); return origin === ALLOWED } })
  app.put('/a', () => 'a')
  await app.ready()
  const both = [preflight(app, 'PUT', '/a'), preflight(app, 'PUT', '/a', { origin: EVIL })]
  while (wait.length < 2) await new Promise(setImmediate)
  for (const go of wait.reverse()) go()
  const [yes, no] = await Promise.all(both)
  t.equal(yes?.status, 204)
  t.same(yes?.cors, { ...OPEN, 'access-control-allow-methods': 'GET, HEAD, POST, PUT' })
  t.equal(no?.status, 403)
  t.same(no?.cors, { vary: 'Origin' })
})

t.test('an answer does not have CORS headers that hooks have set, and keeps their Vary', async t => {
  const stale = { 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true', 'access-control-max-age': '86400', 'access-control-expose-headers': 'X-A' }
  const app = Fastify()
  app.addHook('onRequest', async (_request, reply) => { reply.headers({ ...stale, vary: 'Accept-Language' }) })
  app.setErrorHandler((_error, _request, reply) => { reply.code(403).headers(stale).send('no') })
  app.register(corsPlugin, { origin: [ALLOWED, OTHER], methods: ['PUT'], allowedHeaders: [] })
  app.put('/a', () => 'a')
  t.match(await preflight(app, 'PUT', '/a'), { status: 204 })
  t.strictSame((await preflight(app, 'PUT', '/a')).cors, { 'access-control-allow-origin': ALLOWED, 'access-control-allow-methods': 'PUT', vary: 'Accept-Language, Origin' })
  t.strictSame((await preflight(app, 'PUT', '/a', { origin: EVIL })).cors, { vary: 'Accept-Language, Origin' })
})

t.test('with preflightContinue, the OPTIONS route adds to the answer and removes nothing', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED, OTHER], preflightContinue: true, methods: ['PUT'], allowedHeaders: [] })
  app.put('/a', () => 'a')
  app.options('/a', (_request, reply) => reply.headers({ vary: 'Accept', 'access-control-allow-origin': '*' }).send('mine'))
  const { cors, body } = await preflight(app, 'PUT', '/a')
  t.equal(body, 'mine')
  t.strictSame(cors, { 'access-control-allow-origin': ALLOWED, 'access-control-allow-methods': 'PUT', vary: 'Accept, Origin' })
})

t.test('with credentials, any method means the requested one', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER], credentials: true, methods: '*', allowedHeaders: ['X-A'] })
  app.put('/a', () => 'a')
  const common = { 'access-control-allow-origin': ALLOWED, 'access-control-allow-credentials': 'true', 'access-control-allow-headers': 'X-A', vary: 'Origin, Access-Control-Request-Method' }
  for (const method of ['PUT', 'DELETE', 'own']) t.strictSame((await preflight(app, method, '/a')).cors, { ...common, 'access-control-allow-methods': method })
})

t.test('if a URL has only routes for safelisted methods, no other method is listed', async t => {
  const app = Fastify()
  await app.register(corsPlugin, LIST)
  app.get('/a', () => 'a')
  app.put('/b', () => 'b')
  const listed = async (method: string, url: string) => (await preflight(app, method, url)).cors['access-control-allow-methods']
  t.equal(await listed('DELETE', '/a'), 'GET, HEAD, POST')
  t.equal(await listed('DELETE', '/b'), 'GET, HEAD, POST, PUT')
  t.equal(await listed('DELETE', '/nothing'), 'GET, HEAD, POST, DELETE')
})

t.test('the body escapes what JSON needs escaped', async t => {
  const app = Fastify()
  await app.register(corsPlugin, LIST)
  app.put('/a', () => 'a')
  const { body } = await preflight(app, 'PUT', '/a', { origin: 'https://"\\\\' })
  t.equal(JSON.parse(body).message, 'CORS preflight refused: origin https://"\\\\ may not call PUT /a')
})

t.test('a preflight from the site itself is not refused, and gets no more headers than a refused one', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  app.put('/a', () => 'a')
  for (const [origin, headers] of [[EVIL, { 'sec-fetch-site': 'same-origin' }], ['http://site.test', { host: 'site.test' }]] as const) {
    const { status, cors } = await preflight(app, 'PUT', '/a', { origin, headers })
    t.strictSame([status, cors], [204, { vary: 'Origin' }], origin)
  }
  t.equal((await preflight(app, 'PUT', '/a', { origin: EVIL, headers: { 'sec-fetch-site': 'same-site' } })).status, 403)
})

t.test('preflights that wait in an earlier hook at one time each get the answer of their own URL', async t => {
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  const waiting: Array<() => void> = []
  app.addHook('onRequest', (_request, _reply, done) => { waiting.push(done) })
  await app.register(corsPlugin, LIST)
  for (const url of ['/a', '/b', '/c']) app.put(url, { config: { cors: { origin: [ALLOWED], maxAge: url.charCodeAt(1) } } }, () => url)
  app.get('/off', { config: { cors: { preflight: false } } }, () => 'off')
  await app.ready()
  const answers = Promise.all(['/a', '/b', '/c', '/off'].map(url => preflight(app, url === '/off' ? 'GET' : 'PUT', url)))
  while (waiting.length < 4) await new Promise(setImmediate)
  for (const done of waiting.splice(0)) done()
  t.strictSame((await answers).map(({ status, cors }) => [status, cors['access-control-max-age']]), [[204, '97'], [204, '98'], [204, '99'], [404, undefined]])
})
