import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { send } from '../support/exchange'

t.test('whether the application answered a rewritten preflight is asked of `rewriteUrl`, with what a preflight has', async t => {
  const rewriteUrl = ({ method, url = '', headers }: { method?: string, url?: string, headers: Record<string, unknown> }) => {
    if (method !== 'OPTIONS') return url
    if (url === '/lost') return '/no-route'
    if (url === '/throws') throw new Error('no such tenant')
    if (url === '/nothing') return undefined as unknown as string // a mistake of the application
    if (url === '/address') return new URL('http://a.test/address') as unknown as string // another one: Fastify drops the connection
    return headers['cookie'] === undefined && headers['access-control-request-method'] === 'PUT' && headers['host'] === 'a.test' ? url : '/governed'
  }
  const app = Fastify({ rewriteUrl })
  await app.register(async child => {
    await child.register(corsPlugin, { paths: ['/governed'] })
    child.put('/governed', () => 'governed')
  })
  for (const url of ['/own', '/throws', '/nothing', '/address', '/lost']) app.route({ method: ['PUT', 'OPTIONS'], url, handler: () => 'own' })
  await app.ready()
  t.equal((await send(app, 'PUT', '/own', { headers: { host: 'a.test', cookie: 'a=1' } })).status, 200, 'the application has answered it')
  t.equal((await send(app, 'PUT', '/own', { headers: { host: 'b.test' } })).status, 403, 'the plugin has')
  t.equal((await send(app, 'PUT', '/lost', { headers: { host: 'a.test' } })).status, 403, 'no one has, so another one was sent')
  for (const url of ['/throws', '/nothing', '/address']) t.equal((await send(app, 'PUT', url, { headers: { host: 'a.test' } })).status, 403, 'nobody knows')
})
