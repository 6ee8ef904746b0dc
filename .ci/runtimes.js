'use strict'

// Whether the packed package answers as it should on this Node, on the newest Node, on Bun and on Deno, over sockets.
// npm has all of them as packages. They are installed in a temporary folder.

const { execFileSync } = require('node:child_process')
const { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join, resolve } = require('node:path')
const { peerDependencies } = require('../package.json')

const folder = mkdtempSync(join(tmpdir(), 'cors-runtimes-'))
const installed = name => join(folder, 'node_modules/.bin', name)
// The browser for tests is not run on Bun: its `Request` says `credentials: 'include'` where the standard says `same-origin`.
const runs = [
  [process.execPath, 'answers.cjs'],
  [installed('node'), 'answers.cjs'],
  [installed('node'), 'testing.cjs'],
  [installed('bun'), 'answers.cjs'],
  [installed('deno'), 'run', '--allow-all', 'answers.cjs'],
  [installed('deno'), 'run', '--allow-all', 'testing.cjs']
]

try {
  execFileSync(process.execPath, [resolve(__dirname, 'tarball.js'), folder], { stdio: ['ignore', 'ignore', 'pipe'] })
  const tarball = readdirSync(folder).find(name => name.endsWith('.tgz'))
  writeFileSync(join(folder, 'package.json'), '{}')
  const packages = [`./${tarball}`, `fastify@${peerDependencies.fastify}`, 'node@latest', 'bun@latest', 'deno@latest']
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', ...packages], { cwd: folder, stdio: 'inherit' })
  cpSync(join(__dirname, 'consumer'), folder, { recursive: true })
  for (const [command, ...args] of runs) execFileSync(command, args, { cwd: folder, stdio: 'inherit' })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
