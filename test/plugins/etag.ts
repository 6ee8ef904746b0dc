import etag from '@fastify/etag'
import { ALLOWED, EVIL, sendHttp } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, LIST, start } from './beside'
import type { Beside } from './beside'
import { keepsPromises } from './promises'

// It turns an answer into a 304 in onSend. A browser takes the headers of the 304 for those of what it has kept.
export const etagBeside: Beside = {
  name: '@fastify/etag',
  checked: 'a 304 has the CORS headers and `Vary` of the 200',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    const running = await start(t, setting, {
      other: scope => scope.register(etag),
      cors: { ...LIST, credentials: true, exposedHeaders: ['etag'] },
      routes: scope => { scope.get('/a', () => 'a'); scope.put('/a', () => 'a') }
    })
    await keepsPromises(t, running, { read: '/a', write: { method: 'PUT', path: '/a' } })
    const { app, at } = running
    const READABLE = {
      'access-control-allow-origin': ALLOWED,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'etag',
      vary: 'Origin'
    }
    const first = await sendHttp(app, 'GET', at('/a'))
    t.strictSame(first.cors, READABLE)
    const fresh = { headers: { 'if-none-match': first.headers.etag ?? 'none' } }
    for (const [origin, cors] of [[ALLOWED, READABLE], [EVIL, { vary: 'Origin' }]] as const) {
      const second = await sendHttp(app, 'GET', at('/a'), { origin, ...fresh })
      t.equal(second.status, 304)
      t.strictSame(second.cors, cors, origin)
    }
  }
}
