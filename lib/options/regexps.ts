import { type RegExpWeakness, alternatives, matchesAnyOrigin, matchesNull, weaknessesOf } from '../origins/regexp'
import { patternsFor } from '../origins/regexp-pattern'
import { type Concern, concern } from './problems'

export interface RegExpFindings {
  readonly concerns: readonly Concern[]
  readonly matchesNull: boolean
}

/** The concerns about a RegExp. One that may run for a very long time is run only if `runUnsafe` is set. */
export function regExpConcerns (regexp: RegExp, pointer: string, runUnsafe: boolean): RegExpFindings {
  const weaknesses = weaknessesOf(regexp)
  const concerns = weaknesses.map(weakness => weaknessConcern(regexp, weakness, pointer))
  if (weaknesses.includes('UNSAFE') && !runUnsafe) return { concerns, matchesNull: false }
  const allowsNull = matchesNull(regexp)
  if (allowsNull) concerns.push(concern('REGEXP_NULL', pointer, () => ({ source: String(regexp) })))
  return { concerns: [...concerns, openConcern(regexp, pointer)], matchesNull: allowsNull }
}

/** Looked for at most once: every overlay that adds credentials asks. */
function openConcern (regexp: RegExp, pointer: string): Concern {
  let isOpen: boolean | undefined
  return concern('REGEXP_ANY_WITH_CREDENTIALS', pointer, () => {
    isOpen ??= matchesAnyOrigin(regexp)
    return isOpen ? { source: String(regexp) } : undefined
  })
}

function weaknessConcern (regexp: RegExp, weakness: RegExpWeakness, pointer: string): Concern {
  const source = String(regexp)
  const flags = regexp.flags.replace(/[gym]/g, '')
  switch (weakness) {
    case 'UNANCHORED': {
      const anchored = anchoredSource(regexp)
      return concern('REGEXP_UNANCHORED', pointer, () => ({ source, patterns: patternsFor(anchored), fix: `/${anchored}/${flags}` }))
    }
    case 'ALTERNATION':
      return concern('REGEXP_ALTERNATION', pointer, () => ({ source, fix: `/${anchoredSource(regexp)}/${flags}` }))
    case 'FLAGS':
      return concern('REGEXP_FLAGS', pointer, () => ({ source, flags: regexp.flags.replace(/[^gym]/g, ''), fix: `/${regexp.source}/${flags}` }))
    case 'UNSAFE':
      return concern('REGEXP_UNSAFE', pointer, () => ({ source, patterns: patternsFor(regexp.source) }))
  }
}

/** The source with anchors around all of it, and without the anchors of each alternative. */
function anchoredSource (regexp: RegExp): string {
  const parts = alternatives(regexp).map(part => withScheme(part.replace(/^\^/, '').replace(/(?<!\\)\$$/, '')))
  return `^${parts.length > 1 ? `(?:${parts.join('|')})` : parts.join('')}$`
}

function withScheme (part: string): string {
  if (/:\\?\//.test(part)) return part
  return `https:\\/\\/${part.startsWith('\\.') ? '[a-z0-9.-]+' : ''}${part}`
}
