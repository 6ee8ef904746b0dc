'use strict'

const Fastify = require('fastify')

const handler = (request, reply) => { reply.send({ hello: 'world' }) }

/**
 * A Fastify application for one case, as a listener of requests. `add` puts CORS into it; `config` is that of the
 * route that is asked for.
 */
async function fastifyListener (each, add, config = {}) {
  const app = Fastify()
  add(app)
  app.get('/users/:id', { config }, handler)
  app.put('/users/:id', { config }, handler)
  for (let i = 1; i < (each.routes ?? 1); i++) app.get(`/route${i}/:id`, handler)
  await app.ready()
  return app.routing
}

module.exports = { fastifyListener }
