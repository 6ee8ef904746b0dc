import sse from '@fastify/sse'
import { ALLOWED, EVIL, sendHttp } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, LIST, start } from './beside'
import type { Beside } from './beside'
import { keepsPromises } from './promises'

const STREAM = { accept: 'text/event-stream' }

async function * events () {
  yield { data: 'one' }
  yield { data: 'two' }
}

// It hijacks the reply, copies what the reply has onto the raw response and writes the head itself.
export const sseBeside: Beside = {
  name: '@fastify/sse',
  checked: 'an `EventSource` of an allowed origin reads; its errors can be read; a stream on a hijacked `reply.raw`',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    const running = await start(t, setting, {
      other: scope => scope.register(sse),
      cors: { ...LIST, credentials: true, exposedHeaders: ['x-a'] },
      routes: scope => {
        scope.get('/events', { sse: 'only' }, async (_request, reply) => {
          reply.header('vary', 'Accept').header('access-control-allow-origin', '*')
          await reply.sse.send(events())
        })
        scope.get('/hijacked', (_request, reply) => {
          reply.hijack()
          reply.raw.writeHead(200, { 'Content-Type': 'text/event-stream', Vary: 'Accept' })
          reply.raw.end('data: "raw"\n\n')
        })
        scope.put('/put', () => 'put')
      }
    })
    const write = { method: 'PUT', path: '/put' }
    await keepsPromises(t, running, { read: '/events', headers: STREAM, write, vary: ['accept', 'origin'] })
    await keepsPromises(t, running, { read: '/hijacked', write, vary: ['accept', 'origin'] })
    const { app, at } = running
    for (const [path, body] of [['/events', 'data: "one"\n\ndata: "two"\n\n'], ['/hijacked', 'data: "raw"\n\n']] as const) {
      const answer = await sendHttp(app, 'GET', at(path), { headers: STREAM })
      t.equal(answer.body, body)
      t.equal(answer.headers['content-type'], 'text/event-stream')
      t.strictSame(answer.cors, {
        'access-control-allow-origin': ALLOWED,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'x-a',
        vary: 'Accept, Origin'
      }, path)
      t.strictSame((await sendHttp(app, 'GET', at(path), { origin: EVIL, headers: STREAM })).cors, { vary: 'Accept, Origin' })
    }
    const wrong = await sendHttp(app, 'GET', at('/events'), { headers: { accept: 'application/json' } })
    t.equal(wrong.status, 406)
    t.equal(wrong.cors['access-control-allow-origin'], ALLOWED)
  }
}
