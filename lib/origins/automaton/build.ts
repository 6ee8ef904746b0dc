import type { AST } from '@eslint-community/regexpp'
import { ANY, type CharSet } from './alphabet'
import { type Charsets, charsetsOf } from './charsets'
import type { Dfa } from './dfa'
import { determinize } from './determinize'
import { minimize } from './minimize'
import { type Before, type Check, type Nfa, type NfaState, Unreadable, asksForWords } from './nfa'

// Nested counts multiply: `(a{100}){100}`. A host name with `{0,61}` makes 200.
const MAX_STATES = 5_000

/** The automaton of the texts in which the pattern is found, as `RegExp.prototype.test` finds it: anywhere, unless it is anchored. */
export function nfaOf (pattern: AST.Pattern, flags: string): Nfa {
  const builder = new Builder(flags, 'any')
  const accept = builder.add({ kind: 'accept' })
  return builder.from(builder.anything(builder.alternatives(pattern.alternatives, builder.anything(accept))))
}

/** Builds from the end to the beginning: each part is told the state that comes after it. */
class Builder {
  readonly #states: NfaState[] = []
  readonly #charsets: Charsets
  #quantifiers = 0
  /** Look-arounds are read at any depth of groups and quantifiers, but not within each other. */
  readonly #within: 'any' | 'ahead' | 'behind'

  constructor (flags: string, within: 'any' | 'ahead' | 'behind', charsets: Charsets = charsetsOf(flags)) {
    this.#charsets = charsets
    this.#within = within
  }

  add (state: NfaState): number {
    if (this.#states.length >= MAX_STATES) throw new Unreadable('STATES')
    return this.#states.push(state) - 1
  }

  from (start: number): Nfa {
    return { states: this.#states, start }
  }

  read (chars: CharSet, to: number): number {
    return this.add({ kind: 'read', chars, to })
  }

  anything (to: number): number {
    return this.#repeat(loop => this.read(ANY, loop), to).loop
  }

  alternatives (alternatives: readonly AST.Alternative[], to: number): number {
    const starts = alternatives.map(({ elements }) => elements.reduceRight((next, element) => this.#element(element, next), to))
    const [only] = starts
    return starts.length === 1 && only !== undefined ? only : this.add({ kind: 'split', to: starts })
  }

  #element (element: AST.Element, to: number): number {
    switch (element.type) {
      case 'Character':
      case 'CharacterSet':
      case 'CharacterClass':
      case 'ExpressionCharacterClass':
        return this.read(this.#charsets(element), to)
      case 'CapturingGroup': return this.alternatives(element.alternatives, to)
      case 'Group':
        // `(?i:…)` changes the meaning of what is inside.
        if (element.modifiers !== null) throw new Unreadable('SYNTAX')
        return this.alternatives(element.alternatives, to)
      case 'Quantifier': return this.#quantifier(element, to)
      case 'Assertion': return this.add({ kind: 'check', check: this.#check(element), to })
      case 'Backreference': throw new Unreadable('BACKREFERENCE')
    }
  }

  /** Lazy and greedy find the same texts. */
  #quantifier ({ element, min, max }: AST.Quantifier, to: number): number {
    if (max < Infinity) return this.#copies(element, min, this.#optional(element, max - min, to))
    const { body, loop } = this.#repeat(loop => this.#element(element, loop), to)
    // The body of the loop serves as the last of the copies that there must be: `(…)+` needs no other.
    return min === 0 ? loop : this.#copies(element, min - 1, body)
  }

  #copies (element: AST.QuantifiableElement, count: number, to: number): number {
    let next = to
    for (let i = 0; i < count; i++) {
      const after = next
      next = this.#element(element, after)
      // The element consumes no character, so more copies change nothing.
      if (next === after) break
    }
    return next
  }

  #optional (element: AST.QuantifiableElement, copies: number, to: number): number {
    const quantifier = this.#quantifiers++
    let next = to
    for (let left = 1; left <= copies; left++) next = this.add({ kind: 'split', to: [this.#element(element, next), to], count: { quantifier, left } })
    return next
  }

  #repeat (body: (loop: number) => number, to: number): { body: number, loop: number } {
    const exits = [to]
    const loop = this.add({ kind: 'split', to: exits })
    const start = body(loop)
    exits.push(start)
    return { body: start, loop }
  }

  #check (assertion: AST.Assertion): Check {
    switch (assertion.kind) {
      case 'start':
      case 'end':
        if (this.#within === 'behind') throw new Unreadable('LOOKAROUND')
        return { kind: assertion.kind }
      case 'word':
        if (this.#within === 'behind') throw new Unreadable('LOOKAROUND')
        return { kind: 'boundary', negate: assertion.negate }
      case 'lookahead': return { kind: 'ahead', negate: assertion.negate, dfas: this.#aheadOf(assertion) }
      case 'lookbehind': return { kind: 'behind', negate: assertion.negate, dfa: this.#behindOf(assertion) }
    }
  }

  #aheadOf ({ alternatives }: AST.LookaheadAssertion): Record<Before, Dfa> {
    const builder = this.#inner('ahead')
    const accept = builder.add({ kind: 'accept' })
    const nfa = builder.from(builder.alternatives(alternatives, builder.anything(accept)))
    const other = minimize(determinize(nfa, 'other'))
    return {
      start: minimize(determinize(nfa, 'start')),
      word: nfa.states.some(asksForWords) ? minimize(determinize(nfa, 'word')) : other,
      other
    }
  }

  #behindOf ({ alternatives }: AST.LookbehindAssertion): Dfa {
    const builder = this.#inner('behind')
    const accept = builder.add({ kind: 'accept' })
    return minimize(determinize(builder.from(builder.anything(builder.alternatives(alternatives, accept))), 'start'))
  }

  #inner (within: 'ahead' | 'behind'): Builder {
    if (this.#within !== 'any') throw new Unreadable('LOOKAROUND')
    return new Builder('', within, this.#charsets)
  }
}
