import { join } from 'node:path'
import autoload from '@fastify/autoload'
import { ALLOWED, EVIL, OTHER, preflightHttp, sendHttp } from '../support/exchange'
import { root } from '../support/root'
import corsPlugin from '../..'
import { BOTH_ORDERS, BOTH_PLACES, start } from './beside'
import type { Beside } from './beside'
import { isAccepted, keepsPromises } from './promises'

const dir = join(root, 'test/plugins/fixtures/autoload/routes')

// Each folder is a context of its own, loaded at its own time: siblings, and a context within one.
export const autoloadBeside: Beside = {
  name: '@fastify/autoload',
  checked: 'folders with registrations of their own, and a folder within one; the others have that around them',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    const running = await start(t, setting, { other: scope => scope.register(autoload, { dir, options: { corsPlugin } }) })
    await keepsPromises(t, running, { read: '/plain', write: { method: 'PUT', path: '/plain' } })
    const { app, at } = running
    const allowed: Record<string, readonly string[]> = { '/plain': [ALLOWED, OTHER], '/admin': [EVIL], '/open': [ALLOWED, OTHER, EVIL], '/open/deep': [ALLOWED, OTHER, EVIL] }
    for (const [path, origins] of Object.entries(allowed)) {
      for (const origin of [ALLOWED, OTHER, EVIL]) {
        const preflight = await preflightHttp(app, 'DELETE', at(path), { origin })
        t.equal(preflight.status, origins.includes(origin) ? 204 : 403, `${path} ${origin}`)
        const { body, cors } = await sendHttp(app, 'DELETE', at(path), { origin })
        t.equal(body, path)
        const expected = { '/plain': origin, '/admin': EVIL, '/open': '*', '/open/deep': '*' }[path]
        t.equal(cors['access-control-allow-origin'], path !== '/plain' || origins.includes(origin) ? expected : undefined, `${path} ${origin}`)
        t.equal(cors['access-control-expose-headers'], path === '/open/deep' ? 'x-deep' : undefined)
      }
    }
    t.ok(isAccepted(await preflightHttp(app, 'PUT', at('/plain'))))
  }
}
