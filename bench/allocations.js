'use strict'

const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { cases } = require('./cases')
const { OURS, peerOf } = require('./contenders')
const { exactBytes } = require('./race')
const { print } = require('./table')

const FILE = join(__dirname, 'allocations.json')

/** Every version of V8 allocates in its own way. */
const NODE = process.versions.node.split('.')[0]

/**
 * Repeated runs of one build differ by up to 1.6 %, and by no more if as many as 2,000 other requests come first, which
 * stands for a change that allocates nothing but moves what V8 compiles and when.
 */
const TOLERANCE = 0.06

/** Fails if a request allocates more than what is recorded, Fastify's part included; `record` writes that down instead. */
async function allocations ({ record, markdown }) {
  const found = {}
  for (const each of cases) found[each.name] = Math.round(await exactBytes({ peer: peerOf(OURS), each }))
  if (record) return writeFileSync(FILE, `${JSON.stringify({ node: NODE, bytes: found }, null, 2)}\n`)
  const { node, bytes: recorded } = JSON.parse(readFileSync(FILE, 'utf8'))
  if (node !== NODE) return console.log(`\nSkipped: allocations are recorded for Node ${node}, and this is Node ${NODE}.`)
  const isTooMuch = name => !(found[name] <= recorded[name] * (1 + TOLERANCE)) // so is what is not recorded
  print({
    title: 'Bytes that a request allocates',
    columns: ['case', 'now', 'recorded', ''],
    rows: Object.keys(found).map(name => [name, String(found[name]), String(recorded[name]), isTooMuch(name) ? 'too many' : ''])
  }, { markdown })
  if (Object.keys(found).some(isTooMuch)) process.exitCode = 1
}

module.exports = { allocations }
