import t from 'tap'
import { parseOptions, parseOverlay } from '../../lib/options/parse'
import { overlayProblems } from './problems-of'

const base = parseOptions({
  origin: ['https://a.test', 'http://b.test', 'https://*.github.io', 'null'],
  exposedHeaders: '*',
  maxAge: 5,
  paths: ['/api/*'],
  dangerously: { nullOrigin: true }
})

t.test('an overlay changes what it names and nothing else', async t => {
  const overlaid = parseOverlay(base, { maxAge: 7, methods: undefined, dangerously: { unsafeRegex: true } }, 'a route', 'route')
  t.same(overlaid, { ...base, maxAge: 7, dangerously: { ...base.dangerously, unsafeRegex: true } })
  t.equal(overlaid.origin, base.origin, 'the origins are not parsed again')
})

t.test('an overlay that adds credentials is held to the origins that it inherits', async t => {
  t.match(overlayProblems(base, { credentials: true }), [
    { code: 'FST_CORS_ORIGIN_INSECURE_WITH_CREDENTIALS', pointer: '/origin/1', inherited: true },
    { code: 'FST_CORS_ORIGIN_PUBLIC_SUFFIX_WITH_CREDENTIALS', pointer: '/origin/2', inherited: true },
    { code: 'FST_CORS_EXPOSED_ANY_WITH_CREDENTIALS', pointer: '/exposedHeaders', inherited: true },
  ])
  t.match(overlayProblems(base, { credentials: true, origin: ['http://c.test'], exposedHeaders: [] }), [
    { code: 'FST_CORS_ORIGIN_INSECURE_WITH_CREDENTIALS', pointer: '/origin/0', inherited: undefined },
  ])
  t.match(overlayProblems(base, { credentials: true, origin: 'https://a.test', exposedHeaders: ['*'] }), [
    { code: 'FST_CORS_EXPOSED_ANY_WITH_CREDENTIALS', pointer: '/exposedHeaders', inherited: undefined },
  ])
  t.same(overlayProblems(base, {
    credentials: true, exposedHeaders: [], dangerously: { insecureOrigins: true, publicSuffixOrigins: true }
  }), [])
  t.same(overlayProblems(base, { credentials: true, origin: 'https://a.test', exposedHeaders: 'ETag' }), [])
})

t.test('an overlay that takes an escape back is held to it', async t => {
  t.match(overlayProblems(base, { dangerously: { nullOrigin: false } }), [{ code: 'FST_CORS_ORIGIN_NULL', pointer: '/origin/3', inherited: true }])
})

t.test('an escape of the base lifts a problem of the overlay', async t => {
  t.same(overlayProblems(base, { origin: 'null' }), [])
  t.same(overlayProblems(parseOptions({}), { origin: 'null', dangerously: { nullOrigin: true } }), [])
})

t.test('a refused value raises no second problem across options', async t => {
  t.match(overlayProblems(parseOptions({}), { credentials: true, origin: 'a.test' }), [{ code: 'FST_CORS_ORIGIN_SCHEME' }])
  t.equal(overlayProblems(parseOptions({}), { credentials: true, origin: 'a.test' }).length, 1)
  t.equal(overlayProblems(parseOptions({ preflight: false }), { preflight: 'no', preflightContinue: true }).length, 1)
})

t.test('keys that make no sense in an overlay', async t => {
  const registration = { paths: ['/'], delegator: () => ({}), logLevel: 'info' }
  const route = { preflight: true, preflightContinue: true }
  const misplaced = (options: object) => Object.keys(options).map(key => ({ code: 'FST_CORS_MISPLACED_OPTION', pointer: `/${key}` }))
  t.match(overlayProblems(base, registration, 'route'), misplaced(registration))
  t.match(overlayProblems(base, { ...registration, ...route }, 'delegator'), misplaced({ ...registration, ...route }))
  t.same(overlayProblems(base, route, 'route'), [])
  t.match(overlayProblems(base, { logSerializers: {} }), [{ code: 'FST_CORS_UNKNOWN_OPTION' }])
  t.match(overlayProblems(base, { path: '/' }), [{ instead: /^one of origin, methods/ }], 'an option for other places is not suggested')
})

t.test('values that are not an overlay', async t => {
  t.match(overlayProblems(base, 'false'), [{ code: 'FST_CORS_BOOLEAN_STRING', pointer: '' }])
  t.match(overlayProblems(base, undefined, 'delegator'), [{ code: 'FST_CORS_WRONG_TYPE', pointer: '', what: 'the value is undefined' }])
  t.match(overlayProblems(base, () => ({})), [{ code: 'FST_CORS_OPTIONS_FUNCTION' }])
})

t.test('settings made by hand have no concerns', async t => {
  t.same(overlayProblems({ ...parseOptions({}), origin: { kind: 'any' } }, { credentials: true }), [])
})
