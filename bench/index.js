'use strict'

const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { parseArgs } = require('node:util')

const USAGE = `npm run bench -- [what] [options]

what (all but the last two, if nothing is named):
  micro        processor time that a request adds to bare Fastify, without sockets
  http         requests per second over loopback; needs wrk
  scale        boot, heap and look-up as origins, patterns and routes grow in number
  boot         time to boot 5,000 routes with constraints, and what a million requests over them keep
  load         processor time that require takes, in fresh processes
  allocations  bytes a request; fails if it allocates more than bench/allocations.json says
  answers      fails if a contender answers a case wrongly

options:
  --brief               a short run that shows that all of it works; its figures say little
  --markdown            tables for a document
  --against <revision>  with micro: this git revision of the package as one more contender
  --record              with allocations: write bench/allocations.json
`

const benchmarks = ['micro', 'http', 'scale', 'boot', 'load'].filter(name => existsSync(join(__dirname, `${name}.js`)))
const checks = ['allocations', 'answers']

/** Each is a file of this folder that exports a function of the same name. */
async function main () {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { brief: { type: 'boolean' }, markdown: { type: 'boolean' }, record: { type: 'boolean' }, against: { type: 'string' }, help: { type: 'boolean' } }
  })
  if (values.help) return console.log(USAGE)
  const unknown = positionals.find(name => ![...benchmarks, ...checks].includes(name))
  if (unknown !== undefined) throw new Error(`there is no benchmark "${unknown}"; npm run bench -- --help lists them`)
  for (const name of positionals.length > 0 ? positionals : benchmarks) await require(`./${name}`)[name](values)
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
