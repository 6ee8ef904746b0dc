'use strict'

// Run `npm run build` once, then: node examples/basic.js

const Fastify = require('fastify')
const corsPlugin = require('fastify-cors-policy')

const app = Fastify({ logger: true })

app.register(corsPlugin, {
  origin: ['https://app.example.com', 'https://*.example.org', 'http://localhost:*'],
  credentials: true,
  maxAge: 7200
})

app.get('/users/:id', async (request) => ({ id: request.params.id }))
app.get('/status', { config: { cors: { origin: '*', credentials: false } } }, async () => ({ up: true }))
app.put('/internal', { config: { cors: false } }, async () => ({ done: true }))

app.listen({ port: Number(process.env.PORT ?? 3000) }).catch((error) => {
  app.log.error(error)
  process.exitCode = 1
})
