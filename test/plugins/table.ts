import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/root'
import type { Beside, Order, Place } from './beside'
import { besides } from './besides'

const page = join(root, 'docs/plugins.md')
/** Runs all of it, and writes the table. */
export const COMMAND = 'UPDATE_DOCS=1 npm run test:only test/plugins'
const START = `<!-- ${COMMAND} -->\n`

const ORDERS: Readonly<Record<Order, string>> = { before: 'before', after: 'after' }
const PLACES: Readonly<Record<Place, string>> = { root: 'at the root', context: 'in a context' }

/** What was run, as the documentation says it. */
export function table (): string {
  const rows = [...besides].sort((a, b) => a.name < b.name ? -1 : 1).map(row)
  return ['| plugin | version | what was checked | registered | to know |', '| --- | --- | --- | --- | --- |', ...rows, ''].join('\n')
}

function row ({ name, checked, orders, places, note = '' }: Beside): string {
  const registered = `${orders.map(order => ORDERS[order]).join(' and ')}, ${places.map(place => PLACES[place]).join(' and ')}`
  return `| \`${name}\` | ${versionOf(name)} | ${checked} | ${registered} | ${note} |`.replace('|  |', '| |')
}

/** That which is installed. */
function versionOf (name: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }
  return version
}

export function readTable (): string {
  const { text, start, end } = place()
  return text.slice(start, end)
}

export function updateTable (): void {
  const { text, start, end } = place()
  writeFileSync(page, text.slice(0, start) + table() + text.slice(end))
}

/** Where the table is: from the command that writes it to the blank line. */
function place (): { readonly text: string, readonly start: number, readonly end: number } {
  const text = readFileSync(page, 'utf8')
  const mark = text.indexOf(START)
  if (mark === -1) throw new Error(`docs/plugins.md: there is no line ${START}`)
  const start = mark + START.length
  return { text, start, end: text.indexOf('\n\n', start - 1) + 1 }
}
