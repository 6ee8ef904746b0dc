import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, preflight, send } from '../support/exchange'
import { message } from '../server/message'

// Fastify adds a HEAD route to each GET route, unless it is told not to or the application has one of its own. The HEAD route's
// own options govern HEAD, and a URL without a HEAD route answers HEAD with the 404.

const handler = () => 'a'
const exposing = (name: string) => ({ config: { cors: { exposedHeaders: [name] } } })

/** Which of the routes answers GET and HEAD at this URL, by the headers that they expose: over the wire, by headersFor, by explain. */
async function exposed (app: FastifyInstance, url: string, method: string) {
  const { status, cors } = await send(app, method, url)
  const outside = await app.cors.headersFor(message(method, url, { origin: ALLOWED }))
  const { response, route } = await app.cors.explain({ origin: ALLOWED, method, url })
  t.strictSame(outside, cors, `headersFor ${method} ${url}`)
  t.strictSame(response?.headers, cors, `explain ${method} ${url}`)
  t.equal(route === null, status === 404, `explain finds a route for ${method} ${url} if there is one`)
  return [status, cors['access-control-expose-headers']]
}

type Build = (app: FastifyInstance) => void
const rows: ReadonlyArray<readonly [it: string, options: object, build: Build, get: unknown[], head: unknown[]]> = [
  ['the HEAD route that Fastify adds', {}, app => { app.get('/a', exposing('x-get'), handler) }, [200, 'x-get'], [200, 'x-get']],
  ['no HEAD routes', { exposeHeadRoutes: false }, app => { app.get('/a', exposing('x-get'), handler) }, [200, 'x-get'], [404, 'x-all']],
  ['no HEAD route here', {}, app => { app.get('/a', { exposeHeadRoute: false, ...exposing('x-get') }, handler) }, [200, 'x-get'], [404, 'x-all']],
  ['a HEAD route after all', { exposeHeadRoutes: false }, app => { app.get('/a', { exposeHeadRoute: true, ...exposing('x-get') }, handler) }, [200, 'x-get'], [200, 'x-get']],
  ['a HEAD route of its own', {}, app => { app.head('/a', exposing('x-head'), handler); app.get('/a', exposing('x-get'), handler) }, [200, 'x-get'], [200, 'x-head']],
  ['a HEAD route of its own without options', {}, app => { app.head('/a', handler); app.get('/a', exposing('x-get'), handler) }, [200, 'x-get'], [200, 'x-all']],
  ['a HEAD route of its own beside a GET without options', {}, app => { app.head('/a', exposing('x-head'), handler); app.get('/a', handler) }, [200, 'x-all'], [200, 'x-head']],
  ['a HEAD route of its own, no others', { exposeHeadRoutes: false }, app => { app.get('/a', exposing('x-get'), handler); app.head('/a', exposing('x-head'), handler) }, [200, 'x-get'], [200, 'x-head']],
  ['a HEAD route alone', {}, app => { app.head('/a', exposing('x-head'), handler) }, [404, 'x-all'], [200, 'x-head']],
  ['a broader HEAD route', { exposeHeadRoutes: false }, app => { app.get('/a', exposing('x-get'), handler); app.head('/*', exposing('x-head'), handler) }, [200, 'x-get'], [200, 'x-head']],
  ['a broader GET route', { exposeHeadRoutes: false }, app => { app.get('/*', exposing('x-get'), handler); app.head('/a', exposing('x-head'), handler) }, [200, 'x-get'], [200, 'x-head']],
  ['one route for both', {}, app => { app.route({ method: ['GET', 'HEAD'], url: '/a', ...exposing('x-both'), handler }) }, [200, 'x-both'], [200, 'x-both']]
]

t.test('HEAD has the options of the route that answers HEAD', async t => {
  for (const [it, options, build, get, head] of rows) {
    const app = Fastify(options)
    await app.register(corsPlugin, { origin: [ALLOWED, OTHER], exposedHeaders: ['x-all'] })
    build(app)
    await app.ready()
    t.strictSame(await exposed(app, '/a', 'GET'), get, `${it}: GET`)
    t.strictSame(await exposed(app, '/a', 'HEAD'), head, `${it}: HEAD`)
  }
})

