import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, preflight, send } from '../support/exchange'

const LISTED = { 'access-control-allow-methods': 'GET, HEAD, POST, PUT', 'access-control-allow-headers': '*, Authorization, Content-Type' }

async function both (build: (app: FastifyInstance) => void, check: (app: FastifyInstance, style: string) => Promise<void>): Promise<void> {
  const awaited = Fastify()
  await awaited.register(corsPlugin, { origin: [ALLOWED, OTHER], exposedHeaders: ['x-base'] })
  build(awaited)
  await check(awaited, 'awaited')
  const breath = Fastify()
  breath.register(corsPlugin, { origin: [ALLOWED, OTHER], exposedHeaders: ['x-base'] })
  build(breath)
  await check(breath, 'in the same breath')
}

t.test('an object overlays the options for its route', async t => {
  await both(app => {
    app.get('/a', () => 'a')
    app.put('/a', { config: { cors: { origin: [EVIL], maxAge: 5, allowedHeaders: ['x-a'] } } }, () => 'a')
  }, async (app, style) => {
    t.strictSame((await send(app, 'GET', '/a')).cors,
      { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'x-base', vary: 'Origin' }, style)
    t.strictSame((await send(app, 'PUT', '/a', { origin: EVIL })).cors,
      { 'access-control-allow-origin': EVIL, 'access-control-expose-headers': 'x-base' }, style)
    t.strictSame((await preflight(app, 'PUT', '/a', { origin: EVIL })).cors, {
      'access-control-allow-origin': EVIL,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT',
      'access-control-allow-headers': 'x-a',
      'access-control-max-age': '5'
    }, style)
    const refused = await preflight(app, 'PUT', '/a')
    t.equal(refused.status, 403, style)
    t.match(JSON.parse(refused.body), { code: 'FST_CORS_ORIGIN_NOT_ALLOWED', message: /PUT \/a$/ }, style)
    t.strictSame(refused.cors, { vary: 'Origin' }, style)
  })
})

t.test('a preflight lists only the methods of its own policy', async t => {
  await both(app => {
    app.get('/a', () => 'a')
    app.patch('/a', () => 'a')
    app.put('/a', { config: { cors: { maxAge: 5 } } }, () => 'a')
    app.delete('/a', { config: { cors: false } }, () => 'a')
  }, async (app, style) => {
    t.equal((await preflight(app, 'PATCH', '/a')).headers['access-control-allow-methods'], 'GET, HEAD, POST, PATCH', style)
    t.equal((await preflight(app, 'PUT', '/a')).headers['access-control-allow-methods'], 'GET, HEAD, POST, PUT', style)
    t.equal((await preflight(app, 'DELETE', '/a')).status, 403, style)
  })
})

t.test('Vary tells caches of preflights that the answer depends on the method', async t => {
  await both(app => {
    app.get('/a', () => 'a')
    app.put('/a', { config: { cors: { origin: [EVIL], cacheControl: 60 } } }, () => 'a')
    app.delete('/a', { config: { cors: { cacheControl: 60, origin: [ALLOWED] } } }, () => 'a')
    app.put('/alone', { config: { cors: { origin: [EVIL], cacheControl: 60 } } }, () => 'a')
  }, async (app, style) => {
    t.equal((await preflight(app, 'PUT', '/a', { origin: EVIL })).cors.vary, 'Access-Control-Request-Method', style)
    t.equal((await preflight(app, 'DELETE', '/a')).cors.vary, 'Access-Control-Request-Method', style)
    t.equal((await preflight(app, 'PUT', '/a')).cors.vary, 'Origin, Access-Control-Request-Method', `${style}, refused`)
    t.equal((await preflight(app, 'GET', '/a')).cors.vary, 'Origin', `${style}, by a policy whose answers nobody keeps`)
    t.equal((await preflight(app, 'PUT', '/alone', { origin: EVIL })).cors.vary, undefined, `${style}, one policy alone`)
  })
})

