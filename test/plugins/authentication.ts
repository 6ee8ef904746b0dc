import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { ALLOWED, EVIL, preflightHttp, sendHttp } from '../support/exchange'
import { LIST, start } from './beside'
import type { Setting } from './beside'
import { isAccepted } from './promises'

export const NOTE = 'Registered before at the root, its hook asks preflights for credentials too, which they never have: register it after.'

/**
 * Checks a plugin whose hook turns everybody away without `authorization`: its 401 can be read, and preflights pass.
 * The preflights of all contexts are answered at the root, so that no hook of a context stands before them.
 */
export async function checkAuthentication (t: Test, setting: Setting, other: (scope: FastifyInstance) => unknown, authorization: () => string): Promise<void> {
  const { app, at } = await start(t, setting, {
    other,
    cors: { ...LIST, allowedHeaders: ['authorization'], exposedHeaders: ['www-authenticate'] },
    routes: scope => {
      scope.put('/a', () => 'a')
      scope.all('/any', () => 'any')
    }
  })
  const asked = { headers: { 'access-control-request-headers': 'authorization' } }
  // Its OPTIONS route has the hook too.
  const preflightAny = await preflightHttp(app, 'PUT', at('/any'), asked)
  const preflight = await preflightHttp(app, 'PUT', at('/a'), asked)
  if (setting.order === 'before' && setting.place === 'root') {
    t.equal(preflight.status, 401, 'as the table says')
    t.equal(preflightAny.status, 401)
    t.strictSame(preflight.cors, {}, 'a preflight that somebody else answers is theirs')
  } else {
    t.ok(isAccepted(preflight))
    t.ok(isAccepted(preflightAny))
    t.equal(preflight.cors['access-control-allow-headers'], 'authorization')
    t.equal((await preflightHttp(app, 'PUT', at('/a'), { origin: EVIL, ...asked })).status, 403)
  }
  const READABLE = { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'www-authenticate', vary: 'Origin' }
  const expected = [[ALLOWED, READABLE], [EVIL, { vary: 'Origin' }], [undefined, { vary: 'Origin' }]] as const
  for (const [origin, cors] of expected) {
    const refused = await sendHttp(app, 'PUT', at('/a'), { origin })
    t.equal(refused.status, 401)
    t.strictSame(refused.cors, cors, `the 401 for ${origin}`)
    const taken = await sendHttp(app, 'PUT', at('/a'), { origin, headers: { authorization: authorization() } })
    t.equal(taken.body, 'a')
    t.strictSame(taken.cors, cors, `the 200 for ${origin}`)
  }
}
