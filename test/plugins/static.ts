import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fastifyStatic from '@fastify/static'
import Fastify from 'fastify'
import type { Test } from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, listen, preflightHttp, sendHttp } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, LIST, start } from './beside'
import type { Beside } from './beside'
import { keepsPromises, varied } from './promises'

const READABLE = { 'access-control-allow-origin': ALLOWED, vary: 'Origin' }

function folder (t: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'fastify-cors-policy-'))
  t.teardown(() => { rmSync(root, { recursive: true }) })
  mkdirSync(join(root, 'fonts'))
  writeFileSync(join(root, 'hello.txt'), 'hello')
  writeFileSync(join(root, 'hello.txt.gz'), gzipSync('hello'))
  writeFileSync(join(root, 'fonts', 'a.woff2'), 'font')
  return root
}

// Its wildcard routes reach all paths, its answers are streams, and many have no 200.
export const staticBeside: Beside = {
  name: '@fastify/static',
  checked: 'files, compressed ones too, HEAD, 304, 206, 404; with a wildcard route and with a route for each file',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    for (const wildcard of [true, false]) {
      const running = await start(t, setting, {
        other: scope => scope.register(fastifyStatic, { root: folder(t), wildcard }),
        routes: scope => { scope.put('/api', () => 'api') }
      })
      await keepsPromises(t, running, { read: '/hello.txt', write: { method: 'PUT', path: '/api' } })
      const { app, at } = running
      const file = await sendHttp(app, 'GET', at('/hello.txt'))
      t.equal(file.body, 'hello')
      const answers = {
        200: await sendHttp(app, 'GET', at('/fonts/a.woff2')),
        206: await sendHttp(app, 'GET', at('/hello.txt'), { headers: { range: 'bytes=0-1' } }),
        304: await sendHttp(app, 'GET', at('/hello.txt'), { headers: { 'if-none-match': file.headers.etag ?? '' } }),
        416: await sendHttp(app, 'GET', at('/hello.txt'), { headers: { range: 'bytes=9-' } })
      }
      for (const [status, answer] of Object.entries(answers)) {
        t.equal(answer.status, Number(status))
        t.strictSame(answer.cors, READABLE, status)
      }
      t.equal(answers[206].body, 'he')
      const head = await sendHttp(app, 'HEAD', at('/hello.txt'))
      t.equal(head.headers['content-length'], '5')
      t.strictSame(head.cors, READABLE, 'HEAD')
      const missing = await sendHttp(app, 'GET', at('/nothing.txt'))
      t.equal(missing.status, 404)
      // In a context without a wildcard the 404 is one of the root.
      if (wildcard || setting.place === 'root') t.strictSame(missing.cors, READABLE, '404')
      t.strictSame((await preflightHttp(app, 'GET', at('/hello.txt'))).cors, {
        ...READABLE,
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': '*, Authorization, Content-Type'
      }, 'a preflight for a file')
    }
  },
  once: {
    'files that are sent by a route, with a policy of its own': async t => {
      const app = Fastify()
      t.teardown(() => app.close())
      app.register(fastifyStatic, { root: folder(t), serve: false })
      app.register(corsPlugin, { origin: [ALLOWED] })
      app.get('/font', { config: { cors: { origin: '*' } } }, (_request, reply) => reply.sendFile('fonts/a.woff2'))
      app.get('/hello', (_request, reply) => reply.download('hello.txt'))
      await listen(app)
      t.strictSame((await sendHttp(app, 'GET', '/font', { origin: EVIL })).cors, { 'access-control-allow-origin': '*' })
      t.strictSame((await sendHttp(app, 'GET', '/hello', { origin: EVIL })).cors, { 'access-control-allow-origin': ALLOWED })
    },
    'files that are compressed already': async t => {
      const app = Fastify()
      t.teardown(() => app.close())
      app.register(fastifyStatic, { root: folder(t), preCompressed: true })
      app.register(corsPlugin, LIST)
      await listen(app)
      const answer = await sendHttp(app, 'GET', '/hello.txt', { headers: { 'accept-encoding': 'gzip' } })
      t.equal(gunzipSync(Buffer.from(answer.body, 'latin1')).toString(), 'hello')
      t.strictSame(varied(answer), ['accept-encoding', 'origin'])
      t.equal(answer.cors['access-control-allow-origin'], ALLOWED)
    },
    'CORS headers of setHeaders give way': async t => {
      const app = Fastify()
      t.teardown(() => app.close())
      app.register(fastifyStatic, {
        root: folder(t),
        setHeaders: res => {
          const reply = res as unknown as { setHeader: (name: string, value: string) => void } // its types are those of another response
          reply.setHeader('access-control-allow-origin', '*')
        }
      })
      app.register(corsPlugin, LIST)
      await listen(app)
      t.strictSame((await sendHttp(app, 'GET', '/hello.txt')).cors, READABLE)
      t.strictSame((await sendHttp(app, 'GET', '/hello.txt', { origin: EVIL })).cors, { vary: 'Origin' })
    }
  }
}
