'use strict'

const { fastifyListener } = require('../application')
const { versionOf } = require('../version')

exports.name = 'bare Fastify'
exports.version = versionOf('fastify')

/** Without CORS. An OPTIONS route of its own answers preflights, with nothing: Fastify's 404 takes longer than any preflight. */
exports.listener = each => fastifyListener(each, app => {
  if (each.request.method === 'OPTIONS') app.options('/users/:id', (request, reply) => { reply.code(204).send() })
})

/** What its answer has to be. */
exports.expected = ({ request }) => ({ status: request.method === 'OPTIONS' ? 204 : 200, headers: {} })
