import t from 'tap'
import type { Problem } from '../../lib/options/problems'
import { problemsOf, settings } from './problems-of'

interface Row { readonly code: string, readonly refused: string, readonly fix: string, readonly accepted: string }

const long = (n: number) => 'a'.repeat(n)
const host253 = [long(63), long(63), long(63), long(61)].join('.')

const texts: readonly Row[] = [
  { code: 'SCHEME', refused: 'example.com', fix: "'https://example.com'", accepted: 'https://example.com' },
  { code: 'SCHEME', refused: '*.example.com', fix: "'https://*.example.com'", accepted: 'https://*.example.com' },
  { code: 'SCHEME', refused: 'localhost:3000', fix: "'http://localhost:3000'", accepted: 'http://localhost:3000' },
  { code: 'SCHEME', refused: '//a.test', fix: "'https://a.test'", accepted: 'https://a.test' },
  { code: 'SCHEME', refused: 'https:/a.test', fix: "'https://a.test'", accepted: 'https://a.test' },
  { code: 'LIST', refused: 'https://a.test,https://b.test', fix: "['https://a.test', 'https://b.test']", accepted: 'https://a.test' },
  { code: 'LIST', refused: 'https://a.test, b.test https://*.c.test', fix: "['https://a.test', 'https://b.test', 'https://*.c.test']", accepted: 'https://*.c.test' },
  { code: 'LIST', refused: 'https://a.test,%', fix: 'each as an item of its own', accepted: 'https://a.test' },
  { code: 'BLANK', refused: ' https://a.test', fix: "'https://a.test'", accepted: 'https://a.test' },
  { code: 'BLANK', refused: 'https://a.test,', fix: "'https://a.test'", accepted: 'https://a.test' },
  { code: 'FILE', refused: 'file:///tmp', fix: 'http://localhost:*', accepted: 'filesystem://a' },
  { code: 'USERINFO', refused: 'https://me:secret@a.test', fix: "'https://a.test'", accepted: 'https://a.test' },
  { code: 'PATH', refused: 'https://a.test/', fix: "'https://a.test'", accepted: 'https://a.test' },
  { code: 'PATH', refused: 'https://a.test/*', fix: "'https://a.test'", accepted: 'https://a.test' },
  { code: 'PATH', refused: 'https://*.a.test/x', fix: "'https://*.a.test'", accepted: 'https://*.a.test' },
  { code: 'QUERY', refused: 'https://a.test?x', fix: "'https://a.test'", accepted: 'https://a.test' },
  { code: 'QUERY', refused: 'https://a.test#x', fix: "'https://a.test'", accepted: 'https://a.test' },
  { code: 'UPPER_CASE', refused: 'HTTPS://A.test', fix: "'https://a.test'", accepted: 'https://a.test' },
  { code: 'UPPER_CASE', refused: 'https://*.A.test:*', fix: "'https://*.a.test:*'", accepted: 'https://*.a.test:*' },
  { code: 'UNICODE', refused: 'https://münchen.test', fix: "'https://xn--mnchen-3ya.test'", accepted: 'https://xn--mnchen-3ya.test' },
  { code: 'HOST', refused: 'https://', fix: "'https://app.example.com'", accepted: 'https://a' },
  { code: 'HOST', refused: 'https://a!b.test', fix: "'https://app.example.com'", accepted: 'https://a-b_c.test' },
  { code: 'HOST', refused: 'https://xn--zz--a.test', fix: "'https://app.example.com'", accepted: 'https://xn--mnchen-3ya.test' },
  { code: 'IPV4', refused: 'http://127.1', fix: "'http://127.0.0.1'", accepted: 'http://127.0.0.1' },
  { code: 'IPV4', refused: 'http://192.000.2.1:8080', fix: "'http://192.0.2.1:8080'", accepted: 'http://192.0.2.1:8080' },
  { code: 'IPV4', refused: 'http://256.0.0.1', fix: 'four numbers', accepted: 'http://255.0.0.1' },
  { code: 'IPV4', refused: 'http://a.0x7f', fix: 'four numbers', accepted: 'app://a.0x7f' },
  { code: 'IPV6', refused: 'http://[0:0::1]', fix: "'http://[::1]'", accepted: 'http://[::1]' },
  { code: 'IPV6', refused: 'http://::1', fix: "'http://[::1]'", accepted: 'http://[::1]:8080' },
  { code: 'IPV6', refused: 'http://[::ffff:1.2.3.4]', fix: "'http://[::ffff:102:304]'", accepted: 'http://[::ffff:102:304]' },
  { code: 'IPV6', refused: 'http://[::1', fix: 'shortest form', accepted: 'http://[::1]:*' },
  { code: 'LABEL', refused: 'https://a..test', fix: 'as DNS has it', accepted: 'https://a.test' },
  { code: 'LABEL', refused: 'https://a.test..', fix: "'https://a.test'", accepted: 'https://a.test.' },
  { code: 'LABEL', refused: `https://${long(64)}.test`, fix: 'as DNS has it', accepted: `https://${long(63)}.test` },
  { code: 'LENGTH', refused: `https://${host253}a`, fix: 'that exists', accepted: `https://${host253}` },
  { code: 'LENGTH', refused: `https://*.${host253}`, fix: 'that exists', accepted: `https://*.${host253.slice(2)}` },
  { code: 'LENGTH', refused: `${long(65)}://${host253}`, fix: 'that exists', accepted: `${long(64)}://${host253}` },
  { code: 'PORT', refused: 'https://a.test:0', fix: "'https://a.test'", accepted: 'https://a.test:1' },
  { code: 'PORT', refused: 'https://a.test:65536', fix: 'the port, none, or', accepted: 'https://a.test:65535' },
  { code: 'PORT', refused: 'https://a.test:', fix: "'https://a.test'", accepted: 'https://a.test' },
  { code: 'PORT', refused: 'https://a.test:08080', fix: "'https://a.test:8080'", accepted: 'https://a.test:8080' },
  { code: 'PORT', refused: 'https://a.test:80:*', fix: "'https://a.test:*'", accepted: 'https://a.test:*' },
  { code: 'DEFAULT_PORT', refused: 'https://a.test:443', fix: "'https://a.test'", accepted: 'https://a.test:80' },
  { code: 'DEFAULT_PORT', refused: 'http://*.a.test:80', fix: "'http://*.a.test'", accepted: 'capacitor://a.test:80' },
  { code: 'WILDCARD', refused: 'https://app-*.vercel.app', fix: 'the RegExp /^https:\\/\\/app-[a-z0-9-]+\\.vercel\\.app$/', accepted: 'https://*.vercel.app' },
  { code: 'WILDCARD', refused: 'https://a.*.b.test', fix: 'the RegExp /^https:\\/\\/a\\.[a-z0-9-]+\\.b\\.test$/', accepted: 'https://*.b.test' },
  { code: 'WILDCARD', refused: 'https://*.*.a.test', fix: "'https://*.a.test'", accepted: 'https://*.a.test' },
  { code: 'WILDCARD', refused: 'https://*a.test', fix: "['https://a.test', 'https://*.a.test']", accepted: 'https://*.a.test' },
  { code: 'WILDCARD', refused: 'https://*A.test', fix: 'one of those forms', accepted: 'https://*.a.test' },
  { code: 'WILDCARD', refused: 'https://a.*', fix: 'one of those forms', accepted: 'https://a.test' },
  { code: 'WILDCARD', refused: 'https://*', fix: "'*' for any origin", accepted: '*' },
  { code: 'WILDCARD', refused: '*://a.test', fix: "'https://a.test'", accepted: 'https://a.test' },
  { code: 'WILDCARD', refused: 'http://localhost:3*', fix: "'http://localhost:*'", accepted: 'http://localhost:*' },
  { code: 'WILDCARD', refused: 'http://*.[::1]', fix: 'one of those forms', accepted: 'http://[::1]:*' },
  { code: 'WILDCARD', refused: 'http://*.127.0.0.1', fix: 'one of those forms', accepted: 'http://127.0.0.1:*' },
]

