import { ALPHABET, type CharSet } from './alphabet'
import { type Dfa, step } from './dfa'

/** Groups of columns that nothing at hand tells apart: one of each is looked at, a third of them or fewer. */
export function classesOf (sets: Iterable<CharSet>, dfas: Iterable<Dfa>): number[][] {
  const keys = new Array<string>(ALPHABET.length).fill('')
  for (const set of sets) addTo(keys, column => set[column] ?? 0)
  for (const dfa of dfas) {
    for (let state = 0; state < dfa.size; state++) addTo(keys, column => step(dfa, state, column))
  }
  const classes = new Map<string, number[]>()
  for (const [column, key] of keys.entries()) {
    const columns = classes.get(key)
    if (columns === undefined) classes.set(key, [column])
    else columns.push(column)
  }
  return [...classes.values()]
}

function addTo (keys: string[], valueOf: (column: number) => number): void {
  for (const column of keys.keys()) keys[column] += String.fromCharCode(valueOf(column))
}
