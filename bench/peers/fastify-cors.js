'use strict'

const cors = require('@fastify/cors')
const { fastifyListener } = require('../application')
const { versionOf } = require('../version')

exports.name = '@fastify/cors'
exports.version = versionOf('@fastify/cors')

exports.listener = each => fastifyListener(
  each,
  app => { app.register(cors, each.peerOptions ?? each.options) },
  each.overlay === undefined ? {} : { cors: each.overlay }
)
