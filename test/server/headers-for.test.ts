import http2 from 'node:http2'
import { once } from 'node:events'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyServerOptions, RouteGenericInterface } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, listen, logLines, portOf, preflight, preflightHttp, send, sendHttp } from '../support/exchange'
import type { Ask, Exchange } from '../support/exchange'
import { message } from './message'

type Options = corsPlugin.CorsOptions

const LIST: Options = { origin: [ALLOWED, OTHER] }
const SESSIONS = { origin: [ALLOWED, OTHER], credentials: true, exposedHeaders: ['x-a'], maxAge: 5 }
const LONG = 'x'.repeat(150)

/** An application that responds outside of Fastify's hooks with the headers of `headersFor`. */
function appWith (server: FastifyServerOptions = {}): FastifyInstance {
  const app: FastifyInstance = Fastify({
    ...server,
    frameworkErrors: async (error, request, reply: FastifyReply) => {
      const headers = await app.cors.headersFor(request.raw)
      await reply.headers(headers).code(error.statusCode ?? 500).send('framework')
    }
  })
  return app
}

function routes (app: FastifyInstance): void {
  app.get('/a/:id', () => 'a')
  app.put('/a/:id', { config: { cors: { origin: OTHER } } }, () => 'a')
}

type Sent = (app: FastifyInstance, ask?: Ask) => Promise<Exchange>

const inside: Sent = (app, ask) => send(app, 'GET', '/a/1', ask)
const badUrl: Sent = (app, ask) => sendHttp(app, 'GET', '/a/%zz', ask)
const badQuery: Sent = (app, ask) => sendHttp(app, 'GET', '/a/%zz?x=%', ask)
const longParameter: Sent = (app, ask) => sendHttp(app, 'GET', `/a/${LONG}`, ask)

t.test('a response outside of the hooks carries the same headers as one inside', async t => {
  const rows: ReadonlyArray<readonly [it: string, Options]> = [
    ['any origin', {}],
    ['one', { origin: ALLOWED, credentials: true }],
    ['a list', LIST],
    ['all headers', SESSIONS],
    ['nobody', { origin: false }],
    ['any origin with credentials', { origin: true, credentials: true, dangerously: { anyOriginWithCredentials: true } }],
    ['null', { origin: ['null', ALLOWED], dangerously: { nullOrigin: true } }],
    ['a function', { origin: origin => origin === ALLOWED }],
    ['an async function', { origin: async origin => origin === ALLOWED }],
    ['a delegator', { delegator: () => SESSIONS, vary: ['x-tenant'] }],
    ['an async delegator', { delegator: async () => SESSIONS }],
    ['a delegator that says no', { delegator: () => false }],
    ['paths', { ...LIST, paths: ['/a/*'] }],
    ['other paths', { ...LIST, paths: ['/b/*'] }]
  ]
  for (const [it, options] of rows) {
    const app = appWith()
    app.register(corsPlugin, options)
    app.get('/a/:id', () => 'a')
    await listen(app)
    for (const origin of [ALLOWED, OTHER, EVIL, 'null', undefined]) {
      const { cors } = await inside(app, { origin })
      for (const [sent, status] of [[badUrl, 400], [badQuery, 400], [longParameter, 414]] as const) {
        const answer = await sent(app, { origin })
        t.strictSame([answer.status, answer.cors], [status, cors], `${it}, ${origin}, ${status}`)
      }
    }
    await app.close()
  }
})

t.test('below a prefix the registration of that context governs, however odd the URL', async t => {
  const app = appWith()
  app.register(corsPlugin, { origin: EVIL })
  app.register(async child => {
    child.register(corsPlugin, { origin: ALLOWED })
    child.get('/a/:id', () => 'a')
    child.register(async inner => {
      inner.register(corsPlugin, { origin: OTHER, paths: ['/v1/x/*'] })
      inner.get('/:id', () => 'x')
    }, { prefix: '/x' })
  }, { prefix: '/v1' })
  await listen(app)
  t.teardown(async () => { await app.close() })
  for (const [url, origin] of [['/%zz', EVIL], ['/v1/%zz', ALLOWED], [`/v1/a/${LONG}`, ALLOWED], ['/v1/x/%zz', OTHER], [`/v1/x/${LONG}`, OTHER], ['/v1/x%zz', ALLOWED], ['/v1%zz', EVIL], ['/%', EVIL], ['/v1/a/%%%?%', ALLOWED]] as const) {
    t.strictSame((await sendHttp(app, 'GET', url, { origin: ALLOWED })).cors, { 'access-control-allow-origin': origin }, url)
  }
})

