import fc from 'fast-check'
import t from 'tap'
import { settings } from '../options/problems-of'
import { judge } from '../../lib/options/regexps'
import { type OriginPattern, type ParsedEntry, parseEntry } from '../../lib/origins/pattern'
import { originSet } from '../../lib/origins/set'
import type { Origin } from '../../lib/protocol/origin'
import { covers } from './covers'

function read (texts: readonly string[]) {
  const exact = new Set<Origin>()
  const patterns: OriginPattern[] = []
  for (const text of texts) {
    const entry: ParsedEntry = parseEntry(text)
    if (entry.kind === 'exact') exact.add(entry.origin)
    else if (entry.kind === 'pattern') patterns.push(entry.pattern)
    else throw new Error(`${text}: ${entry.fault}`)
  }
  return { exact, patterns }
}

function setOf (texts: readonly string[], regexps: readonly RegExp[] = [], allowNull = false) {
  return originSet({ ...read(texts), regexps: regexps.map(regexp => judge(regexp, '', settings({})).matcher), allowNull })
}

t.test('what each form covers', async t => {
  const rows: ReadonlyArray<readonly [string, readonly string[], readonly string[]]> = [
    ['https://a.test', ['https://a.test'], ['http://a.test', 'https://A.test', 'HTTPS://a.test', 'https://a.test:1', 'https://b.a.test', 'https://a.test/', 'null']],
    ['https://*.a.test', ['https://b.a.test', 'https://c.b.a.test'], ['https://a.test', 'https://ba.test', 'http://b.a.test', 'https://b.a.test:1', 'https://*.a.test', 'https://.a.test', 'https://b.a.test.evil.test']],
    ['https://*.a.test:8080', ['https://b.a.test:8080'], ['https://b.a.test', 'https://b.a.test:80', 'https://a.test:8080']],
    ['http://localhost:*', ['http://localhost', 'http://localhost:1'], ['http://localhost:*', 'https://localhost', 'http://a.localhost', 'http://localhost:80', 'http://localhost:0']],
    ['http://[::1]:*', ['http://[::1]', 'http://[::1]:1'], ['http://[::2]', 'http://[::1']],
    ['https://*.a.test:*', ['https://b.a.test', 'https://c.b.a.test:1'], ['https://a.test', 'https://a.test:1', 'https://b.a.test:*']],
    ['x.y://*.a.test', ['x.y://b.a.test'], ['x.y://a.test', 'y://b.a.test']],
  ]
  for (const [entry, inside, outside] of rows) {
    const set = setOf([entry])
    const { patterns } = read([entry])
    for (const origin of inside) {
      t.equal(set.has(origin), true, `${entry} has ${origin}`)
      for (const pattern of patterns) t.equal(covers(pattern, origin), true, `${entry} covers ${origin}`)
    }
    for (const origin of outside) {
      t.equal(set.has(origin), false, `${entry} has not ${origin}`)
      for (const pattern of patterns) t.equal(covers(pattern, origin), false, `${entry} does not cover ${origin}`)
    }
  }
})

const label = fc.constantFrom('a', 'b', 'ab', 'test', 'a-b')
const host = fc.array(label, { minLength: 1, maxLength: 5 }).map(labels => labels.join('.'))
const scheme = fc.constantFrom('http', 'https', 'x.y')
const port = fc.constantFrom('', ':1', ':8080')
const entry = fc.tuple(scheme, fc.constantFrom('', '*.'), host, fc.oneof(port, fc.constant(':*'))).map(parts => `${parts[0]}://${parts[1]}${parts[2]}${parts[3]}`)
const request = fc.oneof(
  fc.tuple(scheme, host, port).map(parts => `${parts[0]}://${parts[1]}${parts[2]}`),
  entry,
  fc.string(),
  fc.constant('null')
)

t.test('a set of any size has what one of its entries covers', async t => {
  for (let size = 0; size <= 200; size++) {
    fc.assert(fc.property(fc.array(entry, { minLength: size, maxLength: size }), fc.array(request, { maxLength: 20 }), (entries, origins) => {
      const { exact, patterns } = read(entries)
      const set = originSet({ exact, patterns, regexps: [], allowNull: false })
      return origins.every(origin => set.has(origin) === ([...exact].some(each => each === origin) || patterns.some(pattern => covers(pattern, origin))))
    }), { numRuns: 10 })
  }
})

