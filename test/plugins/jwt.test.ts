import jwt from '@fastify/jwt'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../../index'
import { ALLOWED, EVIL, OTHER, preflight, send } from '../support/exchange'

function verifyAll (app: FastifyInstance): void {
  app.addHook('onRequest', async request => { await request.jwtVerify() })
}

t.test('a hook registered after lets every preflight pass, and its 401 is readable', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: [ALLOWED, OTHER], allowedHeaders: ['authorization'] })
  app.register(jwt, { secret: 'not a secret' })
  app.after(() => { verifyAll(app) })
  app.put('/a', () => 'a')
  t.strictSame((await preflight(app, 'PUT', '/a', { names: 'authorization' })).cors, {
    'access-control-allow-origin': ALLOWED,
    'access-control-allow-methods': 'GET, HEAD, POST, PUT',
    'access-control-allow-headers': 'authorization',
    vary: 'Origin'
  })
  const refused = await send(app, 'PUT', '/a')
  t.equal(refused.status, 401)
  t.strictSame(refused.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
  t.strictSame((await send(app, 'PUT', '/a', { origin: EVIL })).cors, { vary: 'Origin' })
  const authorization = `Bearer ${app.jwt.sign({ user: 1 })}`
  t.equal((await send(app, 'PUT', '/a', { headers: { authorization } })).status, 200)
})

t.test('the 401 of a hook registered before is readable too', async t => {
  const app = Fastify()
  await app.register(jwt, { secret: 'not a secret' })
  verifyAll(app)
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  app.put('/a', { config: { cors: { exposedHeaders: ['x-a'] } } }, () => 'a')
  const refused = await send(app, 'PUT', '/a')
  t.equal(refused.status, 401)
  t.strictSame(refused.cors, { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'x-a', vary: 'Origin' })
})

t.test('the hook of a route or a context stands before no preflight', async t => {
  const app = Fastify()
  app.register(jwt, { secret: 'not a secret' })
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/route', { onRequest: async request => { await request.jwtVerify() } }, () => 'a')
  app.register(async child => {
    verifyAll(child)
    child.put('/a', () => 'a')
  }, { prefix: '/child' })
  for (const url of ['/route', '/child/a']) {
    t.equal((await preflight(app, 'PUT', url)).status, 204, url)
    const refused = await send(app, 'PUT', url)
    t.equal(refused.status, 401, url)
    t.strictSame(refused.cors, { 'access-control-allow-origin': ALLOWED }, url)
  }
})
