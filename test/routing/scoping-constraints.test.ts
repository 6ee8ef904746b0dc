import { once } from 'node:events'
import http2 from 'node:http2'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, WARN, listen, logLines, portOf, preflight, send } from '../support/exchange'
import { message } from '../server/message'

function on (host: string, more: Record<string, string> = {}) {
  return { headers: { host, ...more } }
}

t.test('host-constrained routes: a preflight carries the host, so it is exact', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a', { constraints: { host: 'one.test' }, config: { cors: { origin: [OTHER], maxAge: 1 } } }, () => 'one')
  app.put('/a', { constraints: { host: /^two\.(test|example)$/g as never } }, () => 'two')
  t.equal((await preflight(app, 'PUT', '/a', { origin: OTHER, ...on('one.test') })).headers['access-control-max-age'], '1')
  t.equal((await preflight(app, 'PUT', '/a', on('one.test'))).status, 403)
  for (const time of ['first', 'second']) t.equal((await preflight(app, 'PUT', '/a', on('two.test'))).headers['access-control-allow-origin'], ALLOWED, time)
  t.equal((await preflight(app, 'PUT', '/a', { origin: OTHER, ...on('two.test') })).status, 403)
  t.strictSame((await send(app, 'PUT', '/a', { origin: OTHER, ...on('one.test') })).cors, { 'access-control-allow-origin': OTHER })
  t.strictSame((await send(app, 'PUT', '/a', on('two.test'))).cors, { 'access-control-allow-origin': ALLOWED })
  t.strictSame((await preflight(app, 'PUT', '/a', on('three.test'))).cors, {
    'access-control-allow-origin': ALLOWED,
    'access-control-allow-methods': 'GET, HEAD, POST, PUT',
    'access-control-allow-headers': '*, Authorization, Content-Type',
    vary: 'Access-Control-Request-Method'
  }, 'no route of this host: the page is to read the 404')
})

t.test('an unconstrained route serves the other hosts', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a', { constraints: { host: 'one.test' }, config: { cors: { origin: [OTHER] } } }, () => 'one')
  app.put('/a', () => 'all')
  t.equal((await preflight(app, 'PUT', '/a', on('two.test'))).status, 204)
  t.equal((await preflight(app, 'PUT', '/a', { origin: OTHER, ...on('two.test') })).status, 403)
  t.equal((await preflight(app, 'PUT', '/a', { origin: OTHER, ...on('one.test') })).status, 204)
  t.equal((await preflight(app, 'PUT', '/a', on('one.test'))).status, 403, 'the host decides')
  t.match(await send(app, 'PUT', '/a', on('one.test')), { status: 200, cors: { 'access-control-allow-origin': OTHER } }, 'and nothing has to be held')
})

t.test('a host name goes before a RegExp, and the first RegExp before others', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: false })
  const serve = (host: string | RegExp, origin: string) => { app.put('/a', { constraints: { host }, config: { cors: { origin } } }, () => origin) }
  serve(/\.test$/, 'https://regexp.test')
  serve(/^one/, 'https://later.test')
  serve('one.test', 'https://name.test')
  for (const [host, origin] of [['one.test', 'https://name.test'], ['one.two.test', 'https://regexp.test'], ['one.example', 'https://later.test']] as const) {
    for (const asking of ['https://name.test', 'https://regexp.test', 'https://later.test']) {
      t.equal((await preflight(app, 'PUT', '/a', { origin: asking, ...on(host) })).status, asking === origin ? 204 : 403, `${asking} at ${host}`)
    }
    t.equal((await send(app, 'PUT', '/a', { origin, ...on(host) })).body, origin, 'as the router has it')
  }
})

