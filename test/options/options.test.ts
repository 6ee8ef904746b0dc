import t from 'tap'
import type { Problem } from '../../lib/options/problems'
import { problemsOf, settings } from './problems-of'

interface Row { readonly refused: object, readonly problem: Partial<Problem>, readonly accepted: object }

function row (code: string, pointer: string, refused: object, accepted: object, instead?: string): Row {
  return { refused, problem: { code: `FST_CORS_${code}` as Problem['code'], pointer, ...instead !== undefined && { instead } }, accepted }
}

const rows: readonly Row[] = [
  row('UNKNOWN_OPTION', '/orgin', { orgin: '*' }, { origin: '*' }, 'origin'),
  row('UNKNOWN_OPTION', '/expose~1d~0', { 'expose/d~': [] }, { exposedHeaders: [] }),
  row('UNKNOWN_OPTION', '/x', { x: 1 }, { x: undefined }),
  row('FOREIGN_OPTION', '/hook', { hook: 'preHandler' }, { hook: 'onRequest' }),
  row('FOREIGN_OPTION', '/strictPreflight', { strictPreflight: true }, { strictPreflight: false }),
  row('FOREIGN_OPTION', '/hideOptionsRoute', { hideOptionsRoute: false }, { hideOptionsRoute: true }),
  row('FOREIGN_OPTION', '/privateNetwork', { privateNetwork: true }, {}),
  row('FOREIGN_OPTION', '/prefix', { prefix: '/api' }, { paths: ['/api/*'] }, "paths: ['/api/*'] to govern the URLs below a prefix"),
  row('BOOLEAN_STRING', '/credentials', { credentials: 'false' }, { credentials: false }),
  row('BOOLEAN_STRING', '/preflight', { preflight: 'true' }, { preflight: true }),
  row('WRONG_TYPE', '/credentials', { credentials: null }, { credentials: undefined }),
  row('WRONG_TYPE', '/preflightContinue', { preflightContinue: 1 }, { preflightContinue: true }),
  row('PREFLIGHT_CONTRADICTION', '/preflightContinue', { preflight: false, preflightContinue: true }, { preflight: false, preflightContinue: false }),
  row('METHOD_TOKEN', '/methods/1', { methods: ['GET', ' PUT'] }, { methods: 'GET, PUT' }),
  row('METHOD_TOKEN', '/methods', { methods: 'GET,,PUT' }, { methods: 'X-OWN,GET' }),
  row('METHOD_FORBIDDEN', '/methods/0', { methods: ['trace'] }, { methods: ['TRACER'] }),
  row('METHOD_FORBIDDEN', '/methods/0', { methods: ['CONNECT'] }, { methods: ['GET'] }),
  row('METHOD_FORBIDDEN', '/methods', { methods: 'GET, Track' }, { methods: 'GET, HEAD, POST' }),
  row('METHOD_CASE', '/methods/0', { methods: ['patch'] }, { methods: ['PATCH', 'own'] }, "'PATCH'"),
  row('WRONG_TYPE', '/methods', { methods: { 0: 'GET' } }, { methods: [] }),
  row('WRONG_TYPE', '/methods/0', { methods: [1] }, { methods: ['*'] }),
  row('HEADER_TOKEN', '/allowedHeaders/0', { allowedHeaders: ['X Own'] }, { allowedHeaders: ['X-Own'] }),
  row('HEADER_TOKEN', '/allowedHeaders/0', { allowedHeaders: ['X-Ö'] }, { allowedHeaders: ['X-O'] }),
  row('HEADER_FORBIDDEN_REQUEST', '/allowedHeaders/0', { allowedHeaders: ['Cookie'] }, { allowedHeaders: ['Accept'] }),
  row('HEADER_FORBIDDEN_REQUEST', '/allowedHeaders', { allowedHeaders: 'X-Own, Sec-Own' }, { allowedHeaders: 'X-Own,Secure' }),
  row('HEADER_FORBIDDEN_REQUEST', '/allowedHeaders/0', { allowedHeaders: ['proxy-x'] }, { allowedHeaders: ['Proxy'] }),
  row('HEADER_FORBIDDEN_REQUEST', '/allowedHeaders/0', { allowedHeaders: ['Access-Control-Request-Method'] }, { allowedHeaders: ['Authorization'] }),
  row('HEADER_OF_RESPONSES', '/allowedHeaders/0', { allowedHeaders: ['Access-Control-Allow-Origin'] }, { allowedHeaders: ['Access-Control'] }),
  row('HEADER_OF_RESPONSES', '/allowedHeaders/0', { allowedHeaders: ['access-control-expose-headers'] }, { allowedHeaders: '*' }),
  row('HEADER_OF_RESPONSES', '/allowedHeaders/0', { allowedHeaders: ['access-control-max-age'] }, { allowedHeaders: 'Content-Type' }),
  row('HEADER_FORBIDDEN_RESPONSE', '/exposedHeaders/0', { exposedHeaders: ['Set-Cookie'] }, { exposedHeaders: ['Cookie'] }),
  row('HEADER_OF_REQUESTS', '/exposedHeaders/0', { exposedHeaders: ['Origin'] }, { exposedHeaders: ['Access-Control-Allow-Origin'] }),
  row('HEADER_OF_REQUESTS', '/exposedHeaders/0', { exposedHeaders: ['Access-Control-Request-Headers'] }, { exposedHeaders: ['ETag'] }),
  row('HEADER_OF_PREFLIGHTS', '/exposedHeaders/0', { exposedHeaders: ['Access-Control-Allow-Methods'] }, { exposedHeaders: ['Allow'] }),
  row('HEADER_OF_PREFLIGHTS', '/exposedHeaders/0', { exposedHeaders: ['Access-Control-Allow-Headers'] }, { exposedHeaders: '*' }),
  row('HEADER_OF_PREFLIGHTS', '/exposedHeaders/0', { exposedHeaders: ['Access-Control-Max-Age'] }, { exposedHeaders: ['Age'] }),
  row('EXPOSED_ANY_WITH_CREDENTIALS', '/exposedHeaders', { origin: 'https://a.test', credentials: true, exposedHeaders: ['ETag', '*'] }, { exposedHeaders: ['ETag', '*'] }),
  row('MAX_AGE', '/maxAge', { maxAge: -1 }, { maxAge: 0 }),
  row('MAX_AGE', '/maxAge', { maxAge: 86401 }, { maxAge: 86400 }, '86400'),
  row('MAX_AGE', '/maxAge', { maxAge: 0.5 }, { maxAge: 1 }),
  row('MAX_AGE', '/maxAge', { maxAge: NaN }, { maxAge: undefined }),
  row('WRONG_TYPE', '/maxAge', { maxAge: '600' }, { maxAge: 600 }, '600 without quotes, or Number(…)'),
  row('WRONG_TYPE', '/maxAge', { maxAge: 'soon' }, { maxAge: 1 }),
  row('PATHS_EMPTY', '/paths', { paths: [] }, { paths: ['/*'] }),
  row('WRONG_TYPE', '/paths', { paths: '/api/*' }, { paths: ['/api/*'] }, "['/api/*']"),
  row('WRONG_TYPE', '/paths', { paths: /api/ }, { paths: ['/api'] }),
  row('WRONG_TYPE', '/paths/0', { paths: [null] }, { paths: ['/'] }),
  row('PATH_RELATIVE', '/paths/0', { paths: ['api/*'] }, { paths: ['/api/*'] }, "'/api/*'"),
  row('PATH_RELATIVE', '/paths/1', { paths: ['/', 'https://a.test/api'] }, { paths: ['/api'] }, "'/api'"),
  row('PATH_QUERY', '/paths/0', { paths: ['/a?b'] }, { paths: ['/a%3Fb'] }, "'/a'"),
  row('PATH_QUERY', '/paths/0', { paths: ['/a#b'] }, { paths: ['/a%23b'] }, "'/a'"),
  row('PATH_ENCODING', '/paths/0', { paths: ['/100%'] }, { paths: ['/100%25'] }, "'/100%25'"),
  row('PATH_ENCODING', '/paths/0', { paths: ['/%ff'] }, { paths: ['/%25ff'] }, "'/%25ff'"),
  row('ENFORCE', '/enforce', { origin: 'https://a.test', enforce: true }, { origin: 'https://a.test', enforce: 'all' }),
  row('ENFORCE', '/enforce', { enforce: 'safe' }, { origin: false, enforce: 'unsafe' }),
  row('ENFORCE', '/enforce', { origin: 'https://a.test', enforce: 'true' }, { enforce: false }),
  row('BOOLEAN_STRING', '/enforce', { enforce: 'false' }, { enforce: false }, 'false without quotes'),
  row('WRONG_TYPE', '/enforce', { enforce: 1 }, { enforce: false }),
  row('VARY_ANY', '/vary/0', { vary: ['*'] }, { vary: ['X-Tenant'] }),
  row('HEADER_TOKEN', '/vary/0', { vary: [''] }, { vary: [] }),
  row('WRONG_TYPE', '/vary', { vary: 'X-Tenant, Host' }, { vary: ['X-Tenant', 'Host'] }, "['X-Tenant', 'Host']"),
  row('STATUS', '/optionsSuccessStatus', { optionsSuccessStatus: 199 }, { optionsSuccessStatus: 200 }),
  row('STATUS', '/optionsSuccessStatus', { optionsSuccessStatus: 300 }, { optionsSuccessStatus: 299 }),
  row('STATUS', '/optionsSuccessStatus', { optionsSuccessStatus: 204.5 }, { optionsSuccessStatus: 204 }),
  row('WRONG_TYPE', '/optionsSuccessStatus', { optionsSuccessStatus: '204' }, { optionsSuccessStatus: 204 }),
  row('CACHE_CONTROL', '/cacheControl', { cacheControl: -1 }, { cacheControl: 0 }),
  row('CACHE_CONTROL', '/cacheControl', { cacheControl: 'public\r\nX: y' }, { cacheControl: 'public, max-age=5' }),
  row('CACHE_CONTROL', '/cacheControl', { cacheControl: '' }, { cacheControl: 'no-store' }),
  row('CACHE_CONTROL', '/cacheControl', { cacheControl: '600' }, { cacheControl: 600 }, '600 without quotes'),
  row('WRONG_TYPE', '/cacheControl', { cacheControl: true }, { cacheControl: 'private' }),
  row('LOG_LEVEL', '/logLevel', { logLevel: 'warning' }, { logLevel: 'warn' }, "'warn'"),
  row('LOG_LEVEL', '/logLevel', { logLevel: 'traces' }, { logLevel: 'trace' }, "'trace'"),
  row('LOG_LEVEL', '/logLevel', { logLevel: 'DEBUG' }, { logLevel: 'debug' }, "'debug'"),
  row('LOG_LEVEL', '/logLevel', { logLevel: 'errors' }, { logLevel: 'error' }, "'error'"),
  row('LOG_LEVEL', '/logLevel', { logLevel: 'fatality' }, { logLevel: 'fatal' }, "'fatal'"),
  row('LOG_LEVEL', '/logLevel', { logLevel: 'silence' }, { logLevel: 'silent' }, "'silent'"),
  row('LOG_LEVEL', '/logLevel', { logLevel: 'x'.repeat(20) }, { logLevel: 'silent' }, "'info'"),
  row('WRONG_TYPE', '/logLevel', { logLevel: 30 }, { logLevel: 'info' }),
  row('WRONG_TYPE', '/delegator', { delegator: {} }, { delegator: () => ({}) }),
  row('UNKNOWN_OPTION', '/dangerously/nulOrigin', { dangerously: { nulOrigin: true } }, { dangerously: { nullOrigin: true } }, 'nullOrigin'),
  row('BOOLEAN_STRING', '/dangerously/nullOrigin', { dangerously: { nullOrigin: 'true' } }, { dangerously: { nullOrigin: undefined } }),
  row('WRONG_TYPE', '/dangerously', { dangerously: true }, { dangerously: {} }),
  row('WRONG_TYPE', '/dangerously', { dangerously: null }, { dangerously: { unsafeRegex: false } }),
]

