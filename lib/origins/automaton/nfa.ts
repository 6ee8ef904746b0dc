import type { CharSet } from './alphabet'
import type { Dfa } from './dfa'

/** What a transition without a character asks of its position in the text. */
export type Check =
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'boundary', readonly negate: boolean }
  /** What follows is, or is not, in the language. It depends on what precedes, since a look-ahead may start with `\b`. */
  | { readonly kind: 'ahead', readonly negate: boolean, readonly dfas: Readonly<Record<Before, Dfa>> }
  /** The text so far is, or is not, in the language. */
  | { readonly kind: 'behind', readonly negate: boolean, readonly dfa: Dfa }

/** What precedes a position: nothing, a character of a word, or another character. */
export type Before = 'start' | 'word' | 'other'

export type NfaState =
  | { readonly kind: 'read', readonly chars: CharSet, readonly to: number }
  | { readonly kind: 'split', readonly to: number[], readonly count?: Count }
  | { readonly kind: 'check', readonly check: Check, readonly to: number }
  | { readonly kind: 'accept' }

/** Where a counted quantifier may go on or end: what is read from here with fewer copies left is read with more left too. */
export interface Count {
  readonly quantifier: number
  readonly left: number
}

/** A nondeterministic automaton. Its size grows with the characters of the RegExp, and with the copies that counts make of them. */
export interface Nfa {
  readonly states: readonly NfaState[]
  readonly start: number
}

/** Whether the state checks if the characters beside a position are word characters. */
export function asksForWords (state: NfaState): boolean {
  if (state.kind !== 'check') return false
  const { check } = state
  return check.kind === 'boundary' || (check.kind === 'ahead' && check.dfas.word !== check.dfas.other)
}

export type UnreadableReason =
  /** A back-reference. */
  | 'BACKREFERENCE'
  /** A look-around within a look-around, or a position asked for within a look-behind. */
  | 'LOOKAROUND'
  /** More states or steps than the limits allow. */
  | 'STATES'
  /** Syntax of a later edition of the language, or a class of strings (`[\q{ab}]`). */
  | 'SYNTAX'

/** Ends the reading of a RegExp. `readRegExp` catches it. */
export class Unreadable extends Error {
  readonly reason: UnreadableReason

  constructor (reason: UnreadableReason) {
    super(reason)
    this.reason = reason
  }
}
