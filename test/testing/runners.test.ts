import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { root } from '../support/root'
import { WITHOUT_COVERAGE } from '../support/without-coverage'

const folder = join(root, 'test/testing/runners')

const runners: Readonly<Record<string, { readonly args: readonly string[], readonly passed: RegExp }>> = {
  'vitest, in its node and its jsdom environment': {
    args: [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder],
    passed: /Tests\s+12 passed \(12\)/
  },
  'node:test': { args: ['--test', '--test-reporter=tap', join(folder, 'node-test.mjs')], passed: /^# pass 6$/m },
  tap: { args: [join(folder, 'tap.mjs')], passed: /^# { total: 6, pass: 6 }$/m }
}

for (const [name, { args, passed }] of Object.entries(runners)) {
  t.test(`the same tests pass in ${name}`, async t => {
    // Each runner looks for the settings of the one that started it.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:_?TAP|NODE_TEST)/.test(name)))
    env.NO_COLOR = '1'
    const child = spawn('sh', ['-c', WITHOUT_COVERAGE, process.execPath, ...args], { cwd: root, env })
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    t.equal(code, 0, `${output}\n${errors}`)
    t.match(output, passed, 'it ran all of them')
  })
}
