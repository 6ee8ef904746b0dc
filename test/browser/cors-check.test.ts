import fc from 'fast-check'
import t from 'tap'
import { corsCheck } from '../../lib/browser/cors-check'
import type { HeaderList } from '../../lib/browser/header-list'
import { createRequest } from '../../lib/browser/request'

const APP = 'https://app.test'

const allow = (origin: string): HeaderList[number] => ['Access-Control-Allow-Origin', origin]
const credentials = (value: string): HeaderList[number] => ['access-control-allow-credentials', value]

function verdict (headers: HeaderList, { origin = APP, include = false } = {}): string {
  const request = createRequest({ origin, url: 'https://api.test/', credentials: include ? 'include' : 'omit' })
  const checked = corsCheck(request, headers)
  return checked.ok ? 'ok' : checked.code
}

t.test('without credentials', async t => {
  const cases: [string, HeaderList, string][] = [
    ['the origin', [allow(APP)], 'ok'],
    ['blanks around it', [allow(` ${APP}\t`)], 'ok'],
    ['any', [allow('*')], 'ok'],
    ['nothing', [], 'MissingAllowOriginHeader'],
    ['an empty value', [allow('')], 'InvalidAllowOriginValue'],
    ['no origin', [allow('app.test')], 'InvalidAllowOriginValue'],
    ['null', [allow('null')], 'AllowOriginMismatch'],
    ['another origin', [allow('https://b.test')], 'AllowOriginMismatch'],
    ['a slash at the end', [allow(`${APP}/`)], 'AllowOriginMismatch'],
    ['another case of letters', [allow('https://APP.test')], 'AllowOriginMismatch'],
    ['a list', [allow(`${APP}, https://b.test`)], 'MultipleAllowOriginValues'],
    ['blanks in between', [allow(`${APP} https://b.test`)], 'MultipleAllowOriginValues'],
    ['the same twice', [allow(APP), allow(APP)], 'MultipleAllowOriginValues'],
    ['any twice', [allow('*'), allow('*')], 'MultipleAllowOriginValues'],
    ['a refusal of credentials', [allow(APP), credentials('false')], 'ok']
  ]
  for (const [name, headers, expected] of cases) t.equal(verdict(headers), expected, name)
})

t.test('with credentials', async t => {
  const cases: [string, HeaderList, string][] = [
    ['the origin and true', [allow(APP), credentials('true')], 'ok'],
    ['any', [allow('*'), credentials('true')], 'WildcardOriginNotAllowed'],
    ['the origin alone', [allow(APP)], 'InvalidAllowCredentials'],
    ['True', [allow(APP), credentials('True')], 'InvalidAllowCredentials'],
    ['true twice', [allow(APP), credentials('true'), credentials('true')], 'InvalidAllowCredentials'],
    ['nothing', [credentials('true')], 'MissingAllowOriginHeader']
  ]
  for (const [name, headers, expected] of cases) t.equal(verdict(headers, { include: true }), expected, name)
})

t.test('the null origin is allowed by its name', async t => {
  t.equal(verdict([allow('null')], { origin: 'null' }), 'ok')
  t.equal(verdict([allow('null'), credentials('true')], { origin: 'null', include: true }), 'ok')
})

t.test('it allows what the steps of the standard allow, read one by one', async t => {
  const value = fc.constantFrom(APP, '*', 'null', '', 'true', 'True', `${APP}, ${APP}`, 'https://b.test')
  const line = fc.oneof(value.map(allow), value.map(credentials))
  fc.assert(fc.property(fc.array(line, { maxLength: 4 }), fc.constantFrom(APP, 'null'), fc.boolean(), (headers, origin, include) => {
    const get = (part: string) => headers.filter(([name]) => name.toLowerCase().endsWith(part)).map(([, value]) => value).join(', ')
    const allowed = (!include && get('-origin') === '*') ||
      (get('-origin') === origin && (!include || get('-credentials') === 'true'))
    return (verdict(headers, { origin, include }) === 'ok') === allowed
  }), { numRuns: 2000 })
})
