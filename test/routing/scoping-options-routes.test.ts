import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, logLines, preflight, send } from '../support/exchange'

const LISTS = { 'access-control-allow-headers': '*, Authorization, Content-Type' }

/** When the OPTIONS routes of the application are added: before the registration, without awaiting it, or after it. */
const orders: [string, (app: FastifyInstance, routes: () => void, options?: corsPlugin.CorsOptions) => Promise<void>][] = [
  ['before', async (app, routes, options = {}) => { routes(); await app.register(corsPlugin, options) }],
  ['in the same breath', async (app, routes, options = {}) => { app.register(corsPlugin, options); routes() }],
  ['after', async (app, routes, options = {}) => { await app.register(corsPlugin, options); routes() }]
]

for (const [order, build] of orders) {
  t.test(`a governed OPTIONS route ${order} gets OPTIONS requests that are not preflights`, async t => {
    const app = Fastify()
    await build(app, () => {
      app.options('/a', (_request, reply) => { reply.header('access-control-allow-methods', 'MINE').send('own') })
      app.put('/a', () => 'a')
    }, { origin: [ALLOWED, OTHER] })
    t.strictSame((await preflight(app, 'PUT', '/a')).cors,
      { 'access-control-allow-origin': ALLOWED, 'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS, PUT', ...LISTS, vary: 'Origin' })
    const plain = await send(app, 'OPTIONS', '/a')
    t.equal(plain.body, 'own')
    t.strictSame(plain.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
    const none = await send(app, 'OPTIONS', '/a', { origin: undefined, headers: { 'access-control-request-method': 'PUT' } })
    t.equal(none.body, 'own')
    t.strictSame(none.cors, { vary: 'Origin' })
  })

  t.test(`app.all('*') ${order} serves all but preflights`, async t => {
    const app = Fastify()
    await build(app, () => {
      app.all('*', (request) => `caught ${request.method}`)
      app.put('/a', { config: { cors: { origin: [OTHER] } } }, () => 'a')
    }, { origin: [ALLOWED] })
    t.equal((await preflight(app, 'DELETE', '/b')).status, 204)
    t.equal((await preflight(app, 'DELETE', '/b', { origin: EVIL })).status, 403)
    t.equal((await preflight(app, 'PUT', '/a')).status, 403)
    t.equal((await preflight(app, 'PUT', '/a', { origin: OTHER })).status, 204)
    t.equal((await send(app, 'OPTIONS', '/b')).body, 'caught OPTIONS')
    t.equal((await send(app, 'PUT', '/b')).body, 'caught PUT')
    t.strictSame((await send(app, 'DELETE', '/b')).cors, { 'access-control-allow-origin': ALLOWED })
  })

  t.test(`app.all('*') ${order}, under a config.cors: false`, async t => {
    const app = Fastify()
    await build(app, () => {
      app.all('*', { config: { cors: false } }, () => 'caught')
      app.put('/a', () => 'a')
    })
    t.equal((await preflight(app, 'PUT', '/a')).status, 204)
    t.equal((await preflight(app, 'PUT', '/b')).status, 403)
    t.strictSame((await send(app, 'GET', '/b')).cors, {})
  })

  t.test(`ungoverned OPTIONS routes ${order} keep their preflights`, async t => {
    const app = Fastify()
    await build(app, () => {
      app.options('/own', (_request, reply) => { reply.header('access-control-allow-origin', 'https://by.hand').header('vary', 'x').send('own') })
      app.put('/own', () => 'a')
      app.put('/api/a', () => 'a')
    }, { paths: ['/api/*'] })
    const own = await preflight(app, 'PUT', '/own')
    t.equal(own.body, 'own')
    t.strictSame(own.cors, { 'access-control-allow-origin': 'https://by.hand', vary: 'x' })
    t.equal((await preflight(app, 'PUT', '/api/a')).status, 204)
  })

  t.test(`preflight: false, the application's OPTIONS routes ${order} answer`, async t => {
    const app = Fastify()
    await build(app, () => {
      app.options('/a', (_request, reply) => { reply.header('access-control-allow-origin', 'https://by.hand').send('own') })
      app.put('/a', () => 'a')
      app.put('/b', () => 'b')
      app.put('/c', { config: { cors: { preflight: true } } }, () => 'c')
    }, { origin: [ALLOWED, OTHER], preflight: false })
    const own = await preflight(app, 'PUT', '/a')
    t.equal(own.body, 'own')
    t.strictSame(own.cors, { 'access-control-allow-origin': 'https://by.hand' }, 'untouched')
    t.equal((await preflight(app, 'PUT', '/b')).status, 404)
    t.equal((await preflight(app, 'PUT', '/c')).status, 204, 'a route may want it')
    t.strictSame((await send(app, 'PUT', '/b')).cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
  })

  t.test(`preflightContinue, the application's OPTIONS routes ${order} go on`, async t => {
    const app = Fastify()
    await build(app, () => {
      app.options('/a', (_request, reply) => { reply.code(200).send('own') })
      app.put('/a', () => 'a')
      app.put('/b', () => 'b')
      app.options('/c', () => 'own')
      app.put('/c', { config: { cors: { preflightContinue: false } } }, () => 'c')
    }, { origin: [ALLOWED, OTHER], preflightContinue: true, maxAge: 4 })
    const own = await preflight(app, 'PUT', '/a')
    t.equal(own.status, 200)
    t.equal(own.body, 'own')
    t.strictSame(own.cors, {
      'access-control-allow-origin': ALLOWED,
      'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS, PUT',
      ...LISTS,
      'access-control-max-age': '4',
      vary: 'Origin'
    })
    const refused = await preflight(app, 'PUT', '/a', { origin: EVIL })
    t.equal(refused.status, 403)
    t.strictSame(refused.cors, { vary: 'Origin' })
    t.equal((await preflight(app, 'PUT', '/b')).status, 404, 'no OPTIONS route to go on to')
    t.equal((await preflight(app, 'PUT', '/c')).status, 204)
  })
}

t.test('a route may leave its preflights to an OPTIONS route of the application', async t => {
  const app = Fastify()
  app.register(corsPlugin)
  app.options('/a', () => 'own')
  app.put('/a', { config: { cors: { preflight: false } } }, () => 'a')
  app.patch('/a', () => 'a')
  t.equal((await preflight(app, 'PUT', '/a')).body, 'own')
  t.equal((await preflight(app, 'PATCH', '/a')).status, 204)
})

t.test('an ungoverned catch-all does not take the preflights of governed routes', async t => {
  const app = Fastify()
  app.all('*', () => 'caught')
  app.register(async child => {
    child.register(corsPlugin, { origin: [ALLOWED] })
    child.put('/a', () => 'a')
  }, { prefix: '/child' })
  t.equal((await preflight(app, 'PUT', '/child/a')).status, 204)
  t.equal((await preflight(app, 'PUT', '/child/a', { origin: EVIL })).status, 403)
  t.equal((await preflight(app, 'PUT', '/elsewhere')).body, 'caught')
  t.equal((await preflight(app, 'PUT', '/child/nothing')).body, 'caught', 'as the request itself would be')
})

t.test('OPTIONS is not a preflight if the requested method is missing or not a token', async t => {
  const app = Fastify()
  app.register(corsPlugin)
  app.put('/a', () => 'a')
  app.options('/own', () => 'own')
  for (const method of ['', 'A B', 'PUT,GET', 'X'.repeat(65)]) {
    t.equal((await preflight(app, method, '/a')).status, 404, `"${method.slice(0, 9)}"`)
    t.equal((await preflight(app, method, '/own')).body, 'own', `"${method.slice(0, 9)}"`)
  }
  t.equal((await preflight(app, 'X'.repeat(64), '/a')).status, 204)
})

t.test('OPTIONS in the absolute form of a proxy, and *', async t => {
  const app = Fastify()
  app.register(corsPlugin, { paths: ['/a'] })
  app.put('/a', () => 'a')
  t.equal((await preflight(app, 'PUT', 'http://localhost/a?x')).status, 204)
  t.equal((await preflight(app, 'PUT', 'http://localhost/b')).status, 404)
})

t.test('logLevel is that of the preflight route', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'info', stream } })
  app.register(corsPlugin, { paths: ['/quiet/*'], logLevel: 'silent' })
  app.register(corsPlugin, { paths: ['/warned/*'], logLevel: 'warn', origin: [ALLOWED] })
  app.register(corsPlugin)
  for (const url of ['/quiet/a', '/warned/a', '/loud/a']) app.put(url, () => 'a')
  t.equal((await preflight(app, 'PUT', '/quiet/a')).status, 204)
  t.equal((await preflight(app, 'PUT', '/warned/a')).status, 204)
  t.strictSame(lines, [])
  t.equal((await preflight(app, 'PUT', '/loud/a')).status, 204)
  t.match(lines, [{ msg: 'incoming request' }, { msg: 'request completed' }])
})

