'use strict'

const Fastify = require('fastify')
const corsPlugin = require('../..')

/** The API. It has an origin of its own. `log` is the stream for its log. */
module.exports = async function apiServer (pageOrigin, log) {
  // The plugin logs a repeated refusal at debug, and the page shows the line of each.
  const logger = { level: 'debug', base: null, timestamp: false, stream: log }
  const app = Fastify({ logger, forceCloseConnections: true })

  await app.register(corsPlugin, {
    origin: [pageOrigin, 'https://*.example.org'],
    credentials: true,
    exposedHeaders: ['X-Request-Id', 'Server-Timing'],
    maxAge: 60
  })

  app.addHook('onSend', async (request, reply) => {
    reply.header('X-Request-Id', request.id)
    reply.header('Server-Timing', `app;dur=${reply.elapsedTime.toFixed(2)}`)
    reply.header('X-Node', 'api-1') // not exposed: no page can read it
  })

  const isSignedIn = (request) => /(^|; )session=demo(;|$)/.test(request.headers.cookie ?? '')

  app.get('/users/:id', async (request) => ({ id: request.params.id, signedIn: isSignedIn(request) }))
  app.put('/users/:id', async (request) => ({ id: request.params.id, ...request.body, signedIn: isSignedIn(request) }))
  app.delete('/users/:id', async (request) => ({ deleted: request.params.id }))
  app.get('/status', { config: { cors: { origin: '*', credentials: false } } }, async () => ({ up: true }))
  app.put('/internal', { config: { cors: false } }, async () => ({ done: true }))

  return app
}
