import middie from '@fastify/middie'
import fp from 'fastify-plugin'
import type { FastifyInstance } from 'fastify'
import { BOTH_ORDERS, BOTH_PLACES, start } from './beside'
import type { Beside } from './beside'
import { NOTE, checkMiddleware, middleware, routes } from './middleware'

const withMiddleware = fp(async (scope: FastifyInstance) => {
  await scope.register(middie)
  for (const [path, each] of Object.entries(middleware)) scope.use(path, each)
})

// Middleware writes to the raw response, past Fastify's headers and hooks.
export const middieBeside: Beside = {
  name: '@fastify/middie',
  checked: 'headers that middleware sets on the raw response are merged, its CORS headers replaced; middleware that answers by itself',
  note: NOTE,
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    await checkMiddleware(t, setting, await start(t, setting, {
      other: scope => scope.register(withMiddleware),
      routes
    }))
  }
}
