import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, logLines, preflight, send } from '../support/exchange'

// Routes may be added before `register`, between `register` and the loading of the plugin, or after that.
const moments: [string, (app: FastifyInstance, routes: () => void) => Promise<void>][] = [
  ['before register', async (app, routes) => { routes(); app.register(corsPlugin, { origin: [ALLOWED] }) }],
  ['before an awaited register', async (app, routes) => { routes(); await app.register(corsPlugin, { origin: [ALLOWED] }) }],
  ['in the same breath', async (app, routes) => { app.register(corsPlugin, { origin: [ALLOWED] }); routes() }],
  ['after an awaited register', async (app, routes) => { await app.register(corsPlugin, { origin: [ALLOWED] }); routes() }],
  ['in after()', async (app, routes) => { app.register(corsPlugin, { origin: [ALLOWED] }).after(routes) }],
  ['in a plugin registered before', async (app, routes) => { app.register(async () => { routes() }); app.register(corsPlugin, { origin: [ALLOWED] }) }],
  ['in a plugin registered after', async (app, routes) => { app.register(corsPlugin, { origin: [ALLOWED] }); app.register(async () => { routes() }) }]
]

for (const [name, build] of moments) {
  t.test(`routes that are added ${name} are exact`, async t => {
    const { lines, stream } = logLines()
    const app = Fastify({ logger: { level: 'warn', stream } })
    await build(app, () => {
      app.get('/a', () => 'a')
      app.put('/a', { config: { cors: { origin: [OTHER], allowedHeaders: ['x-a'] } } }, () => 'a')
      app.delete('/a', { config: { cors: false } }, () => 'a')
      app.patch('/a', () => 'a')
    })
    t.strictSame((await send(app, 'GET', '/a')).cors, { 'access-control-allow-origin': ALLOWED })
    t.strictSame((await send(app, 'PUT', '/a')).cors, { 'access-control-allow-origin': OTHER })
    t.strictSame((await send(app, 'DELETE', '/a')).cors, {})
    t.strictSame((await preflight(app, 'PATCH', '/a')).cors, {
      'access-control-allow-origin': ALLOWED,
      'access-control-allow-methods': 'GET, HEAD, POST, PATCH',
      'access-control-allow-headers': '*, Authorization, Content-Type'
    })
    t.strictSame((await preflight(app, 'PUT', '/a', { origin: OTHER })).cors, {
      'access-control-allow-origin': OTHER,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT',
      'access-control-allow-headers': 'x-a'
    })
    t.equal((await preflight(app, 'PUT', '/a')).status, 403)
    t.equal((await preflight(app, 'DELETE', '/a')).status, 403)
    t.equal((await preflight(app, 'DELETE', '/a', { origin: EVIL })).status, 403)
    t.equal((await send(app, 'PUT', '/a', { origin: EVIL })).status, 200, 'nothing is held where every route is known')
    t.strictSame(lines, [], 'nor is there anything to warn of')
  })

  // An error that is thrown in `after()` ends the process, with or without this plugin.
  if (name === 'in after()') continue
  t.test(`an invalid config.cors that is added ${name} refuses the boot`, async t => {
    const app = Fastify()
    await t.rejects(async () => {
      await build(app, () => { app.put('/a/:id', { config: { cors: { origin: 'example.com' } } }, () => 'a') })
      await app.ready()
    }, { code: 'FST_CORS_INVALID_OPTIONS', message: /config\.cors of PUT \/a\/:id/ })
  })
}

t.test('a route in a child that registers later than the route is the child’s', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [OTHER] })
  app.register(async child => {
    child.put('/a', { config: { cors: { maxAge: 8 } } }, () => 'a')
    child.register(corsPlugin, { origin: [ALLOWED] })
  }, { prefix: '/child' })
  t.strictSame((await preflight(app, 'PUT', '/child/a')).cors, {
    'access-control-allow-origin': ALLOWED,
    'access-control-allow-methods': 'GET, HEAD, POST, PUT',
    'access-control-allow-headers': '*, Authorization, Content-Type',
    'access-control-max-age': '8'
  })
  t.strictSame((await send(app, 'PUT', '/child/a')).cors, { 'access-control-allow-origin': ALLOWED })
})

t.test('a route with an array of methods is found by each of them', async t => {
  const app = Fastify()
  app.register(corsPlugin)
  app.route({ method: ['PUT', 'PATCH'], url: '/a', config: { cors: { maxAge: 2 } }, handler: () => 'a' })
  for (const method of ['PUT', 'PATCH']) t.equal((await preflight(app, method, '/a')).headers['access-control-max-age'], '2', method)
})

t.test('a route in a child is not judged by the parent while the child may still register', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [OTHER], credentials: true })
  app.register(async child => {
    child.register(corsPlugin, { origin: [ALLOWED] })
    child.get('/a', { config: { cors: { origin: '*' } } }, () => 'a')
  })
  t.strictSame((await send(app, 'GET', '/a')).cors, { 'access-control-allow-origin': '*' })
})
