import fc from 'fast-check'
import t from 'tap'
import { browsers } from '../../lib/browser/engines'
import type { HeaderList } from '../../lib/browser/header-list'
import * as safelist from '../../lib/browser/safelist'

const { isNonWildcardHeader, isUnsafeByte } = safelist
const whyUnsafe = (name: string, value: string, browser = browsers.standard) => safelist.whyUnsafe(name, value, browser)
const unsafeHeaders = (headers: HeaderList, browser = browsers.standard) => safelist.unsafeHeaders(headers, browser)
const isSafe = (name: string, value: string, browser = browsers.standard) => whyUnsafe(name, value, browser) === undefined

t.test('safelisted headers', async t => {
  const cases: [string, string][] = [
    ['Accept', '*/*'], ['accept', ''], ['accept', 'text/html;q=0.9,\tx'], ['Accept-Language', 'de-DE, en;q=0.5, *'],
    ['content-language', 'en'], ['Content-Type', 'text/plain;charset=UTF-8'], ['content-type', 'Multipart/Form-Data; boundary=x'],
    ['content-type', 'application/x-www-form-urlencoded'], ['range', 'bytes=0-'], ['range', 'bytes=5-5'], ['Range', 'bytes=0-99999999999999999999']
  ]
  for (const [name, value] of cases) t.equal(whyUnsafe(name, value), undefined, `${name}: ${value}`)
})

t.test('headers that are not, and why', async t => {
  const cases: [string, string, RegExp][] = [
    ['x-a', '1', /not safelisted/], ['authorization', 'x', /not safelisted/], ['accept-encoding', 'x', /not safelisted/],
    ['accept', 'a(b', /contains "\("/], ['accept', 'a\x01', /contains/], ['accept-language', 'de_DE', /contains "_"/],
    ['content-language', 'de"', /contains/], ['content-type', 'application/json', /forms/], ['content-type', '', /forms/],
    ['content-type', 'multipart/form-data; boundary="x"', /contains "\\""/], ['content-type', 'text/plain\xa0', /forms/],
    ['range', 'bytes=-5', /single range/], ['range', 'bytes=6-5', /single range/], ['range', 'bytes=0-1,2-3', /single range/],
    ['range', 'bytes= 0-1', /single range/], ['range', 'Bytes=0-1', /single range/], ['range', 'bytes=10-9', /single range/], ['range', 'x bytes=0-1', /single range/], ['dpr', '1', /not safelisted/],
    ['accept', 'a'.repeat(129), /longer than 128/]
  ]
  for (const [name, value, why] of cases) t.match(whyUnsafe(name, value), why, `${name}: ${value}`)
})

t.test('Chromium safelists old client hints by their values', async t => {
  const { chromium } = browsers
  const cases: [string, string[], string[]][] = [
    ['DPR', ['2', '10', '2.5', '2.25'], ['2.', '.5', 'x', '-1', '', '1'.repeat(129)]],
    ['device-memory', ['8', '0.5'], ['x']],
    ['downlink', ['1', '1.5'], ['x']],
    ['width', ['1', '1920'], ['1.5', '1x', 'x1', '']],
    ['viewport-width', ['1'], ['1.5']],
    ['rtt', ['50'], ['5.5']],
    ['ect', ['slow-2g', '2g', '3g', '4g'], ['4G', '9g', 'offline', 'x2g', '2gx', '']],
    ['save-data', ['on', 'ON'], ['off', '1', 'xon', 'onx']],
    ['Intervention', ['x', '', '<https://a.test>'], ['x'.repeat(129)]]
  ]
  for (const [name, safe, unsafe] of cases) {
    for (const value of safe) t.equal(isSafe(name, value, chromium), true, `${name}: ${value}`)
    for (const value of unsafe) t.equal(isSafe(name, value, chromium), false, `${name}: ${value}`)
    for (const value of safe) t.equal(isSafe(name, value), false, `${name}: ${value} by the standard`)
  }
  t.match(whyUnsafe('dpr', 'x', chromium), /not a decimal number/)
})

t.test('Chromium asks no leave for a User-Agent', async t => {
  const headers: HeaderList = [['User-Agent', 'x'], ['x-a', '1']]
  t.same(unsafeHeaders(headers).map(({ name }) => name), ['user-agent', 'x-a'])
  t.same(unsafeHeaders(headers, browsers.chromium).map(({ name }) => name), ['x-a'])
})

t.test('Chromium reads positions of 64 bits in a Range', async t => {
  for (const value of ['bytes=9223372036854775806-', 'bytes=0-9223372036854775806', `bytes=${'0'.repeat(100)}1-`]) t.equal(isSafe('range', value, browsers.chromium), true, value)
  for (const value of ['bytes=9223372036854775807-', 'bytes=0-9223372036854775807']) {
    t.match(whyUnsafe('range', value, browsers.chromium), /64 bits/, value)
    t.equal(isSafe('range', value), true, value)
  }
})

t.test('the unsafe bytes are those of the standard', async t => {
  const unsafe = Array.from({ length: 256 }, (_, code) => code).filter(code => isUnsafeByte(String.fromCharCode(code)))
  const controls = Array.from({ length: 32 }, (_, code) => code).filter(code => code !== 9)
  t.same(unsafe, [...controls, 0x22, 0x28, 0x29, 0x3a, 0x3c, 0x3e, 0x3f, 0x40, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f])
})

t.test('a value of a safelisted header is at most 128 bytes long, and all of them 1024', async t => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 300 }), length => isSafe('accept', 'a'.repeat(length)) === (length <= 128)))
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 140 }), { maxLength: 12 }), lengths => {
    const headers = lengths.map(length => ['accept', 'a'.repeat(length)] as const)
    const total = lengths.filter(length => length <= 128).reduce((sum, length) => sum + length, 0)
    const isUnsafe = total > 1024 || lengths.some(length => length > 128)
    return unsafeHeaders(headers).length === (isUnsafe ? 1 : 0)
  }))
})