t.test('what an option refuses, and its nearest accepted neighbour', async t => {
  for (const { refused, problem, accepted } of rows) {
    t.test(`${problem.code} at ${problem.pointer}: ${JSON.stringify(refused)}`, async t => {
      const found = problemsOf(refused)
      t.match(found, [problem])
      t.equal(found.length, 1)
      t.same(problemsOf(accepted), [], `${JSON.stringify(accepted)} is accepted`)
    })
  }
})

t.test('the error names the option that has this name in other packages', async t => {
  const names = {
    origin: ['origins', 'allowedOrigins', 'allow_origins', 'Access-Control-Allow-Origin', 'AllowedOriginPatterns', 'CORS_ALLOWED_ORIGINS', 'whitelist'],
    methods: ['method', 'allowMethods', 'allowedMethods', 'access-control-allow-methods'],
    allowedHeaders: ['headers', 'allowHeaders', 'allow_headers', 'AllowAnyHeader', 'Access-Control-Allow-Headers'],
    exposedHeaders: ['expose', 'exposeHeaders', 'exposed-headers', 'WithExposedHeaders'],
    credentials: ['allowCredentials', 'supportsCredentials', 'credential', 'CORS_ALLOW_CREDENTIALS'],
    maxAge: ['preflightMaxAge', 'CORS_PREFLIGHT_MAX_AGE', 'SetPreflightMaxAge', 'max-age', 'ttl'],
    optionsSuccessStatus: ['optionSuccessStatus', 'statusCode'],
    paths: ['path', 'urlRegex'],
  }
  for (const [option, keys] of Object.entries(names)) {
    for (const key of keys) t.match(problemsOf({ [key]: true }), [{ code: 'FST_CORS_UNKNOWN_OPTION', instead: option }], key)
  }
})

