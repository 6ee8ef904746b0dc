import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { browsers, differences, seenIn } from '../../lib/browser/engines'
import { root } from '../support/root'

const documented = readFileSync(join(root, 'docs/engines.md'), 'utf8')

/** The table of the documentation, as the code has it. */
function table (): string {
  const rows = Object.values(differences).map(({ what, section, ...values }) => {
    const { standard, chromium, firefox, webkit } = values
    return [`[${what}](${section})`, ...[standard, chromium, firefox, webkit].map(say)]
  })
  const head = ['what', 'standard', ...Object.values(seenIn)]
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |\n`).join('')
}

function say (value: boolean | number | string): string {
  if (value === Infinity) return 'no limit'
  return typeof value === 'boolean' ? value ? 'yes' : 'no' : String(value)
}

t.test('the documentation has the table of differences, row by row', async t => {
  const [, shown] = /^(\| what [^]*?\n)\n/m.exec(documented) ?? []
  t.equal(shown, table())
})

t.test('a row differs from the standard in some engine', async t => {
  for (const [name, { standard, chromium, firefox, webkit }] of Object.entries(differences)) {
    t.ok([chromium, firefox, webkit].some(value => value !== standard), name)
  }
})

t.test('a browser is a column of the table', async t => {
  for (const [name, browser] of Object.entries(browsers)) {
    for (const key of Object.keys(differences) as (keyof typeof differences)[]) t.equal(browser[key], differences[key][name as keyof typeof browsers], `${name}: ${key}`)
  }
})
