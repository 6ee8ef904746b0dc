import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, listen, logLines, preflight, send, sendHttp } from '../support/exchange'
import { message } from '../server/message'

// Fastify gives a request up to three spellings of its URL: as it was sent, as `rewriteUrl` returned it, and percent-decoded.
// The rewritten one decides what governs, once decoded; texts repeat it as it is.

const handler = () => 'a'
const reader = (origin: string) => ({ 'access-control-allow-origin': origin })

/** `/public/…` is served by `/internal/…`. Each of the two has its own registration, and so has the rest. */
async function rewriting (options: object = {}, internal: corsPlugin.CorsOptions = {}): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    rewriteUrl: ({ url = '/' }) => url.replace(/^\/public\//, '/internal/'),
    frameworkErrors: (error, request, reply: FastifyReply) => { reply.headers(app.cors.headersFor(request.raw) as object).code(error.statusCode ?? 500).send('framework') }, // nothing here makes a promise
    ...options
  })
  await app.register(corsPlugin, { origin: OTHER, paths: ['/internal/*'], ...internal })
  await app.register(corsPlugin, { origin: EVIL, paths: ['/public/*'] })
  await app.register(corsPlugin, { origin: ALLOWED })
  for (const url of ['/internal/a', '/public/a', '/a']) app.route({ method: ['GET', 'POST', 'PUT'], url, handler })
  app.get('/internal/own', { config: { cors: { exposedHeaders: ['x-own'] } } }, handler)
  app.get('/public/own', { config: { cors: { exposedHeaders: ['x-other'] } } }, handler)
  return app
}

t.test('the rewritten URL decides which registration governs', async t => {
  const app = await rewriting()
  for (const method of ['GET', 'HEAD', 'POST', 'PUT']) t.strictSame((await send(app, method, '/public/a')).cors, reader(OTHER), method)
  t.strictSame((await send(app, 'GET', '/public/nothing')).cors, reader(OTHER), 'a 404')
  t.strictSame((await send(app, 'GET', '/public/own')).cors, { ...reader(OTHER), 'access-control-expose-headers': 'x-own' }, 'a config.cors')
  t.strictSame((await send(app, 'GET', '/a')).cors, reader(ALLOWED), 'a URL that stays')
})

t.test('a preflight is accepted where the rewritten URL accepts it, and no request that its policy refuses runs', async t => {
  const app = await rewriting()
  t.equal((await preflight(app, 'PUT', '/public/a', { origin: OTHER })).status, 204)
  t.equal((await send(app, 'PUT', '/public/a', { origin: OTHER })).status, 200)
  for (const origin of [ALLOWED, EVIL]) {
    const statuses = [(await preflight(app, 'PUT', '/public/a', { origin })).status, (await send(app, 'PUT', '/public/a', { origin })).status]
    t.ok(statuses.includes(403), `${origin}: ${statuses.join()}`)
  }
})

t.test('the rewritten URL decides what is enforced, and is told', async t => {
  const { lines, stream } = logLines()
  const app = await rewriting({ logger: { level: 'info', stream } }, { enforce: 'all' })
  const { status, body } = await send(app, 'GET', '/public/a?secret')
  t.equal(status, 403)
  t.equal(JSON.parse(body).message, `cross-origin request refused: origin ${ALLOWED} may not call GET /internal/a`)
  t.match(lines.find(line => 'fix' in line), { url: '/internal/a', method: 'GET' })
  t.equal((await send(app, 'GET', '/a', { origin: EVIL })).status, 200)
  t.equal(lines.filter(line => 'fix' in line).at(-1)?.url, '/a')
})

t.test('headersFor reads the rewritten URL too', async t => {
  const app = await rewriting()
  await app.ready()
  for (const url of ['/internal/a', '/internal/nothing']) {
    t.strictSame(app.cors.headersFor(Object.assign(message('GET', url, { origin: ALLOWED }), { originalUrl: '/public/a' })), reader(OTHER), url)
  }
  await listen(app)
  t.teardown(async () => { await app.close() })
  const malformed = await sendHttp(app, 'GET', '/public/%zz')
  t.strictSame([malformed.status, malformed.cors], [400, reader(OTHER)])
})

