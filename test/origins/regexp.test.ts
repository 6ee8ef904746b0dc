import t from 'tap'
import { alternatives, matchesAnyOrigin, matchesNull, weaknessesOf } from '../../lib/origins/regexp'
import { patternsFor } from '../../lib/origins/regexp-pattern'

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
    [/^(a+)+$/, ['UNSAFE']],
    [/(a+)+/g, ['UNANCHORED', 'FLAGS', 'UNSAFE']],
  ]
  for (const [regexp, expected] of rows) t.same(weaknessesOf(regexp), expected, String(regexp))
  const nested = '^[[a\\|]\\|]b$'
  t.same(weaknessesOf(new RegExp(nested, 'v')), [])
})

t.test('alternatives outside groups and classes', async t => {
  t.same(alternatives(/a|b(c|d)|[|]\|/), ['a', 'b(c|d)', '[|]\\|'])
})

t.test('RegExps that let strangers in', async t => {
  for (const regexp of [/^.*$/, /^https:\/\/[a-z]+\.com$/, /^http:\/\/.+$/, /^https:\/\/[a-z0-9]+\.[a-z0-9-]+\.org:\d+$/, /^https/g, /^https:\/\/.+\.io$/, /^https:\/\/.+\.(?:de|fr)$/, /^https:\/\/[a-z-]+\.github\.io$/, /^https:\/\/a\.com.*$/, /^https:\/\/example\.[a-z]+$/]) t.equal(matchesAnyOrigin(regexp), true, String(regexp))
  for (const regexp of [/^https:\/\/[a-z]+\.a\.test$/, /^http:\/\/localhost:\d+$/, /^https:\/\/app-[a-z0-9-]+\.vercel\.app$/, /^https:\/\/example\.(?:com|org)$/, /^https:\/\/(?:[a-z]+\.)?example\.co\.uk$/, /^https?:\/\/localhost(?::\d+)?$/]) t.equal(matchesAnyOrigin(regexp), false, String(regexp))
  // No literal name from which a neighbour could be made: each is matched by one shape of random origin alone.
  for (const regexp of [
    /^https:\/\/[a-z]{7,}\.c[om]{2}$/, /^https:\/\/[a-z]{7,}\.t[est]{3}$/, /^https:\/\/[a-z]{7,}\.o[rg]{2}$/, /^http:\/\/[a-z]{7,}\.c[om]{2}:\d+$/,
    /^https:\/\/[a-z]+\d[a-z]+\.c[om]{2}$/, /^https:\/\/[a-z]+[-][a-z]+\.c[om]{2}$/, /^https:\/\/[a-z]{6}\.[a-z]{7,}\.c[om]{2}$/
  ]) t.equal(matchesAnyOrigin(regexp), true, String(regexp))
  t.equal(matchesAnyOrigin(/^https:\/\/a\.com\.[a-z]{6}\.t[est]{3}$/), true, 'below a name that goes on')
  t.equal(matchesAnyOrigin(/^https:\/\/(?:app\.github\.io|[a-z]{6}\.github[.]io)$/), true, 'beside a name under a public suffix')
  // Nobody can guess the random names.
  for (const regexp of [/^https:\/\/a{12}\.c[om]{2}$/, /^https:\/\/undefinedundefined\.c[om]{2}$/]) t.equal(matchesAnyOrigin(regexp), false, String(regexp))
  t.equal(matchesAnyOrigin(/^\S+ .+$/), false, 'no blank is in any origin')
  t.equal(matchesNull(/^[a-z]+$/), true)
  t.equal(matchesNull(/^[a-z]+:$/), false)
})

