'use strict'

// Run `npm run build` once, then: node examples/public-api/server.js

const Fastify = require('fastify')
const corsPlugin = require('fastify-cors-policy')

const app = Fastify({ logger: true })

app.register(corsPlugin, {
  origin: '*',
  exposedHeaders: ['ETag', 'Link'],
  maxAge: 86400,
  cacheControl: 'public, max-age=86400'
})

app.addHook('onSend', async (request, reply) => {
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'public, max-age=60')
})

app.get('/catalogue', async () => ['tea', 'coffee'])

// Partners only: the response depends on the origin, and has `Vary: Origin`.
app.get('/prices', {
  config: { cors: { origin: ['https://a.partner.example', 'https://b.partner.example'] } }
}, async () => ({ tea: 3, coffee: 4 }))

app.listen({ port: Number(process.env.PORT ?? 3000) }).catch((error) => {
  app.log.error(error)
  process.exitCode = 1
})
