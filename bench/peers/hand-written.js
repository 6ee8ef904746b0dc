'use strict'

const { fastifyListener } = require('../application')

const ACAO = 'access-control-allow-origin'
const ACAH = 'access-control-allow-headers'

exports.name = 'by hand'
exports.version = ''

/** The shortest hooks that give the answers of this one case, one onRequest and one onSend, with all that can be known beforehand written out. */
exports.listener = each => fastifyListener(each, app => {
  if (each.request.method === 'OPTIONS') addPreflight(app, each)
  else if (each.options.origin === '*') addConstant(app)
  else addList(app, new Set((each.overlay ?? each.options).origin))
})

/** Where preflights would be answered. */
const passOn = (request, reply, done) => { done() }

function addConstant (app) {
  app.addHook('onRequest', passOn)
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.header(ACAO, '*')
    done(null, payload)
  })
}

function addList (app, allowed) {
  app.addHook('onRequest', passOn)
  app.addHook('onSend', (request, reply, payload, done) => {
    const { origin } = request.headers
    reply.header('vary', 'Origin')
    if (allowed.has(origin)) reply.header(ACAO, origin)
    done(null, payload)
  })
}

function addPreflight (app, { options, headers }) {
  const allowed = new Set(options.origin)
  const { [ACAO]: _origin, [ACAH]: names, vary, ...rest } = headers
  const constants = Object.entries(options.allowedHeaders === undefined ? rest : { ...rest, [ACAH]: names })
  const echoes = options.allowedHeaders === undefined
  app.options('/*', (request, reply) => { reply.callNotFound() })
  app.addHook('onRequest', (request, reply, done) => {
    const asked = request.headers
    if (request.method !== 'OPTIONS' || asked['access-control-request-method'] === undefined) return done()
    reply.header('vary', vary)
    if (!allowed.has(asked.origin)) {
      reply.code(403).send({ statusCode: 403, error: 'Forbidden' })
      return
    }
    reply.header(ACAO, asked.origin)
    for (const [name, value] of constants) reply.header(name, value)
    if (echoes) reply.header(ACAH, asked['access-control-request-headers'])
    reply.code(204).send()
  })
  // Where the headers of actual requests would be set.
  app.addHook('onSend', (request, reply, payload, done) => { done(null, payload) })
}