t.test('a text that is neither an origin nor a pattern', async t => {
  for (const { code, refused, fix, accepted } of texts) {
    t.test(`${refused.slice(0, 50)} is refused: ${code}`, async t => {
      const [problem, ...others] = problemsOf({ origin: ['https://first.test', refused] })
      t.match(problem, { code: `FST_CORS_ORIGIN_${code}`, pointer: '/origin/1' })
      t.same(others, [])
      t.ok(problem?.instead.includes(fix), String(problem?.instead))
      t.same(problemsOf({ origin: accepted }), [], `${accepted.slice(0, 50)} is accepted`)
    })
  }
})

interface Concerned { readonly it: string, readonly refused: object, readonly problem: Partial<Problem>, readonly accepted: readonly object[] }

const twice = /^https:\/\/([a-z])\1\.test$/

const concerns: readonly Concerned[] = [
  {
    it: 'refuses null',
    refused: { origin: ['https://a.test', 'null'] },
    problem: { code: 'FST_CORS_ORIGIN_NULL', pointer: '/origin/1', escape: 'nullOrigin' },
    accepted: [{ origin: ['https://a.test', 'null'], dangerously: { nullOrigin: true } }, { origin: '*' }]
  },
  {
    it: 'refuses file:// as it does null',
    refused: { origin: 'file://' },
    problem: { code: 'FST_CORS_ORIGIN_NULL', pointer: '/origin', escape: 'nullOrigin' },
    accepted: [{ origin: 'file://', dangerously: { nullOrigin: true } }, { origin: ['app://.', 'http://localhost.:3000'], credentials: true }]
  },
  {
    it: "refuses '*' with credentials, with no escape",
    refused: { origin: '*', credentials: true },
    problem: { code: 'FST_CORS_ORIGIN_ANY_WITH_CREDENTIALS', pointer: '/origin', escape: undefined },
    accepted: [{ origin: '*' }, { origin: 'https://a.test', credentials: true }]
  },
  {
    it: "refuses '*' in a list with credentials, escapes or not",
    refused: { origin: ['https://a.test', '*'], credentials: true, dangerously: { anyOriginWithCredentials: true } },
    problem: { code: 'FST_CORS_ORIGIN_ANY_WITH_CREDENTIALS', pointer: '/origin/1', escape: undefined },
    accepted: [{ origin: ['https://a.test', '*'] }]
  },
  {
    it: 'refuses the default origin with credentials',
    refused: { credentials: true },
    problem: { code: 'FST_CORS_ORIGIN_ANY_WITH_CREDENTIALS', pointer: '/origin', escape: undefined },
    accepted: [{}]
  },
  {
    it: 'refuses origin: true with credentials',
    refused: { origin: true, credentials: true },
    problem: { code: 'FST_CORS_ORIGIN_REFLECTED_WITH_CREDENTIALS', pointer: '/origin', escape: 'anyOriginWithCredentials' },
    accepted: [{ origin: true }, { origin: true, credentials: true, dangerously: { anyOriginWithCredentials: true } }]
  },
  {
    it: 'refuses http with credentials',
    refused: { origin: ['http://a.test'], credentials: true },
    problem: { code: 'FST_CORS_ORIGIN_INSECURE_WITH_CREDENTIALS', pointer: '/origin/0', escape: 'insecureOrigins', instead: "'https://a.test'" },
    accepted: [
      { origin: ['http://a.test'] },
      { origin: ['http://a.test'], credentials: true, dangerously: { insecureOrigins: true } },
      { origin: ['http://localhost:*', 'http://app.localhost', 'http://*.localhost:*', 'http://127.9.9.9', 'http://[::1]:8080'], credentials: true },
      { origin: ['capacitor://localhost', 'chrome-extension://abc', 'ionic://localhost', 'tauri://localhost'], credentials: true }
    ]
  },
  {
    it: 'refuses http that only starts like loopback',
    refused: { origin: 'http://127.a.test:*', credentials: true },
    problem: { code: 'FST_CORS_ORIGIN_INSECURE_WITH_CREDENTIALS', pointer: '/origin' },
    accepted: [{ origin: 'http://127.0.0.1:*', credentials: true }]
  },
  {
    it: 'refuses a public suffix with credentials',
    refused: { origin: 'https://*.github.io', credentials: true },
    problem: { code: 'FST_CORS_ORIGIN_PUBLIC_SUFFIX_WITH_CREDENTIALS', pointer: '/origin', escape: 'publicSuffixOrigins' },
    accepted: [
      { origin: 'https://*.github.io' },
      { origin: 'https://*.me.github.io', credentials: true },
      { origin: 'https://*.github.io', credentials: true, dangerously: { publicSuffixOrigins: true } },
      { origin: 'https://github.io:*', credentials: true }
    ]
  },
  {
    it: 'refuses a single label with credentials',
    refused: { origin: ['https://*.internal:*'], credentials: true },
    problem: { code: 'FST_CORS_ORIGIN_PUBLIC_SUFFIX_WITH_CREDENTIALS', pointer: '/origin/0' },
    accepted: [{ origin: 'https://*.corp.internal:*', credentials: true }, { origin: 'https://*.localhost', credentials: true }]
  },
  {
    it: 'refuses a RegExp open at its end, with the closed one',
    refused: { origin: /^https:\/\/a\.test/ },
    problem: { code: 'FST_CORS_REGEXP_UNANCHORED', pointer: '/origin', escape: 'unsafeRegex', instead: "'https://a.test', or the RegExp /^https:\\/\\/a\\.test$/" },
    accepted: [{ origin: /^https:\/\/a\.test$/ }, { origin: /^https:\/\/a\.test/, dangerously: { unsafeRegex: true } }]
  },
  {
    it: 'refuses a RegExp open at its start, with the pattern for subdomains',
    refused: { origin: [/\.a\.test$/] },
    problem: { code: 'FST_CORS_REGEXP_UNANCHORED', pointer: '/origin/0', instead: "'https://*.a.test', or the RegExp /^https:\\/\\/.+\\.a\\.test$/" },
    accepted: [{ origin: [/^https:\/\/[a-z0-9.-]+\.a\.test$/] }]
  },
  {
    it: 'refuses a RegExp whose $ is escaped',
    refused: { origin: /^https:\/\/a$|\$/ },
    problem: { code: 'FST_CORS_REGEXP_UNANCHORED' },
    accepted: [{ origin: /^https:\/\/a(?:|\$)$/ }]
  },
  {
    it: 'refuses alternation outside a group',
    refused: { origin: /^https:\/\/a\.test|https:\/\/b\.test$/i },
    problem: { code: 'FST_CORS_REGEXP_ALTERNATION', pointer: '/origin', escape: 'unsafeRegex', instead: '/^(?:https:\\/\\/a\\.test|https:\\/\\/b\\.test)$/i' },
    accepted: [{ origin: /^(?:https:\/\/a\.test|https:\/\/b\.test)$/i }, { origin: /^https:\/\/[|a]\.test$/ }]
  },
  {
    it: 'refuses flags that make a match depend on more than the origin',
    refused: { origin: /^https:\/\/a\.test$/gim },
    problem: { code: 'FST_CORS_REGEXP_FLAGS', pointer: '/origin', escape: 'unsafeRegex', instead: '/^https:\\/\\/a\\.test$/i' },
    accepted: [{ origin: /^https:\/\/a\.test$/i }, { origin: /^https:\/\/a\.test$/y, dangerously: { unsafeRegex: true } }]
  },
  {
    it: 'refuses a single such flag',
    refused: { origin: /^https:\/\/a\.test$/g },
    problem: { code: 'FST_CORS_REGEXP_FLAGS', what: '/^https:\\/\\/a\\.test$/g has the flag g' },
    accepted: [{ origin: /^https:\/\/a\.test$/u }]
  },
  {
    it: 'refuses a RegExp that cannot be read',
    refused: { origin: twice },
    problem: { code: 'FST_CORS_REGEXP_UNREADABLE', pointer: '/origin', escape: 'unsafeRegex' },
    accepted: [{ origin: twice, dangerously: { unsafeRegex: true } }, { origin: /^https:\/\/([a-z]+(\.[a-z]+)*)+\.a\.test$/, credentials: true }]
  },
  {
    it: 'refuses a RegExp that cannot be read and is combined with credentials, since it may let in anybody',
    refused: { origin: twice, credentials: true, dangerously: { unsafeRegex: true } },
    problem: { code: 'FST_CORS_REGEXP_ANY_WITH_CREDENTIALS', pointer: '/origin', escape: 'anyOriginWithCredentials' },
    accepted: [{ origin: twice, credentials: true, dangerously: { unsafeRegex: true, anyOriginWithCredentials: true } }]
  },
  {
    it: 'refuses a RegExp that would never match, with the one in the form of origins',
    refused: { origin: [/^https:\/\/App\.a\.test\/$/] },
    problem: { code: 'FST_CORS_REGEXP_NEVER', pointer: '/origin/0', escape: undefined, instead: '/^https:\\/\\/app\\.a\\.test$/' },
    accepted: [{ origin: /^https:\/\/App\.a\.test\/?$/i }]
  },
  {
    it: 'refuses a RegExp with any name under a public suffix with credentials',
    refused: { origin: /^https:\/\/[a-p]+\.netlify\.app$/, credentials: true },
    problem: { code: 'FST_CORS_REGEXP_PUBLIC_SUFFIX_WITH_CREDENTIALS', pointer: '/origin', escape: 'publicSuffixOrigins' },
    accepted: [{ origin: /^https:\/\/[a-p]+\.netlify\.app$/ }, { origin: /^https:\/\/[a-p]+\.netlify\.app$/, credentials: true, dangerously: { publicSuffixOrigins: true } }]
  },
  {
    it: 'refuses a RegExp with http origins with credentials, as it does the text',
    refused: { origin: /^http:\/\/app\.a\.test$/, credentials: true },
    problem: { code: 'FST_CORS_REGEXP_INSECURE_WITH_CREDENTIALS', pointer: '/origin', escape: 'insecureOrigins', instead: '/^https:\\/\\/app\\.a\\.test$/' },
    accepted: [{ origin: /^https?:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/, credentials: true }]
  },
  {
    it: 'refuses a RegExp that matches null',
    refused: { origin: /^(?:null|https:\/\/a\.test)$/ },
    problem: { code: 'FST_CORS_REGEXP_NULL', pointer: '/origin', escape: 'nullOrigin' },
    accepted: [{ origin: /^(?:nul|https:\/\/a\.test)$/ }, { origin: /^(?:null|https:\/\/a\.test)$/, dangerously: { nullOrigin: true } }]
  },
  {
    it: 'refuses a RegExp that matches any origin with credentials',
    refused: { origin: /^https:\/\/[a-z0-9.-]+$/, credentials: true },
    problem: { code: 'FST_CORS_REGEXP_ANY_WITH_CREDENTIALS', pointer: '/origin', escape: 'anyOriginWithCredentials' },
    accepted: [
      { origin: /^https:\/\/[a-z0-9.-]+$/ },
      { origin: /^https:\/\/[a-z0-9.-]+\.a\.test$/, credentials: true },
      { origin: /^https:\/\/[a-z0-9.-]+$/, credentials: true, dangerously: { anyOriginWithCredentials: true } }
    ]
  },
  {
    it: 'refuses an empty list',
    refused: { origin: [] },
    problem: { code: 'FST_CORS_ORIGIN_EMPTY_LIST', pointer: '/origin' },
    accepted: [{ origin: false }]
  },
  {
    it: 'refuses a boolean from the environment',
    refused: { origin: 'True' },
    problem: { code: 'FST_CORS_BOOLEAN_STRING', pointer: '/origin' },
    accepted: [{ origin: true }]
  },
  {
    it: 'refuses another type',
    refused: { origin: 5 },
    problem: { code: 'FST_CORS_WRONG_TYPE', pointer: '/origin' },
    accepted: [{ origin: () => true }]
  },
  {
    it: 'refuses another type in a list',
    refused: { origin: ['https://a.test', true] },
    problem: { code: 'FST_CORS_WRONG_TYPE', pointer: '/origin/1' },
    accepted: [{ origin: ['https://a.test', /^https:\/\/b\.test$/] }]
  },
]