t.test('versioned routes: a preflight is accepted if any route would accept it, and the request is held to its own route', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'warn', stream } })
  let runs = 0
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a', { constraints: { version: '1.0.0' } }, () => String(++runs))
  app.put('/a', { constraints: { version: '2.0.0' }, config: { cors: { origin: [OTHER] } } }, () => String(++runs))
  const one = { headers: { 'accept-version': '1.x' } }
  const two = { headers: { 'accept-version': '2.x' } }

  t.equal((await preflight(app, 'PUT', '/a')).headers['access-control-allow-origin'], ALLOWED)
  t.equal((await preflight(app, 'PUT', '/a', { origin: OTHER })).headers['access-control-allow-origin'], OTHER)
  const refused = await preflight(app, 'PUT', '/a', { origin: EVIL })
  t.equal(refused.status, 403)
  t.strictSame(refused.cors, { vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' })

  t.strictSame((await send(app, 'PUT', '/a', one)).cors, { 'access-control-allow-origin': ALLOWED })
  t.strictSame((await send(app, 'PUT', '/a', { origin: OTHER, ...two })).cors, { 'access-control-allow-origin': OTHER })
  t.equal(runs, 2)
  for (const ask of [{ origin: OTHER, ...one }, two, { origin: EVIL, ...two }]) {
    const held = await send(app, 'PUT', '/a', ask)
    t.equal(held.status, 403)
    t.equal(JSON.parse(held.body).code, 'FST_CORS_PREFLIGHT_WOULD_REFUSE')
  }
  t.equal(runs, 2, 'before the handler')
  t.equal((await send(app, 'PUT', '/a', { origin: undefined, ...two })).status, 200)
  t.strictSame(lines.map(({ level, method, url, fix }) => ({ level, method, url, fix })),
    [{ level: WARN, method: 'PUT', url: '/a', fix: 'give the routes at this URL that differ by constraints the same CORS policy' }])
})

t.test('versioned routes with one policy are not held', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a', { constraints: { version: '1.0.0' } }, () => 'one')
  app.put('/a', { constraints: { version: '2.0.0' } }, () => 'two')
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  t.equal((await send(app, 'PUT', '/a', { origin: EVIL, headers: { 'accept-version': '1.x' } })).status, 200)
})

t.test('the candidate that accepts the whole request answers', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a', { constraints: { version: '1.0.0' }, config: { cors: { allowedHeaders: ['x-a'], maxAge: 1 } } }, () => 'one')
  app.put('/a', { constraints: { version: '2.0.0' }, config: { cors: { allowedHeaders: ['X-B'], maxAge: 2 } } }, () => 'two')
  app.put('/a', { constraints: { version: '3.0.0' }, config: { cors: { methods: ['PATCH'], maxAge: 3 } } }, () => 'three')
  const age = async (names?: string) => (await preflight(app, 'PUT', '/a', names === undefined ? {} : { names })).headers['access-control-max-age']
  t.equal(await age('x-a'), '1')
  t.equal(await age('x-b'), '2')
  t.equal(await age(), '1')
  t.equal(await age('x-c'), '1', 'none accepts it: a policy whose lists name what is wrong')
  t.equal((await send(app, 'PUT', '/a', { headers: { 'accept-version': '3.x' } })).status, 403, 'a method that its policy has not')
})

t.test('the origin functions of candidates are called in turn', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: async origin => origin === ALLOWED })
  app.put('/a', { constraints: { version: '1.0.0' } }, () => 'one')
  app.put('/a', { constraints: { version: '2.0.0' }, config: { cors: { origin: origin => origin === OTHER } } }, () => 'two')
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  t.equal((await preflight(app, 'PUT', '/a', { origin: OTHER })).status, 204)
  t.equal((await preflight(app, 'PUT', '/a', { origin: EVIL })).status, 403)
})

t.test('siblings that share a path under different constraints', async t => {
  const app = Fastify()
  app.register(async child => {
    child.register(corsPlugin, { origin: [ALLOWED] })
    child.put('/a', { constraints: { version: '1.0.0' } }, () => 'one')
  })
  app.register(async child => {
    child.register(corsPlugin, { origin: [OTHER] })
    child.put('/a', { constraints: { version: '2.0.0' } }, () => 'two')
  })
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  t.equal((await preflight(app, 'PUT', '/a', { origin: OTHER })).status, 204)
  t.equal((await send(app, 'PUT', '/a', { headers: { 'accept-version': '1.x' } })).status, 200)
  t.equal((await send(app, 'PUT', '/a', { headers: { 'accept-version': '2.x' } })).status, 403)
})

