import { ALPHABET, columnOf } from './alphabet'
import { type Dfa, START, isFinal, step } from './dfa'

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
  const seen = new Set([`${from} 0`])
  let edge = [{ state: from, label: 0, text: '' }]
  while (edge.length > 0 && (edge[0] as typeof edge[0]).text.length < maxLength) {
    const next: typeof edge = []
    for (const { state, label, text } of edge) {
      for (const column of readable) {
        const char = ALPHABET[column] as string
        const to = { state: step(dfa, state, column), label: labelOf(label, char), text: text + char }
        const key = `${to.state} ${to.label}`
        if (to.state === 0 || to.label > maxLabel || seen.has(key)) continue
        if (isFinal(dfa, to.state)) return to.text
        seen.add(key)
        next.push(to)
      }
    }
    edge = next
  }
  return undefined
}
