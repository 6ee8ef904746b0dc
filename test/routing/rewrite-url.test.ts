import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, OTHER, WARN, logLines, preflight, send } from '../support/exchange'

const HANDLER = () => 'ran'

/** An application that gives each PUT the URL /internal, and a DELETE with a header the URL /off. */
async function appWith (register: (app: FastifyInstance) => void, stream = logLines().stream): Promise<FastifyInstance> {
  const app = Fastify({
    logger: { level: 'warn', stream },
    rewriteUrl ({ method, url, headers }) { return method === 'PUT' ? '/internal' : headers['x-off'] === undefined ? String(url) : '/off' }
  })
  register(app)
  await app.ready()
  return app
}

t.test('a rewriteUrl that looks at the method or a header does not bring a request past the policy of its route', async t => {
  const { lines, stream } = logLines()
  const app = await appWith(app => {
    app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
    app.route({ method: ['GET', 'PUT', 'DELETE'], url: '/a', handler: HANDLER })
    app.put('/internal', { config: { cors: { origin: [OTHER] } } }, HANDLER)
    app.delete('/off', { config: { cors: false } }, HANDLER)
  }, stream)
  t.equal((await preflight(app, 'PUT', '/a')).status, 204, 'its URL stays as it is')
  t.equal((await send(app, 'PUT', '/a')).status, 403)
  t.equal((await send(app, 'PUT', '/a', { origin: OTHER })).body, 'ran')
  t.equal((await preflight(app, 'DELETE', '/a')).status, 204)
  t.equal((await send(app, 'DELETE', '/a', { headers: { 'x-off': '1' } })).status, 403)
  t.equal((await send(app, 'DELETE', '/a')).body, 'ran')
  t.equal((await send(app, 'GET', '/a', { origin: 'https://evil.test' })).body, 'ran', 'a plain GET runs as ever')
  t.strictSame(lines.map(({ level, url, fix }) => ({ level, url, fix })), ['/internal', '/off'].map(url => ({
    level: WARN, url, fix: 'give the routes that `rewriteUrl` tells apart the same CORS policy, or let `rewriteUrl` give a preflight the URL of its request'
  })))
})

t.test('nor to a route that no policy governs', async t => {
  const app = await appWith(app => {
    app.register(corsPlugin, { origin: [ALLOWED], paths: ['/a'] })
    app.route({ method: ['GET', 'PUT'], url: '/a', handler: HANDLER })
    app.put('/internal', HANDLER)
  })
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  const held = await send(app, 'PUT', '/a')
  t.match(JSON.parse(held.body), { statusCode: 403, message: /no policy governs PUT \/internal/ })
  t.equal((await send(app, 'PUT', '/a', { origin: undefined })).body, 'ran')
  const explained = await app.cors.explain({ origin: ALLOWED, method: 'PUT', url: '/a' })
  t.match(explained, { allowed: false, preflight: { response: { status: 204 } }, response: { status: 403 }, policy: null })
})

t.test('an application that answers preflights itself where nothing is governed is left alone', async t => {
  const app = await appWith(app => {
    app.register(corsPlugin, { origin: [ALLOWED], paths: ['/a'] })
    app.get('/a', HANDLER)
    app.put('/internal', HANDLER)
    app.options('/internal', HANDLER)
  })
  t.equal((await send(app, 'PUT', '/internal')).body, 'ran')
  t.equal((await send(app, 'PUT', '/a')).status, 403, 'the preflight at this URL was for a policy')
})

t.test('explain applies rewriteUrl as the server does, and says so', async t => {
  const app = await appWith(app => {
    app.register(corsPlugin, { origin: [ALLOWED] })
    app.route({ method: ['GET', 'PUT'], url: '/a', handler: HANDLER })
    app.put('/internal', HANDLER)
  })
  const explained = await app.cors.explain({ origin: ALLOWED, method: 'PUT', url: '/a' })
  t.match(explained, { allowed: true, route: { url: '/internal' } })
  t.strictSame(explained.assumptions, [
    '`rewriteUrl` turns /a of the preflight into /a, as it did for this explanation',
    '`rewriteUrl` turns /a of the request into /internal, as it did for this explanation'
  ])
})

t.test('a rewriteUrl that gives a URL that cannot be decoded: Fastify answers 400, outside its hooks', async t => {
  const app = Fastify({ rewriteUrl: () => '/%' })
  app.register(corsPlugin, { origin: [ALLOWED] })
  await app.ready()
  t.match(await send(app, 'GET', '/a'), { status: 400, cors: {} })
  t.match(await app.cors.explain({ origin: ALLOWED, method: 'GET', url: '/a' }), { allowed: false, route: null, response: { status: 400, headers: {} } })
  t.equal((await preflight(app, 'PUT', '/a')).status, 400)
  t.match(await app.cors.explain({ origin: ALLOWED, method: 'PUT', url: '/a' }), { allowed: false, preflight: { response: { status: 400 } } })
})
