import { WIDTH, WORD } from './alphabet'
import { classesOf } from './classes'
import { Closures, type Position } from './closures'
import { type Dfa, DfaBuilder } from './dfa'
import { minimize } from './minimize'
import { type Before, type Check, type Nfa, Unreadable } from './nfa'

/**
 * Some RegExps have more sets of states than fit in any memory (`(a|b)*a(a|b){40}`). The hardest one found in a public
 * project, `(?:[a-z][a-z-]{1,61}[a-z])+`, has 220, and a list of 300 domains 1,200.
 */
const MAX_STATES = 2_000
/** States of the nondeterministic automaton that are looked at, in all sets together. The same RegExp takes 23,000. */
const MAX_STEPS = 200_000

/** The minimal automaton of the same texts, where `before` stands before the first character. */
export function determinize (nfa: Nfa, before: Before): Dfa {
  const closures = new Closures(nfa, MAX_STEPS)
  const builder = new DfaBuilder<string>()
  const positions: Position[] = []
  const numberOf = (position: Position): number => {
    const { state, added } = builder.number(closures.key(position))
    if (added) positions.push(position)
    if (positions.length > MAX_STATES) throw new Unreadable('STATES')
    return state
  }
  numberOf(closures.first(before))
  const groups = classes(nfa, closures.checks)
  for (const position of positions) {
    const row = new Uint16Array(WIDTH)
    for (const columns of groups) {
      const column = columns[0] as number // a class has a column
      const after = closures.next(position, column)
      if (after.threads.length > 0) {
        const state = numberOf(after)
        for (const column of columns) row[column] = state
      }
    }
    builder.row(row, closures.accepts(position))
  }
  return minimize(builder.table())
}

function classes ({ states }: Nfa, checks: boolean): number[][] {
  const sets = new Set(states.flatMap(state => state.kind === 'read' ? [state.chars] : []))
  return classesOf(checks ? sets.add(WORD) : sets, states.flatMap(state => state.kind === 'check' ? dfasOf(state.check) : []))
}

function dfasOf (check: Check): readonly Dfa[] {
  switch (check.kind) {
    case 'ahead': return Object.values(check.dfas)
    case 'behind': return [check.dfa]
    case 'start':
    case 'end':
    case 'boundary': return []
  }
}
