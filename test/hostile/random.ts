/** Random choices that a seed repeats. */
export interface Random {
  /** From 0 to below `limit`. */
  int (limit: number): number
  pick <T> (list: readonly [T, ...T[]]): T
  chance (probability: number): boolean
}

/** mulberry32: 32 bits of state are enough to pick test input. */
export function randomFrom (seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6D2B79F5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (limit: number): number => Math.floor(next() * limit)
  return {
    int,
    pick: list => list[int(list.length)] ?? list[0],
    chance: probability => next() < probability
  }
}

/** The seed of this run: that of `SEED`, or a new one. */
export function seedOfRun (): number {
  return Number(process.env.SEED ?? Date.now() % 2 ** 31)
}

export function requestsOfRun (otherwise: number): number {
  return Number(process.env.REQUESTS ?? otherwise)
}