t.test('an ungoverned sibling at the same path is held: no policy accepts what a preflight for the other was allowed', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'warn', stream } })
  app.register(async child => {
    child.register(corsPlugin, { origin: [ALLOWED] })
    child.put('/a', { constraints: { version: '1.0.0' } }, () => 'one')
  })
  app.register(async child => { child.put('/a', { constraints: { version: '2.0.0' } }, () => 'two') })
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  const version = { 'accept-version': '2.x' }
  for (const time of ['first', 'second']) {
    const outside = await send(app, 'PUT', '/a', { headers: version })
    t.equal(outside.status, 403, time)
    t.match(JSON.parse(outside.body), { code: 'FST_CORS_PREFLIGHT_WOULD_REFUSE', message: `CORS request refused: no policy governs PUT /a, so none accepts it from origin ${ALLOWED}` })
    t.strictSame(outside.cors, {}, time)
    t.equal(outside.headers['cache-control'], 'no-store', time)
  }
  t.match(lines, [{ level: WARN, url: '/a', fix: /give the routes at this URL .* the same CORS policy/, msg: /no policy governs PUT \/a/ }], 'logged once')
  t.equal((await send(app, 'PUT', '/a', { origin: undefined, headers: version })).status, 200, 'no CORS request')
  t.equal((await send(app, 'PUT', '/a', { headers: { ...version, 'sec-fetch-site': 'same-origin' } })).status, 200, 'the site’s own')
  t.equal((await send(app, 'PUT', '/nothing', { headers: version })).status, 404, 'nothing to hold')
})

t.test('Accept-Version shows that a browser has sent a preflight, whatever the method', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  const versions: Record<string, corsPlugin.RouteCorsOptions | false | undefined> = { '1.0.0': undefined, '2.0.0': false, '3.0.0': { origin: [OTHER] }, '4.0.0': { allowedHeaders: ['x-a'] }, '5.0.0': { allowedHeaders: ['Accept-Version'] } }
  for (const [version, cors] of Object.entries(versions)) {
    app.route({ method: ['GET', 'POST'], url: '/a', constraints: { version }, config: cors === undefined ? {} : { cors }, handler: () => version })
  }
  for (const method of ['GET', 'HEAD', 'POST']) {
    const status = async (version: string, origin = ALLOWED) => (await send(app, method, '/a', { origin, headers: { 'accept-version': version } })).status
    t.equal(await status('1.0.0'), 200, `${method}: accepted`)
    t.equal(await status('1.0.0', EVIL), 403, `${method}: an origin that this policy refuses`)
    t.equal(await status('2.0.0'), 403, `${method}: CORS is off`)
    t.equal(await status('3.0.0'), 403, `${method}: another origin`)
    t.equal(await status('3.0.0', OTHER), 200, `${method}: its origin`)
    t.equal(await status('4.0.0'), 403, `${method}: the header is not listed`)
    t.equal(await status('5.0.0'), 200, `${method}: it is`)
  }
})

/** An application with a constraint `secret`, whose value is that of a header. */
function constrainedBy (header: string) {
  const strategy = {
    name: 'secret',
    storage: () => new Map(),
    validate: () => true,
    deriveConstraint: (req: { headers: Record<string, unknown> }) => req.headers[header]
  }
  return Fastify({ routerOptions: { constraints: { secret: strategy } } as object }) // the types want a store without `undefined`
}

t.test('a custom constraint strategy', async t => {
  const app = constrainedBy('x-secret')
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a', { constraints: { secret: 'alpha' } }, () => 'alpha')
  app.put('/a', { constraints: { secret: 'beta' }, config: { cors: false } }, () => 'beta')
  app.options('/a', { constraints: { secret: 'alpha' } }, () => 'own')
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  t.equal((await preflight(app, 'PUT', '/a', { headers: { 'x-secret': 'alpha' } })).status, 204)
  t.equal((await send(app, 'PUT', '/a', { headers: { 'x-secret': 'alpha' } })).body, 'alpha')
  t.equal((await send(app, 'PUT', '/a', { headers: { 'x-secret': 'beta' } })).status, 403)
  t.equal((await send(app, 'OPTIONS', '/a', { headers: { 'x-secret': 'alpha' } })).body, 'own')
})

