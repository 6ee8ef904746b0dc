'use strict'

const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const Fastify = require('fastify')

const html = readFileSync(join(__dirname, 'public', 'index.html'), 'utf8')
const script = readFileSync(join(__dirname, 'public', 'calls.js'), 'utf8')

/** The page, on another origin than the API. `origins` is filled in while the servers start. */
module.exports = async function pageServer (origins) {
  const app = Fastify()

  app.get('/', async (request, reply) => {
    // Cookies know no ports, so the browser sends this one to the API too, if the call has credentials.
    reply.header('Set-Cookie', 'session=demo; Path=/; HttpOnly; SameSite=Lax')
    return reply.type('text/html; charset=utf-8').send(html)
  })
  app.get('/calls.js', async (request, reply) => reply.type('text/javascript; charset=utf-8').send(script))
  app.get('/origins.json', async () => origins)

  return app
}
