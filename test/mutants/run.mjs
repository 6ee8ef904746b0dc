// npm run mutants                               every folder, and coverage/mutants/report.md from the result
// npm run mutants -- protocol origins           these folders; the others as they were last run here
// npm run mutants -- --tap-runner protocol      with Stryker's own runner, many times slower
//
// Stryker changes the code in one place at a time, and the tests have to notice. What is mutated is held against the
// test folders that folders.mjs names beside it, not against all tests, in which random tests have the same seed for
// each mutant. No kind of change and no file of lib/ is left out, and index.ts is mutated too.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'
import { folders, reportOf, testFilesOf } from './folders.mjs'
import { render } from './render.mjs'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'tap-runner': { type: 'boolean' } } })
const unknown = positionals.filter(name => !Object.hasOwn(folders, name))
if (unknown.length > 0) throw new Error(`No such folder: ${unknown.join(', ')}. There are: ${Object.keys(folders).join(', ')}`)

for (const folder of positionals.length === 0 ? Object.keys(folders) : positionals) await run(folder)
process.exitCode = render() ? 0 : 1

async function run (folder) {
  await new Stryker({
    mutate: folders[folder].mutate,
    tap: { testFiles: testFilesOf(folder), nodeArgs: [] },
    jsonReporter: { fileName: reportOf(folder) },
    ...values['tap-runner'] === true && { testRunner: 'tap', plugins: ['@stryker-mutator/tap-runner'] }
  }).runMutationTest()
  const { files } = JSON.parse(readFileSync(reportOf(folder), 'utf8'))
  writeFileSync(reportOf(folder), JSON.stringify({ date: new Date().toISOString().slice(0, 10), revision: revision(), files }))
}

/** The last commit that changed what is mutated. */
function revision () {
  const mutated = ['--', 'lib', 'index.ts']
  return git('log', '-1', '--format=%h', ...mutated) + (git('status', '--porcelain', ...mutated) === '' ? '' : ' with changes')
}

function git (...args) {
  return execFileSync('git', args, { encoding: 'utf8' }).trim()
}
