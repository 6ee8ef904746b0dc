import bearerAuth from '@fastify/bearer-auth'
import { BOTH_ORDERS, BOTH_PLACES } from './beside'
import type { Beside } from './beside'
import { NOTE, checkAuthentication } from './authentication'

// It adds its hook itself, and so at the place where it is registered.
export const bearerAuthBeside: Beside = {
  name: '@fastify/bearer-auth',
  checked: 'the 401 can be read, `WWW-Authenticate` too where `exposedHeaders` names it; preflights pass',
  note: NOTE,
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  check: (t, setting) => checkAuthentication(t, setting, scope => scope.register(bearerAuth, { keys: new Set(['a-key']) }), () => 'Bearer a-key')
}