t.test('URLs with the same policy and methods may differ in Vary, whichever is asked about first', async t => {
  for (const order of [['/a', '/alone'], ['/alone', '/a']]) {
    const app = Fastify()
    await app.register(corsPlugin, { origin: [ALLOWED], cacheControl: 60 })
    for (const url of ['/a', '/alone']) app.put(url, () => url)
    app.delete('/a', { config: { cors: { origin: [OTHER] } } }, () => 'a')
    for (const url of order) {
      const more = url === '/a' ? ', Access-Control-Request-Method' : ''
      t.equal((await preflight(app, 'PUT', url)).cors.vary, more === '' ? undefined : more.slice(2), url)
      t.equal((await preflight(app, 'PUT', url, { origin: EVIL })).cors.vary, `Origin${more}`, `${url}, refused`)
    }
  }
})

t.test('Vary has the method too if a delegator may set cacheControl, or if another method is ungoverned', async t => {
  const delegated = Fastify()
  delegated.register(corsPlugin, { origin: [ALLOWED, EVIL], delegator: () => ({ cacheControl: 60 }) })
  delegated.delete('/a', () => 'a')
  delegated.put('/a', { config: { cors: { origin: EVIL } } }, () => 'a')
  t.match((await preflight(delegated, 'DELETE', '/a')).cors.vary, /Access-Control-Request-Method/)
  const partly = Fastify()
  partly.put('/a', () => 'a')
  partly.register(async child => {
    child.register(corsPlugin, { methods: ['GET', 'PUT'], cacheControl: 60 })
    child.get('/a', () => 'a')
  })
  t.equal((await preflight(partly, 'GET', '/a')).cors.vary, 'Access-Control-Request-Method')
})

t.test('false switches CORS off for the route and leaves its own headers alone', async t => {
  await both(app => {
    app.get('/a', () => 'a')
    app.put('/a', { config: { cors: false } }, (_request, reply) => {
      reply.header('access-control-allow-origin', EVIL).header('access-control-max-age', '3').send('a')
    })
  }, async (app, style) => {
    const refused = await preflight(app, 'PUT', '/a')
    t.equal(refused.status, 403, style)
    t.strictSame(JSON.parse(refused.body), { statusCode: 403, code: 'FST_CORS_OFF', error: 'Forbidden', message: 'CORS preflight refused: CORS is off for PUT /a' }, style)
    t.strictSame(refused.cors, {}, style)
    const actual = await send(app, 'PUT', '/a')
    t.equal(actual.status, 200, style)
    t.strictSame(actual.cors, { 'access-control-allow-origin': EVIL, 'access-control-max-age': '3' }, style)
  })
})

t.test('true keeps the options of the registration', async t => {
  await both(app => {
    app.put('/a', { config: { cors: true } }, () => 'a')
  }, async (app, style) => {
    t.strictSame((await send(app, 'PUT', '/a')).cors, { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'x-base', vary: 'Origin' }, style)
    t.strictSame((await preflight(app, 'PUT', '/a')).cors, { 'access-control-allow-origin': ALLOWED, ...LISTED, vary: 'Origin' }, style)
  })
})

t.test('dangerously is laid over key by key', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: 'http://plain.test', credentials: true, dangerously: { insecureOrigins: true } })
  app.get('/a', { config: { cors: { origin: ['http://plain.test', 'null'], dangerously: { nullOrigin: true } } } }, () => 'a')
  t.strictSame((await send(app, 'GET', '/a', { origin: 'null' })).cors,
    { 'access-control-allow-origin': 'null', 'access-control-allow-credentials': 'true', vary: 'Origin' })
})

t.test('an invalid overlay refuses its route, and with an awaited register at the line that adds the route', async t => {
  const rows: [string, unknown, RegExp][] = [
    ['a wrong origin', { origin: 'example.com' }, /\/origin/],
    ['a wrong origin for the credentials around it', { origin: '*' }, /credentials/],
    ['paths', { paths: ['/a'] }, /paths/],
    ['a delegator', { delegator: () => ({}) }, /delegator/],
    ['a log level', { logLevel: 'info' }, /logLevel/],
    ['a misspelt key', { orgin: '*' }, /origin/],
    ['null', null, /null/],
    ['a string', 'yes', /string/],
    ['a number', 1, /value is 1/]
  ]
  for (const [name, cors, message] of rows) {
    const awaited = Fastify()
    await awaited.register(corsPlugin, { origin: [ALLOWED], credentials: true })
    t.throws(() => awaited.put('/users/:id', { config: { cors } as object }, () => 'a'),
      { code: 'FST_CORS_INVALID_OPTIONS', message: new RegExp(`PUT /users/:id[^]*${message.source}`) }, `${name}, awaited`)

    const breath = Fastify()
    breath.register(corsPlugin, { origin: [ALLOWED], credentials: true })
    breath.put('/users/:id', { config: { cors } as object }, () => 'a')
    await t.rejects(async () => await breath.ready(),
      { code: 'FST_CORS_INVALID_OPTIONS', message: new RegExp(`PUT /users/:id[^]*${message.source}`) }, `${name}, in the same breath`)
  }
})

