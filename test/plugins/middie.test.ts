import middie from '@fastify/middie'
import type { IncomingMessage, ServerResponse } from 'node:http'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../../index'
import { ALLOWED, EVIL, OTHER, listen, preflightHttp, sendHttp } from '../support/exchange'

function useAll (app: FastifyInstance): void {
  app.use('/head', (_req: IncomingMessage, res: ServerResponse) => { res.writeHead(200, { 'Content-Type': 'text/plain', Vary: 'Accept' }); res.end('head') })
  app.use('/end', (_req: IncomingMessage, res: ServerResponse) => { res.end('end') })
  app.use('/foreign', (_req: IncomingMessage, res: ServerResponse) => {
    res.setHeader('Access-Control-Allow-Origin', '*')
    res.writeHead(201, 'Made', ['Access-Control-Max-Age', '9', 'x-a', '1'])
    res.end('foreign')
  })
  app.use('/through', (_req: IncomingMessage, res: ServerResponse, next: () => void) => { res.setHeader('x-middleware', 'yes'); next() })
}

t.test('a middleware that answers on the raw response has CORS headers, middie registered after', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  await app.register(middie)
  useAll(app)
  app.get('/through', () => 'through')
  app.put('/end', () => 'unreachable')
  t.teardown(() => app.close())
  await listen(app)

  const head = await sendHttp(app, 'GET', '/head')
  t.equal(head.body, 'head')
  t.strictSame(head.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Accept, Origin' })
  t.strictSame((await sendHttp(app, 'GET', '/head', { origin: EVIL })).cors, { vary: 'Accept, Origin' })
  const end = await sendHttp(app, 'GET', '/end')
  t.equal(end.body, 'end')
  t.strictSame(end.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
  const foreign = await sendHttp(app, 'GET', '/foreign')
  t.equal(foreign.status, 201)
  t.strictSame(foreign.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
  t.equal(foreign.headers['x-a'], '1')
  t.strictSame((await sendHttp(app, 'GET', '/foreign', { origin: EVIL })).cors, { vary: 'Origin' })
  const through = await sendHttp(app, 'GET', '/through')
  t.equal(through.headers['x-middleware'], 'yes')
  t.strictSame(through.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
  t.equal((await preflightHttp(app, 'PUT', '/end')).status, 204, 'preflights come first')
})

t.test('a middleware that goes on, middie registered before', async t => {
  const app = Fastify()
  await app.register(middie)
  useAll(app)
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  app.get('/through', () => 'through')
  app.put('/through', () => 'through')
  t.teardown(() => app.close())
  await listen(app)
  const through = await sendHttp(app, 'GET', '/through')
  t.equal(through.headers['x-middleware'], 'yes')
  t.strictSame(through.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
  t.equal((await preflightHttp(app, 'PUT', '/through')).status, 204)
})
