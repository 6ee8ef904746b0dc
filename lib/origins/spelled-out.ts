import { ALPHABET } from './automaton/alphabet'

/** An automaton, walked in either direction. `undefined` where nothing goes on. */
export interface Graph<Node> {
  step (node: Node, column: number): Node | undefined
  /** Whether a name is complete here. */
  isEnd (node: Node): boolean
}

export interface Name<Node> {
  /** In the order of the walk. */
  readonly text: string
  readonly node: Node
}

export interface Names<Node> {
  readonly names: ReadonlyArray<Name<Node>>
  /** Whether there are more: names that are not spelled out, or more than the limit. */
  readonly more: boolean
}

/**
 * A place at which ten characters in a row may stand, as `\d` or `.` let them, is not spelled out; nor are several places
 * with shorter runs that make ten names together. `(www|app|docs)`, `app[1-3]` and a list of top-level domains are:
 * of the letters that may stand at one place few are in a row.
 */
export const MAX_SPREAD = 9
export const MAX_NAMES = 1_000
const MAX_LENGTH = 63

/** Counts down in all walks of one question, so that an answer takes bounded time. */
export interface Budget { steps: number }

interface Edge<Node> {
  readonly char: string
  readonly to: Node
  /** How many characters in a row lead to the same place at most. */
  readonly run: number
}

/** The names that start at `node`, as far as their runs together make at most `maxSpread`. */
export function namesFrom<Node> (graph: Graph<Node>, node: Node, columns: readonly number[], budget: Budget, maxSpread = MAX_SPREAD): Names<Node> {
  const names: Array<Name<Node>> = []
  let more = false
  let places: Array<Name<Node> & { readonly spread: number }> = [{ text: '', node, spread: 1 }]
  for (let length = 1; places.length > 0; length++) {
    const next: typeof places = []
    for (const place of places) {
      for (const { char, to, run } of edgesOf(graph, place.node, columns, budget)) {
        const spread = place.spread * run
        if (spread > maxSpread) more = true
        else next.push({ text: place.text + char, node: to, spread })
      }
      if (next.length > MAX_NAMES) return { names, more: true }
    }
    names.push(...next.filter(({ node }) => graph.isEnd(node)))
    if (next.length > 0 && (length === MAX_LENGTH || names.length > MAX_NAMES || budget.steps <= 0)) return { names, more: true }
    places = next
  }
  return { names, more }
}

/** The shortest names first, those that are not spelled out alone, and of several the first in the order of `columns`. */
export function * strangeNames<Node> (graph: Graph<Node>, node: Node, columns: readonly number[], budget: Budget, maxSpread = MAX_SPREAD): Generator<Name<Node>> {
  const seen = new Map<Node, Set<number>>()
  let places = [{ text: '', node, spread: 1 }]
  while (places.length > 0 && budget.steps > 0) {
    const next: typeof places = []
    for (const place of places) {
      for (const { char, to, run } of edgesOf(graph, place.node, columns, budget)) {
        const spread = Math.min(place.spread * run, maxSpread + 1)
        const text = place.text + char
        if (spread > maxSpread && graph.isEnd(to)) yield { text, node: to }
        const spreads = seen.get(to) ?? new Set()
        if (spreads.has(spread) || text.length >= MAX_LENGTH) continue
        seen.set(to, spreads.add(spread))
        next.push({ text, node: to, spread })
      }
    }
    places = next
  }
}

function edgesOf<Node> (graph: Graph<Node>, node: Node, columns: readonly number[], budget: Budget): Array<Edge<Node>> {
  budget.steps--
  const targets = new Map<Node, number[]>()
  for (const column of columns) {
    const to = graph.step(node, column)
    if (to === undefined) continue
    const together = targets.get(to)
    if (together === undefined) targets.set(to, [column])
    else together.push(column)
  }
  return Array.from(targets).flatMap(([to, columns]) => {
    const run = longestRun(columns)
    return columns.map(column => ({ char: ALPHABET[column] as string, to, run }))
  })
}

/** How many of the columns have characters in a row at most: letters, or digits. */
function longestRun (columns: readonly number[]): number {
  const codes = new Set(columns.map(column => (ALPHABET[column] as string).charCodeAt(0)))
  let longest = 0
  for (const code of codes) {
    let run = 1
    while (codes.has(code + run)) run++
    longest = Math.max(longest, run)
  }
  return longest
}
