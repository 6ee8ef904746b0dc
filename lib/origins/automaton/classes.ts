import { ALPHABET, WIDTH, type CharSet } from './alphabet'
import type { Dfa } from './dfa'

/** The class of each column in an automaton. Kept, since the forms of origins are asked about with each RegExp. */
const known = new WeakMap<Dfa, readonly number[]>()

// The bits of this many sets, and a class before them, fit in 32 bits.
const MAX_SETS = 24

/** Groups of columns that nothing at hand tells apart: one of each is looked at, a third of them or fewer. */
export function classesOf (sets: Iterable<CharSet>, dfas: Iterable<Dfa>): number[][] {
  let keys = new Int32Array(ALPHABET.length)
  let count = 0
  for (const set of sets) {
    if (++count % MAX_SETS === 0) keys = numbered(keys)
    for (let column = 0; column < keys.length; column++) keys[column] = keys[column] as number * 2 + (set[column] as number) // both have every column
  }
  for (const dfa of dfas) {
    keys = numbered(keys)
    const classes = classesIn(dfa)
    for (let column = 0; column < keys.length; column++) keys[column] = keys[column] as number * WIDTH + (classes[column] as number) // as above
  }
  const groups: number[][] = []
  numbered(keys).forEach((number, column) => {
    if (number === groups.length) groups.push([column])
    else (groups[number] as number[]).push(column) // numbers ascend as they are met
  })
  return groups
}

/** Equal keys have equal numbers, in the order of the columns. */
function numbered (keys: Int32Array): Int32Array<ArrayBuffer> {
  const numbers = new Map<number, number>()
  return keys.map(key => {
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    return number
  })
}

export function classesIn (dfa: Dfa): readonly number[] {
  const found = known.get(dfa)
  if (found !== undefined) return found
  const firsts: number[] = []
  const classes = ALPHABET.map((_char, column) => {
    const number = firsts.findIndex(first => isSame(dfa, first, column))
    return number === -1 ? firsts.push(column) - 1 : number
  })
  known.set(dfa, classes)
  return classes
}

function isSame ({ size, next }: Dfa, a: number, b: number): boolean {
  for (let row = 0; row < size * WIDTH; row += WIDTH) {
    if (next[row + a] !== next[row + b]) return false
  }
  return true
}
