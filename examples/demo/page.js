'use strict'

const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const Fastify = require('fastify')

const types = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8' }

/** The page, on another origin than the API. `origins` is filled in while the servers start. `explain` asks the API. */
module.exports = async function pageServer (origins, explain) {
  const app = Fastify({ forceCloseConnections: true })

  for (const name of ['index.html', 'frame.html', 'page.js', 'calls.js', 'frames.js', 'frame.js']) {
    const content = readFileSync(join(__dirname, 'public', name), 'utf8')
    const type = types[name.split('.')[1]]
    app.get(name === 'index.html' ? '/' : `/${name}`, async (request, reply) => {
      // Cookies ignore ports, so the browser also sends this one to the API, if the call has credentials.
      reply.header('Set-Cookie', 'session=demo; Path=/; HttpOnly; SameSite=Lax')
      return reply.type(type).send(content)
    })
  }

  app.get('/origins.json', async () => origins)

  // app.cors.explain() throws for a request that it cannot read, which is the client's mistake.
  app.post('/explain', async (request, reply) => {
    return explain(request.body).catch(({ message }) => reply.code(400).send({ error: 'Bad Request', message }))
  })

  return app
}
