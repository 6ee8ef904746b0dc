import { classesOf } from './classes'
import { DEAD, START, type Dfa, DfaBuilder, isFinal, step } from './dfa'
import { Unreadable } from './nfa'
import { trimmed } from './renumber'

// The form of origins has 200 states, and a RegExp at most 2,000. The numbers fit in the table's 16 bits.
const MAX_STATES = 20_000

/** The texts that both accept. */
export function intersection (a: Dfa, b: Dfa): Dfa {
  return product(a, b, true)
}

/** The texts that `a` accepts and `b` does not. */
export function difference (a: Dfa, b: Dfa): Dfa {
  return product(a, b, false)
}

/** The texts that `a` accepts, and that `b` accepts or does not: `inBoth`. */
function product (a: Dfa, b: Dfa, inBoth: boolean): Dfa {
  const builder = new DfaBuilder<number>()
  const pairs: Array<readonly [number, number]> = []
  const numberOf = (inA: number, inB: number): number => {
    const state = builder.number(inA * b.size + inB)
    if (state > pairs.length) pairs.push([inA, inB])
    if (pairs.length > MAX_STATES) throw new Unreadable('STATES')
    return state
  }
  const isAlive = (inA: number, inB: number) => inA !== DEAD && (inB !== DEAD || !inBoth)
  const classes = classesOf([], [a, b])
  if (isAlive(START, START)) numberOf(START, START)
  for (let i = 0; i < pairs.length; i++) {
    const [inA, inB] = pairs[i] as readonly [number, number] // the list only grows
    builder.row(isFinal(a, inA) && isFinal(b, inB) === inBoth)
    for (let i = 0; i < classes.length; i++) {
      const columns = classes[i] as readonly number[] // as above
      const column = columns[0] as number // a class has a column
      const toA = step(a, inA, column)
      const toB = step(b, inB, column)
      if (isAlive(toA, toB)) builder.lead(columns, numberOf(toA, toB))
    }
  }
  return trimmed(builder.table(), classes)
}
