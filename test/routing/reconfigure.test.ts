import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, ERROR, EVIL, OTHER, logLines, preflight, send } from '../support/exchange'

type Options = corsPlugin.CorsOptions

const NEW = 'https://new.example.com'

async function appWith (options: Options = { origin: [ALLOWED, OTHER] }) {
  const app = Fastify()
  await app.register(corsPlugin, options)
  app.route({ method: ['GET', 'PUT'], url: '/a', handler: () => 'a' })
  app.route({ method: ['GET', 'PUT'], url: '/own', config: { cors: { maxAge: 7 } }, handler: () => 'own' })
  app.route({ method: ['GET', 'PUT'], url: '/off', config: { cors: false }, handler: () => 'off' })
  await app.ready()
  return app
}

/** All that a client sees of an application, so that any change is noticed. */
async function view (app: FastifyInstance, origins: readonly string[] = [ALLOWED, OTHER, NEW]): Promise<unknown[]> {
  const seen: unknown[] = []
  for (const url of ['/a', '/own', '/off', '/nothing']) {
    for (const origin of origins) {
      const actual = await send(app, 'GET', url, { origin })
      const flight = await preflight(app, 'PUT', url, { origin, names: 'x-a' })
      seen.push([url, origin, actual.status, actual.cors, flight.status, flight.cors])
    }
  }
  return seen
}

t.test('after the swap an application answers like one that started with the new options', async t => {
  const rows: ReadonlyArray<readonly [it: string, before: Options, after: Options]> = [
    ['other origins', { origin: [ALLOWED, OTHER] }, { origin: [NEW, OTHER] }],
    ['fewer options', { origin: [ALLOWED], credentials: true, maxAge: 5, exposedHeaders: ['x-a'] }, { origin: [NEW] }],
    ['more options', { origin: ALLOWED }, { origin: [NEW], credentials: true, maxAge: 5, exposedHeaders: ['x-a'], allowedHeaders: ['x-b'], methods: ['PUT'], vary: ['x-t'], cacheControl: 9, optionsSuccessStatus: 200 }],
    ['from nobody to all', { origin: false }, {}],
    ['from all to nobody', {}, { origin: false }],
    ['a function', { origin: [ALLOWED] }, { origin: origin => origin === NEW }],
    ['a delegator', { origin: [ALLOWED] }, { delegator: () => ({ origin: [NEW] }) }],
    ['no delegator any more', { delegator: () => ({ origin: [NEW] }) }, { origin: [ALLOWED] }],
    ['enforcement', { origin: [ALLOWED] }, { origin: [NEW], enforce: 'all' }],
    ['preflights that are left alone', { origin: [ALLOWED] }, { origin: [ALLOWED], preflight: false }],
    ['preflights that are taken back', { origin: [ALLOWED], preflight: false }, { origin: [ALLOWED] }],
    ['the same options', { origin: [ALLOWED] }, { origin: [ALLOWED] }],
    ['the same log level', { origin: [ALLOWED], logLevel: 'warn' }, { origin: [NEW], logLevel: 'warn' }],
    ['a log level that stays unsaid', { origin: [ALLOWED], logLevel: 'warn' }, { origin: [NEW] }]
  ]
  for (const [it, before, after] of rows) {
    const app = await appWith(before)
    t.strictSame(await view(app), await view(await appWith(before)), it)
    t.equal(app.cors.reconfigure(after), undefined)
    t.strictSame(await view(app), await view(await appWith(after)), it)
    app.cors.reconfigure(before)
    t.strictSame(await view(app), await view(await appWith(before)), `${it}, and back`)
  }
})

