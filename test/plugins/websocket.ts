import websocket from '@fastify/websocket'
import type { WebSocket } from '@fastify/websocket'
import { ALLOWED, EVIL, portOf } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, LIST, start } from './beside'
import type { Beside } from './beside'
import { upgrade } from './handshake'
import { keepsPromises } from './promises'

function echo (socket: WebSocket): void {
  socket.on('message', (data: Buffer) => { socket.send(data.toString()) })
}

// Browsers connect WebSockets across origins without a preflight, and it takes the socket from Fastify.
export const websocketBeside: Beside = {
  name: '@fastify/websocket',
  checked: 'under `enforce` a foreign origin gets 403 before the handler, an allowed one and the site\'s own get an echo; without it, every origin does',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    let opened = 0
    const running = await start(t, setting, {
      other: scope => scope.register(websocket),
      cors: { ...LIST, enforce: 'unsafe' },
      routes: scope => {
        scope.get('/socket', { websocket: true }, socket => { opened++; echo(socket) })
        scope.get('/open', { websocket: true, config: { cors: { enforce: false } } }, echo)
        scope.get('/page', () => 'page')
        scope.put('/page', () => 'page')
      }
    })
    await keepsPromises(t, running, { read: '/page', write: { method: 'PUT', path: '/page' } })
    const { app, at } = running
    const host = `127.0.0.1:${portOf(app)}`
    const welcome: Record<string, string>[] = [{ origin: ALLOWED }, { origin: `http://${host}` }, { origin: EVIL, 'sec-fetch-site': 'same-origin' }, {}]
    for (const headers of welcome) {
      t.strictSame(await upgrade(app, at('/socket'), headers, 'ping'), { status: 101, said: 'ping' }, JSON.stringify(headers))
    }
    const crossSite: Record<string, string>[] = [{ origin: EVIL }, { origin: 'null' }, { origin: `http://${host}`, 'sec-fetch-site': 'cross-site' }, { origin: EVIL, upgrade: 'WebSocket' }]
    for (const headers of crossSite) {
      const { status, said } = await upgrade(app, at('/socket'), headers, 'ping')
      t.equal(status, 403, JSON.stringify(headers))
      t.match(said, /FST_CORS_ORIGIN_NOT_ALLOWED/)
    }
    t.equal(opened, welcome.length, 'no handler of a refused one has run')
    t.strictSame(await upgrade(app, at('/open'), { origin: EVIL }, 'ping'), { status: 101, said: 'ping' }, 'a route may be open')
  },
  once: {
    'without enforce every upgrade passes, as browsers have it': async t => {
      const { app } = await start(t, { order: 'after', place: 'root' }, {
        other: scope => scope.register(websocket),
        routes: scope => { scope.get('/socket', { websocket: true }, echo) }
      })
      t.strictSame(await upgrade(app, '/socket', { origin: EVIL }, 'ping'), { status: 101, said: 'ping' })
    }
  }
}
