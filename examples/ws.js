'use strict'

// Run `npm run build` once, then: node examples/ws.js

const Fastify = require('fastify')
const { WebSocketServer } = require('ws')
const corsPlugin = require('fastify-cors-policy')

const app = Fastify({ logger: true })

app.register(corsPlugin, { origin: ['https://app.example.com'], enforce: 'all' })
app.get('/users', async () => ['Ada', 'Grace'])

// ws answers upgrades on the server itself, so no hook of Fastify meets them, and `enforce` does not either.
const sockets = new WebSocketServer({
  server: app.server,
  path: '/chat',
  verifyClient ({ req }, done) {
    app.cors.allows(req).then(
      (allowed) => { done(allowed, 403) },
      (error) => {
        app.log.error(error)
        done(false, 500)
      }
    )
  }
})

sockets.on('connection', (socket) => {
  socket.on('message', (data) => { socket.send(`you said ${data}`) })
})

app.listen({ port: Number(process.env.PORT ?? 3000) }).catch((error) => {
  app.log.error(error)
  process.exitCode = 1
})
