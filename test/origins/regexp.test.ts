import t from 'tap'
import { alternatives, weaknessesOf } from '../../lib/origins/regexp'

t.test('weaknesses', async t => {
  const rows: ReadonlyArray<readonly [RegExp, readonly string[]]> = [
    [/^https:\/\/a\.test$/, []],
    [/^https:\/\/(?:a|b)\.test$/, []],
    [/^https:\/\/[|]a\|\.test$/, []],
    [/^https:\/\/[[|]a]\.test$/, []],
    [/^a\\$/, []],
    [/^\$$/, []],
    [/^a\$/, ['UNANCHORED']],
    [/^a\\\$/, ['UNANCHORED']],
    [/\^a$/, ['UNANCHORED']],
    [/a/, ['UNANCHORED']],
    [/^a|b$/, ['ALTERNATION']],
    [/^(a)|(b)$/, ['ALTERNATION']],
    [/^[a]]|b$/, ['ALTERNATION']],
    [/^a$/g, ['FLAGS']],
    [/^a$/y, ['FLAGS']],
    [/^a$/m, ['FLAGS']],
    [/^a$/isu, []],
    [/^(a+)+$/, []],
    [/(a+)+/g, ['UNANCHORED', 'FLAGS']],
  ]
  for (const [regexp, expected] of rows) t.same(weaknessesOf(regexp), expected, String(regexp))
  const nested = '^[[a\\|]\\|]b$'
  t.same(weaknessesOf(new RegExp(nested, 'v')), [])
})

t.test('alternatives outside groups and classes', async t => {
  t.same(alternatives(/a|b(c|d)|[|]\|/), ['a', 'b(c|d)', '[|]\\|'])
})
