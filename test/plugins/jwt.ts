import jwt from '@fastify/jwt'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import corsPlugin from '../..'
import { ALLOWED, listen, preflightHttp, sendHttp } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES } from './beside'
import type { Beside } from './beside'
import { NOTE, checkAuthentication } from './authentication'
import { isAccepted } from './promises'

const verify = async (request: { jwtVerify: () => Promise<unknown> }) => { await request.jwtVerify() }

// Hooks that verify a token end requests before their handler, and preflights carry none.
export const jwtBeside: Beside = {
  name: '@fastify/jwt',
  checked: 'the 401 can be read; preflights pass a hook that verifies, of the application, a context or a route',
  note: NOTE,
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    let token = ''
    const guarded = fp(async (scope: FastifyInstance) => {
      await scope.register(jwt, { secret: 'not a secret' })
      scope.addHook('onRequest', verify)
      token = scope.jwt.sign({ user: 1 })
    })
    await checkAuthentication(t, setting, scope => scope.register(guarded), () => `Bearer ${token}`)
  },
  once: {
    'the hook of a route or of a context inside stands before no preflight': async t => {
      const app = Fastify()
      t.teardown(() => app.close())
      app.register(jwt, { secret: 'not a secret' })
      app.register(corsPlugin, { origin: [ALLOWED] })
      app.put('/route', { onRequest: verify }, () => 'a')
      app.register(async child => {
        child.addHook('onRequest', verify)
        child.put('/a', () => 'a')
      }, { prefix: '/child' })
      await listen(app)
      for (const url of ['/route', '/child/a']) {
        t.ok(isAccepted(await preflightHttp(app, 'PUT', url)), url)
        const refused = await sendHttp(app, 'PUT', url)
        t.equal(refused.status, 401, url)
        t.strictSame(refused.cors, { 'access-control-allow-origin': ALLOWED }, url)
      }
    }
  }
}
