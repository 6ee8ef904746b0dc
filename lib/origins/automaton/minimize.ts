import { ALPHABET, WIDTH } from './alphabet'
import { classesOf } from './classes'
import { DEAD, START, type Dfa, isFinal, step } from './dfa'

/**
 * The smallest automaton of the same language, its states numbered in the order in which a walk meets them, so that
 * equal languages have equal tables. Hopcroft's algorithm: to refine all blocks until none changes takes as
 * many rounds as the longest chain of states, tens of times as long for a RegExp with `{1,61}`.
 */
export function minimize (dfa: Dfa): Dfa {
  return renumbered(dfa, partition(dfa))
}

/** The block of each state: two states are in one block if the same texts are accepted from both. */
function partition (dfa: Dfa): Uint16Array {
  const sources = classesOf([], [dfa]).map(([column]) => sourcesOf(dfa, column as number)) // a class has a column
  const states = Array.from({ length: dfa.size }, (_none, state) => state)
  const blocks = [states.filter(state => !isFinal(dfa, state)), states.filter(state => isFinal(dfa, state))]
  const blockOf = Uint16Array.from(dfa.accepts)
  const waiting = [1]
  const isWaiting = new Set(waiting)
  for (let splitter = waiting.pop(); splitter !== undefined; splitter = waiting.pop()) {
    isWaiting.delete(splitter)
    // A copy, since the block may be split by itself.
    const members = [...blocks[splitter] as number[]]
    for (const source of sources) {
      for (const [block, moved] of touched(members, source, blockOf)) {
        const all = blocks[block] as number[] // blocks are never removed
        if (moved.length === all.length) continue
        const added = blocks.length
        const split = new Set(moved)
        blocks[block] = all.filter(state => !split.has(state))
        blocks.push(moved)
        for (const state of moved) blockOf[state] = added
        // The smaller half is enough, unless the whole still waits.
        const next = isWaiting.has(block) || moved.length <= all.length / 2 ? added : block
        waiting.push(next)
        isWaiting.add(next)
      }
    }
  }
  return blockOf
}

/** The states that lead into `members`, by their blocks. */
function touched (members: readonly number[], sources: ReadonlyArray<readonly number[]>, blockOf: Uint16Array): Map<number, number[]> {
  const found = new Map<number, number[]>()
  for (const member of members) {
    for (const state of sources[member] as readonly number[]) { // every state has a list
      const block = blockOf[state] as number // every state is in a block
      const states = found.get(block)
      if (states === undefined) found.set(block, [state])
      else states.push(state)
    }
  }
  return found
}

function sourcesOf (dfa: Dfa, column: number): number[][] {
  const sources: number[][] = Array.from({ length: dfa.size }, () => [])
  for (let state = 0; state < dfa.size; state++) (sources[step(dfa, state, column)] as number[]).push(state) // as above
  return sources
}

function renumbered (dfa: Dfa, blockOf: Uint16Array): Dfa {
  const dead = blockOf[DEAD]
  if (dfa.size === 1 || blockOf[START] === dead) return { size: 1, next: new Uint16Array(WIDTH), accepts: new Uint8Array(1) }
  const numbers = new Map([[dead, DEAD], [blockOf[START], START]])
  const members = [DEAD, START]
  for (let number = START; number < members.length; number++) {
    for (const column of ALPHABET.keys()) {
      const state = step(dfa, members[number] as number, column)
      if (numbers.has(blockOf[state])) continue
      numbers.set(blockOf[state], members.length)
      members.push(state)
    }
  }
  const next = new Uint16Array(members.length * WIDTH)
  for (const [number, member] of members.entries()) {
    for (const column of ALPHABET.keys()) next[number * WIDTH + column] = numbers.get(blockOf[step(dfa, member, column)]) as number // the loop above has met it
  }
  return { size: members.length, next, accepts: Uint8Array.from(members, member => dfa.accepts[member] as number) }
}
