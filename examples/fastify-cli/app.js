'use strict'

// Run `npm run build` once, then: npx fastify start --log-level info examples/fastify-cli/app.js

const path = require('node:path')
const autoload = require('@fastify/autoload')

module.exports = async function (app, options) {
  app.register(autoload, { dir: path.join(__dirname, 'plugins'), options })
  app.register(autoload, { dir: path.join(__dirname, 'routes'), autoHooks: true, cascadeHooks: true, options })
}
