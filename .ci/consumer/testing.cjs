'use strict'

const assert = require('node:assert/strict')
const Fastify = require('fastify')
const corsPlugin = require('fastify-cors-policy')
const { createBrowser } = require('fastify-cors-policy/testing')

/** The browser for tests, as a user's test has it. */
module.exports = async function testing (create = createBrowser) {
  const app = Fastify()
  await app.register(corsPlugin, { origin: 'https://app.test' })
  app.put('/users/:id', async () => 'ok')
  const browser = create(app)
  const response = await browser.open('https://app.test').fetch('https://api.test/users/42', { method: 'PUT' })
  assert.equal(await response.text(), 'ok')
  await assert.rejects(browser.open('https://evil.test').fetch('https://api.test/users/42', { method: 'PUT' }),
    ({ cause }) => cause.code === 'PreflightMissingAllowOriginHeader')
  const { allowed } = await app.cors.explain({ origin: 'https://evil.test', method: 'PUT', url: '/users/42' })
  assert.equal(allowed, false)
  await app.close()
}

if (require.main === module) module.exports()