t.test('a refused route is not added', async t => {
  const app = Fastify()
  await app.register(corsPlugin)
  app.get('/a', () => 'a')
  t.throws(() => app.put('/a', { config: { cors: { origin: 'nowhere' } } }, () => 'a'), { code: 'FST_CORS_INVALID_OPTIONS' })
  t.equal((await preflight(app, 'GET', '/a')).headers['access-control-allow-methods'], 'GET, HEAD, POST')
  t.equal((await send(app, 'PUT', '/a')).status, 404)
})

t.test('an overlay on an ungoverned route is an error at boot', async t => {
  for (const cors of [false, true, { maxAge: 1 }]) {
    const outside = Fastify()
    outside.register(async child => { child.register(corsPlugin) }, { prefix: '/child' })
    outside.get('/outside', { config: { cors } }, () => 'outside')
    await t.rejects(async () => await outside.ready(), { code: 'FST_CORS_UNGOVERNED_ROUTE', message: /GET \/outside/ }, `outside the context, ${JSON.stringify(cors)}`)

    const elsewhere = Fastify()
    await elsewhere.register(corsPlugin, { paths: ['/api/*'] })
    elsewhere.get('/page', { config: { cors } }, () => 'page')
    await t.rejects(async () => await elsewhere.ready(), { code: 'FST_CORS_UNGOVERNED_ROUTE', message: /GET \/page/ }, `outside the paths, ${JSON.stringify(cors)}`)
  }
})

t.test('one object on many routes gives one policy', async t => {
  const cors = { origin: [EVIL] }
  await both(app => {
    app.route({ method: ['PUT', 'PATCH'], url: '/a', config: { cors }, handler: () => 'a' })
    app.delete('/a', { config: { cors } }, () => 'a')
  }, async (app, style) => {
    t.equal((await preflight(app, 'PUT', '/a', { origin: EVIL })).headers['access-control-allow-methods'], 'GET, HEAD, POST, DELETE, PATCH, PUT', style)
  })
})

t.test('preflights of a method that the URL does not serve are answered by its routes’ policies', async t => {
  await both(app => {
    app.put('/a', { config: { cors: { origin: [EVIL] } } }, () => 'a')
  }, async (app, style) => {
    const answer = await preflight(app, 'DELETE', '/a', { origin: EVIL })
    t.equal(answer.status, 204, style)
    t.equal(answer.headers['access-control-allow-methods'], 'GET, HEAD, POST, PUT', `${style}: the browser names DELETE`)
    t.equal((await preflight(app, 'DELETE', '/a')).status, 403, style)
  })
})

t.test('HEAD shares the policy of its GET', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.get('/a', { config: { cors: { origin: [OTHER] } } }, () => 'a')
  t.strictSame((await send(app, 'HEAD', '/a')).cors, { 'access-control-allow-origin': OTHER })
  t.equal((await preflight(app, 'HEAD', '/a', { origin: OTHER })).status, 204)
  t.equal((await preflight(app, 'HEAD', '/a')).status, 403)
})

t.test('exposeHeadRoutes: false leaves HEAD without a route and does not change CORS', async t => {
  const app = Fastify({ exposeHeadRoutes: false })
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.get('/a', { config: { cors: { origin: [OTHER] } } }, () => 'a')
  const head = await send(app, 'HEAD', '/a')
  t.equal(head.status, 404)
  t.strictSame(head.cors, { 'access-control-allow-origin': ALLOWED })
  t.strictSame((await send(app, 'GET', '/a')).cors, { 'access-control-allow-origin': OTHER })
})

