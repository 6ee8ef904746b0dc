'use strict'

// Whether the plugin does what it promises with the oldest and with the newest versions that package.json allows: of
// Fastify, and of what the plugin depends on. Each set is installed in a temporary folder of its own. So is Nest 11, which
// cannot be installed beside the Nest 12 of the other tests.

const { execFileSync } = require('node:child_process')
const { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join, resolve } = require('node:path')

const root = resolve(__dirname, '..')
const { dependencies, devDependencies, peerDependencies } = require('../package.json')

// What depends on Fastify and on the dependencies most. The tests beside other plugins are not here: those have
// demands of their own on Fastify's version. Nor are tests of what the oldest Fastify does not have: `routerOptions`
// (since 5.5) and the status 414 for a parameter that is too long.
const tests = [
  'test/conformance/conformance',
  'test/server/hooks',
  'test/server/delegator',
  'test/server/enforce',
  'test/server/preflight',
  'test/server/response',
  'test/server/report',
  'test/routing/scoping-contexts',
  'test/routing/scoping-overlays',
  'test/routing/scoping-same-breath',
  'test/routing/scoping-unseen-routes',
  'test/options/options',
  'test/origins/public-suffix',
  'test/origins/regexp',
  'test/policy/decide',
]

// The tools are those of the lockfile's ranges, whatever is under test.
const tools = ['tap', 'fast-check', 'typescript', '@types/node']

/** The lowest version of a range such as `^5.1.2`. */
function lowest (range) {
  const match = /^[~^]?(\d+\.\d+\.\d+)$/.exec(range)
  if (match === null) throw new Error(`what is the lowest version of ${range}?`)
  return match[1]
}

function check (name, version) {
  const folder = mkdtempSync(join(tmpdir(), 'cors-versions-'))
  try {
    install(folder, version)
    const names = [...Object.keys(dependencies), 'fastify']
    console.log(`\n${name}: ${names.map(name => `${name} ${installed(folder, name)}`).join(', ')}`)
    if (names.every(name => installed(folder, name) === installed(root, name))) {
      console.log('These are the versions in node_modules here, which `npm test` tests.')
      return
    }
    checkTypes(folder)
    run(folder, 'node', ['test/run', ...tests])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The recipe for Nest says that its program runs with both. */
function checkNest11 () {
  const folder = mkdtempSync(join(tmpdir(), 'cors-nest-'))
  try {
    const nest = ['@nestjs/common', '@nestjs/core', '@nestjs/platform-fastify']
    const beside = ['reflect-metadata', 'rxjs'].map(name => [name, devDependencies[name]])
    install(folder, range => range, Object.fromEntries([...nest.map(name => [name, '^11.0.0']), ...beside]))
    console.log(`\nNest: ${nest.map(name => `${name} ${installed(folder, name)}`).join(', ')}`)
    cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true })
    run(root, join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json', '--outDir', join(folder, 'dist')])
    run(folder, 'node', ['test/run', 'test/examples/nest'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function install (folder, version, more = {}) {
  for (const entry of ['index.ts', 'lib', 'test', 'types', 'README.md', 'tsconfig.json', 'tsconfig.build.json', 'tsconfig.test.json']) {
    cpSync(join(root, entry), join(folder, entry), { recursive: true })
  }
  const manifest = {
    ...require('../package.json'),
    scripts: {},
    dependencies: mapped(dependencies, version),
    devDependencies: { ...Object.fromEntries(tools.map(name => [name, devDependencies[name]])), ...mapped(peerDependencies, version), ...more }
  }
  delete manifest.peerDependencies
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  run(folder, 'npm', ['install', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'])
}

function mapped (ranges, version) {
  return Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, version(range)]))
}

function installed (folder, name) {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version
}

// What is published are declarations, made with the Fastify of the lockfile: these are checked, by a program that uses
// them, and not whether the sources compile with Fastify's older types.
function checkTypes (folder) {
  const program = join(folder, 'consumer')
  mkdirSync(program)
  cpSync(join(root, '.ci/consumer/types.ts'), join(program, 'types.cts'))
  run(root, join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json', '--outDir', join(folder, 'dist')])
  symlinkSync(folder, join(folder, 'node_modules/fastify-cors-policy'))
  run(folder, 'tsc', ['--noEmit', '--strict', '--skipLibCheck', 'false', '--ignoreConfig', '--target', 'es2022', '--module', 'node16', '--moduleResolution', 'node16',
    '--esModuleInterop', '--types', 'node', 'consumer/types.cts'])
  rmSync(join(folder, 'node_modules/fastify-cors-policy'))
}

function run (folder, command, args) {
  const path = `${join(folder, 'node_modules/.bin')}:${process.env.PATH}`
  execFileSync(command, args, { cwd: folder, stdio: 'inherit', env: { ...process.env, PATH: path } })
}

check('Oldest', lowest)
check('Newest', range => range)
checkNest11()
