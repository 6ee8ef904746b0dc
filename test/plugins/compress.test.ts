import { gunzipSync } from 'node:zlib'
import compress from '@fastify/compress'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../../index'
import { ALLOWED, EVIL, OTHER, listen, preflightHttp, sendHttp } from '../support/exchange'

const text = 'compress me '.repeat(1000)
const GZIP = { 'accept-encoding': 'gzip' }

for (const order of ['before', 'after']) {
  t.test(`both Vary values are there, compress registered ${order}`, async t => {
    const app = Fastify()
    if (order === 'before') app.register(compress)
    app.register(corsPlugin, { origin: [ALLOWED, OTHER], exposedHeaders: ['x-a'] })
    if (order === 'after') app.register(compress)
    app.after(() => {
      app.get('/text', (_request, reply) => { reply.type('text/plain').send(text) })
      app.get('/small', () => 'a')
      app.get('/varied', (_request, reply) => { reply.type('text/plain').header('vary', 'Accept-Language').send(text) })
      app.put('/text', () => 'put')
    })
    t.teardown(() => app.close())
    await listen(app)
    const varies = (value: string | undefined) => (value ?? '').toLowerCase().split(', ').sort()

    const packed = await sendHttp(app, 'GET', '/text', { headers: GZIP })
    t.equal(packed.headers['content-encoding'], 'gzip')
    t.equal(gunzipSync(Buffer.from(packed.body, 'latin1')).toString(), text)
    const { vary, ...cors } = packed.cors
    t.strictSame(cors, { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'x-a' })
    t.strictSame(varies(vary), ['accept-encoding', 'origin'])

    const refused = await sendHttp(app, 'GET', '/text', { origin: EVIL, headers: GZIP })
    t.strictSame(Object.keys(refused.cors), ['vary'])
    t.strictSame(varies(refused.cors.vary), ['accept-encoding', 'origin'])
    t.strictSame(varies((await sendHttp(app, 'GET', '/varied', { headers: GZIP })).cors.vary), ['accept-encoding', 'accept-language', 'origin'])
    t.match(varies((await sendHttp(app, 'GET', '/small', { headers: GZIP })).cors.vary), ['origin'])
    t.equal((await preflightHttp(app, 'PUT', '/text', { headers: GZIP })).status, 204)
    t.strictSame(varies((await sendHttp(app, 'GET', '/text', { headers: { 'accept-encoding': 'identity' } })).cors.vary).filter(name => name === 'origin'), ['origin'])
  })
}
