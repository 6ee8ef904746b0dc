import fc from 'fast-check'

const atoms = ['a', 'b', 'z', 'B', '1', '\\.', '-', ':', '\\/', '.', '\\d', '\\w', '\\W', '\\S', '[ab]', '[^a]', '[a-y.]', '[^\\w]', '(?:)', '\\x61', '[]', '[^]']
const positions = ['^', '$', '\\b', '\\B']
const counts = ['', '*', '+', '?', '*?', '+?', '??', '{2}', '{0}', '{1,2}', '{2,}', '{0,3}?']

interface Sources { plain: string, part: string, term: string, source: string }

/** Sources of RegExps from a grammar, look-arounds and checks of positions at any place. */
const { source } = fc.letrec<Sources>((tie: fc.LetrecTypedTie<Sources>) => ({
  // What a look-behind may have in it.
  plain: fc.array(fc.constantFrom(...atoms), { maxLength: 3 }).map(parts => parts.join('')),
  part: fc.oneof({ maxDepth: 2, withCrossShrink: true },
    fc.constantFrom(...atoms),
    fc.constantFrom(...positions),
    fc.tuple(fc.constantFrom('(?:', '(', '(?:'), tie('source')).map(([open, inside]) => `${open}${inside})`),
    fc.tuple(fc.constantFrom('(?=', '(?!'), fc.tuple(tie('plain'), fc.constantFrom('', '$', '\\b', '|a')).map(all => all.join(''))).map(([open, inside]) => `${open}${inside})`),
    fc.tuple(fc.constantFrom('(?<=', '(?<!'), tie('plain')).map(([open, inside]) => `${open}${inside})`)),
  term: fc.tuple<[string, string]>(tie('part'), fc.constantFrom(...counts)).map(([part, count]) => /^(\^|\$|\\b|\\B|\(\?<?[=!].*)$/i.test(part) ? part : part + count),
  source: fc.array(fc.array(tie('term'), { maxLength: 4, size: 'max' }).map(terms => terms.join('')), { minLength: 1, maxLength: 2, size: 'max' }).map(all => all.join('|'))
}))

export const regexp: fc.Arbitrary<RegExp> = fc.tuple(source, fc.constantFrom('', '', 'i', 's', 'u', 'iu', 'd'))
  .filter(([source, flags]) => isRegExp(source, flags))
  .map(([source, flags]) => new RegExp(source, flags))

function isRegExp (source: string, flags: string): boolean {
  try {
    return new RegExp(source, flags) instanceof RegExp
  } catch {
    return false
  }
}

/** Of every length from 0 up. */
export const text: fc.Arbitrary<string> = fc.string({ unit: fc.constantFrom(...'abbz1.-:/_'), maxLength: 8 })