t.test('an origin that is dangerous', async t => {
  for (const { it, refused, problem, accepted } of concerns) {
    t.test(it, async t => {
      const found = problemsOf(refused)
      t.match(found, [problem])
      t.equal(found.length, 1)
      for (const options of accepted) t.same(problemsOf(options), [])
    })
  }
})

t.test('each form of origin has its kind of setting', async t => {
  const decide = () => true
  const rows: ReadonlyArray<readonly [unknown, object]> = [
    ['*', { kind: 'any' }],
    [['*'], { kind: 'any' }],
    [['https://a.test', '*'], { kind: 'any' }],
    [true, { kind: 'any' }],
    [false, { kind: 'none' }],
    ['https://a.test', { kind: 'one', origin: 'https://a.test' }],
    [['https://a.test', 'https://a.test'], { kind: 'one', origin: 'https://a.test' }],
    [decide, { kind: 'ask', decide }],
  ]
  for (const [origin, expected] of rows) t.same(settings({ origin }).origin, expected)
  for (const origin of ['https://*.a.test', ['https://a.test', 'https://b.test'], /^https:\/\/a$/, ['https://a.test', 'http://b.test:*'], ['https://a.test', /^https:\/\/b\.test$/]]) {
    t.equal(settings({ origin }).origin.kind, 'set')
  }
})

