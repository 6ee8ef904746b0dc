import replyFrom from '@fastify/reply-from'
import { ALLOWED, sendHttp } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, LIST, start } from './beside'
import type { Beside } from './beside'
import { keepsPromises } from './promises'
import { readable, startUpstream } from './upstream'

// It copies the headers of the upstream onto the reply in the handler, after those of CORS were decided.
export const replyFromBeside: Beside = {
  name: '@fastify/reply-from',
  checked: 'the upstream\'s CORS headers are replaced, its `Vary` and exposed headers merged; `rewriteHeaders`',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    const upstream = await startUpstream(t)
    const running = await start(t, setting, {
      other: scope => scope.register(replyFrom, { base: upstream.url }),
      cors: { ...LIST, exposedHeaders: ['x-base'], credentials: true },
      routes: scope => {
        scope.get('/a', (_request, reply) => reply.from('/a'))
        scope.put('/a', (_request, reply) => reply.from('/a'))
        scope.get('/rewritten', (_request, reply) => reply.from('/a', {
          rewriteHeaders: headers => ({ ...headers, 'access-control-allow-origin': 'https://rewritten.test', 'x-rewritten': '1' })
        }))
      }
    })
    await keepsPromises(t, running, { read: '/a', write: { method: 'PUT', path: '/a' }, vary: ['accept', 'origin'] })
    t.notOk(upstream.seen.some(request => request.startsWith('OPTIONS')), 'the upstream hears of no preflight')
    const { app, at } = running
    const answer = await sendHttp(app, 'GET', at('/a'))
    t.equal(answer.body, 'upstream')
    t.strictSame(answer.cors, readable(ALLOWED))
    const rewritten = await sendHttp(app, 'GET', at('/rewritten'))
    t.equal(rewritten.headers['x-rewritten'], '1')
    t.strictSame(rewritten.cors, readable(ALLOWED))
  }
}
