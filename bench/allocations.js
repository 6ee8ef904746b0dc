'use strict'

const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { cases, configurations } = require('./cases')
const { BARE, OURS, contenders } = require('./contenders')
const { ask, messageOf, start } = require('./processes')
const { number, print } = require('./table')

const FILE = join(__dirname, 'allocations.json')

/** Each version of V8 allocates in its own way. */
const NODE = process.versions.node.split('.')[0]

/** On one thread V8 compiles at the same request in every run. */
const FLAGS = ['--single-threaded']
const SAMPLES = 200

/** Bytes that a request may add beyond what is recorded. Runs of one build differ by 80 in some cases. */
const TOLERANCE = 100

/**
 * Prints the bytes that a request allocates beyond those of bare Fastify, and fails if this plugin needs more than what
 * is recorded; with `record`, writes that down instead.
 */
async function allocations ({ record = false, markdown = false }) {
  const found = {}
  for (const configuration of Object.keys(configurations)) Object.assign(found, await measure(configuration))
  const ours = Object.fromEntries(cases.map(({ name }) => [name, found[name][OURS] - found[name][BARE]]))
  if (record) writeFileSync(FILE, `${JSON.stringify({ node: NODE, bytes: ours }, null, 2)}\n`)
  const { node, bytes: recorded } = JSON.parse(readFileSync(FILE, 'utf8'))
  const isTooMuch = name => !(ours[name] <= recorded[name] + TOLERANCE) // so is what is not recorded
  print({
    title: 'Bytes that a request allocates, and what each contender adds to bare Fastify',
    columns: ['case', BARE, ...contenders.slice(1).map(({ name }) => `+ ${name}`), 'recorded', ''],
    rows: cases.map(({ name }) => [
      name,
      ...contenders.map(contender => number(found[name][contender.name] - (contender.name === BARE ? 0 : found[name][BARE]), 0)),
      String(recorded[name]),
      node === NODE && isTooMuch(name) ? 'too many' : ''
    ])
  }, { markdown })
  if (node !== NODE) console.log(`\nNot compared: the record is of Node ${node}, and this is Node ${NODE}.`)
  else if (cases.some(({ name }) => isTooMuch(name))) process.exitCode = 1
}

/** Bytes by case and contender. */
async function measure (configuration) {
  const found = {}
  for (const contender of contenders) {
    const worker = start('worker.js', { contender, configuration, warmth: 0 }, { flags: FLAGS })
    try {
      const faults = await messageOf(worker)
      if (faults.length > 0) throw new Error(`wrong answers:\n${faults.join('\n')}`)
      for (const { name } of cases.filter(each => each.configuration === configuration)) {
        found[name] = { ...found[name], [contender.name]: Math.round(await ask(worker, { name, samples: SAMPLES })) }
      }
    } finally {
      worker.kill()
    }
  }
  return found
}

module.exports = { allocations }