t.test('more origins than a set remembers are told from each other, in any order', async t => {
  const set = setOf(['https://*.a.test'], [/^https:\/\/[a-z]\d+\.b\.test$/])
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 2500; i++) {
      const known = [`https://x${i}.a.test`, `https://x${i}.b.test`, 'https://first.a.test']
      const unknown = [`https://x${i}.c.test`, `http://x${i}.a.test`, `https://x${i}.a.test:1`, `https://X${i}.a.test`]
      if (!known.every(origin => set.has(origin) && set.has(origin)) || unknown.some(origin => set.has(origin) || set.has(origin))) return t.fail(`${i}`)
    }
  }
  t.pass('each time the same')
})

t.test('null is there if it is allowed, and no RegExp is asked', async t => {
  t.equal(setOf([], [/^null$/]).has('null'), false)
  t.equal(setOf([], [], true).has('null'), true)
  t.equal(setOf(['https://a.test'], [], true).has('https://b.test'), false)
})

t.test('RegExps are asked about serialised origins alone, each time anew', async t => {
  const regexp = /^https:\/\/a/gy
  const set = setOf(['http://localhost:*'], [/^x$/, regexp])
  regexp.lastIndex = 5
  for (let i = 0; i < 3; i++) t.equal(set.has('https://ab.test'), true)
  t.equal(regexp.lastIndex, 5, 'the user\'s own is not touched')
  t.equal(set.has('https://a test'), false)
  t.equal(setOf([], [/./]).has('x'), false)
  t.equal(setOf([], [/./]).has('https://x'), true)
  t.equal(set.has(`https://a${'a'.repeat(400)}`), false)
})

t.test('RegExps alone refuse what they do not match', async t => {
  const set = setOf([], [/^https:\/\/a\.test$/])
  t.equal(set.has('https://a.test'), true)
  t.equal(set.has('https://b.test'), false)
  t.equal(set.has('https://b.test'), false)
})

t.test('the longest origin is found, and no longer one', async t => {
  const longest = `${'a'.repeat(64)}://${'a'.repeat(63)}.${'a'.repeat(63)}.${'a'.repeat(63)}.${'a'.repeat(61)}`
  t.equal(longest.length, 320)
  t.equal(setOf([longest]).has(longest), true)
  t.equal(setOf([longest], [/^a/]).has(`a${longest}`), false)
})

t.test('hosts of many labels are found among thousands of patterns', async t => {
  const many = setOf(Array.from({ length: 10_000 }, (_, i) => `https://*.tenant-${i}.test`))
  t.equal(many.has(`https://${'a.'.repeat(60)}tenant-9999.test`), true)
  t.equal(many.has(`https://${'a.'.repeat(60)}tenant-10000.test`), false)
})

t.test('the entries are listed as the configuration writes them', async t => {
  const rows: ReadonlyArray<readonly [entries: readonly string[], regexps: readonly RegExp[], allowNull: boolean, listed: readonly string[]]> = [
    [[], [], false, []],
    [[], [], true, ['null']],
    [['https://b.test', 'https://a.test', 'https://b.test'], [], false, ['https://b.test', 'https://a.test']],
    [['http://localhost:*', 'https://a.test', 'https://*.b.test', 'https://*.b.test:*'], [/^https:\/\/c\.test$/i, /^d$/], true,
      ['https://a.test', 'http://localhost:*', 'https://*.b.test', 'https://*.b.test:*', '/^https:\\/\\/c\\.test$/i', '/^d$/', 'null']]
  ]
  for (const [entries, regexps, allowNull, listed] of rows) t.strictSame(setOf(entries, regexps, allowNull).list(), listed)
})

t.test('a change to the list does not change the set', async t => {
  const set = setOf(['https://a.test'])
  set.list().push('https://evil.test')
  t.strictSame(set.list(), ['https://a.test'])
  t.equal(set.has('https://evil.test'), false)
})
