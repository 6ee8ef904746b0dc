'use strict'

const { execFileSync } = require('node:child_process')
const { mkdtempSync, rmSync, symlinkSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const root = join(__dirname, '..')

/** Builds a git revision of this repository in a folder of its own, with the installed dependencies. */
function buildRevision (revision) {
  const folder = mkdtempSync(join(tmpdir(), 'fastify-cors-policy-'))
  const remove = () => { rmSync(folder, { recursive: true, force: true }) }
  try {
    const archive = execFileSync('git', ['archive', '--format=tar', revision], { cwd: root, maxBuffer: 2 ** 28 })
    execFileSync('tar', ['-x', '-C', folder], { input: archive })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--noCheck'], { cwd: folder, stdio: 'inherit' })
    return { folder, remove }
  } catch (error) {
    remove()
    throw error
  }
}

module.exports = { buildRevision }
