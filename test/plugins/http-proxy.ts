import httpProxy from '@fastify/http-proxy'
import websocket from '@fastify/websocket'
import Fastify from 'fastify'
import type { Test } from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, listen, preflightHttp, sendHttp } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, LIST, start } from './beside'
import type { Beside, Setting } from './beside'
import { upgrade } from './handshake'
import { keepsPromises } from './promises'
import { readable, startUpstream } from './upstream'

// It routes every method of every path, OPTIONS too, and repeats the headers of the upstream.
export const httpProxyBeside: Beside = {
  name: '@fastify/http-proxy',
  checked: 'the upstream\'s CORS headers are replaced and its `Vary` merged, preflights stop here, other OPTIONS go through; redirects, an upstream that is down; WebSockets under `enforce`',
  note: 'With `preflight: false` or `config.cors: false` the upstream answers for itself.',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    for (const prefix of ['/', '/up']) {
      const upstream = await startUpstream(t)
      const running = await start(t, setting, {
        other: scope => scope.register(httpProxy, { upstream: upstream.url, prefix }),
        cors: { ...LIST, exposedHeaders: ['x-base'], credentials: true, maxAge: 5 }
      })
      const { app, at: within } = running
      const at = (path: string) => within(prefix === '/' ? path : prefix + path)
      await keepsPromises(t, { app, at }, { read: '/a', write: { method: 'PUT', path: '/a' }, vary: ['accept', 'origin'] })
      t.notOk(upstream.seen.some(request => request.startsWith('OPTIONS')), 'the upstream hears of no preflight')
      t.equal((await sendHttp(app, 'OPTIONS', at('/a'))).body, 'upstream', 'but of every other OPTIONS')

      for (const method of ['GET', 'PUT', 'DELETE']) {
        const answer = await sendHttp(app, method, at('/a'))
        t.equal(answer.body, 'upstream')
        t.strictSame(answer.cors, readable(ALLOWED), method)
      }
      const moved = await sendHttp(app, 'GET', at('/moved'))
      t.equal(moved.status, 302)
      t.strictSame(moved.cors, readable(ALLOWED), 'a redirect')

      const { 'access-control-allow-methods': methods, ...others } = (await preflightHttp(app, 'PUT', at('/a'), { headers: { 'access-control-request-headers': 'x-a' } })).cors
      t.match(methods, /^GET, HEAD, POST, .*\bPUT\b/)
      t.strictSame(others, {
        'access-control-allow-origin': ALLOWED,
        'access-control-allow-credentials': 'true',
        'access-control-allow-headers': 'x-a',
        'access-control-max-age': '5',
        vary: 'Origin, Access-Control-Request-Headers'
      })
    }
    await checkWebSockets(t, setting)
  },
  once: {
    'with preflight: false the upstream answers': async t => {
      const { url, seen } = await startUpstream(t)
      const app = Fastify()
      t.teardown(() => app.close())
      app.register(corsPlugin, { origin: [ALLOWED], preflight: false })
      app.register(httpProxy, { upstream: url })
      await listen(app)
      const answer = await preflightHttp(app, 'PUT', '/a')
      t.equal(answer.body, 'upstream')
      t.equal(answer.cors['access-control-allow-headers'], 'x-upstream')
      t.strictSame(seen, ['OPTIONS /a'])
    },
    'with config.cors: false the headers are the upstream’s': async t => {
      const app = Fastify()
      t.teardown(() => app.close())
      app.register(corsPlugin, { origin: [ALLOWED] })
      app.register(httpProxy, { upstream: (await startUpstream(t)).url, config: { cors: false } })
      await listen(app)
      const { cors } = await sendHttp(app, 'GET', '/a')
      t.equal(cors['access-control-allow-origin'], '*')
      t.equal(cors['access-control-max-age'], '600')
    },
    'when the upstream is down, the page reads the error': async t => {
      const app = Fastify()
      t.teardown(() => app.close())
      app.register(corsPlugin, LIST)
      app.register(httpProxy, { upstream: 'http://127.0.0.1:1' })
      await listen(app)
      const answer = await sendHttp(app, 'GET', '/a')
      t.equal(answer.status, 500)
      t.strictSame(answer.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
    }
  }
}

/** It hands upgrades to Fastify's hooks with a response of its own making. */
async function checkWebSockets (t: Test, setting: Setting): Promise<void> {
  const upstream = Fastify()
  t.teardown(() => upstream.close())
  await upstream.register(websocket)
  upstream.get('/socket', { websocket: true }, socket => { socket.on('message', (data: Buffer) => { socket.send(data.toString()) }) })
  const address = await listen(upstream)
  const { app, at } = await start(t, setting, {
    other: scope => scope.register(httpProxy, { upstream: address, prefix: '/ws', rewritePrefix: '', websocket: true }),
    cors: { ...LIST, enforce: 'unsafe' }
  })
  t.strictSame(await upgrade(app, at('/ws/socket'), { origin: ALLOWED }, 'ping'), { status: 101, said: 'ping' })
  const refused = await upgrade(app, at('/ws/socket'), { origin: EVIL }, 'ping')
  t.equal(refused.status, 403)
  t.match(refused.said, /FST_CORS_ORIGIN_NOT_ALLOWED/)
}
