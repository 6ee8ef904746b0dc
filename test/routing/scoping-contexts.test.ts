import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, listen, preflight, preflightHttp, send, sendHttp } from '../support/exchange'

const ANY = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*, Authorization, Content-Type' }

t.test('a child context’s registration goes before its parent’s', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [OTHER] })
  app.put('/a', () => 'a')
  app.register(async child => {
    child.register(corsPlugin, { origin: [ALLOWED] })
    child.put('/a', () => 'child')
    child.register(async grandchild => {
      grandchild.register(corsPlugin)
      grandchild.put('/a', () => 'grandchild')
    }, { prefix: '/deep' })
    child.register(async grandchild => { grandchild.put('/a', () => 'plain') }, { prefix: '/plain' })
  }, { prefix: '/child' })
  const rows: [string, string][] = [['/a', OTHER], ['/child/a', ALLOWED], ['/child/deep/a', '*'], ['/child/plain/a', ALLOWED]]
  for (const [url, origin] of rows) {
    t.strictSame((await send(app, 'PUT', url)).cors, { 'access-control-allow-origin': origin }, `PUT ${url}`)
    const answer = await preflight(app, 'PUT', url)
    t.equal(answer.status, origin === OTHER ? 403 : 204, `preflight for ${url}`)
    t.equal(answer.headers['access-control-allow-origin'], origin === OTHER ? undefined : origin, `preflight for ${url}`)
  }
})

t.test('a registration in a child does not affect the rest of the application', async t => {
  const app = Fastify()
  app.get('/outside', () => 'outside')
  app.options('/outside', () => 'own')
  app.register(async child => {
    child.register(corsPlugin)
    child.get('/a', () => 'a')
  }, { prefix: '/child' })
  t.strictSame((await send(app, 'GET', '/outside')).cors, {})
  t.equal((await preflight(app, 'PUT', '/outside')).body, 'own')
  t.equal((await preflight(app, 'PUT', '/nowhere')).status, 404)
  t.strictSame((await send(app, 'GET', '/child/a')).cors, { 'access-control-allow-origin': '*' })
  t.strictSame((await preflight(app, 'PUT', '/child/a')).cors, { ...ANY, 'access-control-allow-methods': 'GET, HEAD, POST' })
  t.strictSame((await preflight(app, 'PUT', '/child/nowhere')).cors,
    { ...ANY, 'access-control-allow-methods': 'GET, HEAD, POST, PUT', vary: 'Access-Control-Request-Method' })
})

t.test('a path that begins with the letters of a prefix is not below that prefix', async t => {
  const app = Fastify()
  app.register(async api => { api.register(corsPlugin, { origin: [OTHER] }) }, { prefix: '/api' })
  app.get('/apix', () => 'x')
  t.equal((await preflight(app, 'PUT', '/apix')).status, 404)
  t.equal((await preflight(app, 'PUT', '/apis/a')).status, 404)
  t.equal((await preflight(app, 'PUT', '/api/a')).status, 403)
})

t.test('an index route of a prefixed context answers at both its URLs', async t => {
  for (const style of ['awaited', 'in the same breath']) {
    const app = Fastify()
    await app.register(corsPlugin, { origin: [OTHER] })
    app.register(async api => {
      if (style === 'awaited') await api.register(corsPlugin, { origin: [ALLOWED] })
      else api.register(corsPlugin, { origin: [ALLOWED] })
      api.get('/', () => 'index')
      api.put('/', { config: { cors: { maxAge: 6 } } }, () => 'index')
    }, { prefix: '/api' })
    for (const url of ['/api', '/api/']) {
      t.strictSame((await send(app, 'GET', url)).cors, { 'access-control-allow-origin': ALLOWED }, `GET ${url}, ${style}`)
      t.strictSame((await preflight(app, 'PUT', url)).cors, {
        'access-control-allow-origin': ALLOWED,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT',
        'access-control-allow-headers': '*, Authorization, Content-Type',
        'access-control-max-age': '6'
      }, `preflight for ${url}, ${style}`)
    }
  }
})

t.test('prefixTrailingSlash decides which URLs an index route has', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [OTHER] })
  app.register(async api => {
    api.register(corsPlugin, { origin: [ALLOWED] })
    api.route({ method: 'PUT', url: '/', prefixTrailingSlash: 'slash', handler: () => 'a' })
  }, { prefix: '/slash' })
  app.register(async api => {
    api.register(corsPlugin, { origin: [ALLOWED] })
    api.route({ method: 'PUT', url: '/', prefixTrailingSlash: 'no-slash', handler: () => 'a' })
  }, { prefix: '/bare' })
  const listed = async (url: string) => (await preflight(app, 'DELETE', url)).headers['access-control-allow-methods']
  t.equal(await listed('/slash/'), 'GET, HEAD, POST, PUT')
  t.equal(await listed('/slash'), 'GET, HEAD, POST, DELETE', 'no route: the page is to see the 404')
  t.equal(await listed('/bare'), 'GET, HEAD, POST, PUT')
  t.equal(await listed('/bare/'), 'GET, HEAD, POST, DELETE')
})

