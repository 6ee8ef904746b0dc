import { WIDTH } from './alphabet'
import { DEAD, START, type Dfa, isFinal, step } from './dfa'

/** Columns that no state tells apart. */
type Classes = ReadonlyArray<readonly number[]>

/** The automaton of `blockOf`'s blocks, numbered in the order in which a walk meets them. */
export function renumbered (dfa: Dfa, classes: Classes, blockOf: Uint16Array): Dfa {
  const dead = blockOf[DEAD] as number // every state has a block
  const first = blockOf[START]
  if (first === undefined || first === dead) return { size: 1, next: new Uint16Array(WIDTH), accepts: new Uint8Array(1) }
  const numbers = new Uint16Array(dfa.size)
  numbers[first] = START
  const members = [DEAD, START]
  for (let number = START; number < members.length; number++) {
    for (let i = 0; i < classes.length; i++) {
      const state = step(dfa, members[number] as number, firstOf(classes, i))
      const block = blockOf[state] as number // as above
      if (block === dead || numbers[block] !== DEAD) continue
      numbers[block] = members.length
      members.push(state)
    }
  }
  const next = new Uint16Array(members.length * WIDTH)
  for (let number = START; number < members.length; number++) {
    for (let i = 0; i < classes.length; i++) {
      const state = step(dfa, members[number] as number, firstOf(classes, i))
      const to = numbers[blockOf[state] as number] as number // as above, and it has a number
      if (to !== DEAD) for (const column of classes[i] as readonly number[]) next[number * WIDTH + column] = to
    }
  }
  return { size: members.length, next, accepts: Uint8Array.from(members, member => dfa.accepts[member] as number) }
}

/** The automaton without the states from which no text is accepted. Unlike the smallest one, it takes one or two walks. */
export function trimmed (dfa: Dfa, classes: Classes): Dfa {
  return renumbered(dfa, classes, living(dfa, classes))
}

/** Each state in a block of its own, and in that of DEAD if no text is accepted from it. */
function living (dfa: Dfa, classes: Classes): Uint16Array {
  const blockOf = new Uint16Array(dfa.size)
  let found = true
  while (found) {
    found = false
    // Most states lead to later ones.
    for (let state = dfa.size - 1; state > DEAD; state--) {
      if (blockOf[state] !== DEAD || !(isFinal(dfa, state) || leadsTo(blockOf, state))) continue
      blockOf[state] = state
      found = true
    }
  }
  return blockOf

  function leadsTo (blockOf: Uint16Array, state: number): boolean {
    for (let i = 0; i < classes.length; i++) if (blockOf[step(dfa, state, firstOf(classes, i))] !== DEAD) return true
    return false
  }
}

function firstOf (classes: Classes, i: number): number {
  return (classes[i] as readonly number[])[0] as number // a class has a column
}
