import Fastify from 'fastify'
import type { FastifyInstance, RouteOptions } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, OTHER, preflight, send } from '../support/exchange'
import { message } from '../server/message'

// Fastify adds the index route of a prefixed context a second time, with a slash, and tells no hook. Whether it does depends on
// `prefixTrailingSlash`, on `ignoreTrailingSlash`, and on what is routed there already.

type Index = Partial<RouteOptions>

const own = (maxAge: number) => ({ config: { cors: { maxAge } } })

/** An application with these index routes below `/api`, where a child registration governs. */
async function appWith (routes: readonly Index[], options: object = {}, prefix = '/api'): Promise<FastifyInstance> {
  const app = Fastify(options)
  await app.register(corsPlugin, { origin: [OTHER] })
  await app.register(async api => {
    await api.register(corsPlugin, { origin: [ALLOWED] })
    for (const route of routes) api.route({ method: 'PUT', url: '/', handler: request => `${request.method} ${JSON.stringify(request.routeOptions.config.cors ?? null)}`, ...route })
  }, { prefix })
  await app.ready()
  return app
}

/** What the server and the plugin say of a URL: whether it has this route, and with which options. */
async function shown (app: FastifyInstance, method: string, url: string, headers: Record<string, string> = {}) {
  const actual = await send(app, method, url, { headers })
  const flight = await preflight(app, method, url, { headers: headers.host === undefined ? {} : { host: headers.host } })
  const { route } = await app.cors.explain({ origin: ALLOWED, method, url: headers.host === undefined ? url : `https://${headers.host}${url}`, headers })
  return {
    status: actual.status,
    origin: actual.cors['access-control-allow-origin'],
    maxAge: flight.cors['access-control-max-age'],
    methods: flight.cors['access-control-allow-methods'],
    explained: route === null ? null : route.url
  }
}

const found = (maxAge: string | undefined, explained: string, methods = 'GET, HEAD, POST, PUT') => ({ status: 200, origin: ALLOWED, maxAge, methods, explained })

/** The root answers the 404, so the root's registration governs it. Its preflight is that of the innermost context, and lists the method. */
const missing = (method = 'PUT') => ({ status: 404, origin: OTHER, maxAge: undefined, methods: `GET, HEAD, POST${/GET|HEAD|POST/.test(method) ? '' : `, ${method}`}`, explained: null })

t.test('prefixTrailingSlash: an index route is where the server has it, with its own options', async t => {
  const rows: ReadonlyArray<readonly [slash: 'both' | 'slash' | 'no-slash' | undefined, bare: boolean, slashed: boolean]> = [
    [undefined, true, true], ['both', true, true], ['slash', false, true], ['no-slash', true, false]
  ]
  for (const [prefixTrailingSlash, bare, slashed] of rows) {
    const app = await appWith([{ ...own(3), ...prefixTrailingSlash !== undefined && { prefixTrailingSlash } }])
    t.strictSame(await shown(app, 'PUT', '/api'), bare ? found('3', '/api') : missing(), `${prefixTrailingSlash}, bare`)
    t.strictSame(await shown(app, 'PUT', '/api/'), slashed ? found('3', '/api/') : missing(), `${prefixTrailingSlash}, with a slash`)
    for (const url of ['/api//', '/apis', '/API', '/api/x']) t.equal((await shown(app, 'PUT', url)).status, 404, url)
  }
})

t.test('the two URLs of an index route may have routes of their own for some methods', async t => {
  const app = await appWith([
    { ...own(1), method: ['PUT', 'DELETE'] },
    { ...own(2), method: 'PATCH', prefixTrailingSlash: 'slash' },
    { ...own(2), method: 'PATCH', prefixTrailingSlash: 'no-slash', config: { cors: { maxAge: 4 } } },
    { ...own(5), method: 'GET', prefixTrailingSlash: 'no-slash' },
    { ...own(6), method: 'POST', prefixTrailingSlash: 'slash' }
  ])
  const maxAge = async (method: string, url: string) => (await preflight(app, method, url)).cors['access-control-max-age']
  for (const [method, bare, slashed] of [['PUT', '1', '1'], ['DELETE', '1', '1'], ['PATCH', '4', '2'], ['GET', '5', undefined], ['POST', undefined, '6']] as const) {
    const statuses = [(await send(app, method, '/api')).status, (await send(app, method, '/api/')).status]
    t.strictSame(statuses, [bare === undefined ? 404 : 200, slashed === undefined ? 404 : 200], method)
    if (bare !== undefined) t.equal(await maxAge(method, '/api'), bare, `${method} /api`)
    if (slashed !== undefined) t.equal(await maxAge(method, '/api/'), slashed, `${method} /api/`)
  }
})

