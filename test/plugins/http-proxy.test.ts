import http from 'node:http'
import type { AddressInfo } from 'node:net'
import httpProxy from '@fastify/http-proxy'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../../index'
import { ALLOWED, EVIL, OTHER, listen, preflightHttp, sendHttp } from '../support/exchange'

const seen: string[] = []
// An upstream with a CORS layer of its own, and a poor one.
const server = http.createServer((req, res) => {
  seen.push(`${req.method} ${req.url}`)
  res.writeHead(req.url === '/moved' ? 302 : 200, {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Allow-Methods': 'GET',
    'Access-Control-Allow-Headers': 'x-upstream',
    'Access-Control-Max-Age': '600',
    'Access-Control-Expose-Headers': 'X-Upstream, x-base',
    Vary: 'Accept, origin',
    Location: '/elsewhere'
  })
  res.end('upstream')
})
let upstream = ''

t.before(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  upstream = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
t.teardown(() => { server.close() })
t.beforeEach(() => { seen.length = 0 })

for (const order of ['before', 'after']) {
  for (const prefix of ['/', '/up']) {
    t.test(`the upstream’s CORS headers are replaced, proxy registered ${order}, prefix ${prefix}`, async t => {
      const app = Fastify()
      const at = (path: string) => prefix === '/' ? path : prefix + path
      if (order === 'before') app.register(httpProxy, { upstream, prefix })
      app.register(corsPlugin, { origin: [ALLOWED, OTHER], exposedHeaders: ['x-base'], credentials: true, maxAge: 5 })
      if (order === 'after') app.register(httpProxy, { upstream, prefix })
      t.teardown(() => app.close())
      await listen(app)

      for (const method of ['GET', 'PUT', 'DELETE']) {
        const answer = await sendHttp(app, method, at('/a'))
        t.equal(answer.body, 'upstream')
        t.strictSame(answer.cors, {
          'access-control-allow-origin': ALLOWED,
          'access-control-allow-credentials': 'true',
          'access-control-expose-headers': 'x-base, X-Upstream',
          vary: 'Accept, origin'
        }, method)
      }
      t.equal((await sendHttp(app, 'GET', at('/moved'))).status, 302)
      t.strictSame((await sendHttp(app, 'GET', at('/moved'), { origin: EVIL })).cors, { vary: 'Accept, origin' })
      t.strictSame((await sendHttp(app, 'GET', at('/a'), { origin: undefined })).cors, { vary: 'Accept, origin' })

      seen.length = 0
      const asked = await preflightHttp(app, 'PUT', at('/a'), { headers: { 'access-control-request-headers': 'x-a' } })
      t.equal(asked.status, 204)
      t.strictSame(asked.cors, {
        'access-control-allow-origin': ALLOWED,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': asked.cors['access-control-allow-methods'],
        'access-control-allow-headers': 'x-a',
        'access-control-max-age': '5',
        vary: 'Origin, Access-Control-Request-Headers'
      })
      t.match(asked.cors['access-control-allow-methods'], /^GET, HEAD, POST, .*\bPUT\b/)
      t.equal((await preflightHttp(app, 'PUT', at('/a'), { origin: EVIL })).status, 403)
      t.strictSame(seen, [], 'the upstream hears of no preflight')
      t.equal((await sendHttp(app, 'OPTIONS', at('/a'))).body, 'upstream', 'but of every other OPTIONS')
    })
  }
}

t.test('a proxy with preflight: false lets its upstream answer', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED], preflight: false })
  app.register(httpProxy, { upstream })
  t.teardown(() => app.close())
  await listen(app)
  const answer = await preflightHttp(app, 'PUT', '/a')
  t.equal(answer.body, 'upstream')
  t.equal(answer.cors['access-control-allow-headers'], 'x-upstream')
  t.strictSame(seen, ['OPTIONS /a'])
})

t.test('a proxied route with config.cors: false is the upstream’s', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.register(httpProxy, { upstream, config: { cors: false } })
  t.teardown(() => app.close())
  await listen(app)
  const { cors } = await sendHttp(app, 'GET', '/a')
  t.equal(cors['access-control-allow-origin'], '*')
  t.equal(cors['access-control-max-age'], '600')
})

t.test('an upstream that is down: the page reads the error', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  app.register(httpProxy, { upstream: 'http://127.0.0.1:1' })
  t.teardown(() => app.close())
  await listen(app)
  const answer = await sendHttp(app, 'GET', '/a')
  t.ok(answer.status >= 500)
  t.strictSame(answer.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
})
