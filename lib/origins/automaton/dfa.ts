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
  readonly #rows: Uint16Array[] = [new Uint16Array(WIDTH)]
  readonly #accepts: boolean[] = [false]

  /** Whether the key is new, and the number of its state. */
  number (key: Key): { readonly state: number, readonly added: boolean } {
    const known = this.#numbers.get(key)
    if (known !== undefined) return { state: known, added: false }
    this.#numbers.set(key, this.#numbers.size + 1)
    return { state: this.#numbers.size, added: true }
  }

  /** In the order of the numbers. */
  row (row: Uint16Array, accepts: boolean): void {
    this.#rows.push(row)
    this.#accepts.push(accepts)
  }

  table (): Dfa {
    const next = new Uint16Array(this.#rows.length * WIDTH)
    for (const [state, row] of this.#rows.entries()) next.set(row, state * WIDTH)
    return { size: this.#rows.length, next, accepts: Uint8Array.from(this.#accepts, Number) }
  }
}
