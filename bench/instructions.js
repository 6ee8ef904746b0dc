'use strict'

const { spawnSync } = require('node:child_process')
const { join } = require('node:path')
const { cases } = require('./cases')
const { OURS, peerOf } = require('./contenders')
const { steps } = require('./steps')
const { number, print } = require('./table')

const BARE = 'bare'
/** What is furthest from hooks written by hand. */
const CASES = ['GET under *', 'GET under a list of 3, refused', 'preflight, refused']
const PEERS = ['hand-written', 'fastify-cors', OURS]

/** Counts of the second number of requests, less those of the first: without start, and without most of V8's compiling. */
const REQUESTS = [60_000, 140_000]
const BRIEF = [1000, 2000]

const VALGRIND = ['--tool=cachegrind', '--cache-sim=no', '--cachegrind-out-file=/dev/null']

/** On one thread V8 compiles at the same request in every run, so that the counts come out the same. */
const FLAGS = ['--single-threaded', '--predictable-gc-schedule']

/**
 * Machine instructions that a request takes, step by step from bare Fastify to this package. A count does not depend
 * on what else the machine does: runs of one build differ by less than 1 %.
 */
async function instructions ({ brief, markdown }) {
  if (spawnSync('valgrind', ['--version']).error !== undefined) return console.log('\nSkipped: instructions per request. There is no valgrind (Debian package valgrind).')
  const requests = brief ? BRIEF : REQUESTS
  for (const each of cases.filter(({ name }) => CASES.includes(name)).slice(0, brief ? 1 : undefined)) {
    const bare = count(BARE, each, requests)
    const rows = [...Object.keys(steps).filter(name => steps[name].isStepOf?.(each) ?? true), ...PEERS]
      .map(name => [steps[name] === undefined ? peerOf(name).name : name, count(name, each, requests) - bare])
    const byHand = rows.find(([name]) => name === peerOf('hand-written').name)[1]
    print({
      title: `Instructions that are added to the ${bare} of bare Fastify: ${each.name}`,
      columns: ['contender', 'added', 'of by hand'],
      rows: rows.map(([name, added]) => [name, String(added), number(added / byHand)])
    }, { markdown })
  }
}

function count (name, each, [few, many]) {
  return Math.round((total(name, each, many) - total(name, each, few)) / (many - few))
}

function total (name, { name: eachName }, requests) {
  const { status, stderr } = spawnSync('valgrind', [...VALGRIND, process.execPath, ...FLAGS, join(__dirname, 'count.js'), name, eachName, String(requests)], { encoding: 'utf8' })
  const found = /refs:\s+([\d,]+)/.exec(stderr)
  if (status !== 0 || found === null) throw new Error(`valgrind failed for ${name}, ${eachName}:\n${stderr}`)
  return Number(found[1].replaceAll(',', ''))
}

module.exports = { instructions }
