import { ALPHABET, type CharSet } from './alphabet'
import { type Dfa, step } from './dfa'

/** The class of each column in an automaton. Kept, since the forms of origins are asked about with each RegExp. */
const known = new WeakMap<Dfa, readonly number[]>()

/** Groups of columns that nothing at hand tells apart: one of each is looked at, a third of them or fewer. */
export function classesOf (sets: Iterable<CharSet>, dfas: Iterable<Dfa>): number[][] {
  const keys = new Array<string>(ALPHABET.length).fill('')
  for (const set of sets) addTo(keys, column => set[column] as number) // a set has every column
  for (const dfa of dfas) {
    const classes = known.get(dfa) ?? classesIn(dfa)
    known.set(dfa, classes)
    addTo(keys, column => classes[column] as number) // as above
  }
  const groups = new Map<string, number[]>()
  for (const [column, key] of keys.entries()) {
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [column])
    else group.push(column)
  }
  return [...groups.values()]
}

function classesIn (dfa: Dfa): number[] {
  const keys = new Array<string>(ALPHABET.length).fill('')
  for (let state = 0; state < dfa.size; state++) addTo(keys, column => step(dfa, state, column))
  const numbers = new Map([...new Set(keys)].map((key, number) => [key, number]))
  return keys.map(key => numbers.get(key) as number) // it has been numbered
}

function addTo (keys: string[], valueOf: (column: number) => number): void {
  for (const column of keys.keys()) keys[column] += String.fromCharCode(valueOf(column))
}
