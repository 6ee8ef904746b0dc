import fastifyExpress from '@fastify/express'
import fp from 'fastify-plugin'
import type { FastifyInstance } from 'fastify'
import { ALLOWED, EVIL, preflightHttp, sendHttp } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, start } from './beside'
import type { Beside } from './beside'
import { NOTE, checkMiddleware, routes, withMiddleware } from './middleware'
import type { Middleware } from './middleware'
import { isAccepted } from './promises'

const cors = require('cors') as (options: object) => Middleware // it has no types

// Express takes the raw response for its own, prototype included, and copies Fastify's headers onto it.
export const expressBeside: Beside = {
  name: '@fastify/express',
  checked: 'as with middie; an Express application with its own `cors()` has its headers replaced',
  note: NOTE,
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    const running = await start(t, setting, {
      other: scope => scope.register(withMiddleware(scope => scope.register(fastifyExpress))),
      routes
    })
    await checkMiddleware(t, setting, running)
  },
  once: {
    'an Express application with cors() of its own': async t => {
      const { app } = await start(t, { order: 'after', place: 'root' }, {
        other: scope => scope.register(fp(async (scope: FastifyInstance) => {
          await scope.register(fastifyExpress)
          scope.use(cors({ origin: true, credentials: true, exposedHeaders: 'x-express' }))
          scope.express.get('/express', (_req: unknown, res: { set: (name: string, value: string) => { json: (body: unknown) => void } }) => { res.set('x-express', '1').json({ from: 'express' }) })
        })),
        routes: scope => { scope.put('/fastify', () => 'fastify') }
      })
      const read = await sendHttp(app, 'GET', '/express')
      t.strictSame(JSON.parse(read.body), { from: 'express' })
      t.strictSame(read.cors, { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'x-express', vary: 'Origin' })
      t.strictSame((await sendHttp(app, 'GET', '/express', { origin: EVIL })).cors, { vary: 'Origin' })
      t.strictSame((await sendHttp(app, 'PUT', '/fastify')).cors, read.cors)
      t.ok(isAccepted(await preflightHttp(app, 'PUT', '/fastify')))
      t.equal((await preflightHttp(app, 'PUT', '/fastify', { origin: EVIL })).status, 403, 'cors() answers none of the preflights')
    }
  }
}