t.test('a HEAD route that replaces the one of Fastify has its own policy', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.head('/b', { config: { cors: { origin: [EVIL] } } }, (_request, reply) => { reply.send() })
  app.get('/b', { config: { cors: { origin: [OTHER] } } }, () => 'b')
  t.strictSame((await send(app, 'HEAD', '/b')).cors, { 'access-control-allow-origin': EVIL })
  t.strictSame((await send(app, 'GET', '/b')).cors, { 'access-control-allow-origin': OTHER })
  t.equal((await preflight(app, 'HEAD', '/b', { origin: EVIL })).status, 204)
  t.equal((await preflight(app, 'HEAD', '/b', { origin: OTHER })).status, 403)
})

t.test('methods that the application added are routed and listed', async t => {
  const app = Fastify()
  app.addHttpMethod('PROPFIND')
  app.addHttpMethod('MKCOL', { hasBody: true })
  app.register(corsPlugin)
  app.route({ method: 'PROPFIND', url: '/dav', handler: () => 'dav' })
  app.route({ method: 'MKCOL', url: '/dav', config: { cors: { maxAge: 3 } }, handler: () => 'dav' })
  t.equal((await preflight(app, 'PROPFIND', '/dav')).headers['access-control-allow-methods'], 'GET, HEAD, POST, PROPFIND')
  t.strictSame((await preflight(app, 'MKCOL', '/dav')).cors, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, HEAD, POST, MKCOL',
    'access-control-allow-headers': '*, Authorization, Content-Type',
    'access-control-max-age': '3'
  })
  t.strictSame((await send(app, 'PROPFIND', '/dav')).cors, { 'access-control-allow-origin': '*' })
})

t.test('an optional parameter is two URLs', async t => {
  const app = Fastify()
  app.register(corsPlugin)
  app.put('/a/:id?', { config: { cors: { maxAge: 4 } } }, () => 'a')
  app.get('/', () => 'root')
  for (const url of ['/a', '/a/1']) t.equal((await preflight(app, 'PUT', url)).headers['access-control-max-age'], '4', url)
  t.equal((await preflight(app, 'PUT', '/a/1/2')).headers['access-control-max-age'], undefined)
})

t.test('changes that an onRoute hook makes to a route count', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  app.addHook('onRoute', route => {
    if (route.url === '/a') route.config = { ...route.config, cors: false }
    if (route.url === '/b' && route.method === 'PUT') route.constraints = { version: '1.0.0' }
  })
  app.put('/a', () => 'a')
  app.put('/b', { config: { cors: false } }, () => 'b')
  t.equal((await preflight(app, 'PUT', '/a')).status, 403)
  t.strictSame((await send(app, 'PUT', '/a')).cors, {})
  t.equal((await preflight(app, 'PUT', '/b')).status, 403)
})

t.test('an invalid config.cors that an onRoute hook sets is refused at boot', async t => {
  const app = Fastify()
  await app.register(corsPlugin)
  app.addHook('onRoute', route => { route.config = { ...route.config, cors: { maxAge: -1 } } })
  app.put('/a', () => 'a')
  await t.rejects(async () => { await app.ready() }, { code: 'FST_CORS_INVALID_OPTIONS', message: /config\.cors of PUT \/a/ })
})

t.test('one error lists all ungoverned routes with an overlay', async t => {
  const app = Fastify()
  app.register(corsPlugin, { paths: ['/api/*'] })
  for (const url of ['/a', '/b']) app.get(url, { exposeHeadRoute: false, config: { cors: false } }, () => 'a')
  await t.rejects(async () => { await app.ready() }, { code: 'FST_CORS_UNGOVERNED_ROUTE', message: /GET \/a; GET \/b/ })
})

t.test('the config.cors of a route that several registrations may govern is checked with each', async t => {
  for (const paths of [['/a/x'], ['/a/y']]) {
    const app = Fastify()
    app.register(corsPlugin, { origin: [ALLOWED], paths: ['/a/x'], credentials: paths[0] === '/a/x' })
    app.register(corsPlugin, { origin: [ALLOWED], paths: ['/a/y'], credentials: paths[0] === '/a/y' })
    app.put('/a/:any', { config: { cors: { exposedHeaders: '*' } } }, () => 'a')
    await t.rejects(async () => { await app.ready() }, { code: 'FST_CORS_INVALID_OPTIONS', message: /config\.cors of PUT \/a\/:any/ }, paths.join())
  }
})