t.test('the value of a constraint shows that a browser has sent a preflight, if a script has to set its header', async t => {
  const rows: ReadonlyArray<readonly [header: string, mode: string | undefined, status: number]> = [
    ['x-secret', undefined, 403],
    ['x-secret', 'cors', 403],
    ['x-secret', 'navigate', 200], // a proxy has added it to a form
    ['x-secret', 'no-cors', 200],
    ['user-agent', 'cors', 200],
    ['accept-language', undefined, 200],
    ['sec-ch-ua-platform', 'cors', 200],
    ['cookie', undefined, 200]
  ]
  for (const [header, mode, status] of rows) {
    const app = constrainedBy(header)
    app.register(corsPlugin, { origin: [ALLOWED] })
    app.get('/a', { constraints: { secret: 'alpha' } }, () => 'alpha')
    app.get('/a', { constraints: { secret: 'beta' }, config: { cors: false } }, () => 'beta')
    const headers = { [header]: 'beta', ...mode === undefined ? {} : { 'sec-fetch-mode': mode } }
    t.equal((await send(app, 'GET', '/a', { headers })).status, status, `${header}, ${mode}`)
  }
})

t.test('a constrained route over a broader pattern: either may be meant', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a/b', { constraints: { version: '1.0.0' }, config: { cors: { origin: [OTHER] } } }, () => 'versioned')
  app.put('/a/*', () => 'wildcard')
  t.equal((await preflight(app, 'PUT', '/a/b', { origin: OTHER })).status, 204)
  t.equal((await preflight(app, 'PUT', '/a/b')).status, 204)
  t.equal((await preflight(app, 'PUT', '/a/b', { origin: EVIL })).status, 403)
  t.equal((await send(app, 'PUT', '/a/b', { headers: { 'accept-version': '1.x' } })).status, 403, 'held')
  t.equal((await send(app, 'PUT', '/a/b')).body, 'wildcard')
  t.equal((await send(app, 'PUT', '/a/b', { origin: OTHER })).status, 403, 'held')
  t.equal((await preflight(app, 'PUT', '/a/c', { origin: OTHER })).status, 403)
})

t.test('a constrained route over a broader pattern is held even without a preflight', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a/b', { constraints: { version: '1.0.0' }, config: { cors: { origin: [OTHER] } } }, () => 'versioned')
  app.put('/a/*', () => 'wildcard')
  t.equal((await send(app, 'PUT', '/a/b', { headers: { 'accept-version': '1.x' } })).status, 403,
    'another process may have answered the preflight')
})

t.test('constrained routes at one URL may name its parameters differently', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a/:id', { constraints: { version: '1.0.0' } }, () => 'one')
  app.put('/a/:name', { constraints: { version: '2.0.0' }, config: { cors: { origin: [OTHER] } } }, () => 'two')
  t.equal((await preflight(app, 'PUT', '/a/7')).status, 204)
  t.equal((await preflight(app, 'PUT', '/a/7', { origin: OTHER })).status, 204)
  t.equal((await send(app, 'PUT', '/a/7', { headers: { 'accept-version': '2.x' } })).status, 403)
})

t.test('a version that falls through from one pattern to another is held to the route that it reaches', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a/b', { constraints: { version: '1.0.0' } }, () => 'exact')
  app.put('/a/*', { constraints: { version: '2.0.0' }, config: { cors: { origin: [OTHER] } } }, () => 'wildcard')
  t.equal((await preflight(app, 'PUT', '/a/b')).status, 204)
  t.equal((await send(app, 'PUT', '/a/b', { headers: { 'accept-version': '1.x' } })).status, 200)
  t.equal((await send(app, 'PUT', '/a/b', { headers: { 'accept-version': '2.x' } })).status, 403)
})

t.test('a request without a route is answered by the 404 handler, not held', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.register(async child => {
    child.register(corsPlugin, { origin: [OTHER] })
    child.put('/a', { constraints: { version: '1.0.0' } }, () => 'one')
  }, { prefix: '/child' })
  t.equal((await send(app, 'PUT', '/child/nothing', { origin: OTHER })).status, 404)
  t.equal((await send(app, 'PUT', '/child/a', { origin: OTHER })).status, 404)
})

