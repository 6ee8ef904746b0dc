'use strict'

const { HEADERS, LIST, METHODS, PARTNERS, configurations } = require('./cases')

const ACAO = 'access-control-allow-origin'
const [FIRST, SECOND, THIRD] = LIST
const REFUSAL = JSON.stringify({ statusCode: 403, code: 'REFUSED', error: 'Forbidden', message: 'CORS preflight refused' })

const isListed = origin => origin === FIRST || origin === SECOND || origin === THIRD

/**
 * CORS as one would write it for a single application: one `onRequest` hook, with public API, that knows its options
 * when it is written. For each configuration it is the shortest hook that gives the right answers.
 *
 * @type {Record<string, (app: import('fastify').FastifyInstance) => void>}
 */
const byHand = {
  any (app) {
    app.addHook('onRequest', (request, reply, done) => {
      reply.header(ACAO, '*')
      done()
    })
  },
  origins (app) {
    const allowed = new Set(configurations.origins.options.origin)
    app.addHook('onRequest', actualHook(origin => allowed.has(origin)))
  },
  patterns (app) {
    const domains = new Set(configurations.patterns.options.origin.map(pattern => pattern.slice('https://*'.length)))
    app.addHook('onRequest', actualHook(origin => isBelow(origin, domains)))
  },
  list (app) {
    addListHook(app, (reply, { origin }) => {
      reply.code(204).header('vary', 'Origin').header(ACAO, origin).header('access-control-allow-methods', METHODS.join(', '))
        .header('access-control-allow-headers', HEADERS.join(', ')).header('access-control-max-age', '7200').send()
    })
  },
  credentials (app) {
    addListHook(app, (reply, headers) => {
      reply.code(204).header('vary', 'Origin, Access-Control-Request-Headers').header(ACAO, headers.origin)
        .header('access-control-allow-credentials', 'true').header('access-control-allow-methods', METHODS.join(', '))
        .header('access-control-allow-headers', headers['access-control-request-headers']).send()
    })
  },
  routes (app) {
    addListHook(app, (reply, { origin }) => {
      reply.code(204).header('vary', 'Origin').header(ACAO, origin).header('access-control-allow-methods', 'GET, HEAD, POST, PUT')
        .header('access-control-allow-headers', '*, Authorization, Content-Type').send()
    })
  },
  overlay () {} // Its hook is that of the route.
}

/** The hook of a route that has `config.cors` with the other contenders. */
function overlayHook (request, reply, done) {
  const { origin } = request.raw.headers
  reply.header('vary', 'Origin')
  if (origin === PARTNERS[0] || origin === PARTNERS[1]) reply.header(ACAO, origin).header('access-control-expose-headers', 'X-Total')
  done()
}

function actualHook (allows) {
  return (request, reply, done) => {
    const { origin } = request.raw.headers
    reply.header('vary', 'Origin')
    if (origin !== undefined && allows(origin)) reply.header(ACAO, origin)
    done()
  }
}

function addListHook (app, accept) {
  const actual = actualHook(isListed)
  app.options('*', (request, reply) => { reply.callNotFound() })
  app.addHook('onRequest', (request, reply, done) => {
    const { method, headers } = request.raw
    if (method !== 'OPTIONS' || headers.origin === undefined || headers['access-control-request-method'] === undefined) actual(request, reply, done)
    else if (isListed(headers.origin)) accept(reply, headers)
    else reply.code(403).header('vary', 'Origin').header('content-type', 'application/json; charset=utf-8').send(REFUSAL)
  })
}

/** Whether the origin is a subdomain, at any depth, of one of these domains (each with its leading dot). */
function isBelow (origin, domains) {
  if (!origin.startsWith('https://')) return false
  for (let dot = origin.indexOf('.'); dot !== -1; dot = origin.indexOf('.', dot + 1)) {
    if (domains.has(origin.slice(dot))) return true
  }
  return false
}

module.exports = { byHand, overlayHook }
