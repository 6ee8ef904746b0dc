import etag from '@fastify/etag'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../../index'
import { ALLOWED, EVIL, OTHER, listen, sendHttp } from '../support/exchange'

for (const order of ['before', 'after']) {
  t.test(`a 304 keeps the headers, etag registered ${order}`, async t => {
    const app = Fastify()
    if (order === 'before') app.register(etag)
    app.register(corsPlugin, { origin: [ALLOWED, OTHER], credentials: true, exposedHeaders: ['etag'] })
    if (order === 'after') app.register(etag)
    app.get('/a', () => 'a')
    t.teardown(() => app.close())
    await listen(app)
    const first = await sendHttp(app, 'GET', '/a')
    const fresh = { headers: { 'if-none-match': first.headers.etag ?? 'none' } }
    const READABLE = {
      'access-control-allow-origin': ALLOWED,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'etag',
      vary: 'Origin'
    }
    t.strictSame(first.cors, READABLE)
    const second = await sendHttp(app, 'GET', '/a', fresh)
    t.equal(second.status, 304)
    t.strictSame(second.cors, READABLE)
    const refused = await sendHttp(app, 'GET', '/a', { origin: EVIL, ...fresh })
    t.equal(refused.status, 304)
    t.strictSame(refused.cors, { vary: 'Origin' })
  })
}
