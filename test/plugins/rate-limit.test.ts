import rateLimit from '@fastify/rate-limit'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../../index'
import { ALLOWED, EVIL, OTHER, preflight, send } from '../support/exchange'

const limit = { max: 2, timeWindow: '1 minute' }

for (const order of ['before', 'after']) {
  t.test(`a 429 is readable, rate-limit registered ${order}`, async t => {
    const app = Fastify()
    if (order === 'before') await app.register(rateLimit, limit)
    await app.register(corsPlugin, { origin: [ALLOWED, OTHER], exposedHeaders: ['retry-after'] })
    if (order === 'after') await app.register(rateLimit, limit)
    app.put('/a', () => 'a')

    const READABLE = { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'retry-after', vary: 'Origin' }
    for (const status of [200, 200, 429, 429]) {
      const answer = await send(app, 'PUT', '/a')
      t.equal(answer.status, status)
      t.strictSame(answer.cors, READABLE, String(status))
    }
    const refused = await send(app, 'PUT', '/a', { origin: EVIL })
    t.equal(refused.status, 429)
    t.strictSame(refused.cors, { vary: 'Origin' })
  })
}

t.test('preflights do not use up the limit of a rate-limit registered after', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED] })
  await app.register(rateLimit, limit)
  app.put('/a', () => 'a')
  for (let i = 0; i < 5; i++) t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  t.equal((await send(app, 'PUT', '/a')).status, 200)
})

t.test('a preflight that a rate-limit registered before refuses', async t => {
  const app = Fastify()
  await app.register(rateLimit, { ...limit, max: 0 })
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  app.put('/a', () => 'a')
  const statuses = [await preflight(app, 'PUT', '/a'), await preflight(app, 'PUT', '/a')].map(({ status }) => status)
  t.ok(statuses.every(status => status === 204 || status === 429), String(statuses))
})
