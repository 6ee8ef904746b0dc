import fc from 'fast-check'
import t from 'tap'
import { type Dfa, START, isFinal, walk } from '../../../lib/origins/automaton/dfa'
import { intersection } from '../../../lib/origins/automaton/product'
import { type Unread, readDfa, reading } from '../../../lib/origins/automaton/read'
import { regexp, text } from './arbitraries'

type Result = { readonly kind: 'dfa', readonly dfa: Dfa } | Unread

function resultOf (regexp: RegExp): Result {
  return reading(() => ({ kind: 'dfa', dfa: readDfa(regexp) }) as const)
}

/** A literal with the `v` flag does not compile for the oldest engine. */
function withSets (source: string): RegExp {
  return new RegExp(source, 'v')
}

t.test('the automaton accepts what the engine finds', async t => {
  let read = 0
  fc.assert(fc.property(regexp, fc.array(text, { minLength: 10, maxLength: 10 }), (regexp, texts) => {
    const result = resultOf(regexp)
    if (result.kind === 'unreadable') return
    read++
    for (const text of ['', ...texts]) {
      if (isFinal(result.dfa, walk(result.dfa, START, text)) !== regexp.test(text)) throw new Error(`${regexp} on ${JSON.stringify(text)}`)
    }
  }), { numRuns: 600, seed: 11 })
  t.ok(read > 550, `${read} of 600 RegExps were read`)
})

t.test('all texts of up to five characters', async t => {
  const texts = ['']
  for (const text of texts) if (text.length < 5) texts.push(...['a', 'b', '.', '-'].map(char => text + char))
  const rows = [
    /^(?!ab)[ab]+(?<!ba)\.$/, /^(?:a(?!b)|b(?=a)|\.)*$/, /\ba\b/, /^\B.\B.*$/, /^(a|b)*a(a|b)$/, /^(?=.*a$)(?=b)/, /(?<=a.)b(?!.)/, /a|^b|\.$/,
    /^(?:(?=a)a)*$/, /^(?:a?b?){3}$/, /^(?<name>a)+?-{2,3}$/, /^(?!.*\.\.)[ab.]+$/, /^(?:\.|^)a/, /(?!)/, /^(?![^.]*-)/, /^a(?!b\b)/, /^A-?B/i
  ]
  for (const regexp of rows) {
    const result = resultOf(regexp)
    if (result.kind === 'unreadable') throw new Error(`${regexp}: ${result.reason}`)
    t.same(texts.filter(text => isFinal(result.dfa, walk(result.dfa, START, text))), texts.filter(text => regexp.test(text)), String(regexp))
  }
})

t.test('more sets of characters than are told apart at once', async t => {
  const letters = [...'abcdefghijkl']
  const pairs = letters.flatMap((a, i) => letters.slice(i + 1).map(b => `[${a}${b}]`))
  const signs = [...'mnopqrstuvwxyz0123456789-']
  const regexp = new RegExp(`^(?:${pairs.map((pair, i) => pair + String(signs[i % signs.length])).join('|')})$`)
  const result = resultOf(regexp)
  const texts = letters.flatMap(letter => signs.map(sign => letter + sign))
  t.same(result.kind === 'dfa' && texts.filter(text => isFinal(result.dfa, walk(result.dfa, START, text))), texts.filter(text => regexp.test(text)))
})

t.test('what the flags and classes of later editions mean', async t => {
  const rows: ReadonlyArray<readonly [RegExp, string, boolean]> = [
    [/^K$/iu, 'k', true],
    [/^\u017f$/iu, 's', true],
    [/^\u017f$/i, 's', false],
    [/^\p{Ll}$/u, 'a', true],
    [/^\p{Ll}$/u, '1', false],
    [withSets('^[[a-z]--[aeiou]]$'), 'a', false],
    [withSets('^[[a-z]--[aeiou]]$'), 'b', true],
    [/^a.b$/s, 'a/b', true],
    [/^a$/m, 'a', true],
    [/^a$/gy, 'a', true],
  ]
  for (const [regexp, text, expected] of rows) {
    const result = resultOf(regexp)
    t.equal(result.kind === 'dfa' && isFinal(result.dfa, walk(result.dfa, START, text)), expected, `${regexp} on ${text}`)
  }
})

t.test('what cannot be read', async t => {
  const rows: ReadonlyArray<readonly [RegExp, string]> = [
    [/^(a)\1$/, 'BACKREFERENCE'],
    [/^(?<a>a)\k<a>$/, 'BACKREFERENCE'],
    [/^(?!(?=a)b)/, 'LOOKAROUND'],
    [/(?<=^a)b/, 'LOOKAROUND'],
    [/(?<=\ba)b/, 'LOOKAROUND'],
    [/(?<!(?!a)b)c/, 'LOOKAROUND'],
    [/^(a|b)*a(a|b){40}$/, 'STATES'],
    [/^(?:a{100}){100}$/, 'STATES'],
    [/^(?:(?:a{0,1000}){0,1000}){0,1000}$/, 'STATES'],
    [withSets('^[\\q{ab}c]$'), 'SYNTAX'],
  ]
  for (const [regexp, reason] of rows) t.same(resultOf(regexp), { kind: 'unreadable', reason }, String(regexp))
})

t.test('a quantifier of nothing', async t => {
  for (const regexp of [/^(?:){1000000}a$/, /^(?:)*a$/, /^(?:a{0}){1000000000}a$/]) t.equal(resultOf(regexp).kind, 'dfa', String(regexp))
})

t.test('syntax that is not known is not read', async t => {
  for (const source of ['(', '^(?i:a)$']) {
    const regexp = Object.defineProperty(/a/, 'source', { value: source })
    t.same(resultOf(regexp), { kind: 'unreadable', reason: 'SYNTAX' }, source)
  }
})

t.test('two automata that make too many states together are not combined', async t => {
  const [a, b] = [readDfa(/^(?:a{149})*$/), readDfa(/^(?:a{151})*$/)]
  t.same(reading(() => ({ kind: 'dfa', dfa: intersection(a, b) }) as const), { kind: 'unreadable', reason: 'STATES' })
})
