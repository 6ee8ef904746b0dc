import { Readable } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import compress from '@fastify/compress'
import { ALLOWED, preflightHttp, sendHttp } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, LIST, start } from './beside'
import type { Beside } from './beside'
import { isAccepted, keepsPromises, varied } from './promises'

const text = 'compress me '.repeat(1000)
const GZIP = { 'accept-encoding': 'gzip' }

// It sets Vary and replaces the payload in onSend, where headers are made final.
export const compressBeside: Beside = {
  name: '@fastify/compress',
  checked: '`Vary` has `Accept-Encoding` and `Origin`, once each; texts, streams, what is compressed already or too small',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    const running = await start(t, setting, {
      other: scope => scope.register(compress),
      cors: { ...LIST, exposedHeaders: ['x-a'] },
      routes: scope => {
        scope.get('/text', (_request, reply) => { reply.type('text/plain').send(text) })
        scope.get('/stream', (_request, reply) => { reply.type('text/plain').send(Readable.from([text])) })
        scope.get('/packed', (_request, reply) => { reply.type('text/plain').header('content-encoding', 'gzip').send(gzipSync(text)) })
        scope.get('/small', () => 'a')
        scope.get('/varied', (_request, reply) => { reply.type('text/plain').header('vary', 'Accept-Language, origin').send(text) })
        scope.put('/text', () => 'put')
      }
    })
    const both = ['accept-encoding', 'origin']
    await keepsPromises(t, running, { read: '/text', headers: GZIP, write: { method: 'PUT', path: '/text' }, vary: both })
    const { app, at } = running
    for (const [path, vary] of [['/text', both], ['/stream', both], ['/varied', ['accept-encoding', 'accept-language', 'origin']]] as const) {
      const answer = await sendHttp(app, 'GET', at(path), { headers: GZIP })
      t.equal(answer.headers['content-encoding'], 'gzip')
      t.equal(gunzipSync(Buffer.from(answer.body, 'latin1')).toString(), text, path)
      t.strictSame(varied(answer), vary, path)
      t.equal(answer.cors['access-control-allow-origin'], ALLOWED)
      t.equal(answer.cors['access-control-expose-headers'], 'x-a')
    }
    const packed = await sendHttp(app, 'GET', at('/packed'), { headers: GZIP })
    t.equal(gunzipSync(Buffer.from(packed.body, 'latin1')).toString(), text, 'packed once')
    t.equal(packed.cors['access-control-allow-origin'], ALLOWED)
    t.equal(varied(packed).filter(name => name === 'origin').length, 1)
    const small = await sendHttp(app, 'GET', at('/small'), { headers: GZIP })
    t.equal(small.body, 'a')
    t.equal(varied(small).filter(name => name === 'origin').length, 1)
    t.ok(isAccepted(await preflightHttp(app, 'PUT', at('/text'), { headers: GZIP })))
  }
}
