'use strict'

const createError = require('@fastify/error')
const { fastifyListener } = require('./application')

/** What stands between bare Fastify and this package: contenders for counting alone, since each answers just as far as its step goes. */
const steps = {
  'two hooks that do nothing': {
    listener: each => fastifyListener(each, addEmptyHooks)
  },
  'by hand, refusing with an error made beforehand': {
    isStepOf: ({ status }) => status === 403,
    listener: each => fastifyListener(each, app => {
      const Refusal = createError('REFUSAL', 'refused', 403, Error, false)
      const refusal = new Refusal()
      app.options('/*', (request, reply) => { reply.callNotFound() })
      app.addHook('onRequest', (request, reply, done) => {
        reply.header('vary', 'Origin')
        done(refusal)
      })
      app.addHook('onSend', (request, reply, payload, done) => { done(null, payload) })
    })
  }
}

function addEmptyHooks (app) {
  app.options('/*', (request, reply) => { reply.code(204).send() }) // as that of bare Fastify
  app.addHook('onRequest', (request, reply, done) => { done() })
  app.addHook('onSend', (request, reply, payload, done) => { done(null, payload) })
}

module.exports = { steps }
