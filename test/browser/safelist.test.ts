import fc from 'fast-check'
import t from 'tap'
import { browsers } from '../../lib/browser/engines'
import type { HeaderLines } from '../../lib/browser/header-list'
import * as safelist from '../../lib/browser/safelist'

const { isNonWildcardHeader } = safelist
const unsafeHeaders = (headers: HeaderLines, browser = browsers.standard) => safelist.unsafeHeaders(headers, browser)
const whyUnsafe = (name: string, value: string) => unsafeHeaders([[name, value]])[0]?.why
const isSafe = (name: string, value: string) => whyUnsafe(name, value) === undefined

t.test('which headers are safelisted', async t => {
  const cases: [string, string][] = [
    ['Accept', '*/*'], ['accept', ''], ['accept', 'text/html;q=0.9,\tx'], ['Accept-Language', 'de-DE, en;q=0.5, *'],
    ['content-language', 'en'], ['Content-Type', 'text/plain;charset=UTF-8'], ['content-type', 'Multipart/Form-Data; boundary=x'],
    ['content-type', 'application/x-www-form-urlencoded'], ['range', 'bytes=0-'], ['range', 'bytes=5-5'], ['Range', 'bytes=0-99999999999999999999']
  ]
  for (const [name, value] of cases) t.equal(whyUnsafe(name, value), undefined, `${name}: ${value}`)
})

t.test('which headers are not safelisted, and why', async t => {
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

t.test('Chromium sends no preflight for a User-Agent', async t => {
  const headers: HeaderLines = [['User-Agent', 'x'], ['x-a', '1']]
  t.same(unsafeHeaders(headers).map(({ name }) => name), ['user-agent', 'x-a'])
  t.same(unsafeHeaders(headers, browsers.chromium).map(({ name }) => name), ['x-a'])
})

t.test('the unsafe bytes are those of the standard', async t => {
  const unsafe = Array.from({ length: 256 }, (_, code) => code).filter(code => !isSafe('accept', String.fromCharCode(code)))
  const controls = Array.from({ length: 32 }, (_, code) => code).filter(code => code !== 9)
  t.same(unsafe, [...controls, 0x22, 0x28, 0x29, 0x3a, 0x3c, 0x3e, 0x3f, 0x40, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f])
})

t.test('a safelisted value has at most 128 bytes, and all of them together 1024', async t => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 300 }), length => isSafe('accept', 'a'.repeat(length)) === (length <= 128)))
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 140 }), { maxLength: 12 }), lengths => {
    const headers = lengths.map(length => ['accept', 'a'.repeat(length)] as const)
    const total = lengths.filter(length => length <= 128).reduce((sum, length) => sum + length, 0)
    const isUnsafe = total > 1024 || lengths.some(length => length > 128)
    return unsafeHeaders(headers).length === (isUnsafe ? 1 : 0)
  }))
})

t.test('too many safelisted bytes make all safelisted headers unsafe, and other headers keep their reason', async t => {
  const long = Array.from({ length: 8 }, () => ['Accept', 'a'.repeat(128)] as const)
  t.same(unsafeHeaders(long), [])
  const found = unsafeHeaders([...long, ['X-A', '1'], ['accept-language', 'd']])
  t.same(found.map(({ name }) => name), ['accept', 'accept-language', 'x-a'])
  t.match(found[0]?.why, /1024/)
  t.match(found[2]?.why, /not safelisted/)
})

t.test('the names are in lower case, sorted, and each once', async t => {
  const name = fc.stringMatching(/^[A-Za-z-]{1,4}$/)
  fc.assert(fc.property(fc.array(fc.tuple(name, fc.constant('1'))), headers => {
    const names = unsafeHeaders(headers).map(({ name }) => name)
    const expected = [...new Set(headers.map(([name]) => name.toLowerCase()))].sort()
    return JSON.stringify(names) === JSON.stringify(expected)
  }))
})

t.test('a name has the reason of its first unsafe value', async t => {
  t.same(unsafeHeaders([['accept', 'ok'], ['accept', '('], ['ACCEPT', ')']]), [{ name: 'accept', why: 'its value contains "("' }])
})

t.test('Authorization is the only header that a wildcard does not include', async t => {
  t.equal(isNonWildcardHeader('Authorization'), true)
  t.equal(isNonWildcardHeader('x-authorization'), false)
})

t.test('the length of an unsafe header does not count towards the limit', async t => {
  t.same(unsafeHeaders([['accept', 'x'], ['x-a', 'a'.repeat(2000)]]).map(({ name }) => name), ['x-a'])
})

t.test('values that engines read otherwise', async t => {
  const cases = [
    ['accept', 'a\xe9', ['firefox']], ['content-type', 'text/plain;x=\xe9', ['firefox']], ['accept-language', 'd\xe9', ['standard', 'chromium', 'firefox', 'webkit']],
    ['content-type', 'text/plain;x=a,b', ['firefox']], ['range', 'Bytes=0-1', ['standard', 'chromium', 'firefox']], ['range', 'bytes=+0-+1', ['standard', 'chromium', 'firefox']]
  ] as const
  for (const [name, value, unsafe] of cases) {
    t.strictSame(Object.entries(browsers).filter(([, browser]) => safelist.unsafeHeaders([[name, value]], browser).length > 0).map(([each]) => each), unsafe, `${name}: ${value}`)
  }
})
