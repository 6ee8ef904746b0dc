import fc from 'fast-check'
import t from 'tap'
import { describeFailure } from '../../lib/browser/codes'
import { corsCheck } from '../../lib/browser/cors-check'
import type { HeaderLines } from '../../lib/browser/header-list'
import { createRequest } from '../../lib/browser/request'

const APP = 'https://app.test'

const allow = (origin: string): HeaderLines[number] => ['Access-Control-Allow-Origin', origin]
const credentials = (value: string): HeaderLines[number] => ['access-control-allow-credentials', value]

function verdict (headers: HeaderLines, { origin = APP, include = false } = {}): string {
  const request = createRequest({ origin, url: 'https://api.test/', credentials: include ? 'include' : 'omit' })
  const checked = corsCheck(request, headers)
  return checked.ok ? 'ok' : checked.code
}

t.test('the CORS check without credentials', async t => {
  const cases: [string, HeaderLines, string][] = [
    ['the page\'s origin', [allow(APP)], 'ok'],
    ['the page\'s origin with whitespace around it', [allow(` ${APP}\t`)], 'ok'],
    ['*', [allow('*')], 'ok'],
    ['no header', [], 'MissingAllowOriginHeader'],
    ['an empty value', [allow('')], 'InvalidAllowOriginValue'],
    ['a value that is not an origin', [allow('app.test')], 'InvalidAllowOriginValue'],
    ['null', [allow('null')], 'AllowOriginMismatch'],
    ['another origin', [allow('https://b.test')], 'AllowOriginMismatch'],
    ['a trailing slash', [allow(`${APP}/`)], 'AllowOriginMismatch'],
    ['a host in upper case', [allow('https://APP.test')], 'AllowOriginMismatch'],
    ['a comma-separated list', [allow(`${APP}, https://b.test`)], 'MultipleAllowOriginValues'],
    ['two origins with a space between them', [allow(`${APP} https://b.test`)], 'MultipleAllowOriginValues'],
    ['the page\'s origin twice', [allow(APP), allow(APP)], 'MultipleAllowOriginValues'],
    ['* twice', [allow('*'), allow('*')], 'MultipleAllowOriginValues'],
    ['credentials that are not allowed, and not sent', [allow(APP), credentials('false')], 'ok']
  ]
  for (const [name, headers, expected] of cases) t.equal(verdict(headers), expected, name)
})

t.test('the CORS check with credentials', async t => {
  const cases: [string, HeaderLines, string][] = [
    ['the page\'s origin and true', [allow(APP), credentials('true')], 'ok'],
    ['* and true', [allow('*'), credentials('true')], 'WildcardOriginNotAllowed'],
    ['the page\'s origin without true', [allow(APP)], 'InvalidAllowCredentials'],
    ['True', [allow(APP), credentials('True')], 'InvalidAllowCredentials'],
    ['true twice', [allow(APP), credentials('true'), credentials('true')], 'InvalidAllowCredentials'],
    ['true without an origin', [credentials('true')], 'MissingAllowOriginHeader']
  ]
  for (const [name, headers, expected] of cases) t.equal(verdict(headers, { include: true }), expected, name)
})

t.test('the CORS check passes for the origin null if the header says null', async t => {
  t.equal(verdict([allow('null')], { origin: 'null' }), 'ok')
  t.equal(verdict([allow('null'), credentials('true')], { origin: 'null', include: true }), 'ok')
})

t.test('no fix says to allow null', async t => {
  const page = createRequest({ origin: 'null', url: 'https://api.test/' })
  const redirected = { ...createRequest({ origin: APP, url: 'https://api.test/b' }), redirectedFrom: ['https://b.test/'] }
  for (const headers of [[], [allow('*')], [allow('x')], [allow(APP)], [allow(`${APP}, ${APP}`)]]) {
    for (const [request, fix] of [[page, 'serve the page from an origin of its own'], [redirected, 'let the page call https://api.test/b itself']] as const) {
      const checked = corsCheck({ ...request, credentials: 'include' }, headers)
      const said = checked.ok ? '' : describeFailure(checked).fix
      t.ok(said.startsWith(fix), said)
      t.notMatch(said, /send|allow exactly/)
    }
  }
})

t.test('the CORS check agrees with the steps of the standard, written out one by one', async t => {
  const value = fc.constantFrom(APP, '*', 'null', '', 'true', 'True', `${APP}, ${APP}`, 'https://b.test')
  const line = fc.oneof(value.map(allow), value.map(credentials))
  fc.assert(fc.property(fc.array(line, { maxLength: 4 }), fc.constantFrom(APP, 'null'), fc.boolean(), (headers, origin, include) => {
    const get = (part: string) => headers.filter(([name]) => name.toLowerCase().endsWith(part)).map(([, value]) => value).join(', ')
    const allowed = (!include && get('-origin') === '*') ||
      (get('-origin') === origin && (!include || get('-credentials') === 'true'))
    return (verdict(headers, { origin, include }) === 'ok') === allowed
  }), { numRuns: 2000 })
})
