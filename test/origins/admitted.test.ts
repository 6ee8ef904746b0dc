import fc from 'fast-check'
import t from 'tap'
import { getDomain } from 'tldts'
import { type Admitted, admittedBy } from '../../lib/origins/admitted'
import { type OriginLanguage, languageOf, readRegExp } from '../../lib/origins/language'

function read (regexp: RegExp): OriginLanguage {
  const result = readRegExp(regexp)
  if (result.kind === 'unreadable') throw new Error(`${regexp}: ${result.reason}`)
  return result.language
}

function openings ({ openings }: Admitted): string[] {
  return openings.map(({ kind, witness }) => `${kind} ${witness}`)
}

t.test('RegExps that let strangers in', async t => {
  const rows: ReadonlyArray<readonly [RegExp, ...string[]]> = [
    [/^https:\/\/.*example\.com$/, 'domain https://evilexample.com'],
    [/^https:\/\/.*example[.]com$/, 'domain https://evilexample.com'],
    [/^https:\/\/.*MyCompany\.com$/i, 'domain https://evilmycompany.com'],
    [/^https:\/\/[a-z0-9-]*\.?example\.com$/, 'domain https://evilexample.com'],
    [/^https:\/\/(www|app).example\.com$/, 'domain https://appxexample.com'],
    [/^https:\/\/app.example.com$/, 'domain https://appxexample.com'],
    [/^https:\/\/example\.[a-z]{2,4}$/, 'domain https://example.org'],
    [/^https:\/\/example\.[a-z]{2}$/, 'domain https://example.io'],
    [/^https:\/\/example\d\.com$/, 'domain https://example0.com'],
    [/^https:\/\/example\.c.m$/, 'domain https://example.cam'],
    [/^https:\/\/example\.com.*$/, 'domain https://example.comevil.org'],
    [/^https:\/\/example\.com\..+$/, 'domain https://example.com.evil.org'],
    [/^https:\/\/.+$/, 'domain https://evil.org', 'address https://0.0.0.3'],
    [/^http:\/\/[^/]+:517[34]$/, 'domain http://evil.org:5173', 'address http://0.0.0.3:5173'],
    [/^https:\/\/\w+\.com:3000$/, 'domain https://evil.com:3000'],
    [/^https:\/\/[a-z]+\.com\.$/, 'domain https://evil.com.'],
    [/^https:\/\/(?!evil)[a-z]+\.com$/, 'domain https://x.com'],
    [/^https:\/\/(a|b){10}\.com$/, 'domain https://aaaaaaaaaa.com'],
    [/^https:\/\/([a-z]+\.)*co\.uk$/, 'domain https://evil.co.uk'],
    [/^https:\/\/[a-z]+\.[a-z]+\.ck$/, 'domain https://x.evil.ck'],
    [/localhost/, 'domain https://localhostevil.org'],
    [/^https:\/\/[a-z]+\.vercel\.app$/, 'private-suffix https://evil.vercel.app'],
    [/^https:\/\/[0-9a-f]+\.vercel\.app$/, 'private-suffix https://a.vercel.app'],
    [/^https:\/\/[a-p]+\.netlify\.app$/, 'private-suffix https://a.netlify.app'],
    [/^https:\/\/app-[a-z0-9-]+\.vercel\.app$/, 'private-suffix https://app-evil.vercel.app'],
    [/^https:\/\/.*-team\.vercel\.app$/, 'private-suffix https://evil-team.vercel.app'],
    [/^https:\/\/[a-z]+\.s3\.amazonaws\.com$/, 'private-suffix https://evil.s3.amazonaws.com'],
    [/^https:\/\/(?:s3|[a-z]+-x|[a-z]+\.s3)\.amazonaws\.com$/, 'private-suffix https://evil.s3.amazonaws.com'],
    [/^https:\/\/[a-z]+\.internal$/, 'unlisted https://evil.internal'],
    [/^https:\/\/[a-z]+$/, 'unlisted https://evil'],
    [/^https:\/\/\d+\.\d+\.\d+\.\d+$/, 'address https://0.0.0.3'],
    [/^https:\/\/\[.*\]$/, 'address https://[1::]'],
    [/^https:\/\/1[13579]\.[13579]{2}\.[13579]{2}\.[13579]$/, 'address https://11.11.11.1'],
    [/^https:\/\/a\.[a-z]m$/, 'domain https://a.am'],
    [/^https:\/\/[bdfhj]{5}$/, 'unlisted https://bbbbb'],
    [/^https:\/\/[bdfhj]{5}\.com$/, 'domain https://bbbbb.com'],
    [/^https:\/\/a\.[qxw][a-z]{5,9}$/, 'domain https://a.xxxxxx'],
    [/^https:\/\/(?:[ace]{4}\.){5}com$/, 'domain https://aaaa.aaaa.aaaa.aaaa.aaaa.com'],
    [/^http:\/\/192\.168\.\d+\.\d+(:\d+)?$/, 'private-address http://192.168.0.3'],
  ]
  for (const [regexp, ...expected] of rows) {
    const language = read(regexp)
    const admitted = admittedBy(language)
    t.same(openings(admitted), expected, String(regexp))
    for (const { witness } of admitted.openings) t.ok(language.has(witness) && regexp.test(witness), witness)
  }
})

