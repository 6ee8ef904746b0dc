import { WIDTH } from './alphabet'
import type { Dfa } from './dfa'

/** The automaton as text: a byte for the state after each character, and one that says whether the state accepts. It has at most 256 states. */
export function packed ({ size, next, accepts }: Dfa): string {
  if (size > 256) throw new RangeError(`an automaton of ${size} states cannot be packed into bytes`)
  return Buffer.from([...next, ...accepts]).toString('base64')
}

export function unpacked (text: string): Dfa {
  const bytes = Buffer.from(text, 'base64')
  const size = bytes.length / (WIDTH + 1)
  return { size, next: Uint16Array.from(bytes.subarray(0, size * WIDTH)), accepts: Uint8Array.from(bytes.subarray(size * WIDTH)) }
}
