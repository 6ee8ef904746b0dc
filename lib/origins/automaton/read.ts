import { type AST, RegExpParser } from '@eslint-community/regexpp'
import { nfaOf } from './build'
import { determinize } from './determinize'
import type { Dfa } from './dfa'
import { Unreadable, type UnreadableReason } from './nfa'

export type Read =
  | { readonly kind: 'dfa', readonly dfa: Dfa }
  | { readonly kind: 'unreadable', readonly reason: UnreadableReason }

const parser = new RegExpParser()

/**
 * The automaton of the texts in which the RegExp is found, as far as they have no character but those of origins.
 * It never runs the RegExp. The `g` and `m` flags make no difference to a text of one line that is asked about once.
 */
export function readDfa (regexp: RegExp): Read {
  try {
    return { kind: 'dfa', dfa: determinize(nfaOf(parse(regexp), regexp.flags), 'start') }
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'unreadable', reason: error.reason }
    throw error
  }
}

function parse ({ source, unicode, sticky, flags }: RegExp): AST.Pattern {
  // The `y` flag has it found at the start alone.
  const text = sticky ? `^(?:${source})` : source
  try {
    return parser.parsePattern(text, 0, text.length, { unicode, unicodeSets: flags.includes('v') })
  } catch {
    throw new Unreadable('SYNTAX')
  }
}
