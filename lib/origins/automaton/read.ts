import { RegExpParser } from '@eslint-community/regexpp'
import { nfaOf } from './build'
import { determinize } from './determinize'
import type { Dfa } from './dfa'
import { Unreadable, type UnreadableReason } from './nfa'

export type Unread = { readonly kind: 'unreadable', readonly reason: UnreadableReason }

const parser = new RegExpParser()

/**
 * The automaton of the texts in which the RegExp is found, among those that have only characters of origins.
 * It never runs the RegExp. The `g` and `m` flags make no difference to a text of one line that is asked about once.
 * Throws `Unreadable`, or the parser's error for syntax that it does not know.
 */
export function readDfa ({ source, unicode, sticky, flags }: RegExp): Dfa {
  // With the `y` flag, it is found only at the start.
  const text = sticky ? `^(?:${source})` : source
  const pattern = parser.parsePattern(text, 0, text.length, { unicode, unicodeSets: flags.includes('v') })
  return determinize(nfaOf(pattern, flags), 'start')
}

/** What a RegExp is read as, or why it cannot be. */
export function reading<T extends object> (read: () => T): T | Unread {
  try {
    return read()
  } catch (error) {
    return { kind: 'unreadable', reason: error instanceof Unreadable ? error.reason : 'SYNTAX' }
  }
}