t.test('one problem does not hide another', async t => {
  const pointers = (options: object) => problemsOf(options).map(({ pointer }) => pointer)
  t.same(pointers({ origin: ['example.com', 'https://EXAMPLE.com', 'https://ok.example.com', 'https://example.com:443', 'null'] }).sort(),
    ['/origin/0', '/origin/1', '/origin/3', '/origin/4'])
  t.same(pointers({ origin: ['a.test', 'http://b.test', '*'], credentials: 'true', exposedHeaders: ['*', 'X Y'], dangerously: { nulOrigin: true } }).sort(),
    ['/credentials', '/dangerously/nulOrigin', '/exposedHeaders', '/exposedHeaders/1', '/origin/0', '/origin/1', '/origin/2'])
  t.same(pointers({ origin: 'null', dangerously: { nullOrigin: true, x: true } }), ['/dangerously/x'], 'an escape beside an unknown one holds')
  t.same(pointers({ enforce: true }), ['/enforce', '/origin'])
})

t.test('values that are not an object of options', async t => {
  t.match(problemsOf(() => ({})), [{ code: 'FST_CORS_OPTIONS_FUNCTION', pointer: '', instead: /delegator/ }])
  const values = [null, [], ['a'], 'x', 5, true, /a/, Promise.resolve({})]
  for (const value of values) t.match(problemsOf(value), [{ code: 'FST_CORS_WRONG_TYPE', pointer: '' }])
  t.match(problemsOf('x'.repeat(100)), [{ what: `the value is the string '${'x'.repeat(60)}…'` }])
  t.match(problemsOf({ maxAge: { seconds: 5 } }), [{ what: 'the value is an object' }])
  t.match(problemsOf({ maxAge: [] }), [{ what: 'the value is an empty array' }])
  t.match(problemsOf({ maxAge: [5] }), [{ what: 'the value is an array' }])
  t.match(problemsOf({ maxAge: /5/ }), [{ what: 'the value is a RegExp' }])
  t.match(problemsOf({ maxAge: () => 5 }), [{ what: 'the value is a function' }])
  t.same(problemsOf(undefined), [])
  t.same(problemsOf({ logSerializers: {} }), [])
})