t.test('invalid options are refused, and nothing changes', async t => {
  const before: Options = { origin: [ALLOWED, OTHER], maxAge: 5 }
  const rows: ReadonlyArray<readonly [it: string, options: unknown, code: string, message: RegExp]> = [
    ['an invalid option', { origin: 'app.example.com' }, 'FST_CORS_INVALID_OPTIONS', /^The configuration of fastify-cors-policy/],
    ['an unknown key', { origins: [] }, 'FST_CORS_INVALID_OPTIONS', /origins/],
    ['null', null, 'FST_CORS_INVALID_OPTIONS', /null/],
    ['a function', () => ({}), 'FST_CORS_INVALID_OPTIONS', /delegator/],
    ['a contradiction', { credentials: true }, 'FST_CORS_INVALID_OPTIONS', /credentials/],
    ['options that make a route\'s own invalid', { origin: [ALLOWED], credentials: true, enforce: 'all' }, 'FST_CORS_INVALID_OPTIONS', /^config\.cors of GET \/any/],
    ['another log level', { origin: NEW, logLevel: 'warn' }, 'FST_CORS_FIXED_OPTION', /^reconfigure cannot change `logLevel`, .* register with "warn" and restart$/],
    ['paths that nobody has', { origin: NEW, paths: ['/a'] }, 'FST_CORS_NO_SUCH_REGISTRATION', /there is none for \/a\. This context has: the registration of the application$/]
  ]
  const app = Fastify()
  await app.register(corsPlugin, before)
  app.get('/a', () => 'a')
  app.get('/any', { config: { cors: { origin: '*' } } }, () => 'any')
  const seen = await view(app)
  for (const [it, options, code, message] of rows) {
    t.throws(() => { app.cors.reconfigure(options as Options) }, { code, message }, it)
    t.strictSame(await view(app), seen, it)
  }
})

t.test('a log level that was never set cannot be set', async t => {
  const app = await appWith()
  t.throws(() => { app.cors.reconfigure({ logLevel: 'silent' }) }, { code: 'FST_CORS_FIXED_OPTION' })
})

t.test('each registration is found by its context and its paths', async t => {
  const app = Fastify()
  let child: FastifyInstance | undefined
  let grandchild: FastifyInstance | undefined
  app.register(corsPlugin, { origin: ALLOWED, paths: ['/api/*', '/auth'] })
  app.register(corsPlugin, { origin: ALLOWED })
  for (const url of ['/api/a', '/auth', '/b']) app.get(url, () => 'a')
  app.register(async instance => {
    child = instance
    instance.register(corsPlugin, { origin: ALLOWED })
    instance.get('/c', () => 'c')
    instance.register(async inner => { grandchild = inner })
  }, { prefix: '/child' })
  await app.ready()
  const allowed = async () => Promise.all(['/api/a', '/auth', '/b', '/child/c'].map(async url => (await send(app, 'GET', url)).headers['access-control-allow-origin']))
  const others = [OTHER, EVIL, NEW].map(origin => ({ origin }))
  t.strictSame(await allowed(), [ALLOWED, ALLOWED, ALLOWED, ALLOWED])

  app.cors.reconfigure({ ...others[0], paths: ['/auth', '/api/*', '/auth'] })
  t.strictSame(await allowed(), [OTHER, OTHER, ALLOWED, ALLOWED], 'in any order, and twice')
  app.cors.reconfigure({ ...others[1] })
  t.strictSame(await allowed(), [OTHER, OTHER, EVIL, ALLOWED], 'without paths')
  child?.cors.reconfigure({ ...others[2] })
  t.strictSame(await allowed(), [OTHER, OTHER, EVIL, NEW], 'in a child')
  t.throws(() => { child?.cors.reconfigure({ paths: ['/child/c'] }) }, { code: 'FST_CORS_NO_SUCH_REGISTRATION', message: /for \/child\/c\. This context has: the registration under \/child$/ })
  t.throws(() => { grandchild?.cors.reconfigure({}) }, { code: 'FST_CORS_NO_SUCH_REGISTRATION', message: /without `paths`\. This context has: none$/ })
  t.throws(() => { app.cors.reconfigure({ paths: ['/api/*'] }) }, { message: /for \/api\/\*\. This context has: the registration of the application for \/auth, \/api\/\*, \/auth; the registration of the application$/ })
  t.strictSame(await allowed(), [OTHER, OTHER, EVIL, NEW])
})

