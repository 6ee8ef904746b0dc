import { ALPHABET, columnOf } from './alphabet'
import { DEAD, type Dfa, START, isFinal, step } from './dfa'

/** Letters that make an example easy to read come first. */
const readable = [...'xabcdefghijklmnopqrstuvwyz0123456789', ...'.:/-_[]+'].map(char => columnOf(char.charCodeAt(0)))

export interface PathOptions {
  /** `START` unless told. */
  readonly from?: number
  /** Texts longer than this are not looked for. */
  readonly maxLength?: number
  /** Nor those with more characters between two dots, slashes or colons, or at an end. */
  readonly maxLabel?: number
}

/** The shortest text of at least one character that is accepted, and of several the first in a readable order. */
export function shortest (dfa: Dfa, { from = START, maxLength = Infinity, maxLabel = Infinity }: PathOptions = {}): string | undefined {
  // A search in width. The length of the label is a part of the state only where it has a limit.
  const labelOf = (label: number, char: string) => maxLabel === Infinity || /[./:]/.test(char) ? 0 : label + 1
  const keyOf = (state: number, label: number) => label * dfa.size + state
  const seen = new Set([keyOf(from, 0)])
  let edge = [{ state: from, label: 0, text: '' }]
  for (let length = 1; edge.length > 0 && length <= maxLength; length++) {
    const next: typeof edge = []
    for (const place of edge) {
      for (const column of readable) {
        const state = step(dfa, place.state, column)
        if (state === DEAD) continue
        const char = ALPHABET[column] as string // a column of the alphabet
        const label = labelOf(place.label, char)
        const key = keyOf(state, label)
        if (label > maxLabel || seen.has(key)) continue
        const text = place.text + char
        if (isFinal(dfa, state)) return text
        seen.add(key)
        next.push({ state, label, text })
      }
    }
    edge = next
  }
  return undefined
}
