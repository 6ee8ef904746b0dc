'use strict'

const { readdirSync, readFileSync } = require('node:fs')
const { extname, join } = require('node:path')
const Fastify = require('fastify')
const documentation = require('./docs')

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8' }

/**
 * The page, on another origin than the API. `origins` is filled in while the servers start. `explain` asks the API, and
 * `logged` gives the line that the API logged for a call.
 */
module.exports = async function pageServer (origins, explain, logged) {
  const app = Fastify({ forceCloseConnections: true })
  await app.register(documentation)

  for (const name of readdirSync(join(__dirname, 'public'))) {
    const content = readFileSync(join(__dirname, 'public', name), 'utf8')
    app.get(name === 'index.html' ? '/' : `/${name}`, async (request, reply) => {
      // Cookies ignore ports, so the browser also sends this one to the API, if the call has credentials.
      reply.header('Set-Cookie', 'session=demo; Path=/; HttpOnly; SameSite=Lax')
      return reply.type(types[extname(name)]).send(content)
    })
  }

  app.get('/origins.json', async () => origins)

  // app.cors.explain() throws for a request that it cannot read, which is the client's mistake.
  app.post('/explain', async (request, reply) => {
    return explain(request.body).catch(({ message }) => reply.code(400).send({ error: 'Bad Request', message }))
  })

  app.post('/logged', async (request) => ({ line: logged(request.body) }))

  return app
}
