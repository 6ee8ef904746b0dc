'use strict'

// node test/run                           every test but those in LATER and those of `npm run test:engines`
// node test/run --all                     every test but those of `npm run test:engines`, with coverage
// node test/run --quick                   all but the long ones
// node test/run test/options test/docs    those whose paths start so, each in a process of its own
//
// The sources and the tests are compiled once, into .tests/: a TypeScript loader in each process takes longer than
// most tests do. `npm run types` checks the types.

const { spawnSync } = require('node:child_process')
const { readdirSync, writeFileSync } = require('node:fs')
const { join, resolve } = require('node:path')
const { parseArgs } = require('node:util')

const root = resolve(__dirname, '..')
// They take minutes: real programs and browsers, and cases by the ten thousand.
const LATER = ['browser/demo', 'browser/messages', 'caches', 'diagnose/differential', 'examples', 'hostile', 'model']
const LONG = [...LATER, 'bench', 'conformance', 'docs', 'plugins', 'testing/runners']

// These run with `npm run test:engines` alone, one after the other: of two WebKits at one time, one may hang.
const BY_NAME = ['engines']

// The tests of such a folder share a process, which takes longer to start than most of them take to run.
const TOGETHER = ['browser', 'command', 'diagnose', 'options', 'origins', 'policy', 'protocol', 'response', 'routing', 'server', 'testing']
// These need to be first to load the plugin, stop the clock, or take long.
const ALONE = ['browser/demo', 'browser/demo-looks', 'browser/messages', 'diagnose/differential', 'diagnose/lazy', 'diagnose/unseen', 'routing/scoping-unseen-routes', 'server/recent', 'server/report-repeats', 'testing/runners']

const flag = { type: 'boolean', default: false }
const { values: { all, quick }, positionals } = parseArgs({ allowPositionals: true, options: { all: flag, quick: flag } })
const isSome = positionals.length > 0
const skipped = all ? BY_NAME : [...BY_NAME, ...quick ? LONG : LATER]

// The sources say what there is: .tests/ may have a file whose source is gone.
const names = readdirSync(__dirname, { recursive: true })
  .filter(path => path.endsWith('.test.ts'))
  .map(path => path.replace(/\.test\.ts$/, ''))
  .filter(name => isSome ? positionals.some(start => `test/${name}.test.ts`.startsWith(start)) : !startsWithOne(skipped, name))
if (names.length === 0) throw new Error(`no path of a test starts with ${positionals.join(' or ')}`)

run('tsc', '-p', 'tsconfig.test.json')
const files = isSome ? names.map(fileOf) : grouped()
const coverage = all ? [] : ['--disable-coverage']
// Without this variable, which is tap's own, tap would load its TypeScript loader into each process.
run('tap', 'run', '--test-env=TAP_TYPE_STRIP_ONLY=1', ...coverage, ...files)

/** The files to run, some of which load those of a folder. */
function grouped () {
  const isTogether = name => TOGETHER.includes(name.split('/', 1)[0]) && !ALONE.includes(name)
  const groups = TOGETHER.map(folder => {
    const file = join('.tests/test', `${folder}.js`)
    const members = names.filter(name => isTogether(name) && name.startsWith(`${folder}/`))
    writeFileSync(join(root, file), members.map(name => `require('./${name}.test.js')\n`).join(''))
    return file
  })
  return [...groups, ...names.filter(name => !isTogether(name)).map(fileOf)]
}

function fileOf (name) {
  return join('.tests/test', `${name}.test.js`)
}

function startsWithOne (starts, name) {
  return starts.some(start => name.startsWith(start))
}

function run (command, ...args) {
  const { status } = spawnSync(join(root, 'node_modules/.bin', command), args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