t.test('a malformed URL has the options of the route that its literal text reaches', async t => {
  const app = appWith()
  app.register(corsPlugin, { origin: ALLOWED })
  app.get('/own/:id', { config: { cors: { origin: OTHER } } }, () => 'a')
  app.get('/off/:id', { config: { cors: false } }, () => 'a')
  app.register(async child => {
    child.register(corsPlugin, { origin: EVIL })
    child.get('/child/:id', () => 'a')
  })
  await listen(app)
  t.teardown(async () => { await app.close() })
  for (const [url, origin] of [['/own', OTHER], ['/off', undefined], ['/child', EVIL], ['/nothing', ALLOWED]] as const) {
    t.equal((await sendHttp(app, 'GET', `${url}/%zz`)).headers['access-control-allow-origin'], origin, url)
  }
})

t.test('a preflight', async t => {
  const app = appWith()
  app.register(corsPlugin, SESSIONS)
  routes(app)
  await app.ready()
  const rows: ReadonlyArray<readonly [it: string, method: string, url: string, origin: string]> = [
    ['accepted', 'GET', '/a/1', ALLOWED],
    ['refused', 'GET', '/a/1', EVIL],
    ['by the options of the route', 'PUT', '/a/1', ALLOWED],
    ['of the route, accepted', 'PUT', '/a/1', OTHER],
    ['at a URL without a route', 'PUT', '/nothing', ALLOWED]
  ]
  for (const [it, method, url, origin] of rows) {
    const expected = (await preflight(app, method, url, { origin, names: 'x-a' })).cors
    t.strictSame(app.cors.headersFor(message('OPTIONS', url, { origin, 'access-control-request-method': method, 'access-control-request-headers': 'x-a' })), expected, it)
  }
  const malformed = { 'access-control-allow-origin': ALLOWED, 'access-control-allow-credentials': 'true', 'access-control-max-age': '5', 'access-control-allow-methods': 'GET, HEAD, POST', vary: 'Origin, Access-Control-Request-Headers' }
  t.strictSame(await app.cors.headersFor(message('OPTIONS', '/a/%zz', { origin: ALLOWED, 'access-control-request-method': 'PUT' })), { vary: 'Origin' }, 'by the options of the route that it misses')
  t.strictSame(await app.cors.headersFor(message('OPTIONS', '/a/%zz', { origin: ALLOWED, 'access-control-request-method': 'GET' })), malformed)
})

t.test('over a connection, a preflight at a malformed URL has its headers', async t => {
  const app = appWith()
  app.register(corsPlugin, { origin: ALLOWED })
  app.get('/a', () => 'a')
  await listen(app)
  t.teardown(async () => { await app.close() })
  const { status, cors } = await preflightHttp(app, 'PUT', '/%zz')
  t.equal(status, 400)
  t.strictSame(cors, { 'access-control-allow-origin': ALLOWED, 'access-control-allow-methods': 'GET, HEAD, POST, PUT', 'access-control-allow-headers': '*, Authorization, Content-Type', vary: 'Access-Control-Request-Method' })
})

t.test('an ungoverned message has no headers', async t => {
  const app = appWith()
  app.register(async child => {
    child.register(corsPlugin, { origin: ALLOWED, preflight: false })
    child.get('/a', () => 'a')
  }, { prefix: '/v1' })
  app.get('/b', () => 'b')
  await app.ready()
  const flight = { origin: ALLOWED, 'access-control-request-method': 'GET' }
  t.strictSame(app.cors.headersFor(message('GET', '/b', { origin: ALLOWED })), {})
  t.strictSame(app.cors.headersFor(message('OPTIONS', '/b', flight)), {})
  t.strictSame(app.cors.headersFor(message('OPTIONS', '/v1/a', flight)), {}, 'preflights that are left alone')
  t.strictSame(app.cors.headersFor(message('GET', '/v1/a', { origin: ALLOWED })), { 'access-control-allow-origin': ALLOWED })
})

