import { columnOf } from './automaton/alphabet'
import { type Dfa, DEAD, START, isFinal, step, walk } from './automaton/dfa'
import { minimize } from './automaton/minimize'
import { columnsOf } from './hosts-backwards'
import { type Graph, namesFrom, strangeNames } from './spelled-out'

export interface Addresses {
  readonly spelledOut: ReadonlySet<string>
  /** An address that is not spelled out. */
  readonly stranger: string | undefined
}

// The most states of which the edges are looked at.
const MAX_STEPS = 20_000

// `10.0.0.[1-5]`. The digits 1 to 9 have the same place in the form of an address.
const MAX_SPREAD = 5

const COLON = columnOf(58)
const CLOSE_BRACKET = columnOf(93)

const V4_COLUMNS = columnsOf('0123456789.')
const V6_COLUMNS = columnsOf('0123456789abcdef:')

/** Finds the IP addresses in a language that has only http and https origins with IP addresses. */
export function addressesOf (language: Dfa): Addresses {
  // Only in a minimal automaton do characters with the same meaning lead to the same state.
  const dfa = minimize(language)
  const spelledOut = new Set<string>()
  let stranger: string | undefined
  for (const scheme of ['https://', 'http://']) {
    const forms = [
      { start: scheme, end: '', columns: V4_COLUMNS, isEnd: (state: number) => isFinal(dfa, state) || step(dfa, state, COLON) !== DEAD },
      { start: `${scheme}[`, end: ']', columns: V6_COLUMNS, isEnd: (state: number) => step(dfa, state, CLOSE_BRACKET) !== DEAD }
    ]
    for (const { start, end, columns, isEnd } of forms) {
      const found = hostsFrom({ step: forwards(dfa), isEnd }, walk(dfa, START, start), columns)
      const whole = (text: string) => start.slice(scheme.length) + text + end
      for (const text of found.names) spelledOut.add(whole(text))
      if (found.stranger !== undefined) stranger ??= whole(found.stranger)
    }
  }
  return { spelledOut, stranger }
}

function forwards (dfa: Dfa): (state: number, column: number) => number | undefined {
  return (state, column) => {
    const to = step(dfa, state, column)
    return to === DEAD ? undefined : to
  }
}

function hostsFrom (graph: Graph<number>, start: number, columns: readonly number[]): { names: string[], stranger: string | undefined } {
  const { names, more } = namesFrom(graph, start, columns, { steps: MAX_STEPS }, MAX_SPREAD)
  if (!more) return { names: names.map(({ text }) => text), stranger: undefined }
  // More addresses than can be looked through count as open, even if each is spelled out.
  const [stranger] = [MAX_SPREAD, 0].flatMap(spread => firstOf(strangeNames(graph, start, columns, { steps: MAX_STEPS }, spread)))
  return { names: [], stranger: stranger?.text }
}

function firstOf<T> ([first]: Iterable<T>): T[] {
  return first === undefined ? [] : [first]
}