t.test('a prefix with a parameter', async t => {
  const app = Fastify()
  app.register(async tenant => {
    tenant.register(corsPlugin, { origin: [ALLOWED] })
    tenant.put('/items', () => 'items')
  }, { prefix: '/:tenant' })
  t.equal((await preflight(app, 'PUT', '/acme/items')).status, 204)
  t.equal((await preflight(app, 'PUT', '/acme/items', { origin: EVIL })).status, 403)
  t.equal((await preflight(app, 'PUT', '/acme/nothing')).status, 204)
  t.strictSame((await send(app, 'PUT', '/acme/items')).cors, { 'access-control-allow-origin': ALLOWED })
})

t.test('siblings with prefixes each have their own policy', async t => {
  const app = Fastify()
  const origins = [ALLOWED, OTHER, 'https://third.example.com']
  origins.forEach((origin, i) => {
    app.register(async child => {
      child.register(corsPlugin, { origin: [origin], maxAge: i })
      child.put('/a', () => 'a')
    }, { prefix: `/s${i}` })
  })
  for (const [i, origin] of origins.entries()) {
    t.strictSame((await send(app, 'PUT', `/s${i}/a`)).cors, { 'access-control-allow-origin': origin })
    t.equal((await preflight(app, 'PUT', `/s${i}/a`, { origin })).headers['access-control-max-age'], String(i))
    t.equal((await preflight(app, 'PUT', `/s${(i + 1) % 3}/a`, { origin })).status, 403)
    t.equal((await preflight(app, 'PUT', `/s${i}/nothing`, { origin })).headers['access-control-max-age'], String(i))
  }
})

t.test('forty siblings without a prefix, with and without a log level', async t => {
  const app = Fastify()
  for (let i = 0; i < 40; i++) {
    app.register(async child => {
      await child.register(corsPlugin, { origin: [`https://a${i}.test`], ...(i % 2 === 0 ? { logLevel: 'warn' as const } : {}) })
      child.put(`/s${i}`, () => 'a')
      child.get('/shared' + i, () => 'a')
    })
  }
  await app.ready()
  for (let i = 0; i < 40; i++) {
    const origin = `https://a${i}.test`
    t.strictSame((await preflight(app, 'PUT', `/s${i}`, { origin })).cors, {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT',
      'access-control-allow-headers': '*, Authorization, Content-Type'
    }, origin)
    t.equal((await preflight(app, 'PUT', `/s${(i + 1) % 40}`, { origin })).status, 403)
    t.strictSame((await send(app, 'PUT', `/s${i}`, { origin })).cors, { 'access-control-allow-origin': origin })
  }
})

t.test('at a URL without a route any sibling around it may accept', async t => {
  const app = Fastify()
  app.register(async child => { child.register(corsPlugin, { origin: [ALLOWED] }) })
  app.register(async child => { child.register(corsPlugin, { origin: [OTHER] }) })
  t.equal((await preflight(app, 'PUT', '/nothing')).headers['access-control-allow-origin'], ALLOWED)
  t.equal((await preflight(app, 'PUT', '/nothing', { origin: OTHER })).headers['access-control-allow-origin'], OTHER)
  t.equal((await preflight(app, 'PUT', '/nothing', { origin: EVIL })).status, 403)
})

t.test('siblings that share a path by method keep their policies apart', async t => {
  const app = Fastify()
  app.register(async child => {
    child.register(corsPlugin, { origin: [ALLOWED] })
    child.put('/a', () => 'put')
  })
  app.register(async child => {
    child.register(corsPlugin, { origin: [OTHER] })
    child.delete('/a', () => 'delete')
  })
  t.equal((await preflight(app, 'PUT', '/a')).headers['access-control-allow-methods'], 'GET, HEAD, POST, PUT')
  t.equal((await preflight(app, 'PUT', '/a', { origin: OTHER })).status, 403)
  t.equal((await preflight(app, 'DELETE', '/a', { origin: OTHER })).headers['access-control-allow-methods'], 'GET, HEAD, POST, DELETE')
  t.equal((await preflight(app, 'DELETE', '/a')).status, 403)
  t.equal((await preflight(app, 'PATCH', '/a')).status, 204, 'any of them may answer where none is asked for')
  t.equal((await preflight(app, 'PATCH', '/a', { origin: OTHER })).status, 204)
})

function gate (instance: FastifyInstance): void {
  instance.addHook('onRequest', async (request, reply) => {
    if (request.headers.authorization === undefined) return reply.code(401).send({ error: 'who are you?' })
  })
}

