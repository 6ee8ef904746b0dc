import { sayPlace } from '../routing/place'
import type { PolicySummary } from './summary'
import { sayMark } from './marks'
import type { Mark } from './marks'
import type { PrintedRoute } from './printed-routes'

// A longer list is cut here, followed by the number of its other entries, so that the text stays readable.
const SHOWN = 20

// A list that does not fit in a line of this length gets a line for each entry.
const LINE_WIDTH = 80

const UNSEEN = '! routes that were added before fastify-cors-policy was loaded, or in a context that is older, are not in this list'

interface Group {
  readonly head: string
  readonly policy: PolicySummary | null
  readonly lines: string[]
}

/**
 * Prints each policy once, with its routes below it, so that a change of one policy changes one place of a snapshot. For the
 * same reason nothing is aligned in columns.
 */
export function printText (routes: readonly PrintedRoute[], isComplete: boolean): string {
  const groups: Group[] = []
  for (const route of routes) groupOf(groups, route).lines.push(routeLine(route))
  const blocks = groups.map(({ head, lines }) => [head, '  routes:', ...lines, ''].join('\n')).sort()
  return [...blocks, ...isComplete ? [] : [UNSEEN + '\n']].join('\n')
}

/** Routes share a group only if they share a policy: the heads of two different policies may have the same text. */
function groupOf (groups: Group[], route: PrintedRoute): Group {
  const head = headOf(route)
  const known = groups.find(group => group.head === head && group.policy === route.policy)
  if (known !== undefined) return known
  const group = { head, policy: route.policy, lines: [] }
  groups.push(group)
  return group
}

function headOf ({ registration, policy, delegated, overlaid, marks }: PrintedRoute): string {
  if (policy === null || registration === null) return 'without a registration'
  const aside = [...overlaid ? ['overlaid by config.cors'] : [], ...delegated ? ['its delegator may change this for each request'] : []]
  return [
    `${sayPlace(registration)}${aside.length === 0 ? '' : ` (${aside.join('; ')})`}`,
    ...field('origin', originLines(policy)),
    ...marks.filter(isOfPolicy).map(mark => `  ! ${sayMark(mark)}`),
    `  credentials: ${policy.credentials ? 'yes' : 'no'}`,
    `  enforce: ${policy.enforce === false ? 'no' : policy.enforce}`,
    ...field('exposed headers', policy.exposedHeaders)
  ].join('\n')
}

/** Whether a mark is about the policy; `unenforced` is about a route. */
function isOfPolicy (mark: Mark): boolean {
  return mark !== 'unenforced'
}

function originLines ({ origin, whoGetsIn = {} }: PolicySummary): readonly string[] {
  if (origin === 'function') return ['a function decides']
  if (origin.length === 0) return ['none, CORS is off']
  return [...origin].map(entry => whoGetsIn[entry] === undefined ? entry : `${entry} (${whoGetsIn[entry]})`)
}

function field (name: string, list: '*' | readonly string[]): string[] {
  const items = list.length === 0 ? ['none'] : [...list]
  const more = items.length > SHOWN ? [`and ${items.length - SHOWN} more`] : []
  const shown = [...items.slice(0, SHOWN), ...more]
  const line = `  ${name}: ${shown.join(', ')}`
  return line.length <= LINE_WIDTH ? [line] : [`  ${name}:`, ...shown.map(item => `    ${item}`)]
}

/** A route in the form of `app.printRoutes()`. */
function routeLine ({ url, methods, constraints, marks }: PrintedRoute): string {
  const aside = Object.keys(constraints).length === 0 ? '' : ` ${JSON.stringify(constraints)}`
  const own = marks.filter(mark => !isOfPolicy(mark)).map(mark => ` ! ${sayMark(mark)}`)
  return `    ${url} (${methods.join(', ')})${aside}${own.join('')}`
}
