import { sayPlace } from '../fastify/place'
import type { PolicySummary } from '../policy/summary'
import { sayMark } from './marks'
import type { PrintedRoute } from './routes'

const HEAD = ['methods', 'url', 'origin', 'credentials', 'exposes', 'governed by']

// Of a long list the first entries and the number of the others: the line is there to be read.
const SHOWN = 3

/** A line for each route, in columns; open policies have their marks in a line below. */
export function tableOf (routes: readonly PrintedRoute[]): string {
  const rows = routes.map(route => ({ cells: cellsOf(route), marks: route.marks }))
  const widths = HEAD.map((title, i) => Math.max(title.length, ...rows.map(({ cells }) => cells[i]?.length ?? 0)))
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ').trimEnd()
  const lines = rows.flatMap(({ cells, marks }) => [line(cells), ...marks.map(mark => `  ! ${sayMark(mark)}`)])
  return [line(HEAD), ...lines, ''].join('\n')
}

function cellsOf (route: PrintedRoute): string[] {
  const { policy, registration } = route
  const url = Object.keys(route.constraints).length === 0 ? route.url : `${route.url} ${JSON.stringify(route.constraints)}`
  const address = [route.methods.join(', '), url]
  if (policy === null || registration === null) return [...address, '-', '-', '-', 'no registration']
  const from = route.delegated ? `the delegator of ${sayPlace(registration)}` : sayPlace(registration)
  return [
    ...address,
    originCell(policy.origin),
    policy.credentials ? 'yes' : 'no',
    listCell(policy.exposedHeaders),
    route.overlaid ? `config.cors over ${from}` : from
  ]
}

function originCell (origin: PolicySummary['origin']): string {
  if (origin === 'function') return 'a function decides'
  return origin.length === 0 ? 'none (CORS is off)' : listCell(origin)
}

function listCell (list: '*' | readonly string[]): string {
  if (list === '*') return '*'
  if (list.length === 0) return '-'
  const more = list.length > SHOWN ? [`and ${list.length - SHOWN} more`] : []
  return [...list.slice(0, SHOWN), ...more].join(', ')
}
