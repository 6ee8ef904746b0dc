import t from 'tap'
import { type BrowserName, browsers } from '../../lib/browser/engines'
import { addressSpaceOf, checkLocalNetwork, checkMixedContent } from '../../lib/browser/network'
import { type AddressSpace, createRequest } from '../../lib/browser/request'

const names = ['standard', 'chromium', 'firefox', 'webkit'] as const

t.test('the address space of a host', async t => {
  for (const [host, space] of [
    ['localhost', 'loopback'], ['a.localhost', 'loopback'], ['127.9.9.9', 'loopback'], ['[::1]', 'loopback'],
    ['10.1.2.3', 'local'], ['192.168.0.1', 'local'], ['172.16.0.1', 'local'], ['172.31.0.1', 'local'], ['169.254.1.1', 'local'],
    ['[fd00::1]', 'local'], ['[fe80::1]', 'local'], ['printer.local', 'local'], ['printer.local.', 'local'],
    ['172.32.0.1', 'public'], ['8.8.8.8', 'public'], ['a.test', undefined], ['10.test', undefined], ['[2001:db8::1]', undefined]
  ] as const) t.equal(addressSpaceOf(`http://${host}/`), space, host)
})

t.test('mixed content is blocked, except on loopback in Chromium and Firefox', async t => {
  const codes = (origin: string, url: string) => names.map(name => checkMixedContent(createRequest({ origin, url }), browsers[name])?.code)
  const blocked = 'mixed-content'
  t.strictSame(codes('https://a.test', 'http://b.test/'), [blocked, blocked, blocked, blocked])
  t.strictSame(codes('https://a.test', 'http://127.0.0.1/'), [undefined, undefined, undefined, blocked])
  for (const [origin, url] of [['https://a.test', 'https://b.test/'], ['http://a.test', 'http://b.test/'], ['null', 'http://b.test/']] as const) {
    t.strictSame(codes(origin, url), [undefined, undefined, undefined, undefined], `${origin} to ${url}`)
  }
})

t.test('a page needs permission for what is closer to the user than the page', async t => {
  const code = (name: BrowserName, pageAddressSpace: AddressSpace | undefined, origin: string, url: string) =>
    checkLocalNetwork(createRequest({ origin, url, pageAddressSpace }), browsers[name])?.code
  const denied = 'LocalNetworkAccessPermissionDenied'
  for (const [space, url, expected] of [
    ['public', 'https://localhost/', denied], ['public', 'https://10.0.0.1/', denied], ['public', 'https://8.8.8.8/', undefined],
    ['public', 'https://b.test/', undefined], ['local', 'https://localhost/', denied], ['local', 'https://10.0.0.1/', undefined],
    ['loopback', 'https://localhost/', undefined], [undefined, 'https://localhost/', undefined], ['public', 'https://a.test/', undefined]
  ] as const) t.equal(code('chromium', space, 'https://a.test', url), expected, `${space} to ${url}`)
  const insecure = names.map(name => code(name, 'public', 'http://a.test', 'http://localhost/'))
  t.strictSame(insecure, [undefined, 'InsecureLocalNetwork', denied, undefined])
  t.equal(code('chromium', 'public', 'https://localhost', 'https://localhost/'), undefined, 'its own origin')
})
