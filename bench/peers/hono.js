'use strict'

const { getRequestListener } = require('@hono/node-server')
const { Hono } = require('hono')
const { cors } = require('hono/cors')
const { versionOf } = require('../version')

exports.name = 'Hono + hono/cors'
exports.version = versionOf('hono')

const handler = context => context.json({ hello: 'world' })

exports.listener = async each => {
  const app = new Hono()
  const own = each.overlay === undefined ? [] : [cors(optionsOf(each.overlay))]
  if (each.overlay === undefined) app.use(cors(optionsOf(each.peerOptions ?? each.options)))
  app.get('/users/:id', ...own, handler)
  app.put('/users/:id', ...own, handler)
  for (let i = 1; i < (each.routes ?? 1); i++) app.get(`/route${i}/:id`, handler)
  return getRequestListener(app.fetch)
}

/** Its names for the options. */
function optionsOf ({ origin, methods, allowedHeaders, maxAge, credentials }) {
  return { origin, allowMethods: methods, allowHeaders: allowedHeaders, maxAge, credentials }
}
