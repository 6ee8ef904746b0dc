import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, preflight, send } from '../support/exchange'

const REFUSED = { vary: 'Origin' }

t.test('the first registration whose paths match governs', async t => {
  const app = Fastify()
  app.register(corsPlugin, { paths: ['/api/admin/*'], origin: [OTHER] })
  app.register(corsPlugin, { paths: ['/api/*', '/auth/'], origin: [ALLOWED], credentials: true })
  app.register(corsPlugin, { maxAge: 9 })
  for (const url of ['/api/admin/users', '/api/users', '/auth/', '/auth', '/status']) app.get(url, () => url)
  app.put('/api/admin/users', () => 'put')
  app.put('/api/users', () => 'put')
  app.put('/status', () => 'put')

  const rows: [string, Record<string, string>][] = [
    ['/api/admin/users', { 'access-control-allow-origin': OTHER }],
    ['/api/users', { 'access-control-allow-origin': ALLOWED, 'access-control-allow-credentials': 'true' }],
    ['/auth/', { 'access-control-allow-origin': ALLOWED, 'access-control-allow-credentials': 'true' }],
    ['/auth', { 'access-control-allow-origin': '*' }],
    ['/status', { 'access-control-allow-origin': '*' }],
    ['/api/nothing', { 'access-control-allow-origin': ALLOWED, 'access-control-allow-credentials': 'true' }],
    ['/nothing', { 'access-control-allow-origin': '*' }]
  ]
  for (const [url, cors] of rows) t.strictSame((await send(app, 'GET', url)).cors, cors, `GET ${url}`)

  const admin = await preflight(app, 'PUT', '/api/admin/users')
  t.equal(admin.status, 403)
  t.strictSame(admin.cors, REFUSED)
  t.strictSame((await preflight(app, 'PUT', '/api/users', { names: 'x-a' })).cors, {
    'access-control-allow-origin': ALLOWED,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, HEAD, POST, PUT',
    'access-control-allow-headers': 'x-a',
    vary: 'Access-Control-Request-Headers'
  })
  t.strictSame((await preflight(app, 'PUT', '/status')).cors, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, HEAD, POST, PUT',
    'access-control-allow-headers': '*, Authorization, Content-Type',
    'access-control-max-age': '9'
  })
})

t.test('a path that no registration matches is left alone', async t => {
  const app = Fastify()
  app.register(corsPlugin, { paths: ['/api/*'] })
  app.get('/page', () => 'page')
  app.get('/api/a', () => 'a')
  t.strictSame((await send(app, 'GET', '/page')).cors, {})
  const page = await preflight(app, 'PUT', '/page')
  t.equal(page.status, 404, 'its preflights are none of the plugin’s')
  t.strictSame(page.cors, {})
  t.equal((await preflight(app, 'GET', '/api/a')).status, 204)
})

t.test('no spelling of a URL escapes its policy', async t => {
  const app = Fastify()
  app.register(corsPlugin, { paths: ['/secret/*'], origin: [OTHER] })
  app.register(corsPlugin)
  app.get('/secret/plan', () => 'plan')
  for (const url of ['/secret/plan', '/%73ecret/plan', '/secre%74/plan?x', '/secret/plan#x', '/secret/plan;x']) {
    t.strictSame((await send(app, 'GET', url)).cors, { 'access-control-allow-origin': OTHER }, url)
    t.equal((await preflight(app, 'PUT', url)).status, 403, `preflight for ${url}`)
  }
})

t.test('the requested path decides which registration governs a parametric route', async t => {
  const app = Fastify()
  app.register(corsPlugin, { paths: ['/tenants/acme/*'], origin: [OTHER] })
  app.register(corsPlugin, { paths: ['/tenants/*'], origin: [ALLOWED] })
  app.get('/tenants/:tenant/items', () => 'items')
  app.delete('/tenants/:tenant/items', () => 'gone')
  t.strictSame((await send(app, 'GET', '/tenants/acme/items')).cors, { 'access-control-allow-origin': OTHER })
  t.strictSame((await send(app, 'GET', '/tenants/umbrella/items')).cors, { 'access-control-allow-origin': ALLOWED })
  t.equal((await preflight(app, 'DELETE', '/tenants/acme/items')).status, 403)
  t.equal((await preflight(app, 'DELETE', '/tenants/umbrella/items')).status, 204)
})

