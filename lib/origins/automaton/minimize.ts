import { Blocks } from './blocks'
import { classesOf } from './classes'
import { type Dfa, isFinal, step } from './dfa'
import { renumbered } from './renumber'

/**
 * The smallest automaton of the same language, its states numbered in the order in which a walk meets them, so that
 * equal languages have equal tables. Hopcroft's algorithm, because refining all blocks until none changes would take as
 * many rounds as the longest chain of states: tens of times as long for a RegExp with `{1,61}`.
 */
export function minimize (dfa: Dfa): Dfa {
  const classes = classesOf([], [dfa])
  return renumbered(dfa, classes, partition(dfa, classes))
}

/** The block of each state: two states are in one block if the same texts are accepted from both. */
function partition (dfa: Dfa, classes: ReadonlyArray<readonly number[]>): Uint16Array {
  const sources = classes.map(([column]) => sourcesOf(dfa, column as number)) // a class has a column
  const blocks = new Blocks(dfa.size)
  const waiting: number[] = []
  const isWaiting = new Uint8Array(dfa.size)
  for (let state = 0; state < dfa.size; state++) if (isFinal(dfa, state)) blocks.mark(state)
  split()
  for (let splitter = waiting.pop(); splitter !== undefined; splitter = waiting.pop()) {
    isWaiting[splitter] = 0
    const members = blocks.members(splitter)
    for (const source of sources) {
      markSources(source, members)
      split()
    }
  }
  return blocks.of

  function markSources ({ starts, states }: Sources, members: Uint16Array): void {
    for (let i = 0; i < members.length; i++) {
      const member = members[i] as number // within its length
      const end = starts[member + 1] as number // it has one number more than states
      for (let at = starts[member] as number; at < end; at++) blocks.mark(states[at] as number)
    }
  }

  function split (): void {
    for (let added = blocks.split(); added < blocks.count; added++) {
      const block = blocks.parent(added)
      // The smaller half is enough, unless the whole still waits.
      const next = isWaiting[block] === 1 || blocks.size(added) <= blocks.size(block) ? added : block
      waiting.push(next)
      isWaiting[next] = 1
    }
  }
}

interface Sources {
  /** For each state the place of the first state that leads to it, and one number more. */
  readonly starts: Uint16Array
  readonly states: Uint16Array
}

function sourcesOf (dfa: Dfa, column: number): Sources {
  const starts = new Uint16Array(dfa.size + 1)
  const states = new Uint16Array(dfa.size)
  for (let state = 0; state < dfa.size; state++) (starts[step(dfa, state, column)] as number)++
  for (let state = 1; state <= dfa.size; state++) (starts[state] as number) += starts[state - 1] as number
  // Each list is filled from its end, and its start moves there.
  for (let state = 0; state < dfa.size; state++) states[--(starts[step(dfa, state, column)] as number)] = state
  return { starts, states }
}
