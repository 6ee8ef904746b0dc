'use strict'

const corsPlugin = require('fastify-cors-policy')

// For the routes of this folder and of the folders inside it.
module.exports = async function (app) {
  await app.register(corsPlugin, { origin: 'https://*.partner.example' })
}