t.test('RegExps that spell out who gets in', async t => {
  const rows: ReadonlyArray<readonly [RegExp, Partial<Admitted>]> = [
    [/^https:\/\/app\.example\.com$/, { domains: ['example.com'] }],
    [/^http:\/\/app\.example\.com$/, { domains: ['example.com'], insecure: 'http://app.example.com' }],
    [/^https?:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/, { loopback: 'http://localhost' }],
    [/^https:\/\/[a-z]+\.localhost$/, { loopback: 'https://x.localhost' }],
    [/^http:\/\/localhost\.:3000$/, { loopback: 'http://localhost.:3000' }],
    [/^http:\/\/127\.\d+\.\d+\.\d+$/, { loopback: 'http://127.0.0.0' }],
    [/^https:\/\/\[::1\](:\d+)?$/, { loopback: 'https://[::1]' }],
    [/^https:\/\/[a-z0-9-]{1,40}\.example\.com(?::\d{2,5})?$/, { domains: ['example.com'] }],
    [/^https:\/\/(\w|\d|-)+\.example\.com$/, { domains: ['example.com'] }],
    [/^https:\/\/(?:[\dA-Za-z][\dA-Za-z-]{1,61}[\dA-Za-z])+\.example\.com(?::\d+)?$/, { domains: ['example.com'] }],
    [/^https:\/\/(.+)+\.example\.com$/, { domains: ['example.com'] }],
    [/^https:\/\/(?!admin\.)[a-z]+\.example\.com\.?$/, { domains: ['example.com'] }],
    [/^https:\/\/example\.(com|org|net|co\.uk)$/, { domains: ['example.co.uk', 'example.com', 'example.net', 'example.org'] }],
    [/^https:\/\/example\.(?:ae|be|de|ee|ge|ie|je|me|ne|pe|re|se|ve)$/, {
      domains: ['ae', 'be', 'de', 'ee', 'ge', 'ie', 'je', 'me', 'ne', 'pe', 're', 'se', 've'].map(top => `example.${top}`)
    }],
    [/^https:\/\/example[1-3]\.com$/, { domains: ['example1.com', 'example2.com', 'example3.com'] }],
    // No registry has a top-level domain like `examplexcom`.
    [/^https:\/\/app\.example.com$/, { domains: ['example.com'] }],
    [/^https:\/\/(?:.*\.)?example.com$/, { domains: ['example.com'] }],
    [/^https:\/\/a.com$/, { domains: ['a.com'] }],
    [/^https:\/\/app\.[a-z]rg$/, { domains: ['app.org'] }],
    [/^https:\/\/(?:bucket|[a-z]+\.other)\.s3\.amazonaws\.com$/, { domains: ['bucket.s3.amazonaws.com', 'other.s3.amazonaws.com'] }],
    [/^https:\/\/[a-z]+\.console\.amazonaws\.com$/, { domains: ['amazonaws.com'] }],
    [/^https:\/\/www\.ck$/, { domains: ['www.ck'] }],
    [/^https:\/\/github\.io$/, { domains: ['github.io'] }],
    [/^https:\/\/(?:intranet|host\.internal)$/, { domains: ['host.internal', 'intranet'] }],
    [/^https:\/\/(10\.0\.0\.[1-3]|\[2001:db8::1\])$/, { addresses: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '[2001:db8::1]'] }],
    [/^chrome-extension:\/\/[a-p]{32}$/, { otherScheme: `chrome-extension://${'a'.repeat(32)}` }],
    [/^https:\/\/a\.test\/$/, {}],
  ]
  const nobody: Admitted = { openings: [], domains: [], addresses: [], loopback: undefined, insecure: undefined, otherScheme: undefined }
  for (const [regexp, expected] of rows) t.same(admittedBy(read(regexp)), { ...nobody, ...expected }, String(regexp))
})

