import mercurius from 'mercurius'
import { createBrowser } from '../../lib/testing'
import { ALLOWED, EVIL, portOf } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, LIST, start } from './beside'
import type { Beside } from './beside'
import { upgrade } from './handshake'
import { keepsPromises } from './promises'

const schema = 'type Query { add(x: Int!, y: Int!): Int }'
const resolvers = { Query: { add: (_root: unknown, { x, y }: { x: number, y: number }) => x + y } }
const query = '{ add(x: 2, y: 3) }'

// It answers errors itself, and its requests are JSON, which browsers ask leave for.
export const mercuriusBeside: Beside = {
  name: 'mercurius',
  checked: 'a POST is preflighted for its JSON, a GET is not; errors of GraphQL can be read; subscriptions under `enforce`',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    const running = await start(t, setting, { other: scope => scope.register(mercurius, { schema, resolvers }) })
    const write = { method: 'POST', path: '/graphql', body: JSON.stringify({ query }) }
    await keepsPromises(t, running, { read: `/graphql?query=${encodeURIComponent(query)}`, write })
    await keepsPromises(t, running, { read: '/graphql?query=%7Bnowhere%7D', status: 400 })
    const { app, at } = running
    const browser = createBrowser(`http://127.0.0.1:${portOf(app)}`)
    const post = (origin: string, body: string) => browser.open(origin).fetch(`http://api.localhost${at('/graphql')}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    t.strictSame(await (await post(ALLOWED, write.body)).json(), { data: { add: 5 } })
    t.strictSame(browser.sent.map(({ method }) => method), ['OPTIONS', 'POST'])
    const wrong = await post(ALLOWED, '{"query":"{ nowhere }"}')
    t.equal(wrong.status, 400)
    t.match(await wrong.text(), /Cannot query field/)
    await t.rejects(post(EVIL, write.body), { cause: { code: 'PreflightMissingAllowOriginHeader' } })
  },
  once: {
    'enforce refuses subscriptions over a WebSocket': async t => {
      const { app } = await start(t, { order: 'after', place: 'root' }, {
        other: scope => scope.register(mercurius, { schema: `${schema} type Subscription { added: Int }`, resolvers, subscription: true }),
        cors: { ...LIST, enforce: 'unsafe' }
      })
      const headers = { 'sec-websocket-protocol': 'graphql-transport-ws' }
      const init = '{"type":"connection_init"}'
      t.strictSame(await upgrade(app, '/graphql', { origin: ALLOWED, ...headers }, init), { status: 101, said: '{"type":"connection_ack"}' })
      t.equal((await upgrade(app, '/graphql', { origin: EVIL, ...headers }, init)).status, 403)
    }
  }
}
