import type { AST } from '@eslint-community/regexpp'
import { ALONE, type CharSet, NONE, charSet } from './alphabet'
import { Unreadable } from './nfa'

export type CharNode = AST.Character | AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass
export type Charsets = (node: CharNode) => CharSet

/**
 * Which characters a part of a RegExp stands for. The engine is asked, with that part alone as a RegExp and one
 * character as text: case folding, properties and set notation are then right by definition, and take no time.
 */
export function charsetsOf (flags: string): Charsets {
  const known = new Map<string, CharSet>()
  const meaning = flags.replace(/[^iusv]/g, '')
  return node => {
    const found = known.get(node.raw)
    if (found !== undefined) return found
    const set = isPlain(node) ? plain(node.raw.replace('\\', ''), meaning.includes('i')) : asked(node, meaning)
    known.set(node.raw, set)
    return set
  }
}

/** A character as it is, or a sign with a backslash: the commonest parts, for which the engine need not be asked. */
function isPlain (node: CharNode): boolean {
  return node.type === 'Character' && /^(?:[a-z0-9:_-]|\\[./-])$/i.test(node.raw)
}

function plain (char: string, ignoreCase: boolean): CharSet {
  return ALONE.get(ignoreCase ? char.toLowerCase() : char) ?? NONE
}

function asked (node: CharNode, flags: string): CharSet {
  // It stands for several characters at a time. So do properties of strings, but only with characters that no origin has.
  if (node.raw.includes('\\q{')) throw new Unreadable('SYNTAX')
  const part = new RegExp(`^(?:${node.raw})$`, flags)
  return charSet(char => part.test(char))
}
