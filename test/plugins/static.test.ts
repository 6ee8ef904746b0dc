import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../../index'
import { ALLOWED, EVIL, OTHER, listen, preflightHttp, sendHttp } from '../support/exchange'

const root = t.testdir({ 'hello.txt': 'hello', 'index.html': '<p>hello' })
mkdirSync(join(root, 'fonts'), { recursive: true })
writeFileSync(join(root, 'fonts', 'a.woff2'), 'font')

const LISTS = { 'access-control-allow-methods': 'GET, HEAD, POST', 'access-control-allow-headers': '*, Authorization' }

for (const wildcard of [true, false]) {
  for (const order of ['before', 'after']) {
    t.test(`files are readable, wildcard: ${wildcard}, static registered ${order}`, async t => {
      const app = Fastify()
      if (order === 'before') app.register(fastifyStatic, { root, wildcard })
      app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
      if (order === 'after') app.register(fastifyStatic, { root, wildcard })
      app.put('/api', () => 'api')
      t.teardown(() => app.close())
      await listen(app)

      const file = await sendHttp(app, 'GET', '/hello.txt')
      t.equal(file.body, 'hello')
      t.strictSame(file.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
      t.strictSame((await sendHttp(app, 'GET', '/hello.txt', { origin: EVIL })).cors, { vary: 'Origin' })
      t.strictSame((await sendHttp(app, 'GET', '/hello.txt', { origin: undefined })).cors, { vary: 'Origin' })
      t.strictSame((await sendHttp(app, 'GET', '/fonts/a.woff2')).cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })

      const fresh = await sendHttp(app, 'GET', '/hello.txt', { headers: { 'if-none-match': file.headers.etag ?? '' } })
      t.equal(fresh.status, 304)
      t.strictSame(fresh.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })

      const part = await sendHttp(app, 'GET', '/hello.txt', { headers: { range: 'bytes=0-1' } })
      t.equal(part.status, 206)
      t.strictSame(part.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })

      const missing = await sendHttp(app, 'GET', '/nothing.txt')
      t.equal(missing.status, 404)
      t.strictSame(missing.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })

      t.equal((await sendHttp(app, 'HEAD', '/hello.txt')).headers['access-control-allow-origin'], ALLOWED)
      t.strictSame((await preflightHttp(app, 'GET', '/hello.txt')).cors, { 'access-control-allow-origin': ALLOWED, ...LISTS, vary: 'Origin' })
      t.equal((await preflightHttp(app, 'GET', '/hello.txt', { origin: EVIL })).status, 403)
      t.equal((await preflightHttp(app, 'PUT', '/api')).status, 204)
    })
  }
}

t.test('files that are sent by a route, with a policy of its own', async t => {
  const app = Fastify()
  app.register(fastifyStatic, { root, serve: false })
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.get('/font', { config: { cors: { origin: '*' } } }, (_request, reply) => reply.sendFile('fonts/a.woff2'))
  app.get('/hello', (_request, reply) => reply.download('hello.txt'))
  t.teardown(() => app.close())
  await listen(app)
  t.strictSame((await sendHttp(app, 'GET', '/font', { origin: EVIL })).cors, { 'access-control-allow-origin': '*' })
  t.strictSame((await sendHttp(app, 'GET', '/hello', { origin: EVIL })).cors, { 'access-control-allow-origin': ALLOWED })
})

t.test('CORS headers of setHeaders give way', async t => {
  const app = Fastify()
  app.register(fastifyStatic, {
    root,
    setHeaders: res => {
      const reply = res as unknown as { setHeader: (name: string, value: string) => void }
      reply.setHeader('access-control-allow-origin', '*')
    }
  })
  app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  t.teardown(() => app.close())
  await listen(app)
  t.strictSame((await sendHttp(app, 'GET', '/hello.txt')).cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
  t.strictSame((await sendHttp(app, 'GET', '/hello.txt', { origin: EVIL })).cors, { vary: 'Origin' })
})
