'use strict'

// Run `npm run build` once, then: node examples/streaming/server.js

const { Readable } = require('node:stream')
const { setTimeout: pause } = require('node:timers/promises')
const Fastify = require('fastify')
const corsPlugin = require('fastify-cors-policy')

const app = Fastify({ logger: true })

// Before the hook that asks for the token: a preflight never has one.
app.register(corsPlugin, {
  origin: ['https://app.example.com', 'http://localhost:*'],
  allowedHeaders: ['Authorization', 'Last-Event-ID'],
  maxAge: 7200
})

app.register(async (api) => {
  api.addHook('onRequest', async (request, reply) => {
    if (request.headers.authorization !== 'Bearer secret') return reply.code(401).send({ error: 'log in first' })
  })

  // Lines of JSON, from any stream.
  api.get('/rows', async (request, reply) => {
    reply.type('application/x-ndjson')
    return Readable.from(rows())
  })

  // Server-sent events, written by hand: the headers for CORS are there.
  api.get('/events', (request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    let id = Number(request.headers['last-event-id'] ?? 0)
    const timer = setInterval(() => { reply.raw.write(`id: ${++id}\ndata: tick\n\n`) }, 100)
    request.raw.once('close', () => { clearInterval(timer) })
  })
})

async function * rows () {
  for (let id = 1; id <= 3; id++) {
    yield JSON.stringify({ id }) + '\n'
    await pause(50)
  }
}

app.listen({ port: Number(process.env.PORT ?? 3000) }).catch((error) => {
  app.log.error(error)
  process.exitCode = 1
})
