'use strict'

const assert = require('node:assert/strict')
const Fastify = require('fastify')

/** Registers the plugin as an application would, and sends it one preflight. */
module.exports = async function preflight (corsPlugin) {
  const app = Fastify()
  await app.register(corsPlugin, { origin: 'https://app.test' })
  app.put('/users/:id', async () => 'ok')

  const response = await app.inject({
    method: 'OPTIONS',
    url: '/users/42',
    headers: { origin: 'https://app.test', 'access-control-request-method': 'PUT' }
  })
  assert.equal(response.statusCode, 204)
  assert.equal(response.headers['access-control-allow-origin'], 'https://app.test')
  await app.close()
}