t.test('an index route of several methods, some of which have a route with a slash already', async t => {
  for (const order of ['before', 'after']) {
    const app = Fastify()
    await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
    const slashed = () => { app.route({ method: ['DELETE'], url: '/api/', ...own(7), handler: () => 'slashed' }) }
    const index = async () => app.register(async api => {
      api.route({ method: ['PUT'], url: '/', ...own(1), handler: () => 'index' })
      api.route({ method: ['DELETE'], url: '/', prefixTrailingSlash: 'no-slash', ...own(2), handler: () => 'index' })
    }, { prefix: '/api' })
    if (order === 'before') slashed()
    await index()
    if (order === 'after') slashed()
    for (const [method, url, maxAge, body] of [['PUT', '/api', '1', 'index'], ['PUT', '/api/', '1', 'index'], ['DELETE', '/api', '2', 'index'], ['DELETE', '/api/', '7', 'slashed']] as const) {
      t.equal((await send(app, method, url)).body, body, `${method} ${url}, ${order}`)
      t.equal((await preflight(app, method, url)).cors['access-control-max-age'], maxAge, `${method} ${url}, ${order}`)
    }
  }
})

t.test('an index route under a host: only that host has its twin', async t => {
  const app = await appWith([
    { ...own(1), constraints: { host: 'a.test' } },
    { ...own(2), constraints: { host: 'b.test' }, prefixTrailingSlash: 'slash' },
    { ...own(3), constraints: { host: 'c.test' }, prefixTrailingSlash: 'no-slash' },
    { method: 'DELETE', ...own(4), constraints: { host: /^[de]\.test$/ } },
    { method: 'PATCH', ...own(5), prefixTrailingSlash: 'slash' },
    { method: 'PATCH', ...own(6), constraints: { host: 'f.test' }, prefixTrailingSlash: 'no-slash' }
  ])
  const rows: ReadonlyArray<readonly [host: string, method: string, bare: string | undefined, slashed: string | undefined]> = [
    ['a.test', 'PUT', '1', '1'], ['b.test', 'PUT', undefined, '2'], ['c.test', 'PUT', '3', undefined], ['x.test', 'PUT', undefined, undefined],
    ['d.test', 'DELETE', '4', '4'], ['x.test', 'DELETE', undefined, undefined],
    ['f.test', 'PATCH', '6', '5'], ['x.test', 'PATCH', undefined, '5']
  ]
  for (const [host, method, bare, slashed] of rows) {
    for (const [url, maxAge] of [['/api', bare], ['/api/', slashed]] as const) {
      const is = await shown(app, method, url, { host })
      t.strictSame([is.status, is.explained], maxAge === undefined ? [404, null] : [200, url], `${host} ${method} ${url}`)
      if (maxAge !== undefined) t.equal(is.maxAge, maxAge, `preflight at ${host} for ${method} ${url}`)
    }
  }
})

t.test('an index route under a version: its twin is held like itself', async t => {
  const app = await appWith([
    { constraints: { version: '1.0.0' }, ...own(1) },
    { constraints: { version: '2.0.0' }, config: { cors: { origin: [OTHER] } } },
    { constraints: { version: '3.0.0' }, config: { cors: { origin: [OTHER], maxAge: 3 } }, prefixTrailingSlash: 'slash' }
  ])
  for (const url of ['/api', '/api/']) {
    const statuses = async (origin: string) => Promise.all(['1.0.0', '2.0.0', '3.0.0'].map(async version => (await send(app, 'PUT', url, { origin, headers: { 'accept-version': version } })).status))
    t.equal((await preflight(app, 'PUT', url)).status, 204, url)
    t.equal((await preflight(app, 'PUT', url)).cors['access-control-max-age'], '1', url)
    t.equal((await preflight(app, 'PUT', url, { origin: OTHER })).status, 204, url)
    t.equal((await preflight(app, 'PUT', url, { origin: OTHER })).cors['access-control-max-age'], undefined, url)
    t.strictSame(await statuses(ALLOWED), [200, 403, url === '/api' ? 404 : 403], url)
    t.strictSame(await statuses(OTHER), [403, 200, url === '/api' ? 404 : 200], url)
    const explained = await app.cors.explain({ origin: OTHER, method: 'PUT', url, headers: { 'accept-version': '2.0.0' } })
    t.strictSame([explained.allowed, explained.route?.url], [true, url])
  }
})

