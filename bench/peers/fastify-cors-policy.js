'use strict'

const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { fastifyListener } = require('../application')

/** This package as it is built in a folder: that of the working tree, or of another revision. */
function builtIn (root) {
  const plugin = require(root)
  return {
    name: 'fastify-cors-policy',
    version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
    listener: each => fastifyListener(
      each,
      app => { app.register(plugin, each.options) },
      each.overlay === undefined ? {} : { cors: each.overlay }
    )
  }
}

module.exports = { ...builtIn(join(__dirname, '../..')), builtIn }
