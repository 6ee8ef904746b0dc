import fc from 'fast-check'
import t from 'tap'
import { MAX_ORIGIN_LENGTH, isIPv4, isInsecureScheme, isLoopback, isSerializedOrigin, partsOf } from '../../lib/protocol/origin'
import { type OriginFault, parseOrigin } from '../../lib/protocol/origin-syntax'

const long = (n: number) => 'a'.repeat(n)
const host253 = [long(63), long(63), long(63), long(61)].join('.')

const rows: ReadonlyArray<readonly [accepted: string, refused: string]> = [
  ['https://a', 'https://'],
  ['https://a.test', 'https:/a.test'],
  ['https://a.test', 'https//a.test'],
  ['https://a.test', 'https:a.test'],
  ['https://a.test', ''],
  ['https://a.test', '://a.test'],
  ['https://a.test', 'https;//a.test'],
  ['https://a.test', 'https:-/a.test'],
  ['https://a.test', 'https:/-a.test'],
  ['z://a.test', '{://a.test'],
  ['z://a.test', 'z{://a.test'],
  ['https://a.test', '1https://a.test'],
  ['a1+-.://a.test', 'a_://a.test'],
  ['https://a.test', 'null'],
  ['https://a.test', 'HTTPS://a.test'],
  ['https://a.test', 'https://A.test'],
  ['https://a.test', 'https://a.test/'],
  ['https://a.test', 'https://a.test '],
  ['https://a.test', 'https://ä.test'],
  ['https://a.test', 'https://*.a.test'],
  ['https://a.test', 'https://a..test'],
  ['https://a.test', 'https://.test'],
  ['https://a.test.', 'https://a.test..'],
  ['http://localhost.:3000', 'http://localhost.:03000'],
  ['app://.', 'https://.'],
  ['app://..a..', 'app://..a/'],
  [`app://${long(253)}`, `app://${long(254)}`],
  [`https://${host253}.`, `https://${host253}a.`],
  [`https://${long(63)}`, `https://${long(64)}`],
  [`https://${long(63)}.test`, `https://${long(64)}.test`],
  [`https://${host253}`, `https://${host253}a`],
  [`${long(64)}://${host253}`, `${long(65)}://${host253}`],
  ['https://a.test:1', 'https://a.test:'],
  ['https://a.test:1', 'https://a.test:0'],
  ['https://a.test:1', 'https://a.test:01'],
  ['https://a.test:1', 'https://a.test:1a'],
  ['https://a.test:65535', 'https://a.test:65536'],
  ['https://a.test:65535', 'https://a.test:100000'],
  ['https://a.test:80', 'https://a.test:443'],
  ['http://a.test:443', 'http://a.test:80'],
  ['ws://a.test:443', 'ws://a.test:80'],
  ['wss://a.test:80', 'wss://a.test:443'],
  ['ftp://a.test:80', 'ftp://a.test:21'],
  ['capacitor://localhost:80', 'file://localhost'],
  ['http://[::1]', 'http://[::1'],
  ['http://[::1]', 'http://[:1]'],
  ['http://[::1]:8080', 'http://[::1]8080'],
  ['http://[::1]:8080', 'http://[::1]18080'],
  ['http://[::a]', 'http://[::g]'],
  ['http://[::f]', 'http://[::F]'],
  ['http://[::f]', 'http://[::@]'],
  ['http://[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]', `http://[::${long(38)}]`],
]

t.test('both parsers tell an origin from the most similar text that is not one', async t => {
  for (const [accepted, refused] of rows) {
    t.equal(isSerializedOrigin(accepted), true, accepted.slice(0, 60))
    t.equal(parseOrigin(accepted).fault, undefined, accepted.slice(0, 60))
    t.equal(isSerializedOrigin(refused), false, refused.slice(0, 60))
    t.not(parseOrigin(refused).fault, undefined, refused.slice(0, 60))
  }
})

const faults: ReadonlyArray<readonly [fault: OriginFault, ...texts: string[]]> = [
  ['LIST', 'https://a.test https://b.test', 'https://a.test,https://b.test', 'https://a.test ; https://b.test', 'a,b'],
  ['BLANK', ' https://a.test', 'https://a.test ', 'https://a.test,', ';https://a.test', '\thttps://a.test\n', ' ', ','],
  ['SCHEME', '', 'a.test', '//a.test', '://a.test', '1https://a.test', 'https:/a.test', 'https:a.test', '*'],
  ['FILE', 'file://', 'file:///', 'FILE://a.test'],
  ['USERINFO', 'https://user@a.test', 'https://user:secret@a.test/path', 'https://@a.test'],
  ['PATH', 'https://a.test/', 'https://a.test/path', 'https://a.test/path?query'],
  ['QUERY', 'https://a.test?', 'https://a.test?query', 'https://a.test#fragment', 'https://a.test?path/'],
  ['UPPER_CASE', 'HTTPS://a.test', 'https://A.test', 'https://ä.Test'],
  ['UNICODE', 'https://ä.test', 'https://\x80.test'],
  ['IPV6', 'http://::1', 'http://2001:db8::1', 'http://1:2:3', 'http://[::1', 'http://[0::1]', 'http://[1]'],
  ['HOST', 'https://', 'https://*.a.test', 'https://a.test*', 'https://a\x7f.test', 'https://xn--zz--a', 'https://a.xn--0.test'],
  ['LABEL', 'https://a..test', 'https://.test', 'https://a.test..', 'https://.', `https://${long(64)}.test`],
  ['LENGTH', `https://${host253}.a`, `${long(65)}://${host253}`],
  ['IPV4', 'http://1', 'http://12', 'http://1.2.3', 'http://1.2.3.4.5', 'http://256.1.1.1', 'http://01.1.1.1', 'http://a.12', 'http://0x', 'http://0x7f', 'http://a.0x7f', 'ws://1.2', 'http://1.2.3.4.', 'http://a.12.'],
  ['PORT', 'http://a.test:', 'http://a.test:0', 'http://a.test:65536', 'http://a.test:100000', 'http://a.test:8x', 'http://x::1', 'http://a:1:2x', 'http://[::1]:'],
  ['DEFAULT_PORT', 'http://a.test:80', 'https://a.test:443', 'http://[::1]:80'],
]

