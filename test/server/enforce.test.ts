import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, listen, portOf, send } from '../support/exchange'

async function appWith (enforce: 'unsafe' | 'all', options: corsPlugin.CorsOptions = { origin: [ALLOWED, OTHER] }, server: FastifyServerOptions = {}): Promise<{ app: FastifyInstance, handled: string[] }> {
  const app = Fastify(server)
  const handled: string[] = []
  await app.register(corsPlugin, { ...options, enforce })
  app.route({ method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], url: '/a', handler: async request => { handled.push(request.method); return 'a' } })
  return { app, handled }
}

t.test('unsafe: refuses every method that may change something, before the handler', async t => {
  const { app, handled } = await appWith('unsafe')
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const { status, body, cors } = await send(app, method, '/a?secret=1', { origin: EVIL })
    t.equal(status, 403)
    t.same(JSON.parse(body), { statusCode: 403, code: 'FST_CORS_ORIGIN_NOT_ALLOWED', error: 'Forbidden', message: `cross-origin request refused: origin ${EVIL} may not call ${method} /a` })
    t.same(cors, { vary: 'Origin' })
  }
  t.same(handled, [])
})

t.test('unsafe: GET, HEAD and OPTIONS run', async t => {
  const { app, handled } = await appWith('unsafe')
  for (const method of ['GET', 'HEAD', 'OPTIONS']) t.equal((await send(app, method, '/a', { origin: EVIL })).status, 200)
  t.same(handled, ['GET', 'HEAD', 'OPTIONS'])
})

t.test('caches must not store a refusal', async t => {
  const { app } = await appWith('all', { origin: ALLOWED })
  t.equal((await send(app, 'GET', '/a', { origin: EVIL })).headers['cache-control'], 'no-store')
  t.equal((await send(app, 'GET', '/a')).headers['cache-control'], undefined)
})

t.test('unsafe: refuses to connect a WebSocket', async t => {
  const { app, handled } = await appWith('unsafe')
  for (const upgrade of ['websocket', 'WebSocket']) {
    t.equal((await send(app, 'GET', '/a', { origin: EVIL, headers: { upgrade, connection: 'Upgrade' } })).status, 403)
  }
  t.equal((await send(app, 'GET', '/a', { origin: ALLOWED, headers: { upgrade: 'websocket' } })).status, 200)
  t.equal((await send(app, 'GET', '/a', { origin: EVIL, headers: { upgrade: 'h2c' } })).status, 200)
  t.same(handled, ['GET', 'GET'])
})

t.test('all: refuses every method', async t => {
  const { app, handled } = await appWith('all')
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST']) t.equal((await send(app, method, '/a', { origin: EVIL })).status, 403, method)
  t.same(handled, [])
  t.equal((await send(app, 'GET', '/a')).status, 200)
  t.equal((await send(app, 'GET', '/a', { origin: undefined })).status, 200)
})

t.test('the null origin is refused, unless it is named', async t => {
  t.equal((await send((await appWith('unsafe')).app, 'POST', '/a', { origin: 'null' })).status, 403)
  const { app } = await appWith('unsafe', { origin: ['null', ALLOWED], dangerously: { nullOrigin: true } })
  t.equal((await send(app, 'POST', '/a', { origin: 'null' })).status, 200)
})

t.test('enforce refuses other origins although the Access-Control-Allow-Origin header is constant', async t => {
  const { app, handled } = await appWith('unsafe', { origin: ALLOWED, credentials: true })
  const { status, cors } = await send(app, 'POST', '/a', { origin: EVIL })
  t.equal(status, 403)
  t.same(cors, { 'access-control-allow-origin': ALLOWED, 'access-control-allow-credentials': 'true' })
  t.same(handled, [])
})

