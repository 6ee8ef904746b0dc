'use strict'

// Run `npm run build` once, then: node examples/tenants.js

const Fastify = require('fastify')
const corsPlugin = require('fastify-cors-policy')

const app = Fastify({ logger: true })

// Imagine a table of a database: a row for each tenant, by the host that its API has.
const tenants = new Map()

function save (host, origins) {
  const options = { origin: origins, credentials: true }
  const problems = corsPlugin.check(options)
  if (problems.length === 0) tenants.set(host, options)
  return problems
}

save('red.api.example.com', ['https://red.example'])
save('blue.api.example.com', ['https://blue.example', 'https://*.blue.example'])

app.register(corsPlugin, {
  origin: false,
  delegator: (request) => tenants.get(request.hostname) ?? false
})

app.get('/cart', async (request) => ({ cart: request.hostname }))

// The form in which the staff enters a tenant's origins. It has no cross-origin access.
app.put('/tenants/:host', { config: { cors: false } }, async (request, reply) => {
  const problems = save(request.params.host, request.body.origins)
  if (problems.length > 0) return reply.code(400).send({ problems })
  return { saved: true }
})

app.listen({ port: Number(process.env.PORT ?? 3000) }).catch((error) => {
  app.log.error(error)
  process.exitCode = 1
})