t.test('print has the twins that the server has', async t => {
  const app = await appWith([
    { method: ['PUT', 'DELETE'] },
    { method: 'PATCH', prefixTrailingSlash: 'slash' },
    { method: 'GET', exposeHeadRoute: false, prefixTrailingSlash: 'no-slash' },
    { method: 'PUT', constraints: { host: 'a.test' } },
    { method: 'OPTIONS', ...own(1), prefixTrailingSlash: 'no-slash' },
    { method: 'OPTIONS', ...own(2), prefixTrailingSlash: 'slash' }
  ])
  const printed = app.cors.print({ json: true }).map(({ url, methods, constraints, policy }) => [url, methods.join(), constraints, policy?.maxAge])
  t.strictSame(printed, [
    ['/api', 'PUT', { host: 'a.test' }, null], ['/api', 'GET,DELETE,PUT', {}, null], ['/api', 'OPTIONS', {}, 1],
    ['/api/', 'PUT', { host: 'a.test' }, null], ['/api/', 'DELETE,PATCH,PUT', {}, null], ['/api/', 'OPTIONS', {}, 2]
  ])
})

const foldings: ReadonlyArray<readonly [it: string, options: object, found: readonly string[], missing: readonly string[]]> = [
  ['neither', {}, ['/api', '/api/'], ['/api//', '/API', '//api']],
  ['ignoreTrailingSlash', { ignoreTrailingSlash: true }, ['/api', '/api/', '/api/?x'], ['/api//', '/API', '//api']],
  ['ignoreDuplicateSlashes', { ignoreDuplicateSlashes: true }, ['/api', '/api/', '/api//', '//api///'], ['/API', '/api/x/']],
  ['caseSensitive: false', { caseSensitive: false }, ['/api', '/API', '/Api/', '/%41PI'], ['/api//', '//api']],
  ['both slashes', { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true }, ['/api', '/api//', '//api', '//api//'], ['/API']],
  ['all', { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, caseSensitive: false }, ['/api', '/API//', '//aPi/', '/%61PI//'], ['/ap/i']]
]

for (const [it, routerOptions, spellings, others] of foldings) {
  t.test(`${it}: each spelling that reaches an index route has its options, and no other has`, async t => {
    const app = await appWith([own(3), { method: 'DELETE', config: { cors: false } }], { routerOptions }, '/api')
    for (const url of spellings) {
      t.equal((await send(app, 'PUT', url)).status, 200, url)
      t.strictSame([(await preflight(app, 'PUT', url)).cors['access-control-max-age'], (await preflight(app, 'DELETE', url)).status], ['3', 403], url)
      t.strictSame(await app.cors.headersFor(message('PUT', url, { origin: ALLOWED })), { 'access-control-allow-origin': ALLOWED }, `headersFor ${url}`)
    }
    for (const url of others) {
      t.equal((await send(app, 'PUT', url)).status, 404, url)
      t.equal((await preflight(app, 'PUT', url)).cors['access-control-max-age'], undefined, url)
    }
  })
}

t.test('prefixes with a slash at the end, upper case or doubled slashes', async t => {
  for (const prefix of ['/api/', '/API', '//api', '/Api//']) {
    const app = Fastify({ routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, caseSensitive: false } })
    await app.register(corsPlugin, { origin: [OTHER], maxAge: 9 })
    await app.register(async api => {
      await api.register(corsPlugin, { origin: [ALLOWED] })
      api.put('/', own(3), () => 'a')
      api.put('/Users//', own(4), () => 'a')
    }, { prefix })
    for (const [url, maxAge] of [['/api', '3'], ['/Api//', '3'], ['//api/users', '4'], ['/API/USERS/', '4']] as const) {
      t.strictSame([(await send(app, 'PUT', url)).status, (await preflight(app, 'PUT', url)).cors['access-control-max-age']], [200, maxAge], `${prefix} ${url}`)
    }
    for (const url of ['/api/nothing', '//API//nothing//']) {
      const { status, cors } = await preflight(app, 'PUT', url)
      t.strictSame([status, cors['access-control-max-age']], [204, undefined], `${prefix} ${url}: the child's registration is among those that may answer`)
    }
    t.equal((await preflight(app, 'PUT', '/apis')).status, 403, prefix)
  }
})

t.test('a route with a slash is a route of its own in whatever order its constraints are written', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/api/', { constraints: { version: '1.0.0', host: 'a.test' }, ...own(2) }, () => 'slashed')
  await app.register(async api => {
    api.put('/', { constraints: { host: 'a.test', version: '1.0.0' }, prefixTrailingSlash: 'no-slash', ...own(1) }, () => 'index')
  }, { prefix: '/api' })
  for (const [url, maxAge] of [['/api', '1'], ['/api/', '2']] as const) {
    t.equal((await preflight(app, 'PUT', url, { headers: { host: 'a.test' } })).cors['access-control-max-age'], maxAge, url)
  }
})