t.test('patterns are judged as RegExps are', async t => {
  const rows: ReadonlyArray<readonly [string, ...string[]]> = [
    ['https://*.example.com'],
    ['http://localhost:*'],
    ['https://*.github.io', 'private-suffix https://evil.github.io'],
    ['https://*.co.uk', 'domain https://evil.co.uk'],
    ['https://*.internal', 'unlisted https://evil.internal'],
    ['https://*.localhost:*'],
  ]
  for (const [pattern, ...expected] of rows) {
    const language = languageOf([pattern])
    t.same(language && openings(admittedBy(language)), expected, pattern)
  }
})

t.test('a slip of the pen in a closed RegExp opens it', async t => {
  const rows: ReadonlyArray<readonly [string, string]> = [
    ['^https:\\/\\/(.+\\.)?example\\.com$', '^https:\\/\\/(.+.)?example\\.com$'],
    ['^https:\\/\\/(.+\\.)?example\\.com$', '^https:\\/\\/(.+\\.)?example\\.com'],
    ['^https:\\/\\/(.+\\.)?example\\.com$', 'https:\\/\\/(.+\\.)?example\\.co.+$'],
    ['^https:\\/\\/[a-z]+\\.example\\.com$', '^https:\\/\\/[a-z]+.example\\.com$'],
    ['^https:\\/\\/[a-z]+\\.example\\.co\\.uk$', '^https:\\/\\/[a-z]+\\.example.co\\.uk$'],
    ['^https:\\/\\/(?:app|www)\\.example\\.com(?::\\d+)?$', '^https:\\/\\/(?:app|www)\\.example\\.com|$'],
    ['^https:\\/\\/app\\.example\\.(?:com|org)$', '^https:\\/\\/app\\.example\\.(?:com|\\w+)$'],
    ['^https:\\/\\/team\\.vercel\\.app$', '^https:\\/\\/.*team\\.vercel\\.app$'],
  ]
  for (const [closed, mutant] of rows) {
    t.same(openings(admittedBy(read(new RegExp(closed)))), [], closed)
    t.not(admittedBy(read(new RegExp(mutant))).openings.length, 0, mutant)
  }
})

const label = fc.constantFrom('a', 'b', 's3', 'amazonaws', 'github', 'www', 'co', 'internal', 'vercel')
const top = fc.constantFrom('com', 'io', 'uk', 'ck', 'co.uk', 'github.io', 's3.amazonaws.com', 'internal', 'vercel.app')

/** The domain that one asks a registry for, or the host where there is none to ask. */
function domainOf (host: string): string {
  return getDomain(host, { allowPrivateDomains: true }) ?? host
}

t.test('the domains of a list are those of its hosts, one by one', async t => {
  const host = fc.tuple(fc.array(label, { maxLength: 4 }), top).map(([labels, top]) => [...labels, top].join('.'))
  fc.assert(fc.property(fc.array(host, { maxLength: 8 }), hosts => {
    const language = read(new RegExp(`^https://(?:${hosts.join('|').replaceAll('.', '\\.')})$`))
    const expected = [...new Set(hosts.map(domainOf))].sort()
    const { domains, openings } = admittedBy(language)
    if (openings.length > 0 || domains.join() !== expected.join()) throw new Error(`${hosts}: ${domains} is not ${expected}`)
  }), { numRuns: 150, seed: 11 })
  t.pass()
})

t.test('a wildcard is open where two names in its place make two domains', async t => {
  const wild = fc.oneof(label, fc.constant('*'))
  const shape = fc.tuple(fc.array(wild, { maxLength: 4 }), fc.oneof(top, fc.constant('*'))).map(([labels, top]) => [...labels, top])
  fc.assert(fc.property(shape, labels => {
    const [one, two] = ['org', 'net'].map(name => domainOf(labels.join('.').replaceAll('*', name)))
    const language = read(new RegExp(`^https://${labels.join('.').replaceAll('.', '\\.').replaceAll('*', '[a-z]+')}$`))
    const { openings } = admittedBy(language)
    if ((one !== two) !== (openings.length > 0)) throw new Error(`${labels.join('.')}: ${one}, ${two}, ${JSON.stringify(openings)}`)
    for (const { witness } of openings) if (!language.has(witness)) throw new Error(witness)
  }), { numRuns: 150, seed: 11 })
  t.pass()
})

t.test('the verdict is the same each time', async t => {
  for (const regexp of [/^https:\/\/[a-p]+\.netlify\.app$/, /^https:\/\/.+$/, /^https:\/\/(?:[ac]\.){1,12}[bd]\.com$/]) {
    const first = admittedBy(read(regexp))
    for (let i = 0; i < 5; i++) t.same(admittedBy(read(regexp)), first, String(regexp))
  }
})

t.test('what takes too long to look through counts as open', async t => {
  const language = read(/^https:\/\/(?:[acegikmo]{4}\.){6}com$/)
  t.equal(admittedBy(language).openings[0]?.kind, 'domain')
})
