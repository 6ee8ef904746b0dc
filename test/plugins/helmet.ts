import helmet from '@fastify/helmet'
import Fastify from 'fastify'
import { ALLOWED, EVIL, preflightHttp, send, sendHttp } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, LIST, start } from './beside'
import type { Beside } from './beside'
import { isAccepted, keepsPromises } from './promises'

const options = { crossOriginEmbedderPolicy: true }
const NAMES = ['cross-origin-opener-policy', 'cross-origin-resource-policy', 'cross-origin-embedder-policy', 'origin-agent-cluster', 'content-security-policy', 'x-content-type-options']

// It sets headers on the raw response, where those of CORS are merged with them.
export const helmetBeside: Beside = {
  name: '@fastify/helmet',
  checked: 'its headers are all there, with and without an origin',
  note: 'Its `Cross-Origin-Resource-Policy: same-origin` keeps other sites from embedding with `<img>` or `<script>`; what `fetch` reads is for CORS to say.',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    const running = await start(t, setting, {
      other: scope => scope.register(helmet, options),
      cors: { ...LIST, credentials: true },
      routes: scope => { scope.get('/a', () => 'a'); scope.put('/a', () => 'a') }
    })
    await keepsPromises(t, running, { read: '/a', write: { method: 'PUT', path: '/a' } })
    const bare = Fastify()
    bare.register(helmet, options)
    bare.get('/a', () => 'a')
    const expected = (await send(bare, 'GET', '/a')).headers
    await bare.close()
    const { app, at } = running
    for (const origin of [ALLOWED, EVIL, undefined]) {
      const { headers } = await sendHttp(app, 'GET', at('/a'), { origin })
      for (const name of NAMES) {
        t.ok(expected[name], name)
        t.equal(headers[name], expected[name], `${name} for ${origin}`)
      }
    }
    t.ok(isAccepted(await preflightHttp(app, 'PUT', at('/a'))))
  }
}
