import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER } from '../support/exchange'
import { type Row, explain, fail, outline, ready, registered } from './outline'

const APPLICATION = 'the registration of the application'
const HANDLER = 'neither the handler nor a hook sets CORS headers'

async function tenants (app: FastifyInstance): Promise<void> {
  await app.register(corsPlugin, { origin: ALLOWED })
  app.get('/a', fail)
  await app.register(async function admin (child) {
    await child.register(corsPlugin, { origin: OTHER })
    child.get('/a', fail)
    child.get('/open', { config: { cors: { origin: '*' } } }, fail)
  }, { prefix: '/admin' })
  await app.register(async child => {
    await child.register(corsPlugin, { origin: EVIL, paths: ['/v1/a/*'] })
    child.get('/a/:id', fail)
    child.get('/b', fail)
  }, { prefix: '/v1' })
}

async function narrow (app: FastifyInstance): Promise<void> {
  await app.register(corsPlugin, { origin: ALLOWED, paths: ['/a', '/api/*'] })
  await app.register(corsPlugin, { origin: OTHER, paths: ['/b'] })
  for (const url of ['/a', '/b', '/c', '/api/:id']) app.get(url, fail)
}

async function versions (app: FastifyInstance): Promise<void> {
  await app.register(corsPlugin, { origin: ALLOWED })
  app.put('/a', { constraints: { version: '1.0.0' } }, fail)
  app.put('/a', { constraints: { version: '2.0.0' }, config: { cors: { origin: [ALLOWED, OTHER], methods: ['PATCH'] } } }, fail)
  app.put('/b', { constraints: { version: '1.0.0' } }, fail)
  app.put('/b', fail)
}

async function hosts (app: FastifyInstance): Promise<void> {
  await app.register(corsPlugin, { origin: ALLOWED })
  app.get('/a', fail)
  app.get('/a', { constraints: { host: 'api.example.com' }, config: { cors: { origin: OTHER } } }, fail)
  app.addConstraintStrategy({
    name: 'secret',
    storage: () => { const all = new Map<unknown, never>(); return { get: (key: unknown) => all.get(key) ?? null, set: (key: unknown, value: unknown) => { all.set(key, value as never) } } },
    deriveConstraint: request => request.headers['x-secret'],
    validate: () => {},
    mustMatchWhenDerived: true
  })
  app.get('/secret', { constraints: { secret: 'yes' } }, fail)
}

async function child (app: FastifyInstance): Promise<void> {
  await app.register(async child => { await child.register(corsPlugin, {}); child.get('/a', fail) }, { prefix: '/v1' })
  app.get('/a', fail)
}

