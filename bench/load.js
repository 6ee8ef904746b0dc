'use strict'

// What it costs to load the plugin, beside @fastify/cors: `npm run bench -- load`. Processor time of
// `require` in a fresh process that has loaded Fastify, as every application has. Both take turns.

const { execFileSync } = require('node:child_process')
const { join } = require('node:path')
const { median } = require('./statistics')
const { number, print } = require('./table')

const ROUNDS = 20
const root = join(__dirname, '..')
const contenders = [{ name: 'fastify-cors-policy', path: root }, { name: '@fastify/cors', path: '@fastify/cors' }]

/** Runs in a process of its own. Files below a folder `node_modules` belong to the package that it names. */
function loadTime (path) {
  require('fastify')
  const before = new Set(Object.keys(require.cache))
  const start = process.cpuUsage()
  require(path)
  const { user, system } = process.cpuUsage(start)
  const files = Object.keys(require.cache).filter(file => !before.has(file))
  const packages = new Set(files.map(file => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]))
  return { milliseconds: (user + system) / 1000, files: files.length, packages: packages.size }
}

function measure ({ path }) {
  const options = { cwd: root, encoding: 'utf8' }
  return JSON.parse(execFileSync(process.execPath, [__filename, path], options))
}

function row ({ name }, runs, base) {
  const [{ files, packages }] = runs
  const time = median(runs.map(run => run.milliseconds))
  return [name, number(time, 1), number(time / base, 1), String(packages), String(files)]
}

exports.load = function (options) {
  const rounds = Array.from({ length: ROUNDS }, () => contenders.map(measure))
  const runs = contenders.map((_, i) => rounds.map(round => round[i]))
  const base = median(runs.at(-1).map(run => run.milliseconds))
  print({
    title: `Processor time of require after Fastify, median of ${ROUNDS} fresh processes`,
    columns: ['package', 'milliseconds', 'of @fastify/cors', 'packages', 'files'],
    rows: contenders.map((each, i) => row(each, runs[i], base))
  }, options)
}

// In a process of its own: what is named is loaded, and the figures are printed.
if (require.main === module) console.log(JSON.stringify(loadTime(process.argv[2])))
