'use strict'

const { join } = require('node:path')
const Fastify = require('fastify')
const { byHand, overlayHook } = require('./by-hand')
const { configurations } = require('./cases')

const BARE = 'bare Fastify'
const BY_HAND = 'by hand'
const PEER = '@fastify/cors'
const OURS = 'fastify-cors-policy'

/**
 * What is compared. With `root`, it is this package as built in that folder.
 *
 * @typedef {{ name: string, root?: string }} Contender
 * @type {Contender[]}
 */
const contenders = [{ name: BARE }, { name: BY_HAND }, { name: PEER }, { name: OURS, root: join(__dirname, '..') }]

/** Each adds CORS to an application, and gives the options of the route that has an overlay. */
const add = {
  /** An OPTIONS route that answers 204 with nothing: the least that a preflight costs. */
  [BARE] (app) {
    app.options('*', (request, reply) => { reply.code(204).send() })
    return {}
  },
  [BY_HAND] (app, { overlay }, name) {
    byHand[name](app)
    return overlay === undefined ? {} : { onRequest: overlayHook }
  },
  async [PEER] (app, { options, peerOptions = options, overlay }) {
    await app.register(require('@fastify/cors'), peerOptions)
    return overlay === undefined ? {} : { config: { cors: overlay } }
  }
}

async function addPlugin (app, root, { options, overlay }) {
  await app.register(require(root), options)
  return overlay === undefined ? {} : { config: { cors: overlay } }
}

const handler = (request, reply) => { reply.send('ok') }

/**
 * An application of a contender, ready for requests.
 *
 * @param {Contender} contender
 * @param {string | object} configuration a key of `configurations`, or an object like those there
 * @returns {Promise<import('fastify').FastifyInstance>}
 */
async function build ({ name, root }, configuration) {
  const settings = configurations[configuration] ?? configuration
  const app = Fastify()
  const overlaid = await (root === undefined ? add[name](app, settings, configuration) : addPlugin(app, root, settings))
  app.get('/users/:id', handler)
  app.put('/users/:id', handler)
  app.get('/status', overlaid, handler)
  for (let i = 0; i < (settings.routes ?? 0); i++) {
    app.get(`/route${i}/:id`, handler)
    app.put(`/route${i}/:id`, handler)
    if (settings.constraints !== undefined) app.put(`/route${i}/:id`, { constraints: settings.constraints }, handler)
  }
  await app.ready()
  return app
}

module.exports = { contenders, build, BARE, BY_HAND, PEER, OURS }
