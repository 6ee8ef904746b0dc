import t from 'tap'
import { correctionOf } from '../../lib/origins/correction'
import { parseEntry } from '../../lib/origins/pattern'

function corrected (text: string) {
  const entry = parseEntry(text)
  return entry.kind === 'fault' ? correctionOf(text, entry.fault) : 'accepted'
}

const long = 'a'.repeat(63)
const host252 = [long, long, long, 'a'.repeat(60)].join('.')

t.test('the one origin or pattern that was meant', async t => {
  const rows: ReadonlyArray<readonly [refused: string, origin: string]> = [
    ['a.test', 'https://a.test'],
    ['http:/a.test', 'https://a.test'],
    ['https:/a.test', 'https://a.test'],
    ['//a.test', 'https://a.test'],
    ['127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['https://me:1@a.test/path?query#fragment', 'https://a.test'],
    ['https://me:1@::1', 'https://[::1]'],
    ['http://2001:DB8::1', 'http://[2001:db8::1]'],
    ['https://x::1', 'https://x:1'],
    ['  https://a.test', 'https://a.test'],
    ['"https://a.test"', 'https://a.test'],
    ['["a.test"]', 'https://a.test'],
    ['https://a.test;;', 'https://a.test'],
    ['https://a.test..', 'https://a.test'],
    ['https://a.test.:', 'https://a.test'],
    ['https://a.test:00443', 'https://a.test'],
    ['https://a.test:0080', 'https://a.test:80'],
    ['https://*.*.a.test', 'https://*.a.test'],
    ['*://a.test:3000', 'https://a.test:3000'],
    ['http*://a.test', 'https://a.test'],
    ['h*p://a.test', 'https://a.test'],
    ['http://localhost:3*0', 'http://localhost:*'],
    ['http://localhost:30*', 'http://localhost:*'],
    ['http://a:*@b.test:1*', 'http://b.test:*'],
  ]
  for (const [refused, origin] of rows) t.strictSame(corrected(refused), { kind: 'one', origin }, refused)
})

t.test('the several that were meant', async t => {
  const rows: ReadonlyArray<readonly [refused: string, ...origins: string[]]> = [
    ['https://a.test,  b.test;https://*.c.test', 'https://a.test', 'https://b.test', 'https://*.c.test'],
    ['["https://a.test","https://b.test/"]', 'https://a.test', 'https://b.test'],
    ["['http://[::1]:3000', 'b.test']", 'http://[::1]:3000', 'https://b.test'],
    // It would let in `https://evilexample.com`.
    ['*://localhost:3000', 'http://localhost:3000', 'https://localhost:3000'],
    ['https://*example.com', 'https://example.com', 'https://*.example.com'],
    ['http://*a.test:8080', 'http://a.test:8080', 'http://*.a.test:8080'],
  ]
  for (const [refused, ...origins] of rows) t.strictSame(corrected(refused), { kind: 'many', origins }, refused)
})

t.test('the RegExp that was meant', async t => {
  const rows: ReadonlyArray<readonly [refused: string, source: RegExp, matched: string]> = [
    ['https://app-*.a.test', /^https:\/\/app-[a-z0-9-]+\.a\.test$/, 'https://app-1.a.test'],
    ['https://app-**.bcd.e.test:8080', /^https:\/\/app-[a-z0-9-]+\.bcd\.e\.test:8080$/, 'https://app-1.bcd.e.test:8080'],
    ['https://*-team.vercel.app', /^https:\/\/[a-z0-9-]+-team\.vercel\.app$/, 'https://app-team.vercel.app'],
    ['https://app-*.b.test:*', /^https:\/\/app-[a-z0-9-]+\.b\.test(?::\d+)?$/, 'https://app-1.b.test:8080'],
    ['/^https:\\/\\/.*\\.a\\.test$/', /^https:\/\/.*\.a\.test$/, 'https://b.a.test'],
    ['^https://(.+\\.)?a\\.test$', /^https:\/\/(.+\.)?a\.test$/, 'https://a.test'],
    ['a.b://app-*.c.test', /^a\.b:\/\/app-[a-z0-9-]+\.c\.test$/, 'a.b://app-1.c.test'],
  ]
  for (const [refused, { source }, matched] of rows) {
    t.strictSame(corrected(refused), { kind: 'regexp', source }, refused)
    t.match(matched, new RegExp(source))
  }
})

t.test('extensions have an id of their own', async t => {
  t.strictSame(corrected('moz-extension://*'), { kind: 'extension', scheme: 'moz-extension:' })
})

t.test('nothing where the intention cannot be told', async t => {
  const texts = [
    '%', 'https://', 'https://xn--zz--a.b.test', 'https://a.test:80;:*', 'Xhttps://*a.test', 'https://*a.test*', 'https://*1.2.3.4', `https://*${host252}`,
    'https://app-*.b.test!', 'Xhttps://app-*.b.test', 'https://a.*', 'https://*a',
    ',https://a.test,%', '^(['
  ]
  for (const text of texts) t.equal(corrected(text), undefined, text)
})
