'use strict'

// Run `npm run build` once, then: node examples/socket-io.js

const Fastify = require('fastify')
const { Server } = require('socket.io')
const corsPlugin = require('fastify-cors-policy')

const app = Fastify({ logger: true })

app.register(corsPlugin, { origin: ['https://app.example.com'], credentials: true, enforce: 'all' })
app.get('/users', async () => ['Ada', 'Grace'])

// socket.io answers requests below /socket.io/ on the server itself, so no hook of Fastify meets them, and `enforce` does
// not either.
const io = new Server(app.server, {
  allowRequest (request, done) {
    app.cors.allows(request).then(
      (allowed) => { done(null, allowed) },
      (error) => {
        app.log.error(error)
        done('the policy could not be asked', false)
      }
    )
  }
})

// Without WebSockets, a page polls by requests whose responses it can read only with CORS headers. With an asynchronous
// `origin` function or `delegator`, `headersFor` returns a promise, so then use the `cors` option of socket.io instead.
io.engine.on('headers', (headers, request) => { Object.assign(headers, app.cors.headersFor(request)) })

io.on('connection', (socket) => {
  socket.on('message', (text) => { socket.send(`you said ${text}`) })
})

app.listen({ port: Number(process.env.PORT ?? 3000) }).catch((error) => {
  app.log.error(error)
  process.exitCode = 1
})
