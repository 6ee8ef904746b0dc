import { ALPHABET, WIDTH, columnOf } from './alphabet'

/** The state from which no text is accepted. It leads to itself. */
export const DEAD = 0
export const START = 1

/** A deterministic automaton: `next[state * WIDTH + column]` is the state after a character. */
export interface Dfa {
  readonly size: number
  readonly next: Uint16Array
  readonly accepts: Uint8Array
}

/** The state that `text` leads to from `state`. */
export function walk ({ next }: Dfa, state: number, text: string): number {
  let at = state
  for (let i = 0; i < text.length && at !== DEAD; i++) at = next[at * WIDTH + columnOf(text.charCodeAt(i))] ?? DEAD
  return at
}

export function step ({ next }: Dfa, state: number, column: number): number {
  // The automaton of no text has no START.
  return next[state * WIDTH + column] ?? DEAD
}

export function isFinal ({ accepts }: Dfa, state: number): boolean {
  return accepts[state] === 1
}

export function isEmpty ({ size }: Dfa): boolean {
  return size === 1
}

/** Whether every text is accepted from this state of a minimal automaton. */
export function acceptsAll (dfa: Dfa, state: number): boolean {
  return isFinal(dfa, state) && ALPHABET.every((_char, column) => step(dfa, state, column) === state)
}

/** Rows of transitions that are still being made, and the number of each state by its key. */
export class DfaBuilder<Key> {
  readonly #numbers = new Map<Key, number>()
  /** With room for more rows. The first is that of DEAD. */
  #next = new Uint16Array(64 * WIDTH)
  readonly #accepts = [0]

  /** The number of its state. A new key has the next one. */
  number (key: Key): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const added = this.#numbers.size + 1
    this.#numbers.set(key, added)
    return added
  }

  /** Begins the next row, in the order of the numbers. */
  row (accepts: boolean): void {
    this.#accepts.push(Number(accepts))
    if (this.#accepts.length * WIDTH <= this.#next.length) return
    const next = new Uint16Array(this.#next.length * 2)
    next.set(this.#next)
    this.#next = next
  }

  /** Makes the last row lead from these columns to `state`. Columns that no call names lead to DEAD. */
  lead (columns: readonly number[], state: number): void {
    const start = (this.#accepts.length - 1) * WIDTH
    for (const column of columns) this.#next[start + column] = state
  }

  table (): Dfa {
    const size = this.#accepts.length
    return { size, next: this.#next.slice(0, size * WIDTH), accepts: Uint8Array.from(this.#accepts) }
  }
}