/** Which registration governs, and the verdict that follows. */
const rows: readonly Row[] = [
  { it: 'a route of the application', app: tenants, is: { allowed: true, where: APPLICATION, status: 'handler' } },
  { it: 'a route of a context with a registration of its own', app: tenants, ask: { url: '/admin/a', origin: OTHER }, is: { allowed: true, where: 'the registration under /admin of the plugin admin', status: 'handler' } },
  { it: "a route's config.cors, over that", app: tenants, ask: { url: '/admin/open', origin: EVIL }, is: { allowed: true, where: 'config.cors of GET /admin/open', status: 'handler' } },
  { it: 'a context with paths that match', app: tenants, ask: { url: '/v1/a/7?x=1', origin: EVIL }, is: { allowed: true, where: 'the registration under /v1 for /v1/a/*', status: 'handler' } },
  { it: 'a context with paths that do not match', app: tenants, ask: { url: '/v1/b' }, is: { allowed: true, where: APPLICATION, status: 'handler' } },
  { it: 'a 404 of the application', app: tenants, ask: { url: '/nothing' }, is: { allowed: true, where: APPLICATION, status: 404 } },
  { it: 'a 404 below the prefix of a registration', app: tenants, ask: { url: '/admin/nothing' }, is: { allowed: true, where: APPLICATION, status: 404, assumptions: ['the 404 handler of the application answers, and not one of a context with a prefix'] } },
  {
    it: 'an ungoverned 404 that the application answers',
    app: child,
    ask: { url: '/v1/nothing', method: 'PUT' },
    is: { allowed: false, code: 'MissingAllowOriginHeader', fix: 'add a route for PUT /v1/nothing, or, so that pages may read the 404, register fastify-cors-policy on the application itself, with `paths` that match', where: null, preflight: 204, status: 404, assumptions: ['the 404 handler of the application answers, and not one of a context with a prefix'] }
  },
  {
    it: 'an ungoverned route',
    app: child,
    is: { allowed: false, code: 'MissingAllowOriginHeader', fix: 'register fastify-cors-policy where it governs /a: in the context of the route or around it, and with `paths`, if any, that match', where: null, status: 'handler', assumptions: [HANDLER] }
  },
  {
    it: 'an ungoverned preflight',
    app: child,
    ask: { headers: { 'x-a': '1' } },
    is: { allowed: false, code: 'PreflightMissingAllowOriginHeader', fix: 'register fastify-cors-policy where it governs /a: in the context of the route or around it, and with `paths`, if any, that match', where: null, preflight: 404, status: null }
  },
  { it: 'the first registration whose paths match', app: narrow, is: { allowed: true, where: `${APPLICATION} for /a, /api/*`, status: 'handler' } },
  { it: 'the second', app: narrow, ask: { url: '/b', origin: OTHER }, is: { allowed: true, where: `${APPLICATION} for /b`, status: 'handler' } },
  { it: 'a parameter', app: narrow, ask: { url: '/api/7' }, is: { allowed: true, where: `${APPLICATION} for /a, /api/*`, status: 'handler' } },
  { it: 'a path that the router reads as another', app: narrow, ask: { url: '/%61' }, is: { allowed: true, where: `${APPLICATION} for /a, /api/*`, status: 'handler' } },
  {
    it: 'two slashes begin a path, not a host',
    app: narrow,
    ask: { url: '//api/7' },
    is: { allowed: false, code: 'MissingAllowOriginHeader', fix: 'add a route for GET //api/7, or, so that pages may read the 404, register fastify-cors-policy on the application itself, with `paths` that match', where: null, status: 404 }
  },
  { it: 'config.cors: true means the registration', app: registered({ origin: ALLOWED }, { cors: true }), is: { allowed: true, where: APPLICATION, status: 'handler' } },
  { it: 'an empty config.cors is one', app: registered({ origin: ALLOWED }, { cors: {} }), is: { allowed: true, where: 'config.cors of GET, POST, PUT /a', status: 'handler' } },
  { it: 'a delegator', app: registered({ delegator: async () => ({ origin: ALLOWED }) }), is: { allowed: true, where: `what the delegator of ${APPLICATION} returns`, status: 'handler' } },
  {
    it: 'a delegator that refuses',
    app: registered({ delegator: () => ({ origin: OTHER }) }),
    ask: { method: 'PUT' },
    is: { allowed: false, code: 'PreflightMissingAllowOriginHeader', fix: `if its pages may read this, add '${ALLOWED}' to \`origin\` in what the delegator of ${APPLICATION} returns`, where: `what the delegator of ${APPLICATION} returns`, preflight: 403, status: null }
  },
  {
    it: 'a delegator that switches CORS off',
    app: registered({ delegator: () => false }),
    is: { allowed: false, code: 'MissingAllowOriginHeader', fix: `CORS is off in what the delegator of ${APPLICATION} returns: if pages of ${ALLOWED} may call this, give it \`origin: ['${ALLOWED}']\``, where: `what the delegator of ${APPLICATION} returns`, status: 'handler', assumptions: [HANDLER] }
  },
  { it: 'a version', app: versions, ask: { method: 'PUT', headers: { 'accept-version': '1.x' } }, is: { allowed: true, where: APPLICATION, preflight: 204, status: 'handler' } },
  {
    it: 'a request that is held, since another version accepts its preflight',
    app: versions,
    ask: { method: 'PUT', headers: { 'accept-version': '2.0.0' } },
    is: { allowed: true, fix: 'give the routes at this URL that differ by constraints the same CORS policy', where: 'config.cors of PUT /a', preflight: 204, status: 403 }
  },
  {
    it: 'the same where its page may not even read that',
    app: versions,
    ask: { method: 'PUT', origin: EVIL, headers: { 'accept-version': '2.0.0' } },
    is: { allowed: false, code: 'PreflightMissingAllowOriginHeader', fix: `if its pages may read this, add '${EVIL}' to \`origin\` in ${APPLICATION}`, where: 'config.cors of PUT /a', preflight: 403, status: null }
  },
  { it: 'no version where every route has one', app: versions, ask: { method: 'PUT' }, is: { allowed: true, where: APPLICATION, preflight: 204, status: 404 } },
  { it: 'a version that no route has', app: versions, ask: { method: 'PUT', url: '/b', headers: { 'accept-version': '7.0.0' } }, is: { allowed: true, where: APPLICATION, preflight: 204, status: 404 } },
  { it: 'no version where one route has none', app: versions, ask: { method: 'PUT', url: '/b' }, is: { allowed: true, where: APPLICATION, preflight: 204, status: 'handler' } },
  { it: 'another host', app: hosts, is: { allowed: true, where: APPLICATION, status: 'handler' } },
  { it: 'the host of a route', app: hosts, ask: { url: 'https://api.example.com/a', origin: OTHER }, is: { allowed: true, where: 'config.cors of GET /a', status: 'handler' } },
  { it: "a constraint of the application's own", app: hosts, ask: { url: '/secret' }, is: { allowed: true, where: APPLICATION, status: 'handler', assumptions: ['the request meets the constraint `secret` of the route'] } }
]

for (const { it, app: setUp, ask, is } of rows) {
  t.test(it, async t => { t.strictSame(outline(await explain(await ready(setUp), ask)), is) })
}

t.test('the place of a registration, as data', async t => {
  const places = [
    ['/a', { prefix: '', plugin: null, paths: null }],
    ['/admin/a', { prefix: '/admin', plugin: 'admin', paths: null }],
    ['/v1/a/7', { prefix: '/v1', plugin: null, paths: ['/v1/a/*'] }]
  ] as const
  const app = await ready(tenants)
  for (const [url, place] of places) t.strictSame((await explain(app, { url })).policy?.registration, place, url)
})

t.test('an answer that the plugin gives is told with its reason', async t => {
  const { message } = await explain(await ready(versions), { method: 'PUT', headers: { 'accept-version': '2.0.0' } })
  t.equal(message, `a page of ${ALLOWED} may send PUT /a and read the answer, a 403: CORS request refused: the policy of PUT /a does not accept it from origin ${ALLOWED}`)
  t.equal((await explain(await ready(tenants), { url: '/nothing' })).message, `a page of ${ALLOWED} may send GET /nothing and read the answer, a 404`)
})

t.test('what reconfigure has put there is explained', async t => {
  const app = await ready(tenants)
  t.equal((await explain(app, { origin: EVIL })).allowed, false)
  app.cors.reconfigure({ origin: EVIL })
  t.equal((await explain(app, { origin: EVIL })).allowed, true)
  t.strictSame((await explain(app)).policy?.origin, [EVIL])
})