t.test('authentication hooks of a context do not run before a preflight is answered', async t => {
  const orders: [string, (child: FastifyInstance) => void][] = [
    ['after cors', child => { child.register(corsPlugin, { origin: [OTHER, ALLOWED] }); gate(child) }],
    ['before cors', child => { gate(child); child.register(corsPlugin, { origin: [OTHER, ALLOWED] }) }]
  ]
  for (const [name, build] of orders) {
    for (const prefix of ['', '/gated']) {
      const app = Fastify()
      app.register(async child => { build(child); child.put('/a', () => 'a') }, { prefix })
      app.register(async child => {
        child.register(corsPlugin, { origin: [ALLOWED] })
        child.put('/open', () => 'open')
      }, { prefix: prefix && '/open' })
      const open = prefix === '' ? '/open' : '/open/open'
      await listen(app)
      t.teardown(() => app.close())
      t.equal((await preflightHttp(app, 'PUT', open)).status, 204, `sibling, ${name}, prefix "${prefix}"`)
      t.equal((await preflightHttp(app, 'PUT', `${prefix}/a`)).status, 204, `gated, ${name}, prefix "${prefix}"`)
      const refused = await sendHttp(app, 'PUT', `${prefix}/a`)
      t.equal(refused.status, 401)
      t.strictSame(refused.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' }, `readable 401, ${name}`)
      t.equal((await sendHttp(app, 'PUT', open)).status, 200)
    }
  }
})

t.test('an error of the application’s own 404 handler context', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  app.setNotFoundHandler((_request, reply) => { reply.code(404).send('not here') })
  app.get('/a', () => 'a')
  const missing = await send(app, 'GET', '/nothing')
  t.equal(missing.body, 'not here')
  t.strictSame(missing.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
  t.equal((await preflight(app, 'PUT', '/nothing')).status, 204)
  t.equal((await send(app, 'OPTIONS', '/nothing')).body, 'not here', 'a plain OPTIONS')
  t.equal((await send(app, 'OPTIONS', '/a', { origin: undefined, headers: { 'access-control-request-method': 'GET' } })).body, 'not here')
})

t.test('a 404 handler of a prefixed context is governed there', async t => {
  const app = Fastify()
  app.register(async child => {
    child.register(corsPlugin, { origin: [ALLOWED] })
    child.setNotFoundHandler((_request, reply) => { reply.code(404).send('child') })
  }, { prefix: '/child' })
  const missing = await send(app, 'GET', '/child/nothing')
  t.equal(missing.body, 'child')
  t.strictSame(missing.cors, { 'access-control-allow-origin': ALLOWED })
  const outside = await send(app, 'GET', '/nothing')
  t.equal(outside.status, 404)
  t.strictSame(outside.cors, {})
})

t.test('below a prefixed context without a 404 handler, the root’s answers without CORS headers', async t => {
  const app = Fastify()
  app.register(async child => { child.register(corsPlugin) }, { prefix: '/child' })
  const missing = await send(app, 'GET', '/child/nothing')
  t.equal(missing.status, 404)
  t.strictSame(missing.cors, {}, 'as the documentation says')
})

t.test('two applications in one process do not affect each other', async t => {
  const one = Fastify()
  const two = Fastify()
  const cors = { maxAge: 1 }
  one.register(corsPlugin, { origin: [ALLOWED] })
  two.register(corsPlugin, { origin: [OTHER] })
  one.put('/a', { config: { cors } }, () => 'a')
  two.put('/a', { config: { cors } }, () => 'a')
  two.delete('/a', () => 'a')
  t.strictSame((await send(one, 'PUT', '/a')).cors, { 'access-control-allow-origin': ALLOWED })
  t.strictSame((await send(two, 'PUT', '/a')).cors, { 'access-control-allow-origin': OTHER })
  t.equal((await preflight(one, 'PUT', '/a')).headers['access-control-max-age'], '1')
  t.equal((await preflight(one, 'DELETE', '/a')).headers['access-control-allow-methods'], 'GET, HEAD, POST, PUT')
  t.equal((await preflight(two, 'DELETE', '/a', { origin: OTHER })).headers['access-control-allow-methods'], 'GET, HEAD, POST, DELETE')
})

t.test('a registration around a context that has loaded already governs the rest of it', async t => {
  const app = Fastify()
  await app.register(async child => {
    await child.register(corsPlugin, { origin: [ALLOWED], paths: ['/child/own'] })
    for (const url of ['/own', '/other']) child.put(url, () => url)
  }, { prefix: '/child' })
  await app.register(corsPlugin, { origin: [OTHER] })
  for (const [url, origin] of [['/child/own', ALLOWED], ['/child/other', OTHER]] as const) {
    t.equal((await preflight(app, 'PUT', url, { origin })).status, 204, url)
    t.equal((await send(app, 'PUT', url, { origin })).cors['access-control-allow-origin'], origin, url)
  }
  t.equal((await preflight(app, 'PUT', '/child/other')).status, 403)
})