t.test('an origin function and a delegator are given both', async t => {
  const seen: string[] = []
  const app = Fastify({ rewriteUrl: () => '/b' })
  await app.register(corsPlugin, {
    origin: (_origin, request) => { seen.push(request.url, request.originalUrl); return true },
    delegator: request => { seen.push(request.url, request.originalUrl); return {} }
  })
  app.get('/b', handler)
  await send(app, 'GET', '/a')
  t.strictSame(seen, ['/b', '/a', '/b', '/a'])
})

// Prefixes and paths with characters that a URL has to escape.
async function escaped (): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(corsPlugin, { origin: EVIL, paths: ['/a b/*', '/é'] })
  await app.register(corsPlugin, { origin: ALLOWED })
  for (const url of ['/a b/a', '/a/b']) app.put(url, handler)
  for (const [prefix, origin] of [['/my api', OTHER], ['/größe', 'https://size.test'], ['/v:version/x y', 'https://version.test']] as const) {
    await app.register(async child => {
      await child.register(corsPlugin, { origin, maxAge: 3 })
      child.put('/a', handler)
    }, { prefix })
  }
  await app.ready()
  return app
}

const SIZE = 'https://size.test'
const VERSION = 'https://version.test'

const spellings: ReadonlyArray<readonly [url: string, origin: string]> = [
  ['/my%20api', OTHER], ['/m%79%20a%70i', OTHER], ['/%6dy%20api', OTHER],
  ['/gr%C3%B6%C3%9Fe', SIZE], ['/gr%c3%b6%C3%9fe', SIZE], ['/g%72%C3%B6%C3%9Fe', SIZE],
  ['/v7/x%20y', VERSION], ['/%76%37/%78%20y', VERSION], ['/va%20b/x%20y', VERSION]
]

const others: readonly string[] = ['/my%2520api', '/my+api', '/my%20apis', '/my%20', '/gr%25C3%25B6%25C3%259Fe', '/gro%CC%88%C3%9Fe', '/v7/x%2520y', '/v7%2Fx%2520y']

t.test('a prefix is compared with the decoded URL: of routes, and of URLs without one', async t => {
  const app = await escaped()
  for (const [start, origin] of spellings) {
    const routed = `${start}/a`
    const unrouted = `${start}/nothing`
    t.strictSame((await send(app, 'PUT', routed)).cors, reader(origin), routed)
    t.equal((await preflight(app, 'PUT', routed, { origin })).cors['access-control-max-age'], '3', routed)
    t.equal((await preflight(app, 'PUT', unrouted, { origin })).cors['access-control-max-age'], '3', `preflight for ${unrouted}`)
    for (const url of [routed, unrouted]) t.strictSame(await app.cors.headersFor(message('PUT', url, { origin: ALLOWED })), reader(origin), `headersFor ${url}`)
    const asked = message('OPTIONS', unrouted, { origin, 'access-control-request-method': 'PUT' })
    t.match(await app.cors.headersFor(asked), { 'access-control-max-age': '3', ...reader(origin) }, `headersFor a preflight at ${unrouted}`)
  }
  for (const start of others) {
    const url = `${start}/a`
    t.equal((await preflight(app, 'PUT', url)).cors['access-control-max-age'], undefined, url)
    t.equal((await preflight(app, 'PUT', url, { origin: OTHER })).status, 403, url)
    t.strictSame(await app.cors.headersFor(message('PUT', url, { origin: ALLOWED })), reader(ALLOWED), `headersFor ${url}`)
  }
})

t.test('explain compares a prefix with the decoded URL', async t => {
  const app = await escaped()
  const OUTSIDE = 'the 404 handler of the application answers, and not one of a context with a prefix'
  const ask = (origin: string, url: string) => app.cors.explain({ origin, method: 'PUT', url })
  for (const [start, origin] of spellings) {
    const routed = await ask(origin, `${start}/a`)
    t.strictSame([routed.allowed, routed.route?.url.endsWith('/a'), routed.policy?.maxAge], [true, true, 3], start)
    const unrouted = await ask(origin, `${start}/nothing`)
    t.match(unrouted, { route: null, preflight: { response: { status: 204, headers: { 'access-control-max-age': '3' } } } }, start)
    t.ok(unrouted.assumptions.includes(OUTSIDE), start)
  }
  for (const start of others) {
    const { allowed, route, assumptions, policy } = await ask(ALLOWED, `${start}/a`)
    t.strictSame([allowed, route, assumptions.includes(OUTSIDE), policy?.maxAge], [true, null, false, null], start)
  }
})

