'use strict'

// Run `npm run build` once, then: node examples/mcp/local.js

const Fastify = require('fastify')
const corsPlugin = require('fastify-cors-policy')
const { cors, endpoint } = require('./endpoint')

const app = Fastify({ logger: true })
const hosts = ['localhost', '127.0.0.1', '[::1]']

// Against DNS rebinding: a page at evil.test, when that name points to this machine, is of the same origin.
app.addHook('onRequest', async (request, reply) => {
  if (!hosts.includes(request.hostname)) return reply.code(403).send({ error: 'unknown host' })
})
app.register(corsPlugin, { ...cors, origin: 'http://localhost:*' })
app.register(endpoint)

// Only this machine can connect.
app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' }).catch((error) => {
  app.log.error(error)
  process.exitCode = 1
})
