/** What is wrong with a RegExp that is to match the whole origin. */
export type RegExpWeakness = 'UNANCHORED' | 'ALTERNATION' | 'FLAGS'

export function weaknessesOf (regexp: RegExp): RegExpWeakness[] {
  const found: RegExpWeakness[] = []
  if (!isAnchored(regexp.source)) found.push('UNANCHORED')
  else if (alternatives(regexp).length > 1) found.push('ALTERNATION')
  if (/[gym]/.test(regexp.flags)) found.push('FLAGS')
  return found
}

function isAnchored (source: string): boolean {
  const [backslashes = ''] = /\\*(?=\$$)/.exec(source) ?? []
  return source.startsWith('^') && source.endsWith('$') && backslashes.length % 2 === 0
}

/** The parts between the bars that stand in no group and in no class. */
export function alternatives ({ source }: RegExp): string[] {
  const parts: string[] = []
  let groups = 0
  let inClass = false
  let start = 0
  for (let i = 0; i < source.length; i++) {
    const char = source[i]
    if (char === '\\') i++
    // The `v` flag lets classes nest, but then bars and parentheses in them are escaped.
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (inClass) continue
    else if (char === '(') groups++
    else if (char === ')') groups--
    else if (char === '|' && groups === 0) {
      parts.push(source.slice(start, i))
      start = i + 1
    }
  }
  return [...parts, source.slice(start)]
}