t.test('`paths` are compared with the decoded URL, once decoded and not twice', async t => {
  const app = await escaped()
  const rows: ReadonlyArray<readonly [url: string, origin: string]> = [
    ['/a%20b/a', EVIL], ['/%61%20b/a', EVIL], ['/a%20b/nothing', EVIL], ['/%61%20%62/nothing', EVIL], ['/%C3%A9', EVIL],
    ['/a%2520b/a', ALLOWED], ['/a%2520b/nothing', ALLOWED], ['/%2561%20b/nothing', ALLOWED], ['/%25C3%25A9', ALLOWED], ['/a+b/nothing', ALLOWED]
  ]
  for (const [url, origin] of rows) {
    const other = origin === EVIL ? ALLOWED : EVIL
    t.equal((await send(app, 'PUT', url)).cors['access-control-allow-origin'], origin, url)
    t.strictSame([(await preflight(app, 'PUT', url, { origin })).status, (await preflight(app, 'PUT', url, { origin: other })).status], [204, 403], `preflight for ${url}`)
    t.equal((await app.cors.headersFor(message('PUT', url, { origin })))['access-control-allow-origin'], origin, `headersFor ${url}`)
    const allowed = async (origin: string) => (await app.cors.explain({ origin, url, method: 'PUT' })).allowed
    t.strictSame([await allowed(origin), await allowed(other)], [true, false], `explain ${url}`)
  }
})

const LISTED = 'GET, HEAD, POST, PUT'

for (const [it, options] of [
  ['one registration', {}],
  ['a registration with paths', { paths: ['/*'] }]
] as ReadonlyArray<readonly [string, corsPlugin.CorsOptions]>) {
  t.test(`${it}: a URL that is escaped twice reaches no route, so its preflight lists the requested method`, async t => {
    const app = Fastify()
    await app.register(corsPlugin, { origin: [ALLOWED, OTHER], ...options })
    app.get('/a', handler)
    app.patch('/a', handler)
    app.delete('/%61', handler)
    for (const url of ['/%2561', '/%252561', '/%41', '/a%20']) {
      t.equal((await send(app, 'GET', url)).status, 404, url)
      const { cors } = await preflight(app, 'PUT', url)
      t.strictSame([cors['access-control-allow-methods'], cors.vary], [url === '/%2561' ? 'GET, HEAD, POST, DELETE' : LISTED, url === '/%2561' ? 'Origin' : 'Origin, Access-Control-Request-Method'], url)
    }
    for (const url of ['/a', '/%61', '/%61?%2561', '/a?b']) {
      t.equal((await send(app, 'PATCH', url)).status, 200, url)
      const { cors } = await preflight(app, 'PUT', url)
      t.strictSame([cors['access-control-allow-methods'], cors.vary], ['GET, HEAD, POST, PATCH', 'Origin'], url)
    }
  })
}

t.test('a URL that is escaped twice has neither the options nor the OPTIONS route of the URL that is escaped once', async t => {
  const app = Fastify()
  app.options('/own', () => 'own')
  app.put('/own', handler)
  await app.register(async child => {
    await child.register(corsPlugin, { origin: [ALLOWED, OTHER] })
    child.get('/a', { config: { cors: { maxAge: 1 } } }, handler)
    child.put('/off', { config: { cors: false } }, handler)
  })
  t.equal((await preflight(app, 'PUT', '/%6fwn')).body, 'own')
  t.equal((await preflight(app, 'PUT', '/%256fwn')).status, 204)
  for (const [url, maxAge] of [['/%61', '1'], ['/%2561', undefined]] as const) {
    for (const method of ['GET', 'PUT']) t.equal((await preflight(app, method, url)).cors['access-control-max-age'], maxAge, `${method} ${url}`)
  }
  for (const method of ['PUT', 'PATCH']) {
    t.equal((await preflight(app, method, '/%6fff')).status, 403, method)
    t.equal((await preflight(app, method, '/%256fff')).status, 204, method)
  }
})

