'use strict'

const { readdirSync } = require('node:fs')
const { join } = require('node:path')

const FIRST = ['bare', 'hand-written', 'fastify-cors']
const OURS = 'fastify-cors-policy'

/** Every file in peers/, as they stand in tables: first what the others are compared with, this package last. */
function contenders () {
  const files = readdirSync(join(__dirname, 'peers')).map(file => file.replace('.js', ''))
  const others = files.filter(file => !FIRST.includes(file) && file !== OURS).sort()
  return [...FIRST, ...others, OURS].map(file => peerOf(file))
}

/** One of them. `root` is where this package is built, if not in the working tree. */
function peerOf (file, root = '') {
  const peer = require(`./peers/${file}`)
  return { file, ...(root === '' ? peer : peer.builtIn(root)) }
}

module.exports = { contenders, peerOf, OURS }
