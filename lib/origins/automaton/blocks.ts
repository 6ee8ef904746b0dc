/** Blocks of states, for splitting. The states of a block are contiguous, the marked ones first. No state is an object. */
export class Blocks {
  /** The block of each state. */
  readonly of: Uint16Array
  readonly #states: Uint16Array
  readonly #places: Uint16Array
  readonly #starts = [0]
  readonly #ends: number[]
  readonly #marked = [0]
  /** The block that each was split from; the first is its own. */
  readonly #parents = [0]
  readonly #touched: number[] = []

  /** All states in one block. */
  constructor (size: number) {
    this.of = new Uint16Array(size)
    this.#states = Uint16Array.from(this.of, (_block, state) => state)
    this.#places = Uint16Array.from(this.#states)
    this.#ends = [size]
  }

  get count (): number {
    return this.#starts.length
  }

  parent (block: number): number {
    return this.#parents[block] as number // every block has one
  }

  size (block: number): number {
    return this.#ends[block] as number - (this.#starts[block] as number) // a block has both
  }

  /** A copy, since the block may be split while it is walked through. */
  members (block: number): Uint16Array {
    return this.#states.slice(this.#starts[block], this.#ends[block])
  }

  /** A state is marked once before the next `split`. */
  mark (state: number): void {
    const block = this.of[state] as number // each state has a block and a place
    const marked = this.#marked[block] as number // as above
    if (marked === 0) this.#touched.push(block)
    const place = this.#places[state] as number
    const target = this.#starts[block] as number + marked
    const other = this.#states[target] as number
    this.#states[place] = other
    this.#places[other] = place
    this.#states[target] = state
    this.#places[state] = target
    this.#marked[block] = marked + 1
  }

  /** Moves the marked states of each block to a new block, unless all are marked. Returns the first new block; the others follow it. */
  split (): number {
    const first = this.count
    for (let block = this.#touched.pop(); block !== undefined; block = this.#touched.pop()) {
      const start = this.#starts[block] as number // as above
      const middle = start + (this.#marked[block] as number)
      this.#marked[block] = 0
      if (middle === this.#ends[block]) continue
      const added = this.#starts.length
      this.#starts[block] = middle
      this.#starts.push(start)
      this.#ends.push(middle)
      this.#marked.push(0)
      for (let place = start; place < middle; place++) this.of[this.#states[place] as number] = added
      this.#parents.push(block)
    }
    return first
  }
}
