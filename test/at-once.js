'use strict'

// node test/at-once lint types: scripts of package.json, as many at a time as there are processors. Each is printed when it
// has ended.

const { spawn } = require('node:child_process')
const { availableParallelism } = require('node:os')
const { resolve } = require('node:path')

const cwd = resolve(__dirname, '..')
const waiting = process.argv.slice(2)
for (let i = 0; i < availableParallelism(); i++) startNext()

function startNext () {
  const script = waiting.shift()
  if (script === undefined) return
  const npm = spawn(`npm run ${script}`, { cwd, shell: true })
  const output = []
  npm.stdout.on('data', data => output.push(data))
  npm.stderr.on('data', data => output.push(data))
  npm.on('close', code => {
    process.stdout.write(Buffer.concat(output))
    if (code !== 0) process.exitCode = 1
    startNext()
  })
}
