'use strict'

// Run `npm run build` once, then: node examples/mcp/network.js

const Fastify = require('fastify')
const corsPlugin = require('fastify-cors-policy')
const { cors, endpoint } = require('./endpoint')

// A proxy on the same machine ends TLS.
const app = Fastify({ logger: true, trustProxy: '127.0.0.1' })

app.register(corsPlugin, { ...cors, origin: ['https://chat.example.com', 'https://*.assistant.example'] })
app.register(endpoint)

app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' }).catch((error) => {
  app.log.error(error)
  process.exitCode = 1
})
