import bearerAuth from '@fastify/bearer-auth'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import etag from '@fastify/etag'
import helmet from '@fastify/helmet'
import middie from '@fastify/middie'
import rateLimit from '@fastify/rate-limit'
import sse from '@fastify/sse'
import swagger from '@fastify/swagger'
import websocket from '@fastify/websocket'
import fp from 'fastify-plugin'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { ALLOWED, EVIL, sendHttp } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, LIST, start } from './beside'
import { keepsPromises } from './promises'

const text = 'a long text '.repeat(500)

const many = fp(async (scope: FastifyInstance) => {
  await scope.register(helmet)
  await scope.register(middie)
  scope.use((_req: unknown, res: { setHeader: (name: string, value: string) => void }, next: () => void) => { res.setHeader('Vary', 'Accept'); next() })
  await scope.register(cookie)
  await scope.register(compress)
  await scope.register(etag)
  await scope.register(rateLimit, { max: 100 })
  await scope.register(swagger)
  await scope.register(websocket)
  await scope.register(sse)
})

/** Each merges headers in its own way, some on the reply and some on the raw response. */
export async function checkTogether (t: Test): Promise<void> {
  for (const order of BOTH_ORDERS) {
    for (const place of BOTH_PLACES) {
      await t.test(`registered ${order} this one, ${place}`, async t => {
        const running = await start(t, { order, place }, {
          other: scope => scope.register(many),
          cors: { ...LIST, credentials: true },
          routes: scope => {
            scope.get('/text', (_request, reply) => { reply.setCookie('a', '1').type('text/plain').send(text) })
            scope.put('/text', () => 'put')
            scope.register(async guarded => {
              await guarded.register(bearerAuth, { keys: new Set(['a-key']) })
              guarded.get('/guarded', () => 'guarded')
            })
          }
        })
        const headers = { 'accept-encoding': 'gzip' }
        const vary = ['accept', 'accept-encoding', 'origin']
        await keepsPromises(t, running, { read: '/text', headers, write: { method: 'PUT', path: '/text' }, vary })
        await keepsPromises(t, running, { read: '/guarded', status: 401, vary: ['accept', 'origin'] })
        const { app, at } = running
        const { headers: { etag: tag = '' } } = await sendHttp(app, 'GET', at('/text'), { headers })
        for (const origin of [ALLOWED, EVIL]) {
          const fresh = await sendHttp(app, 'GET', at('/text'), { origin, headers: { ...headers, 'if-none-match': tag } })
          t.equal(fresh.status, 304)
          t.equal(fresh.cors['access-control-allow-origin'], origin === ALLOWED ? ALLOWED : undefined)
          t.match(fresh.cors.vary, /\bOrigin\b/)
          t.match(fresh.headers, { 'set-cookie': 'a=1', 'x-ratelimit-limit': '100', 'cross-origin-resource-policy': 'same-origin' })
        }
      })
    }
  }
}
