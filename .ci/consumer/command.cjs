'use strict'

const assert = require('node:assert/strict')
const { execFileSync, spawnSync } = require('node:child_process')
const { version } = require('fastify-cors-policy/package.json')

/** The command, as a user runs it after installing the package. */
const run = (...args) => execFileSync('npx', ['--no-install', 'fastify-cors-policy', ...args], { encoding: 'utf8' })

assert.match(run('--help'), /--origin <origin>/)
assert.equal(run('--version'), `${version}\n`)
assert.equal(spawnSync('npx', ['--no-install', 'fastify-cors-policy']).status, 2)