t.test("the site's own origin is what the request was sent to", async t => {
  const cases: { it: string, headers: Record<string, string>, own: boolean, server?: FastifyServerOptions }[] = [
    { it: 'host with port', headers: { origin: 'http://api.test:3000', host: 'api.test:3000' }, own: true },
    { it: 'another port', headers: { origin: 'http://api.test:3001', host: 'api.test:3000' }, own: false },
    { it: 'another scheme', headers: { origin: 'https://api.test', host: 'api.test' }, own: false },
    { it: 'default port, unspoken', headers: { origin: 'http://api.test', host: 'api.test' }, own: true },
    { it: 'default port, in the host', headers: { origin: 'http://api.test', host: 'api.test:80' }, own: true },
    { it: 'port of the other scheme', headers: { origin: 'http://api.test', host: 'api.test:443' }, own: false },
    { it: 'host in upper case', headers: { origin: 'http://api.test', host: 'API.test' }, own: true },
    { it: 'a longer host', headers: { origin: 'http://api.test.evil.test', host: 'api.test' }, own: false },
    { it: 'IPv6', headers: { origin: 'http://[::1]:3000', host: '[::1]:3000' }, own: true },
    { it: 'null', headers: { origin: 'null', host: 'api.test' }, own: false },
    { it: 'a proxy that is not trusted', headers: { origin: 'https://site.test', host: 'api.test', 'x-forwarded-host': 'site.test', 'x-forwarded-proto': 'https' }, own: false },
    { it: 'a proxy that is trusted', headers: { origin: 'https://site.test', host: 'api.test', 'x-forwarded-host': 'site.test', 'x-forwarded-proto': 'https' }, own: true, server: { trustProxy: true } },
    { it: 'a trusted proxy that names the default port', headers: { origin: 'https://site.test', host: 'api.test', 'x-forwarded-host': 'site.test:443', 'x-forwarded-proto': 'https' }, own: true, server: { trustProxy: true } },
    { it: 'Sec-Fetch-Site: same-origin', headers: { origin: EVIL, host: 'api.test', 'sec-fetch-site': 'same-origin' }, own: true },
    { it: 'Sec-Fetch-Site: none', headers: { origin: EVIL, host: 'api.test', 'sec-fetch-site': 'none' }, own: true },
    { it: 'Sec-Fetch-Site: same-site', headers: { origin: 'http://api.test', host: 'api.test', 'sec-fetch-site': 'same-site' }, own: false },
    { it: 'Sec-Fetch-Site: cross-site', headers: { origin: 'http://api.test', host: 'api.test', 'sec-fetch-site': 'cross-site' }, own: false }
  ]
  for (const { it, headers, own, server } of cases) {
    const { app, handled } = await appWith('all', undefined, server)
    const { statusCode } = await app.inject({ method: 'POST', url: '/a', headers })
    t.equal(statusCode, own ? 200 : 403, it)
    t.same(handled, own ? ['POST'] : [], it)
  }
})

t.test('a route may be spared, or enforced alone', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER], enforce: 'unsafe' })
  app.post('/spared', { config: { cors: { enforce: false } } }, () => 'a')
  app.post('/off', { config: { cors: false } }, () => 'a')
  t.equal((await send(app, 'POST', '/spared', { origin: EVIL })).status, 200)
  t.equal((await send(app, 'POST', '/off', { origin: EVIL })).status, 403, 'nobody is allowed where CORS is off')
  const other = Fastify()
  await other.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  other.post('/enforced', { config: { cors: { enforce: 'unsafe' } } }, () => 'a')
  other.post('/a', () => 'a')
  t.equal((await send(other, 'POST', '/enforced', { origin: EVIL })).status, 403)
  t.equal((await send(other, 'POST', '/a', { origin: EVIL })).status, 200)
})

t.test('an origin function decides', async t => {
  const { app, handled } = await appWith('unsafe', { origin: async origin => origin === ALLOWED })
  t.equal((await send(app, 'POST', '/a', { origin: EVIL })).status, 403)
  t.equal((await send(app, 'POST', '/a')).status, 200)
  t.same(handled, ['POST'])
})

t.test("a route's own authentication does not run for a refused request", async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER], enforce: 'unsafe' })
  const ran: string[] = []
  app.addHook('onRequest', async () => { ran.push('later hook') })
  app.post('/a', () => 'a')
  t.equal((await send(app, 'POST', '/a', { origin: EVIL })).status, 403)
  t.same(ran, [])
})

t.test('a refused upgrade closes its connection, and nothing else does', async t => {
  const { app } = await appWith('unsafe')
  const connection = async (method: string, origin: string, headers = {}) => (await send(app, method, '/a', { origin, headers })).headers.connection
  t.equal(await connection('GET', EVIL, { upgrade: 'websocket' }), 'close')
  t.equal(await connection('GET', ALLOWED, { upgrade: 'websocket' }), 'keep-alive')
  t.equal(await connection('POST', EVIL), 'keep-alive')

  // As plugins for WebSockets do: Node.js leaves the socket of an upgrade to the `upgrade` listener.
  app.server.on('upgrade', (request, socket) => {
    const response = new http.ServerResponse(request)
    response.assignSocket(socket as net.Socket) // what `net` servers have
    app.routing(request, response)
  })
  await listen(app)
  t.teardown(() => app.close())
  const client = net.connect(portOf(app), '127.0.0.1')
  client.write(`GET /a HTTP/1.1\r\nHost: a.test\r\nOrigin: ${EVIL}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
  let received = ''
  client.on('data', chunk => { received += chunk.toString('latin1') })
  await once(client, 'end')
  t.match(received, /^HTTP\/1\.1 403 Forbidden\r\n/)
  t.match(received, /\r\nconnection: close\r\n/i)
  t.match(received, /"code":"FST_CORS_ORIGIN_NOT_ALLOWED"/)
})