t.test('an ungoverned catch-all that is narrower than the plugin\'s does not take preflights for governed routes', async t => {
  const app = Fastify()
  await app.register(async child => {
    await child.register(corsPlugin, { origin: ALLOWED })
    child.put('/a', () => 'a')
  }, { prefix: '/v1' })
  app.options('/v1/*', () => 'own')
  const { status, body, cors } = await preflight(app, 'PUT', '/v1/a')
  t.strictSame([status, body, cors['access-control-allow-origin']], [204, '', ALLOWED])
  t.equal((await preflight(app, 'PUT', '/v1/b')).body, 'own', 'for the others it does')
})

t.test('a preflight that the plugin does not answer is not an error', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'warn', stream } })
  await app.register(async child => { await child.register(corsPlugin); child.get('/a', () => '') }, { prefix: '/v1' })
  app.options('/a', () => 'own')
  t.equal((await preflight(app, 'PUT', '/a')).body, 'own')
  t.equal((await preflight(app, 'PUT', '/nothing')).status, 404)
  t.equal((await preflight(app, 'PUT', '/v1/%zz')).status, 400)
  t.strictSame(lines, [])
})

t.test('an ungoverned OPTIONS route at exactly the URL of a governed route keeps its preflights', async t => {
  const app = Fastify()
  await app.register(async child => {
    await child.register(corsPlugin, { origin: ALLOWED })
    child.put('/a', () => 'a')
    child.put('/b', () => 'b')
  }, { prefix: '/v1' })
  app.options('/v1/a', () => 'own')
  t.equal((await preflight(app, 'PUT', '/v1/a')).body, 'own')
  t.equal((await preflight(app, 'DELETE', '/v1/a')).body, 'own')
  t.equal((await preflight(app, 'PUT', '/v1/b')).status, 204)
})

