import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readArguments } from '../../lib/command/arguments'
import { usage } from '../../lib/command/usage'
import { root } from '../support/root'
import { PAGE, answering, ask, command } from './command'

const documentation = readFileSync(join(root, 'docs/command.md'), 'utf8')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The first cells of the table with this head. */
function firstCells (head: string): string[] {
  const [, table = ''] = new RegExp(`^\\| ${head} \\|.*\n.*\n((?:\\|.*\n)+)`, 'm').exec(documentation) ?? []
  return table.split('\n').slice(0, -1).map(line => line.split(' | ')[0]?.slice(2) ?? '')
}

t.test('the example is what the command prints', async t => {
  const { url } = await answering(t, { preflight: [204, `Access-Control-Allow-Origin: ${PAGE}`, 'Access-Control-Allow-Methods: GET, POST', 'Access-Control-Allow-Headers: authorization'] })
  const { stdout } = await command([url, '--origin', PAGE, '--method', 'PUT', '--header', 'content-type: application/json'])
  const [, shown] = /^```text\n([^]*?)^```$/m.exec(documentation) ?? []
  t.equal(shown, stdout.replaceAll(url, 'https://api.example.com/users/42'))
})

t.test('the commands that are shown are understood', async t => {
  const shown = [...`${documentation}\n${readme}`.matchAll(/^ {4}npx fastify-cors-policy (.*)$/gm)]
  t.ok(shown.length >= 3)
  for (const [, line = ''] of shown) {
    const args = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
    t.match(readArguments(args), { kind: 'diagnose' }, line)
  }
})

t.test('the table of options has those of the usage', async t => {
  const listed = firstCells('option').map(cell => /--[a-z]+/.exec(cell)?.[0])
  t.strictSame(listed, [...usage.matchAll(/^ {2}(?:-\w, )?(--[a-z]+)/gm)].map(([, option]) => option))
})

t.test('the table of keys has those of the data, in their order', async t => {
  const { report } = await ask((await answering(t, {})).url)
  t.strictSame(firstCells('key').map(cell => cell.replaceAll('`', '')), Object.keys(report))
})