t.test('null is allowed where an entry names it, not by the escape alone', async t => {
  const allowsNull = (origin: unknown) => {
    const setting = settings({ origin, dangerously: { nullOrigin: true } }).origin
    return setting.kind === 'set' && setting.set.has('null')
  }
  t.equal(allowsNull(['null']), true)
  t.equal(allowsNull('null'), true)
  t.equal(allowsNull(['https://a.test', 'null']), true)
  t.equal(allowsNull(/^(?:null|https:\/\/a\.test)$/), true)
  t.equal(allowsNull(['https://a.test', 'https://b.test']), false)
  t.equal(allowsNull(/^https:\/\/a\.test$/), false)
})

t.test('an unreadable RegExp is checked for null only if dangerously.unsafeRegex accepts it', async t => {
  const origin = /^(.)(.)(.)\3$/
  const codes = (dangerously: object) => problemsOf({ origin, dangerously }).map(({ code }) => code)
  t.strictSame(codes({}), ['FST_CORS_REGEXP_UNREADABLE'])
  t.strictSame(codes({ nullOrigin: true }), ['FST_CORS_REGEXP_UNREADABLE'])
  t.strictSame(codes({ unsafeRegex: true }), ['FST_CORS_REGEXP_NULL'])
  t.strictSame(codes({ unsafeRegex: true, nullOrigin: true }), [])
})

t.test('a verdict on a RegExp is the same each time, without random numbers', async t => {
  t.intercept(Math, 'random', { get: () => { throw new Error('a random number') } })
  const rows = [
    { origin: /^https:\/\/[a-p]+\.netlify\.app$/, credentials: true },
    { origin: /^https:\/\/[a-z0-9-]+\.a\.test$/, credentials: true },
    { origin: /example\.com$/, credentials: true }
  ]
  for (const options of rows) {
    const first = problemsOf(options)
    for (let i = 0; i < 10; i++) t.strictSame(problemsOf(options), first)
  }
})