t.test('the settings without options', async t => {
  t.same(settings(undefined), {
    origin: { kind: 'any' },
    methods: 'route',
    allowedHeaders: 'any',
    exposedHeaders: [],
    credentials: false,
    maxAge: undefined,
    paths: undefined,
    timingAllowOrigin: false,
    enforce: false,
    vary: [],
    preflight: true,
    preflightContinue: false,
    optionsSuccessStatus: 204,
    cacheControl: undefined,
    logLevel: undefined,
    delegator: undefined,
    dangerously: {
      nullOrigin: false, anyOriginWithCredentials: false, insecureOrigins: false, publicSuffixOrigins: false, unsafeRegex: false
    }
  })
})

t.test('the settings of many options', async t => {
  const delegator = () => ({})
  t.match(settings({
    origin: 'https://a.test',
    methods: 'PUT, patched ',
    allowedHeaders: ['X-Own'],
    exposedHeaders: '*',
    maxAge: 5,
    paths: ['/a%20b/*'],
    enforce: 'unsafe',
    vary: ['X-Tenant'],
    preflightContinue: true,
    optionsSuccessStatus: 200,
    cacheControl: 600,
    logLevel: 'warn',
    delegator,
    dangerously: { nullOrigin: true }
  }), {
    methods: ['PUT', 'patched'],
    allowedHeaders: ['X-Own'],
    exposedHeaders: 'any',
    maxAge: 5,
    paths: ['/a%20b/*'],
    enforce: 'unsafe',
    vary: ['X-Tenant'],
    preflightContinue: true,
    optionsSuccessStatus: 200,
    cacheControl: 'max-age=600',
    logLevel: 'warn',
    delegator,
    dangerously: { nullOrigin: true, unsafeRegex: false }
  })
  t.equal(settings({ methods: ['GET', '*'] }).methods, 'any')
  t.equal(settings({ allowedHeaders: '*' }).allowedHeaders, 'any')
  for (const cacheControl of ['public,  \tmax-age=5', '5x', 'x5']) t.equal(settings({ cacheControl }).cacheControl, cacheControl)
  t.equal(settings({ cacheControl: 'no-store, max-age=5' }).cacheControl, 'no-store, max-age=5')
})

t.test('options that a class or a prototype has would be lost, and the defaults are open', async t => {
  class Configured { get origin () { return 'https://a.test' } }
  for (const options of [new Configured(), Object.create({ origin: 'https://a.test' }) as object]) {
    t.match(problemsOf(options), [{ code: 'FST_CORS_WRONG_TYPE', pointer: '', why: 'it must be a plain object, whose options are its own' }])
  }
  class Fields { origin = 'https://a.test' }
  t.same(problemsOf(new Fields()), [], 'an own property is one, whatever the class')
  t.same(problemsOf(Object.assign(Object.create(null) as object, { origin: 'https://a.test' })), [])
})
