'use strict'

// Boots an application with so many origins, and tells its parent what that takes.

const Fastify = require('fastify')
const { exactOrigins } = require('./cases')
const corsPlugin = require('..')

const heap = () => {
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

/** Flat strings, as a file or a database gives them. */
function flatOrigins (count) {
  return JSON.parse(JSON.stringify(exactOrigins(count)))
}

/** Milliseconds, validation included, and bytes of heap beyond the strings, which are there before. */
async function boot (count) {
  const origin = flatOrigins(count)
  const before = heap()
  const start = performance.now()
  const app = Fastify()
  app.register(corsPlugin, { origin })
  app.get('/', (request, reply) => { reply.send('') })
  await app.ready()
  const milliseconds = performance.now() - start
  const bytes = heap() - before
  await app.close() // which keeps it alive until here
  return { milliseconds, bytes, origins: origin.length }
}

boot(Number(process.argv[2])).then(found => { process.send(found) })