t.test('the config.cors of an OPTIONS route does not apply to other methods', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED] })
  app.options('/a', { config: { cors: { origin: [OTHER] } } }, () => 'own')
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  t.equal((await preflight(app, 'PUT', '/a', { origin: OTHER })).status, 403)
})

t.test('an ungoverned OPTIONS route at the URL of a governed route keeps its preflights beside a broader one of another version', async t => {
  const app = Fastify()
  app.options('/own', () => 'own')
  app.options('/*', { constraints: { version: '2.0.0' } }, () => 'broader')
  app.register(async child => {
    child.register(corsPlugin, { origin: ALLOWED })
    child.put('/own', () => 'a')
    child.put('/other', () => 'a')
  })
  t.equal((await preflight(app, 'PUT', '/own')).body, 'own')
  t.equal((await preflight(app, 'PUT', '/other')).status, 204)
})

t.test('a URL that has OPTIONS routes alone counts as one without a route, so that a page can read the 404', async t => {
  for (const options of [{ origin: [ALLOWED] }, { origin: [ALLOWED], paths: ['/*'] }]) {
    for (const added of [['*'], ['/a'], ['/*', '/a']]) {
      const app = Fastify()
      await app.register(corsPlugin, options)
      for (const url of added) app.options(url, () => 'own')
      app.put('/b', { config: { cors: { maxAge: 5 } } }, () => 'b')
      app.get('/c', () => 'c')
      const listed = async (method: string, url: string) => (await preflight(app, method, url)).cors['access-control-allow-methods']
      t.equal(await listed('DELETE', '/a'), 'GET, HEAD, POST, DELETE', String(added))
      t.match(await listed('PUT', '/b'), /\bPUT$/)
      t.notMatch(await listed('PUT', '/c'), /PUT/)
    }
  }
})
