import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from '../support/root'
import { PAGE, answering, bin, command, execute } from './command'

const { version, bin: bins } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string, bin: Record<string, string> }

t.test('the package names the command, which can be executed', async t => {
  t.equal(join(root, String(bins['fastify-cors-policy'])), bin)
  t.equal(statSync(bin).mode & 0o111, 0o111)
  t.match(readFileSync(bin, 'utf8'), /^#!\/usr\/bin\/env node\n/)
  t.strictSame(await execute(bin, ['--version']), { status: 0, stdout: `${version}\n`, stderr: '' })
})

t.test('the exit status of the process is the verdict', async t => {
  const { url } = await answering(t, { preflight: [204, 'access-control-allow-origin: *'], actual: [200, 'access-control-allow-origin: *'] })
  t.match(await execute(bin, [url, '--origin', PAGE]), { status: 0, stdout: /^Readable: /, stderr: '' })
  t.match(await execute(bin, [url, '--origin', PAGE, '--method', 'PUT']), { status: 1, stdout: /^Blocked /, stderr: '' })
  t.match(await execute(bin, [url, '--origin', PAGE, '--method', 'POST']), { status: 2, stdout: /^Not sent: /, stderr: '' })
  t.match(await execute(bin, ['https://nowhere.invalid', '--origin', PAGE]), { status: 2, stdout: /^No answer /, stderr: '' })
  t.match(await execute(bin, []), { status: 2, stdout: '', stderr: /^the URL is missing/ })
})

// This one is measured: it is the compiled form of `lib/command.ts` beside this test.
t.test('the process prints what the function returns', async t => {
  const help = await execute(process.execPath, [require.resolve('../../lib/command'), '--help'])
  t.strictSame(help, await command(['--help']))
})

// `script` gives a program a terminal of its own.
const skip = spawnSync('script', ['--version']).error !== undefined && process.env.CI === undefined ? 'script is not installed (Debian: bsdutils)' : false

t.test('there are colours on a real terminal', { skip }, async t => {
  const { url } = await answering(t, { actual: [200, 'access-control-allow-origin: *'] })
  const inTerminal = async (env: Record<string, string>) => (await execute('script', ['-qec', `${bin} ${url} --origin ${PAGE}`, '/dev/null'], { TERM: 'xterm', ...env })).stdout
  t.match(await inTerminal({ NO_COLOR: '' }), /^\x1b\[32mReadable\x1b\[0m/) // eslint-disable-line no-control-regex
  t.match(await inTerminal({ NO_COLOR: '1' }), /^Readable/)
})

t.test('neither the plugin nor its browser for tests loads the command, and the command does not load Fastify', async t => {
  const loaded = (file: string) => `const file = ${JSON.stringify(join(root, 'dist', file))}; process.argv = ['node', file, '--version']; require(file); console.log(Object.keys(require.cache).join('\\n'))`
  for (const file of ['index.js', 'lib/testing.js']) {
    t.notMatch((await execute(process.execPath, ['-e', loaded(file)])).stdout, '/lib/command', file)
  }
  const { stdout } = await execute(process.execPath, ['-e', loaded('lib/command.js')])
  t.match(stdout, '/lib/command/run.js')
  t.notMatch(stdout, /node_modules\/(?:@?fastify)/)
})
