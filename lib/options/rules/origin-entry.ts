import { correctionOf } from '../../origins/correction'
import type { OriginPattern, PatternFault } from '../../origins/pattern'
import { isPublicSuffix } from '../../origins/public-suffix'
import { type Origin, isInsecureScheme, isLoopback, partsOf } from '../../protocol/origin'
import { type Concern, concern } from '../concerns'
import { type Problem, problem } from '../problems'
import { quote, quoteAll } from '../texts/text'

export function entryFault (text: string, fault: PatternFault, pointer: string): Problem {
  return problem(`ORIGIN_${fault}`, pointer, { value: text, fix: fixOf(text, fault) })
}

function fixOf (text: string, fault: PatternFault): string | undefined {
  const correction = correctionOf(text, fault)
  switch (correction?.kind) {
    case 'one': return quote(correction.origin)
    case 'many': return `[${quoteAll(correction.origins)}]`
    case 'regexp': return `the RegExp /${correction.source}/`
    case undefined: return undefined
  }
}

/** Most origins have no concern, and nothing is made for them. */
export function originConcern (origin: Origin, pointer: string): readonly Concern[] {
  return insecure(origin, partsOf(origin), pointer)
}

export function patternConcern (pattern: OriginPattern, pointer: string): readonly Concern[] {
  return [...insecure(pattern.text, pattern, pointer), ...publicSuffix(pattern, pointer)]
}

const none: readonly Concern[] = []

function insecure (value: string, { scheme, host }: { readonly scheme: string, readonly host: string }, pointer: string): readonly Concern[] {
  if (!isInsecureScheme(scheme) || isLoopback(host)) return none
  const fix = quote(value.replace(/^(?:http|ftp)/, 'https').replace(/^ws:/, 'wss:'))
  return [concern('ORIGIN_INSECURE_WITH_CREDENTIALS', pointer, { value, fix })]
}

function publicSuffix (pattern: OriginPattern, pointer: string): readonly Concern[] {
  switch (pattern.kind) {
    case 'ports': return none
    case 'subdomains':
    case 'subdomains-and-ports': {
      const { text, host } = pattern
      if (!isPublicSuffix(host)) return none
      const fix = quote(text.replace('*.', 'my-name.'))
      return [concern('ORIGIN_PUBLIC_SUFFIX_WITH_CREDENTIALS', pointer, { value: text, host, fix })]
    }
  }
}