t.test('each fault has its name, and a text with several faults has the first', async t => {
  for (const [fault, ...texts] of faults) {
    for (const text of texts) t.strictSame(parseOrigin(text), { fault }, JSON.stringify(text.slice(0, 60)))
  }
})

t.test('texts that resemble a fault are origins', async t => {
  const texts = [
    'http://a:8080', 'http://a.test:65535', 'http://1.2.3.4', 'http://255.249.199.99:8080', 'http://a.1a', 'http://a.0xg', 'http://a0x1', 'http://a1',
    'https://xn--bcher-kva.test', 'https://a--b.test', 'https://a_b.test', 'http://[::1]:8080',
    // Opaque hosts: browsers do not read them as numbers or Punycode.
    'capacitor://1.2', 'capacitor://0x', 'app://xn--zz--a'
  ]
  for (const text of texts) t.strictSame(parseOrigin(text), { origin: text }, text)
})

t.test('only a complete dotted quad is an IPv4 address', async t => {
  for (const host of ['0.0.0.0', '1.22.199.200', '249.250.255.9']) t.equal(isIPv4(host), true, host)
  for (const host of ['', '1', '1.2.3', '1.2.3.', '1.2.3.4.', '1.2.3.4.5', 'a1.2.3.4', '1.2.3.4a', '01.2.3.4', '256.1.1.1', '1.2.3.260', '1.2.3.300', '1..2.3']) t.equal(isIPv4(host), false, host)
})

t.test('the check for requests accepts some addresses that the strict parser refuses', async t => {
  for (const text of ['http://1.2.3', 'http://1.2.3.4.', 'http://[0::1]', 'http://xn--zz--a']) {
    t.equal(isSerializedOrigin(text), true)
    t.not(parseOrigin(text).fault, undefined)
  }
})

const piece = fc.constantFrom('http', 'https', 'file', 'ws', 'app+x', '://', ':', '/', '.', 'a', 'A', 'ä', '-', '_', '*', '0', '80', '443', '65536', '[', ']', '[::1]', 'test', ' ', ',', '@', '?', '#', '')
const label = fc.stringMatching(/^[a-z][a-z0-9_-]{0,70}$/)
const shaped = fc.tuple(
  fc.constantFrom('http', 'https', 'file', 'capacitor', 'x-1.y+z', 'Http', '1x', ''),
  fc.tuple(fc.array(label, { maxLength: 6 }), fc.constantFrom('', '', '.', '..')).map(([labels, end]) => labels.join('.') + end),
  fc.oneof(fc.constant(''), fc.integer({ min: 0, max: 70000 }).map(port => `:${port}`), fc.constantFrom(':', ':080', '/', ':80', ':443'))
).map(([scheme, host, port]) => `${scheme}://${host}${port}`)
const soup = fc.array(piece, { maxLength: 12 }).map(pieces => pieces.join(''))

t.test('both parsers agree, except about addresses and Punycode', async t => {
  fc.assert(fc.property(fc.oneof(shaped, soup, fc.webUrl(), fc.string()), text => {
    const { fault } = parseOrigin(text)
    if (fault === 'IPV4' || fault === 'IPV6' || text.includes('xn--')) return true
    return isSerializedOrigin(text) === (fault === undefined)
  }), { numRuns: 5000 })
})

t.test('both parsers accept what a browser serialises', async t => {
  fc.assert(fc.property(fc.webUrl({ authoritySettings: { withPort: true, withIPv4: true, withIPv6: true } }), url => {
    const { origin, port } = new URL(url)
    // A server cannot listen on port 0.
    if (port === '0') return true
    const { fault } = parseOrigin(origin)
    return (isSerializedOrigin(origin) && fault === undefined) || fault === 'HOST'
  }), { numRuns: 2000 })
})

t.test('a text that is too long is refused without being read', async t => {
  t.equal(isSerializedOrigin(`https://${'a.'.repeat(1e6)}test`), false)
  t.equal(MAX_ORIGIN_LENGTH, 320)
})

t.test('an origin is split into its parts', async t => {
  t.same(partsOf('https://a.test'), { scheme: 'https', host: 'a.test', port: '' })
  t.same(partsOf('https://a.test:8080'), { scheme: 'https', host: 'a.test', port: '8080' })
  t.same(partsOf('http://[::1]'), { scheme: 'http', host: '[::1]', port: '' })
  t.same(partsOf('http://[::1]:1'), { scheme: 'http', host: '[::1]', port: '1' })
})

t.test('loopback hosts and insecure schemes are recognised', async t => {
  for (const host of ['localhost', 'a.localhost', '127.0.0.1', '127.255.1.2', '[::1]']) t.equal(isLoopback(host), true, host)
  for (const host of ['localhost.test', 'mylocalhost', '127.a.test', '128.0.0.1', '[::2]', '127.0.0.1.test']) t.equal(isLoopback(host), false, host)
  for (const scheme of ['http', 'ws', 'ftp']) t.equal(isInsecureScheme(scheme), true, scheme)
  for (const scheme of ['https', 'wss', 'capacitor', 'chrome-extension']) t.equal(isInsecureScheme(scheme), false, scheme)
})