t.test('the pattern that says what a RegExp says', async t => {
  const rows: ReadonlyArray<readonly [RegExp, readonly string[]]> = [
    [/^https:\/\/[a-z0-9-]+(\.[a-z]+)?\.a\.test(:\d+)?$/, ['https://*.a.test:*']],
    [/^https:\/\/([a-z0-9-]+\.)+a\.test$/, ['https://*.a.test']],
    [/^https:\/\/(\w+\.)*a\.test$/, ['https://a.test', 'https://*.a.test']],
    [/^https?:\/\/.*\.a\.test(?::[0-9]{1,5})?$/, ['https://*.a.test:*', 'http://*.a.test:*']],
    [/^http:\/\/localhost:\d+$/, ['http://localhost:*']],
    [/^https:\/\/a\.test$/, ['https://a.test']],
    [/^https:\/\/bcd\.e\.test$/, ['https://bcd.e.test']],
    [/^https:\/\/([a-z]+\.)a\.test$/, ['https://*.a.test']],
    ...['{3}', '{10}', '{1,10}', '{2,}'].map(times => [new RegExp(`^https:\\/\\/[a-z]${times}\\.a\\.test$`), ['https://*.a.test']] as const),
    ...['+', '{5}', '{10}', '{1,10}', '{2,}', '{1,5}'].flatMap(times => [`:\\d${times}`, `(:\\d${times})`, `(?::[0-9]${times})?`]
      .map(port => [new RegExp(`^http:\\/\\/localhost${port}$`), ['http://localhost:*']] as const)),
    [/^https:\/\/[a-z]+\.\ba\.test$/, []],
    [/^https:\/\/(\w+\.)*1\.2\.3\.4$/, []],
    [/^https:\/\/:\d+localhost$/, []],
    [/^https:\/\/^a\.test$/, []],
    [/^https:\/\/$a\.test$/, []],
    [/^https:\/\/app-[a-z]+\.a\.test$/, []],
    [/^https:\/\/[a-z]+a\.test$/, []],
    [/^https:\/\/(?:a|b)$/, []],
    [/^https:\/\/.*$/, []],
    [/^https:\/\/1\.2$/, []],
    [/^app:\/\/a\.test$/, []],
  ]
  for (const [regexp, expected] of rows) t.same(patternsFor(regexp.source), expected, String(regexp))
  t.same(patternsFor('^https://a\\.test$'), ['https://a.test'], 'slashes need no escape in a text')
})

t.test('strangers around the name and the port that a RegExp spells out', async t => {
  const open = [
    /^https:\/\/.*example\.com$/, /^https:\/\/[a-z0-9-]*\.?example\.com$/, /^https:\/\/app.example.com$/, /^https:\/\/.+:3000$/,
    /^https:\/\/app\.[a-z]+\.com$/, /^https:\/\/[a-z0-9-]+\.[a-z]{2}$/, /^http:\/\/[a-z0-9-]+\.github\.io$/,
    /^https:\/\/[a-z]+\.example\.[a-z]+\.com$/, /^https:\/\/\d+\.\d+\.\d+\.\d+$/, /^https:\/\/\[.*\]$/
  ]
  for (const regexp of open) t.equal(matchesAnyOrigin(regexp), true, String(regexp))
  const closed = [
    /^https:\/\/app\.example\.com$/, /^https:\/\/(?:[a-z]+\.)?example\.com:3000$/, /^http:\/\/(?:localhost|127\.0\.0\.1):\d+$/,
    /^https:\/\/pr-\d+\.preview\.example\.com$/, /^https:\/\/[a-z0-9-]+-team\.vercel\.app$/
  ]
  for (const regexp of closed) t.equal(matchesAnyOrigin(regexp), false, String(regexp))
})

t.test('strangers have the ports that a RegExp spells out, and no host of one label', async t => {
  t.equal(matchesAnyOrigin(/^https:\/\/[a-z]{6}\.c[om]{2}:3000$/), true)
  t.equal(matchesAnyOrigin(/^https:\/\/a.com$/), false, 'nobody gets the name axcom')
  t.equal(matchesAnyOrigin(/^https:\/\/app.a.com$/), true, 'and anybody appxa.com')
})
