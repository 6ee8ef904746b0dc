import helmet from '@fastify/helmet'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../../index'
import { ALLOWED, EVIL, OTHER, preflight, send } from '../support/exchange'

const ISOLATION = ['cross-origin-opener-policy', 'cross-origin-resource-policy', 'origin-agent-cluster', 'content-security-policy', 'x-content-type-options']

for (const order of ['before', 'after']) {
  t.test(`helmet, registered ${order}, keeps its headers, and CORS keeps its own`, async t => {
    const app = Fastify()
    if (order === 'before') app.register(helmet, { crossOriginEmbedderPolicy: true })
    app.register(corsPlugin, { origin: [ALLOWED, OTHER], credentials: true })
    if (order === 'after') app.register(helmet, { crossOriginEmbedderPolicy: true })
    app.get('/a', () => 'a')
    app.put('/a', () => 'a')

    const bare = Fastify()
    bare.register(helmet, { crossOriginEmbedderPolicy: true })
    bare.get('/a', () => 'a')
    const expected = (await send(bare, 'GET', '/a')).headers

    for (const [origin, cors] of [
      [ALLOWED, { 'access-control-allow-origin': ALLOWED, 'access-control-allow-credentials': 'true', vary: 'Origin' }],
      [EVIL, { vary: 'Origin' }]
    ] as const) {
      const answer = await send(app, 'GET', '/a', { origin })
      t.strictSame(answer.cors, cors, origin)
      for (const name of ISOLATION) t.equal(answer.headers[name], expected[name], `${name} for ${origin}`)
      t.equal(answer.headers['cross-origin-embedder-policy'], 'require-corp')
    }
    t.equal(expected['cross-origin-resource-policy'], 'same-origin')
    const asked = await preflight(app, 'PUT', '/a', { names: 'x-a' })
    t.equal(asked.status, 204)
    t.strictSame(asked.cors, {
      'access-control-allow-origin': ALLOWED,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT',
      'access-control-allow-headers': 'x-a',
      vary: 'Origin, Access-Control-Request-Headers'
    })
    await app.close()
  })
}
