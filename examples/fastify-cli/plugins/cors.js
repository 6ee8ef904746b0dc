'use strict'

const fp = require('fastify-plugin')
const corsPlugin = require('fastify-cors-policy')

module.exports = fp(async function (app) {
  await app.register(corsPlugin, {
    origin: ['https://app.example.com', 'http://localhost:*'],
    credentials: true
  })
})
