import { WIDTH } from './alphabet'
import { classesOf } from './classes'
import { DEAD, START, type Dfa, DfaBuilder, isFinal, step } from './dfa'
import { minimize } from './minimize'
import { Unreadable } from './nfa'

// The form of origins has 200 states, and a RegExp at most 2,000. The numbers fit in the table's 16 bits.
const MAX_STATES = 20_000

/** The texts that both accept. */
export function intersection (a: Dfa, b: Dfa): Dfa {
  return product(a, b, (a, b) => a && b, (a, b) => a !== DEAD && b !== DEAD)
}

/** The texts that `a` accepts and `b` does not. */
export function difference (a: Dfa, b: Dfa): Dfa {
  return product(a, b, (a, b) => a && !b, a => a !== DEAD)
}

/** The texts that one of them accepts. */
export function union (a: Dfa, b: Dfa): Dfa {
  return product(a, b, (a, b) => a || b, (a, b) => a !== DEAD || b !== DEAD)
}

type Both<T> = (a: T, b: T) => boolean

function product (a: Dfa, b: Dfa, accepts: Both<boolean>, isAlive: Both<number>): Dfa {
  const builder = new DfaBuilder<number>()
  const pairs: Array<readonly [number, number]> = []
  const numberOf = (inA: number, inB: number): number => {
    if (!isAlive(inA, inB)) return DEAD
    const { state, added } = builder.number(inA * b.size + inB)
    if (added) pairs.push([inA, inB])
    if (pairs.length > MAX_STATES) throw new Unreadable('STATES')
    return state
  }
  const classes = classesOf([], [a, b])
  numberOf(START, START)
  for (const [inA, inB] of pairs) {
    const row = new Uint16Array(WIDTH)
    for (const columns of classes) {
      const column = columns[0] as number // a class has a column
      const state = numberOf(step(a, inA, column), step(b, inB, column))
      for (const column of columns) row[column] = state
    }
    builder.row(row, accepts(isFinal(a, inA), isFinal(b, inB)))
  }
  return minimize(builder.table())
}