t.test('the refusal of a preflight repeats the URL as it was sent, with a route and without, and so does the log', async t => {
  for (const [it, options] of [['one registration', {}], ['with paths', { paths: ['/*'] }], ['a function', { origin: () => false }]] as const) {
    const { lines, stream } = logLines()
    const app = Fastify({ logger: { level: 'info', stream } })
    await app.register(corsPlugin, { origin: [OTHER, EVIL], ...options })
    app.put('/users/:id', handler)
    app.put('/a b', handler)
    const rows: ReadonlyArray<readonly [url: string, shown: string]> = [
      ['/users/%7e42', '/users/%7e42'], ['/users/a%2Fb?secret', '/users/a%2Fb'], ['/%61%20b', '/%61%20b'],
      ['/nothing/%7e42', '/nothing/%7e42'], ['/%2561', '/%2561'], ['/caf%C3%A9?%73ecret', '/caf%C3%A9'], ['/nothing//a/', '/nothing//a/'], ['/NOTHING', '/NOTHING']
    ]
    for (const [url, shown] of rows) {
      const method = url.includes('users') ? 'PUT' : 'PATCH'
      const { status, body } = await preflight(app, method, url)
      t.equal(status, 403, `${it}, ${url}`)
      t.equal(JSON.parse(body).message, `CORS preflight refused: origin ${ALLOWED} may not call ${method} ${shown}`, it)
    }
    const [refused] = lines.filter(line => 'fix' in line)
    t.match(refused, { url: '/users/%7e42', msg: /the preflight for PUT \/users\/%7e42 from / }, it)
  }
})

t.test('the log has the URL of an unrouted preflight as it was sent', async t => {
  for (const options of [{}, { paths: ['/*'] }]) {
    const { lines, stream } = logLines()
    const app = Fastify({ logger: { level: 'info', stream } })
    await app.register(corsPlugin, { origin: [OTHER, EVIL], ...options })
    await preflight(app, 'PUT', '/caf%C3%A9/%2561?secret')
    t.match(lines.find(line => 'fix' in line), { url: '/caf%C3%A9/%2561', msg: /the preflight for PUT \/caf%C3%A9\/%2561 from / })
  }
})

t.test('a request is held by what the rewritten URL may have been accepted for', async t => {
  const app = Fastify({ rewriteUrl: ({ url = '/' }) => url.replace(/^\/public\//, '/internal/') })
  await app.register(corsPlugin, { origin: [OTHER, EVIL] })
  app.put('/internal/a', { constraints: { version: '1.0.0' } }, handler)
  app.put('/internal/a', { constraints: { version: '2.0.0' }, config: { cors: { origin: [ALLOWED] } } }, handler)
  const put = async (origin: string, version: string) => (await send(app, 'PUT', '/public/a', { origin, headers: { 'accept-version': version } })).status
  t.equal((await preflight(app, 'PUT', '/public/a')).status, 204)
  t.strictSame([await put(ALLOWED, '1.0.0'), await put(ALLOWED, '2.0.0'), await put(OTHER, '1.0.0'), await put(OTHER, '2.0.0')], [403, 200, 200, 403])
})

t.test('the root path stays a path where slashes are folded', async t => {
  for (const routerOptions of [{ ignoreTrailingSlash: true }, { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true }]) {
    const app = Fastify({ routerOptions })
    await app.register(corsPlugin, { origin: OTHER, paths: ['/*'] })
    app.put('/', handler)
    for (const url of ['/', '/?a', ...routerOptions.ignoreDuplicateSlashes === true ? ['//'] : []]) {
      t.strictSame((await send(app, 'PUT', url)).cors, reader(OTHER), url)
      t.equal((await preflight(app, 'PUT', url, { origin: OTHER })).status, 204, url)
    }
  }
})