t.test('where one candidate answers preflights and another goes on, the plugin answers', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a', { constraints: { version: '1.0.0' } }, () => 'one')
  app.put('/a', { constraints: { version: '2.0.0' }, config: { cors: { origin: [OTHER], preflightContinue: true } } }, () => 'two')
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  const other = await preflight(app, 'PUT', '/a', { origin: OTHER })
  t.equal(other.status, 204)
  t.strictSame(other.cors, {
    'access-control-allow-origin': OTHER,
    'access-control-allow-methods': 'GET, HEAD, POST, PUT',
    'access-control-allow-headers': '*, Authorization, Content-Type',
    vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'
  })
})

t.test('over HTTP/2 the authority is the host', async t => {
  const app = Fastify({ http2: true })
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a', { constraints: { host: 'one.test' }, config: { cors: { origin: [OTHER] } } }, () => 'one')
  app.put('/a', { constraints: { host: 'two.test' } }, () => 'two')
  await listen(app as never)
  const session = http2.connect(`http://127.0.0.1:${portOf(app as never)}`)
  t.teardown(async () => { session.close(); await app.close() })
  for (const [authority, status] of [['one.test', 204], ['two.test', 403]] as const) {
    const stream = session.request({ ':method': 'OPTIONS', ':path': '/a', ':authority': authority, origin: OTHER, 'access-control-request-method': 'PUT' })
    const [headers] = await once(stream.end(), 'response') as [http2.IncomingHttpHeaders & { ':status'?: number }]
    t.equal(headers[':status'], status, authority)
    stream.close()
  }
})

t.test('a Content-Type counts only if it needs a preflight', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a', { constraints: { version: '1.0.0' } }, () => 'a')
  app.put('/a', { constraints: { version: '2.0.0' }, config: { cors: { allowedHeaders: ['accept-version'] } } }, () => 'a')
  app.addContentTypeParser('*', (_request, _payload, done) => { done(null) })
  const status = async (type?: string) => (await send(app, 'PUT', '/a', { headers: { 'accept-version': '2.0.0', ...type !== undefined && { 'content-type': type } }, ...type !== undefined && { body: 'x' } })).status
  t.equal(await status(), 200)
  t.equal(await status('text/plain'), 200)
  t.equal(await status('multipart/form-data; boundary=x'), 200)
  t.equal(await status('application/json'), 403)
  t.equal(await status('text/plain; charset="utf-8"'), 403, 'a quotation mark is a CORS-unsafe byte')
  t.equal(await status(`text/plain; a=${'a'.repeat(128)}`), 403, 'too long to be safelisted')
})

t.test('with preflights left to an OPTIONS route, no request is held', async t => {
  const app = Fastify()
  await app.register(async child => {
    await child.register(corsPlugin, { origin: [ALLOWED] })
    child.put('/a', { constraints: { version: '1.0.0' } }, () => 'a')
  }, { prefix: '/v1' })
  app.options('/v1/a', () => 'own')
  t.equal((await send(app, 'PUT', '/v1/a', { headers: { 'accept-version': '1.0.0' } })).status, 200)
})

t.test('a host lets a request fall through to the pattern of another host', async t => {
  const pages = { 'x.test': 'https://x-page.test', 'y.test': 'https://y-page.test', 'z.test': 'https://root.test' }
  const app = Fastify()
  app.register(corsPlugin, { origin: [pages['z.test']] })
  app.put('/a/b', { constraints: { host: 'x.test' }, config: { cors: { origin: pages['x.test'] } } }, () => 'x')
  app.put('/a/:p', { constraints: { host: 'y.test' }, config: { cors: { origin: pages['y.test'] } } }, () => 'y')
  app.put('/a/*', () => 'any')
  for (const [host, own] of Object.entries(pages)) {
    for (const origin of Object.values(pages)) {
      t.equal((await preflight(app, 'PUT', '/a/b', { origin, headers: { host } })).status, origin === own ? 204 : 403, `${origin} at ${host}`)
    }
  }
})