t.test('too many safelisted bytes make all of them unsafe, and leave each other reason alone', async t => {
  const long = Array.from({ length: 8 }, () => ['Accept', 'a'.repeat(128)] as const)
  t.same(unsafeHeaders(long), [])
  const found = unsafeHeaders([...long, ['X-A', '1'], ['accept-language', 'd']])
  t.same(found.map(({ name }) => name), ['accept', 'accept-language', 'x-a'])
  t.match(found[0]?.why, /1024/)
  t.match(found[2]?.why, /not safelisted/)
})

t.test('names are in lower case, sorted, and each once', async t => {
  const name = fc.stringMatching(/^[A-Za-z-]{1,4}$/)
  fc.assert(fc.property(fc.array(fc.tuple(name, fc.constant('1'))), headers => {
    const names = unsafeHeaders(headers).map(({ name }) => name)
    const expected = [...new Set(headers.map(([name]) => name.toLowerCase()))].sort()
    return JSON.stringify(names) === JSON.stringify(expected)
  }))
})

t.test('a name keeps the reason of its first unsafe value', async t => {
  t.same(unsafeHeaders([['accept', 'ok'], ['accept', '('], ['ACCEPT', ')']]), [{ name: 'accept', why: 'its value contains "("' }])
})

t.test('the one header that a wildcard does not stand for', async t => {
  t.equal(isNonWildcardHeader('Authorization'), true)
  t.equal(isNonWildcardHeader('x-authorization'), false)
})

t.test('why a client hint is not safelisted', async t => {
  const { chromium } = browsers
  t.equal(whyUnsafe('width', 'x', chromium), 'its value is not a whole number')
  t.equal(whyUnsafe('dpr', 'x', chromium), 'its value is not a decimal number')
  t.equal(whyUnsafe('ect', 'x', chromium), 'its value is not one of slow-2g, 2g, 3g and 4g')
  t.equal(whyUnsafe('save-data', 'x', chromium), 'its value is not on')
})

t.test('a long header that is unsafe itself makes no other unsafe', async t => {
  t.same(unsafeHeaders([['accept', 'x'], ['x-a', 'a'.repeat(2000)]]).map(({ name }) => name), ['x-a'])
})
