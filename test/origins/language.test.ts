import fc from 'fast-check'
import t from 'tap'
import { type OriginLanguage, languageOf, readRegExp } from '../../lib/origins/language'
import { parseEntry } from '../../lib/origins/pattern'
import { covers } from './covers'
import { isSerializedOrigin } from '../../lib/protocol/origin'

function read (regexp: RegExp): OriginLanguage {
  const result = readRegExp(regexp)
  if (result.kind === 'unreadable') throw new Error(`${regexp}: ${result.reason}`)
  return result.language
}

const label = fc.constantFrom('a', 'app', 'www', 'example', 'evil', 'evilexample', 'com', 'x-1', 'pr-12', 'localhost', 'vercel', 'admin', '-', '9')
const host = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 4 }).map(labels => labels.join('.')),
  fc.array(label, { minLength: 0, maxLength: 2 }).map(labels => [...labels, 'example', 'com'].join('.')),
  fc.constantFrom('localhost', '127.0.0.1', '192.168.1.7', '[::1]', '[2001:db8::1]', 'appxexample.com', 'wwwxexamplexcom')
)
const origin = fc.tuple(fc.constantFrom('https', 'https', 'http', 'app', 'chrome-extension'), host, fc.constantFrom('', '', ':3000', ':65535', ':8')).map(([scheme, host, port]) => `${scheme}://${host}${port}`)

const real = [
  /^https:\/\/(\w|\d|-)+\.example\.com$/, /^https?:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/, /^https:\/\/[a-z0-9-]{1,40}\.example\.com(?::\d{2,5})?$/,
  /^https:\/\/(?!admin\.)[a-z]+\.example\.com$/, /^https:\/\/(www|app).example.com$/i, /^https?:\/\/.*(?<!evil)example\.com$/, /^http:\/\/[^/]+:\d+$/,
  /^https:\/\/(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+com$/, /^(?:app|chrome-extension):\/\/\w+$/, /^.*\bexample\b.*$/, /example/, /^https:\/\/pr-\d+\.example\.com$/
]

t.test('a language has the origins in which the RegExp is found', async t => {
  const numeric = /:\/\/(?:.*\.)?\d+(?::|$)/ // Not all of them are addresses.
  fc.assert(fc.property(fc.constantFrom(...real.map(regexp => [regexp, read(regexp)] as const)), fc.array(origin, { minLength: 20, maxLength: 20 }), ([regexp, language], origins) => {
    for (const origin of origins) {
      if (!isSerializedOrigin(origin) || (numeric.test(origin) && !/\d\.\d+\.\d+\.\d/.test(origin) && origin.startsWith('http'))) continue
      if (language.has(origin) !== regexp.test(origin)) throw new Error(`${regexp} on ${origin}`)
    }
  }), { numRuns: 300, seed: 11 })
  t.pass()
})

t.test('a pattern is the origins that it covers', async t => {
  const patterns = ['https://*.example.com', 'http://localhost:*', 'https://*.example.com:*', 'https://*.com:3000', 'https://example.com', 'http://[::1]:*', 'http://127.0.0.1:*']
  fc.assert(fc.property(fc.constantFrom(...patterns.map(pattern => [pattern, languageOf([pattern])] as const)), fc.array(origin, { minLength: 20, maxLength: 20 }), ([pattern, language], origins) => {
    const parsed = parseEntry(pattern)
    for (const origin of origins) {
      if (!isSerializedOrigin(origin) || /:\/\/(?:.*\.)?9(?::|$)/.test(origin)) continue
      const expected = parsed.kind === 'exact' ? parsed.origin === origin : parsed.kind === 'pattern' && covers(parsed.pattern, origin)
      if (language?.has(origin) !== expected) throw new Error(`${pattern} on ${origin}`)
    }
  }), { numRuns: 200, seed: 11 })
  t.equal(languageOf(['https://ok.example.com', 'https://*.*.com']), undefined)
  t.equal(languageOf([])?.isEmpty, true)
  t.equal(languageOf(Array.from({ length: 3000 }, (_none, i) => `https://h${i}x${i}.a.test`)), undefined, 'more than a table holds')
})

t.test('what no browser sends is in no language', async t => {
  for (const regexp of [
    /^HTTPS:\/\/a\.b$/, /^https:\/\/a\.test\/$/, /^https:\/\/a b$/, /^$/, /^null$/, /^file:\/\/$/, /^https:\/\/a\.test:443$/, /^http:\/\/a\.test:80$/, /^https:\/\/a\.test:0\d+$/,
    /^https:\/\/a\.test:6553[6-9]$/, /^https:\/\/1\.2\.3$/, /^https:\/\/256\.1\.1\.1$/, /^https:\/\/a\.\.test$/, /^https:\/\/[a-z]{64}\.test$/, /^https:\/\/([a-z]{60}\.){5}test$/, /^https?:\/\/\*$/, /^https:\/\/(?:[a-z]{50}\.){7}com$/
  ]) t.equal(read(regexp).isEmpty, true, String(regexp))
  const long = read(/^https:\/\/(?:[a-z]{64}|[a-z]{30}\.[a-z]{40})\.test$/)
  t.match(long.example(), /^https:\/\/[a-z]{30}\.[a-z]{40}\.test$/, 'a longer origin may have shorter labels')
  t.same([/^null$/, /^(?:null|file:\/\/)$/, /^https:\/\/a\.test$/].map(read).map(({ matchesNull, matchesFile }) => [matchesNull, matchesFile]), [[true, false], [true, true], [false, false]])
})

t.test('what a browser may send is', async t => {
  for (const origin of ['https://example.com.', 'http://localhost.:3000', 'app://.', 'chrome-extension://abc', 'https://a_b.test', 'https://[2001:db8::1]:8443', 'http://a.test:443', 'https://xn--bcher-kva.test']) {
    t.equal(read(/^.*$/).has(origin), true, origin)
  }
})

t.test('one language against another', async t => {
  const below = languageOf(['https://*.example.com'])
  if (below === undefined) throw new Error('a pattern without fault')
  t.equal(below.equals(read(/^https:\/\/.+\.example\.com$/)), true)
  t.equal(below.difference(read(/^https:\/\/[a-z0-9-]+\.example\.com$/)), 'https://_.example.com')
  t.equal(read(/^https:\/\/[a-z]+\.example\.com$/).difference(below), undefined)
  t.equal(read(/^https:\/\/.*example\.com$/).difference(below), 'https://example.com')
  t.equal(read(/^https:\/\/a\.test$/).isOnly('https://a.test'), true)
  t.equal(read(/^https:\/\/[ab]\.test$/).isOnly('https://a.test'), false)
})

t.test('a walk takes one step for each character, whatever the RegExp looks like', async t => {
  const language = read(/^https:\/\/(\w|\d|-)+\.example\.com$/)
  t.equal(language.has(`https://${'1'.repeat(60)}.xxxxxxxxxxxxxxxxxxxxxx.com`), false)
  t.equal(language.has(`https://${'1'.repeat(60)}.example.com`), true)
  t.equal(language.has('https://é.example.com'), false)
  const { size, next, accepts } = language.dfa
  t.equal(size, 23)
  t.equal(next.byteLength + accepts.byteLength, 23 * 45 * 2 + 23)
})