t.test('a preflight for HEAD is answered by the policy of HEAD, and one for GET by that of GET', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED], maxAge: 1 })
  app.head('/own', { config: { cors: { origin: [EVIL], maxAge: 3 } } }, handler)
  app.get('/own', { config: { cors: { origin: [OTHER], maxAge: 2 } } }, handler)
  app.head('/off', { config: { cors: false } }, handler)
  app.get('/off', handler)
  app.get('/none', { exposeHeadRoute: false, config: { cors: { maxAge: 2 } } }, handler)
  app.head('/none', { config: { cors: { maxAge: 4 } } }, handler)
  const maxAge = async (method: string, url: string, origin = ALLOWED) => {
    const { status, cors } = await preflight(app, method, url, { origin, names: 'x-a' })
    return status === 204 ? cors['access-control-max-age'] : status
  }
  t.strictSame([await maxAge('GET', '/own', OTHER), await maxAge('HEAD', '/own', OTHER), await maxAge('GET', '/own', EVIL), await maxAge('HEAD', '/own', EVIL)], ['2', 403, 403, '3'])
  t.strictSame([await maxAge('GET', '/off'), await maxAge('HEAD', '/off')], ['1', 403])
  t.strictSame([await maxAge('GET', '/none'), await maxAge('HEAD', '/none')], ['2', '4'])
})

t.test('an own HEAD route in another context is governed there', async t => {
  const app = Fastify({ exposeHeadRoutes: false })
  await app.register(async child => {
    await child.register(corsPlugin, { origin: [ALLOWED] })
    child.get('/a', handler)
  })
  await app.register(async child => {
    await child.register(corsPlugin, { origin: [OTHER], enforce: 'all' })
    child.head('/a', handler)
  })
  app.head('/b', handler)
  await app.register(async child => {
    await child.register(corsPlugin, { origin: [ALLOWED] })
    child.get('/b', handler)
  })
  await app.ready()
  const readers = async (method: string, url: string) => [(await send(app, method, url)).cors['access-control-allow-origin'], (await app.cors.headersFor(message(method, url, { origin: ALLOWED })))['access-control-allow-origin']]
  t.strictSame(await readers('GET', '/a'), [ALLOWED, ALLOWED])
  t.strictSame(await readers('HEAD', '/a'), [OTHER, OTHER])
  t.equal((await send(app, 'HEAD', '/a')).status, 403)
  t.strictSame(await readers('GET', '/b'), [ALLOWED, ALLOWED])
  t.strictSame(await readers('HEAD', '/b'), [undefined, undefined])
})

t.test('print lists HEAD with the options that govern it', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED] })
  app.get('/a', handler)
  app.get('/alone', { exposeHeadRoute: false }, handler)
  app.head('/own', { config: { cors: false } }, handler)
  app.get('/own', handler)
  await app.ready()
  const printed = app.cors.print({ json: true }).filter(({ overlaid }) => !overlaid).map(({ url, methods }) => `${methods.join()} ${url}`)
  t.ok(printed.includes('GET,HEAD /a'))
  t.ok(printed.includes('GET /alone'))
  t.match(app.cors.print({ json: true }).find(({ url, overlaid }) => url === '/own' && overlaid), { methods: ['HEAD'], policy: { origin: [] } })
})

t.test('a route of HEAD under a constraint leaves HEAD of other hosts to Fastify’s', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  app.head('/a', { constraints: { host: 'a.test' }, ...exposing('x-head') }, handler)
  app.get('/a', exposing('x-get'), handler)
  for (const [host, name] of [['a.test', 'x-head'], ['b.test', 'x-get']] as const) {
    t.equal((await send(app, 'HEAD', '/a', { headers: { host } })).cors['access-control-expose-headers'], name, host)
    t.equal((await app.cors.headersFor(message('HEAD', '/a', { origin: ALLOWED, host })))['access-control-expose-headers'], name, `headersFor ${host}`)
    t.equal((await send(app, 'GET', '/a', { headers: { host } })).cors['access-control-expose-headers'], 'x-get', host)
  }
})
