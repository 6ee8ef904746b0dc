import { type RegExpWeakness, alternatives, matchesAnyOrigin, matchesNull, weaknessesOf } from '../../origins/regexp'
import { patternsFor } from '../../origins/regexp-pattern'
import { type Concern, concern } from '../concerns'

export interface RegExpFindings {
  readonly concerns: readonly Concern[]
  readonly matchesNull: boolean
}

/** What is to be said against a RegExp. One that may run for ages is run only if `runUnsafe` says so. */
export function regExpConcerns (regexp: RegExp, pointer: string, runUnsafe: boolean): RegExpFindings {
  const weaknesses = weaknessesOf(regexp)
  const concerns = weaknesses.map(weakness => weaknessConcern(regexp, weakness, pointer))
  if (weaknesses.includes('UNSAFE') && !runUnsafe) return { concerns, matchesNull: false }
  const source = String(regexp)
  const allowsNull = matchesNull(regexp)
  if (allowsNull) concerns.push(concern('REGEXP_NULL', pointer, { source }))
  if (matchesAnyOrigin(regexp)) concerns.push(concern('REGEXP_ANY_WITH_CREDENTIALS', pointer, { source }))
  return { concerns, matchesNull: allowsNull }
}

function weaknessConcern (regexp: RegExp, weakness: RegExpWeakness, pointer: string): Concern {
  const source = String(regexp)
  const flags = regexp.flags.replace(/[gym]/g, '')
  const anchored = anchoredSource(regexp)
  switch (weakness) {
    case 'UNANCHORED':
      return concern('REGEXP_UNANCHORED', pointer, { source, patterns: patternsFor(anchored), fix: `/${anchored}/${flags}` })
    case 'ALTERNATION':
      return concern('REGEXP_ALTERNATION', pointer, { source, fix: `/${anchored}/${flags}` })
    case 'FLAGS':
      return concern('REGEXP_FLAGS', pointer, { source, flags: regexp.flags.replace(/[^gym]/g, ''), fix: `/${regexp.source}/${flags}` })
    case 'UNSAFE':
      return concern('REGEXP_UNSAFE', pointer, { source, patterns: patternsFor(regexp.source) })
  }
}

/** The source with anchors around all of it, and each alternative freed of its own. */
function anchoredSource (regexp: RegExp): string {
  const parts = alternatives(regexp).map(part => withScheme(part.replace(/^\^/, '').replace(/(?<!\\)\$$/, '')))
  return `^${parts.length > 1 ? `(?:${parts.join('|')})` : parts.join('')}$`
}

function withScheme (part: string): string {
  if (/:\\?\//.test(part)) return part
  return `https:\\/\\/${part.startsWith('\\.') ? '[a-z0-9.-]+' : ''}${part}`
}
