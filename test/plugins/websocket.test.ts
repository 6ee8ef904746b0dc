import http from 'node:http'
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import websocket from '@fastify/websocket'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../../index'
import { ALLOWED, EVIL, listen, portOf, preflightHttp, sendHttp } from '../support/exchange'

interface Upgrade {
  readonly status: number
  /** What the server said first over the socket, or its answer if it did not upgrade. */
  readonly said: string
}

/** The handshake of a browser (RFC 6455, 4.1), which sends an origin, cookies and no preflight. */
async function connect (app: FastifyInstance, path: string, headers: Record<string, string>): Promise<Upgrade> {
  const request = http.get({
    host: '127.0.0.1',
    port: portOf(app),
    path,
    agent: false,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      ...headers
    }
  })
  return await new Promise<Upgrade>((resolve, reject) => {
    request.on('error', reject)
    request.on('upgrade', (response, socket: Socket, head) => {
      const done = (data: Buffer) => { socket.destroy(); resolve({ status: response.statusCode ?? 0, said: data.subarray(2).toString() }) }
      if (head.length > 0) done(head)
      else socket.once('data', done)
    })
    request.on('response', response => {
      let said = ''
      response.on('data', chunk => { said += chunk })
      response.on('end', () => { resolve({ status: response.statusCode ?? 0, said }) })
    })
  })
}

for (const order of ['before', 'after']) {
  t.test(`enforce refuses cross-site upgrades, websocket registered ${order}`, async t => {
    const app = Fastify()
    let opened = 0
    if (order === 'before') await app.register(websocket)
    await app.register(corsPlugin, { origin: [ALLOWED], enforce: 'unsafe' })
    if (order === 'after') await app.register(websocket)
    app.get('/socket', { websocket: true }, socket => { opened++; socket.send('welcome') })
    app.get('/open', { websocket: true, config: { cors: { enforce: false } } }, socket => { socket.send('open') })
    app.get('/page', () => 'page')
    t.teardown(() => app.close())
    await listen(app)

    t.strictSame(await connect(app, '/socket', { origin: ALLOWED }), { status: 101, said: 'welcome' }, 'allowed')
    const host = `127.0.0.1:${portOf(app)}`
    t.strictSame(await connect(app, '/socket', { origin: `http://${host}` }), { status: 101, said: 'welcome' }, 'the site’s own')
    t.strictSame(await connect(app, '/socket', { origin: EVIL, 'sec-fetch-site': 'same-origin' }), { status: 101, said: 'welcome' }, 'the site’s own, behind a proxy')
    t.strictSame(await connect(app, '/socket', {}), { status: 101, said: 'welcome' }, 'no browser')
    t.equal(opened, 4)

    const crossSite: Record<string, string>[] = [{ origin: EVIL }, { origin: 'null' }, { origin: `http://${host}`, 'sec-fetch-site': 'cross-site' }, { origin: EVIL, upgrade: 'WebSocket' }]
    for (const headers of crossSite) {
      const { status, said } = await connect(app, '/socket', headers)
      t.equal(status, 403, JSON.stringify(headers))
      t.match(said, /FST_CORS_ORIGIN_NOT_ALLOWED/)
    }
    t.equal(opened, 4, 'before the handler')

    t.strictSame(await connect(app, '/open', { origin: EVIL }), { status: 101, said: 'open' }, 'a route may be open')
    t.equal((await sendHttp(app, 'GET', '/page', { origin: EVIL })).status, 200, 'a plain GET runs')
    t.equal((await preflightHttp(app, 'GET', '/page')).status, 204)
  })
}

t.test('without enforce every upgrade passes, as browsers have it', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED] })
  await app.register(websocket)
  app.get('/socket', { websocket: true }, socket => { socket.send('welcome') })
  t.teardown(() => app.close())
  await listen(app)
  t.strictSame(await connect(app, '/socket', { origin: EVIL }), { status: 101, said: 'welcome' })
})