t.test('a version lets a request fall through to the pattern of another version', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: ['https://root.test'] })
  app.put('/a/b', { constraints: { version: '1.0.0' }, config: { cors: { origin: 'https://v1.test' } } }, () => 'v1')
  app.put('/a/:p', { constraints: { version: '2.0.0' }, config: { cors: { origin: 'https://v2.test' } } }, () => 'v2')
  app.put('/a/*', () => 'any')
  for (const origin of ['https://v1.test', 'https://v2.test', 'https://root.test']) t.equal((await preflight(app, 'PUT', '/a/b', { origin })).status, 204, origin)
  t.equal((await preflight(app, 'PUT', '/a/b', { origin: EVIL })).status, 403)
})

t.test('the plugin answers a preflight if the policy of one possible route has preflight: true', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a', { constraints: { version: '1.0.0' }, config: { cors: { preflight: false } } }, () => 'a')
  app.put('/a', { constraints: { version: '2.0.0' } }, () => 'a')
  app.put('/b', { constraints: { version: '1.0.0' }, config: { cors: { preflight: false } } }, () => 'b')
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  t.equal((await preflight(app, 'PUT', '/b')).status, 404)
})

t.test('a route at /* goes before one at *, also before one for the host of the request', async t => {
  for (const [url, other] of [['/*', '*'], ['*', '/*']] as const) {
    const app = Fastify()
    await app.register(corsPlugin, { origin: [ALLOWED] })
    app.put(url, { config: { cors: { maxAge: 1 } } }, () => 'any host')
    app.put(other, { constraints: { host: 'a.test' }, config: { cors: { maxAge: 2 } } }, () => 'a.test')
    for (const host of ['a.test', 'b.test']) {
      const { body } = await send(app, 'PUT', '/x', { headers: { host } })
      t.equal(body, other === '/*' && host === 'a.test' ? 'a.test' : 'any host')
      t.equal((await preflight(app, 'PUT', '/x', { headers: { host } })).cors['access-control-max-age'], body === 'a.test' ? '2' : '1', `${url} ${host}`)
    }
  }
})

t.test('each set of values of custom constraints has its own best match', async t => {
  const storage = () => {
    const handlers = new Map<unknown, never>()
    return { get: (value: unknown) => handlers.get(value) ?? null, set: (value: unknown, handler: never) => { handlers.set(value, handler) } }
  }
  const own = { name: 'own', storage, validate: () => true, deriveConstraint: ({ headers }: { headers: Record<string, unknown> }) => headers['x-own'] }
  const app = Fastify({ routerOptions: { constraints: { own } } } as object) // any constraint
  await app.register(corsPlugin, { origin: [ALLOWED] })
  const constrained = (value: string): object => ({ constraints: { own: value } })
  app.put('/a/:id', constrained('red'), () => 'red')
  app.put('/a/1', { ...constrained('blue'), config: { cors: { origin: [OTHER] } } }, () => 'blue')
  for (const origin of [ALLOWED, OTHER]) t.equal((await preflight(app, 'PUT', '/a/1', { origin })).status, 204, origin)
  t.equal((await preflight(app, 'PUT', '/a/2', { origin: OTHER })).status, 403)
  for (const [value, origin, status] of [['red', ALLOWED, 200], ['blue', OTHER, 200], ['red', OTHER, 403], ['blue', ALLOWED, 403]] as const) {
    t.equal((await send(app, 'PUT', '/a/1', { origin, headers: { 'x-own': value } })).status, status, `${value} ${origin}`)
  }
})

t.test('a request with a version reaches no route without one, if any route of the application has one', async t => {
  const app = Fastify()
  await app.register(async child => {
    await child.register(corsPlugin, { origin: ALLOWED, paths: ['/plain'], exposedHeaders: ['x-a'] })
    child.get('/plain', { config: { cors: { exposedHeaders: ['x-plain'] } } }, () => 'plain')
  })
  app.get('/versioned', { constraints: { version: '1.0.0' } }, () => 'versioned')
  await app.ready()
  const versioned = { 'accept-version': '1.0.0' }
  t.equal((await send(app, 'GET', '/plain', { headers: versioned })).status, 404)
  const exposed = async (headers: Record<string, string>) => (await app.cors.headersFor(message('GET', '/plain', { origin: ALLOWED, ...headers })))['access-control-expose-headers']
  t.equal(await exposed({}), 'x-plain')
  t.equal(await exposed(versioned), 'x-a', 'the registration around it, since the route is not reached')
})
