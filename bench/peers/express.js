'use strict'

const cors = require('cors')
const express = require('express')
const { versionOf } = require('../version')

exports.name = 'Express + cors'
exports.version = `${versionOf('express')}, ${versionOf('cors')}`

const handler = (request, response) => { response.json({ hello: 'world' }) }

exports.listener = async each => {
  const app = express()
  app.disable('x-powered-by').disable('etag') // nobody else sends these
  const own = each.overlay === undefined ? [] : [cors(each.overlay)]
  if (each.overlay === undefined) app.use(cors(each.peerOptions ?? each.options))
  app.get('/users/:id', ...own, handler)
  app.put('/users/:id', ...own, handler)
  for (let i = 1; i < (each.routes ?? 1); i++) app.get(`/route${i}/:id`, handler)
  return app
}