t.test('an overlay of a parametric route is laid over each registration that may govern it', async t => {
  const app = Fastify()
  app.register(corsPlugin, { paths: ['/a/1'], origin: [OTHER] })
  app.register(corsPlugin, { paths: ['/a/*'], origin: [ALLOWED] })
  app.get('/a/:id', { config: { cors: { exposedHeaders: ['x-total'] } } }, () => 'a')
  t.strictSame((await send(app, 'GET', '/a/1')).cors, { 'access-control-allow-origin': OTHER, 'access-control-expose-headers': 'x-total' })
  t.strictSame((await send(app, 'GET', '/a/2')).cors, { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'x-total' })
})

t.test('an overlay is validated with each registration that may govern its route', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { paths: ['/b/*'], origin: [OTHER] })
  await app.register(corsPlugin, { paths: ['/a/7'], origin: [ALLOWED], credentials: true })
  await app.register(corsPlugin, { paths: ['/a/*'], origin: [ALLOWED] })
  t.throws(() => app.get('/a/:id', { config: { cors: { origin: '*' } } }, () => 'a'),
    { code: 'FST_CORS_INVALID_OPTIONS', message: /GET \/a\/:id/ }, 'any origin with the credentials of /a/7')
  app.get('/a/8', { config: { cors: { origin: '*' } } }, () => 'a')
  t.strictSame((await send(app, 'GET', '/a/8')).cors, { 'access-control-allow-origin': '*' })
})

t.test('a registration that can govern nothing is refused', async t => {
  const rows: [string, string[] | undefined, string[] | undefined][] = [
    ['everything is taken', undefined, undefined],
    ['a part of everything', undefined, ['/api/*']],
    ['the same paths', ['/api/*'], ['/api/*']],
    ['narrower paths', ['/api/*'], ['/api/users', '/api/admin/*']],
    ['everything by a wildcard', ['/*'], undefined],
    ['the same path in another spelling', ['/caf%C3%A9'], ['/café'.normalize('NFC').replace('é', '%c3%a9')]]
  ]
  for (const [name, first, second] of rows) {
    const app = Fastify()
    await app.register(corsPlugin, first === undefined ? {} : { paths: first })
    await t.rejects(async () => await app.register(corsPlugin, second === undefined ? {} : { paths: second }),
      { code: 'FST_CORS_COVERED_REGISTRATION', message: first === undefined ? /governs every path/ : first[0] === '/*' ? /\/\*/ : /^the registration for .* would never .* governs \// }, name)
  }
})

t.test('a registration that an earlier one covers is an error at boot too if register is not awaited', async t => {
  const app = Fastify()
  app.register(corsPlugin)
  app.register(corsPlugin, { origin: [OTHER] })
  await t.rejects(async () => await app.ready(), { code: 'FST_CORS_COVERED_REGISTRATION' })
})

t.test('a broader registration after a narrower one is valid', async t => {
  const app = Fastify()
  app.register(corsPlugin, { paths: ['/api/users'] })
  app.register(corsPlugin, { paths: ['/api/*'], origin: [OTHER] })
  app.register(corsPlugin, { origin: false })
  await t.resolves(async () => await app.ready())
  t.strictSame((await send(app, 'GET', '/api/users')).cors, { 'access-control-allow-origin': '*' })
  t.strictSame((await send(app, 'GET', '/api/x')).cors, { 'access-control-allow-origin': OTHER })
  t.strictSame((await send(app, 'GET', '/')).cors, {})
})

t.test('a registration cannot cover one in another context', async t => {
  const app = Fastify()
  app.register(corsPlugin)
  app.register(async child => {
    child.register(corsPlugin, { origin: [OTHER] })
    child.get('/', () => 'child')
  }, { prefix: '/child' })
  await t.resolves(async () => await app.ready())
})

t.test('paths are absolute below a prefix too', async t => {
  const app = Fastify()
  app.register(async api => {
    api.register(corsPlugin, { paths: ['/api/a'], origin: [ALLOWED] })
    api.get('/a', () => 'a')
    api.get('/b', () => 'b')
  }, { prefix: '/api' })
  t.strictSame((await send(app, 'GET', '/api/a')).cors, { 'access-control-allow-origin': ALLOWED })
  t.strictSame((await send(app, 'GET', '/api/b')).cors, {})
  t.equal((await preflight(app, 'PUT', '/api/a', { origin: EVIL })).status, 403)
})

t.test('a path that a child’s paths do not match is governed by the registration around it', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [OTHER] })
  app.register(async api => {
    api.register(corsPlugin, { paths: ['/api/a'], origin: [ALLOWED] })
    api.get('/a', () => 'a')
    api.put('/a', () => 'a')
    api.get('/b', () => 'b')
    api.put('/b', () => 'b')
  }, { prefix: '/api' })
  t.strictSame((await send(app, 'GET', '/api/a')).cors, { 'access-control-allow-origin': ALLOWED })
  t.strictSame((await send(app, 'GET', '/api/b')).cors, { 'access-control-allow-origin': OTHER })
  t.equal((await preflight(app, 'PUT', '/api/a')).status, 204)
  t.equal((await preflight(app, 'PUT', '/api/b')).status, 403)
  t.equal((await preflight(app, 'PUT', '/api/b', { origin: OTHER })).status, 204)
})

