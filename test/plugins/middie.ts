import middie from '@fastify/middie'
import { BOTH_ORDERS, BOTH_PLACES, start } from './beside'
import type { Beside } from './beside'
import { NOTE, checkMiddleware, routes, withMiddleware } from './middleware'

// Middleware writes to the raw response, past Fastify's headers and hooks.
export const middieBeside: Beside = {
  name: '@fastify/middie',
  checked: 'headers that middleware sets on the raw response are merged, its CORS headers replaced; middleware that answers by itself',
  note: NOTE,
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    await checkMiddleware(t, setting, await start(t, setting, {
      other: scope => scope.register(withMiddleware(scope => scope.register(middie))),
      routes
    }))
  }
}
