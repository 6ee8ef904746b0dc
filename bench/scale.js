'use strict'

const { median } = require('./statistics')
const { number, print } = require('./table')
const { turns } = require('./turns')

/** How many there are; the first of a kind is what the others are compared with. */
const COUNTS = {
  'exact origins': [2, 10_000, 100_000],
  patterns: [1, 1000, 10_000],
  'patterns, origins of 60 labels': [1, 1000],
  routes: [1, 500, 5000],
  'routes that differ by version': [1, 100, 400]
}
const FULL = { processes: 3, batches: 1000 }
const BRIEF = { processes: 1, batches: 2 }

/**
 * Prints what this plugin adds to bare Fastify as a configuration grows: time to boot, heap and time of a request. Boot
 * and heap may grow in proportion; the time of a request must stay.
 */
async function scale ({ brief = false, markdown = false }) {
  const { processes, batches } = brief ? BRIEF : FULL
  const rows = []
  for (const [kind, counts] of Object.entries(COUNTS)) {
    const all = []
    for (const count of brief ? counts.slice(0, 1) : counts) all.push(await added(processes, { kind, count, batches }))
    for (const [i, { boot, bytes, request }] of all.entries()) {
      const each = i === 0 ? '' : number((bytes - all[0].bytes) / (counts[i] - counts[0]), 0)
      rows.push([kind, counts[i].toLocaleString('en'), number(boot, 1), number(bytes / 1024, 0), each, number(request, 0), number(request / all[0].request)])
    }
  }
  print({
    title: 'What this plugin adds to bare Fastify as a configuration grows',
    columns: ['what grows', 'count', 'ms to boot', 'kB of heap', 'bytes for one more', 'ns a request', 'growth'],
    rows
  }, { markdown })
}

/** What this plugin adds: medians over several processes of each. */
async function added (processes, job) {
  const pairs = await turns('scale-worker.js', processes, job)
  return Object.fromEntries(Object.keys(pairs[0][0]).map(key => [key, median(pairs.map(([base, found]) => found[key] - base[key]))]))
}

module.exports = { scale }