t.test('versions and hosts tell routes apart here too', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: ALLOWED })
  app.get('/a', { constraints: { version: '1.0.0' }, config: { cors: { exposedHeaders: 'x-1' } } }, () => '1')
  app.get('/a', { constraints: { version: '2.0.0' }, config: { cors: { exposedHeaders: 'x-2' } } }, () => '2')
  app.get('/b', { constraints: { host: 'b.test' }, config: { cors: { exposedHeaders: 'x-b' } } }, () => 'b')
  app.get('/b', { config: { cors: { exposedHeaders: 'x-any' } } }, () => 'any')
  await app.ready()
  for (const [url, headers] of [['/a', { 'accept-version': '1.x' }], ['/a', { 'accept-version': '2.0.0' }], ['/a', {}], ['/b', { host: 'b.test' }], ['/b', { host: 'c.test' }]] as const) {
    const { cors } = await send(app, 'GET', url, { headers })
    t.strictSame(app.cors.headersFor(message('GET', url, { origin: ALLOWED, host: 'localhost:80', ...headers })), cors, `${url} ${JSON.stringify(headers)}`)
  }
})

t.test('over HTTP/2', async t => {
  const app = Fastify({
    http2: true,
    frameworkErrors: (error, request, reply: FastifyReply<RouteGenericInterface, http2.Http2Server>) => {
      reply.headers(app.cors.headersFor(request.raw) as Record<string, string>).code(error.statusCode ?? 500).send('framework') // nothing here makes a promise
    }
  })
  app.register(corsPlugin, { delegator: request => ({ origin: [ALLOWED, `${request.protocol}://${request.host}`] }) })
  app.get('/a/:id', { constraints: { host: 'b.test' } }, () => 'a')
  await app.listen({ port: 0, host: '127.0.0.1' })
  const session = http2.connect(`http://127.0.0.1:${portOf(app as unknown as FastifyInstance)}`) // which differs by its server alone
  t.teardown(async () => { session.close(); await app.close() })
  for (const [origin, allowed] of [[ALLOWED, ALLOWED], ['http://b.test', 'http://b.test'], [EVIL, undefined]] as const) {
    for (const path of ['/a/%zz', `/a/${LONG}`]) {
      const stream = session.request({ ':path': path, ':authority': 'b.test', origin })
      const [headers] = await once(stream, 'response') as [http2.IncomingHttpHeaders]
      stream.resume()
      t.equal(headers[':status'], path === '/a/%zz' ? 400 : 414)
      t.strictSame([headers['access-control-allow-origin'], headers.vary], [allowed, 'Origin'], `${origin} ${path.slice(0, 10)}`)
    }
  }
})

t.test('a URL is read as the router reads it, and literally if it cannot be decoded', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: ALLOWED, paths: ['/a b/*', '/%25zz/*'] })
  await app.register(corsPlugin, { origin: OTHER })
  await app.ready()
  const rows: ReadonlyArray<readonly [url: string, origin: string]> = [['/a%20b/c', ALLOWED], ['/a%20c', OTHER], ['/%zz/c', ALLOWED], ['/zz/c', OTHER]]
  for (const [url, origin] of rows) t.strictSame(await app.cors.headersFor(message('GET', url, { origin })), { 'access-control-allow-origin': origin }, url)
})

t.test('only failures are logged', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'warn', stream } })
  await app.register(async child => {
    await child.register(corsPlugin, { origin: origin => { if (origin === EVIL) throw new Error('no database'); return true } })
    child.get('/a', () => '')
  }, { prefix: '/v1' })
  await app.ready()
  for (const method of ['GET', 'OPTIONS']) {
    for (const url of ['/v1/a', '/a']) {
      await app.cors.headersFor(message(method, url, { origin: ALLOWED, 'access-control-request-method': 'PUT' }))
      t.strictSame(lines, [], `${method} ${url}`)
    }
  }
  await app.cors.headersFor(message('GET', '/v1/a', { origin: EVIL }))
  t.match(lines, [{ level: 50, msg: 'fastify-cors-policy could not decide which CORS headers a response carries', err: { message: 'no database' } }])
})

t.test('a GET with Access-Control-Request-Method is not a preflight', async t => {
  const app = Fastify()
  await app.register(corsPlugin, LIST)
  await app.ready()
  for (const method of ['GET', 'POST']) {
    t.strictSame(await app.cors.headersFor(message(method, '/a', { origin: ALLOWED, 'access-control-request-method': 'PUT' })), { 'access-control-allow-origin': ALLOWED, vary: 'Origin' }, method)
  }
})
