import { WORD } from './alphabet'
import { classesOf } from './classes'
import { Closures, type Position } from './closures'
import { DEAD, type Dfa, DfaBuilder } from './dfa'
import { type Before, type Check, type Nfa, Unreadable } from './nfa'

/**
 * Some RegExps have more sets of states than fit in any memory (`(a|b)*a(a|b){40}`). The hardest one found in a public
 * project, `(?:[a-z][a-z-]{1,61}[a-z])+`, has 220, and a list of 300 domains 1,200.
 */
const MAX_STATES = 2_000
/** States of the nondeterministic automaton that are looked at, in all sets together. The same RegExp takes 23,000. */
const MAX_STEPS = 200_000

/** The deterministic automaton of the same texts, where `before` stands before the first character. */
export function determinize (nfa: Nfa, before: Before): Dfa {
  const closures = new Closures(nfa, MAX_STEPS)
  const builder = new DfaBuilder<string>()
  const positions: Position[] = []
  const numberOf = (position: Position): number => {
    const state = builder.number(closures.key(position))
    if (state > positions.length) positions.push(position)
    if (positions.length > MAX_STATES) throw new Unreadable('STATES')
    return state
  }
  numberOf(closures.first(before))
  const groups = classes(nfa, closures.words)
  for (const position of positions) {
    builder.row(closures.accepts(position))
    // Of the classes of all columns, most positions tell two or three apart.
    const states = new Map<number, number>()
    for (const columns of groups) {
      const column = columns[0] as number // a class has a column
      const signature = closures.signature(position, column)
      let state = states.get(signature)
      if (state === undefined) {
        const after = closures.next(position, column)
        state = after === undefined ? DEAD : numberOf(after)
        states.set(signature, state)
      }
      if (state !== DEAD) builder.lead(columns, state)
    }
  }
  return builder.table()
}

function classes ({ states }: Nfa, words: boolean): number[][] {
  const sets = new Set(states.flatMap(state => state.kind === 'read' ? [state.chars] : []))
  return classesOf(words ? sets.add(WORD) : sets, states.flatMap(state => state.kind === 'check' ? dfasOf(state.check) : []))
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
