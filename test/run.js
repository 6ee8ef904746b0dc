'use strict'

// node test/run                           every test, with coverage
// node test/run --quick                   all but the long ones
// node test/run test/options test/docs    those whose paths start so
//
// The sources and the tests are compiled once, into .tests/: a TypeScript loader in each process takes longer than
// most tests do. `npm run lint` checks the types.

const { spawnSync } = require('node:child_process')
const { readdirSync } = require('node:fs')
const { join, resolve } = require('node:path')
const { parseArgs } = require('node:util')

const root = resolve(__dirname, '..')
const LONG = ['bench', 'browser/demo', 'browser/proof', 'caches', 'conformance', 'diagnose/differential', 'docs', 'hostile', 'model', 'plugins']

const { values, positionals } = parseArgs({ allowPositionals: true, options: { quick: { type: 'boolean', default: false } } })
const withCoverage = positionals.length === 0 && !values.quick
const isLong = path => LONG.some(name => path.startsWith(`test/${name}`))
const isAskedFor = path => positionals.length === 0 || positionals.some(name => path.startsWith(name))

// The sources say what there is: .tests/ may have a file whose source is gone.
const paths = readdirSync(join(root, 'test'), { recursive: true })
  .map(path => join('test', path))
  .filter(path => path.endsWith('.test.ts') && isAskedFor(path) && !(values.quick && isLong(path)))
if (paths.length === 0) throw new Error(`no path of a test starts with ${positionals.join(' or ')}`)

run('tsc', '-p', 'tsconfig.test.json')
// tap loads its TypeScript loader into each process unless it is told, by its own variable, that nothing needs one.
run('tap', 'run', '--test-env=TAP_TYPE_STRIP_ONLY=1', ...withCoverage ? [] : ['--disable-coverage'],
  ...paths.map(path => join('.tests', path.replace(/\.ts$/, '.js'))))

function run (command, ...args) {
  const { status } = spawnSync(join(root, 'node_modules/.bin', command), args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
