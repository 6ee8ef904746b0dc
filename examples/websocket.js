'use strict'

// Run `npm run build` once, then: node examples/websocket.js

const websocket = require('@fastify/websocket')
const Fastify = require('fastify')
const corsPlugin = require('fastify-cors-policy')

const app = Fastify({ logger: true })

app.register(corsPlugin, {
  origin: ['https://app.example.com', 'http://localhost:*'],
  credentials: true,
  enforce: 'unsafe'
})
app.register(websocket)
app.register(async (chat) => {
  chat.get('/chat', { websocket: true }, (socket) => {
    socket.on('message', (data) => { socket.send(`you said ${data}`) })
  })
})

app.listen({ port: Number(process.env.PORT ?? 3000) }).catch((error) => {
  app.log.error(error)
  process.exitCode = 1
})