t.test('paths are the same if the router reads them the same way', async t => {
  const app = Fastify({ routerOptions: { caseSensitive: false } })
  await app.register(corsPlugin, { origin: ALLOWED, paths: ['/API/*'] })
  app.get('/api/a', () => 'a')
  await app.ready()
  app.cors.reconfigure({ origin: OTHER, paths: ['/a%70i/*'] })
  t.strictSame((await send(app, 'GET', '/Api/a')).cors, { 'access-control-allow-origin': OTHER })
})

t.test("a route's config.cors is checked only with the registrations that may govern it", async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED], paths: ['/a/*'] })
  await app.register(corsPlugin, { origin: [ALLOWED], paths: ['/b/*'] })
  app.get('/a/x', { config: { cors: { origin: '*' } } }, () => 'x')
  app.get('/:any/y', { config: { cors: { exposedHeaders: '*' } } }, () => 'y')
  await app.ready()
  const sessions = (path: string): Options => ({ origin: [ALLOWED], credentials: true, paths: [path] })
  t.throws(() => { app.cors.reconfigure(sessions('/a/*')) }, { message: /^config\.cors of GET(, HEAD)? \/a\/x/ })
  t.throws(() => { app.cors.reconfigure(sessions('/b/*')) }, { message: /^config\.cors of GET(, HEAD)? \/:any\/y/ })
  app.cors.reconfigure({ origin: [OTHER], paths: ['/b/*'] })
  t.equal((await send(app, 'GET', '/b/y', { origin: OTHER })).headers['access-control-allow-origin'], OTHER)
})

t.test('options may be swapped before the application is ready', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED] })
  app.get('/a', { config: { cors: { maxAge: 1 } } }, () => 'a')
  t.throws(() => { app.cors.reconfigure({ maxAge: -1 }) }, { code: 'FST_CORS_INVALID_OPTIONS' })
  app.cors.reconfigure({ origin: [NEW, OTHER] })
  t.strictSame((await send(app, 'GET', '/a', { origin: NEW })).cors, { 'access-control-allow-origin': NEW, vary: 'Origin' })
  t.equal((await preflight(app, 'GET', '/a', { origin: NEW })).headers['access-control-max-age'], '1')
})

t.test('an object that the delegator returned before is read again with the new options', async t => {
  const shared = { exposedHeaders: 'x-tenant' }
  const app = Fastify()
  await app.register(corsPlugin, { origin: ALLOWED, delegator: () => shared })
  app.get('/a', () => 'a')
  t.strictSame((await send(app, 'GET', '/a')).cors, { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'x-tenant', vary: 'Origin' })
  app.cors.reconfigure({ origin: OTHER, delegator: () => shared })
  t.strictSame((await send(app, 'GET', '/a')).cors, { 'access-control-allow-origin': OTHER, 'access-control-expose-headers': 'x-tenant', vary: 'Origin' })
})

t.test('log lines about refusals follow the new options', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'info', stream } })
  await app.register(corsPlugin, { origin: ALLOWED })
  app.get('/a', () => 'a')
  await app.ready()
  app.cors.reconfigure({ delegator: () => ({ origin: OTHER }) })
  await send(app, 'GET', '/a')
  t.match(lines.find(line => 'fix' in line), { fix: `if its pages may read this, add '${ALLOWED}' to \`origin\` in what the delegator of the registration of the application returns` })
  t.notOk(lines.some(({ level }) => level >= ERROR))
})

t.test('a registration is found by its paths in any order', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: ALLOWED, paths: ['/a', '/b'] })
  app.get('/a', () => 'a')
  t.throws(() => { app.cors.reconfigure({ origin: NEW, paths: ['/a/b'] }) }, { code: 'FST_CORS_NO_SUCH_REGISTRATION' })
  t.throws(() => { app.cors.reconfigure({ origin: NEW, paths: ['/c', '/d'] }) }, { message: /there is none for \/c, \/d\. This context has: the registration of the application for \/a, \/b$/ })
  app.cors.reconfigure({ origin: NEW, paths: ['/b', '/a', '/a'] })
  t.strictSame((await send(app, 'GET', '/a')).cors, { 'access-control-allow-origin': NEW })
})