t.test('a URL that cannot be decoded is governed by a registration without paths', async t => {
  const app = Fastify()
  app.register(corsPlugin)
  app.get('/a', () => 'a')
  t.equal((await preflight(app, 'PUT', '/%zz')).status, 400, 'Fastify refuses it before its hooks')

  const split = Fastify({ frameworkErrors: (error, _request, reply) => { reply.status(400 as never).send(error.code as never) } })
  split.register(corsPlugin, { paths: ['/api/*'] })
  const answer = await send(split, 'GET', '/api/%zz')
  t.equal(answer.status, 400)
  t.strictSame(answer.cors, {})
})

t.test('Fastify’s prefix is refused, and the error points to paths', async t => {
  const app = Fastify()
  app.register(corsPlugin, { prefix: '/api' } as object)
  await t.rejects(async () => await app.ready(), { code: 'FST_CORS_INVALID_OPTIONS', message: /prefix[^]*paths/ })
})

t.test('config.cors is checked only with the registrations that may govern the route', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: ALLOWED, paths: ['/a/*', '/users'] })
  app.register(corsPlugin)
  // With credentials, the origins of the second registration would be an error.
  app.put('/a/:id', { config: { cors: { credentials: true } } }, () => 'a')
  await app.ready()
  t.equal((await send(app, 'PUT', '/a/7')).cors['access-control-allow-credentials'], 'true')

  const optional = Fastify()
  optional.register(corsPlugin, { origin: ALLOWED, paths: ['/users'] })
  optional.get('/users/:id?', { config: { cors: { maxAge: 5 } } }, () => 'users')
  t.strictSame((await send(optional, 'GET', '/users')).cors, { 'access-control-allow-origin': ALLOWED }, 'one URL of the route is enough')
})

t.test('the refusal of a registration names all paths of the one that covers it', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { paths: ['/a/*', '/b'] })
  await t.rejects(async () => await app.register(corsPlugin, { paths: ['/b'] }), { message: /^the registration for \/b would .* governs \/a\/\*, \/b\./ })
})
