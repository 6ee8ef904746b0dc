'use strict'

const { parseArgs } = require('node:util')
const { allocations } = require('./allocations')
const { answers } = require('./answers')
const { instructions } = require('./instructions')
const { micro } = require('./micro')
const { preflights } = require('./preflights')
const { scale } = require('./scale')
const { wrk } = require('./wrk')

const USAGE = `npm run bench -- [what] [options]

what:
  micro        time and bytes per request without sockets, in every case, beside the peers
  scale        what grows with the number of origins or the size of a request: time, heap, boot
  wrk          requests per second over loopback; needs wrk
  preflights   what Chromium sends in a session; needs Chromium
               (these four, if nothing is named)
  instructions machine instructions per request, step by step; needs valgrind
  allocations  fails if a request allocates more than bench/allocations.json says
  answers      whether every peer answers right in every case, as JSON

options:
  --brief               a short run that shows that all of it works; its numbers say little
  --markdown            tables for a document
  --against <revision>  with micro: this git revision of the package as one more contender
  --record              with allocations: write bench/allocations.json
`

const benchmarks = { micro, scale, wrk, preflights }
const checks = { instructions, allocations, answers: async () => { console.log(JSON.stringify(await answers())) } }

async function main () {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { brief: { type: 'boolean' }, markdown: { type: 'boolean' }, record: { type: 'boolean' }, against: { type: 'string' }, help: { type: 'boolean' } }
  })
  if (values.help) return console.log(USAGE)
  const all = { ...benchmarks, ...checks }
  const unknown = positionals.find(name => !Object.hasOwn(all, name))
  if (unknown !== undefined) throw new Error(`there is no benchmark "${unknown}"; npm run bench -- --help lists them`)
  const names = positionals.length > 0 ? positionals : Object.keys(benchmarks)
  for (const name of names) await all[name](values)
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
