'use strict'

const cors = require('@koa/cors')
const { Router } = require('@koa/router')
const Koa = require('koa')
const { versionOf } = require('../version')

exports.name = 'Koa + @koa/cors'
exports.version = `${versionOf('koa')}, ${versionOf('@koa/cors')}`

const handler = context => { context.body = { hello: 'world' } }

exports.listener = async each => {
  const app = new Koa()
  const router = new Router()
  const own = each.overlay === undefined ? [] : [cors(optionsOf(each.overlay))]
  if (each.overlay === undefined) app.use(cors(optionsOf(each.peerOptions ?? each.options)))
  router.get('/users/:id', ...own, handler)
  router.put('/users/:id', ...own, handler)
  for (let i = 1; i < (each.routes ?? 1); i++) router.get(`/route${i}/:id`, handler)
  app.use(router.routes())
  return app.callback()
}

/** Its names for the options; a list of origins is a function to it. */
function optionsOf ({ origin, methods, allowedHeaders, maxAge, credentials }) {
  const allowed = new Set(origin)
  const allow = context => allowed.has(context.get('Origin')) ? context.get('Origin') : ''
  return { origin: origin === '*' ? '*' : allow, allowMethods: methods, allowHeaders: allowedHeaders, maxAge, credentials }
}
