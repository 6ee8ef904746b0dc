import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { optionsSchema, requestSchema, routeSchema } from '../../lib/options/schema'
import { properties } from './properties'

const ofRequests: readonly object[] = [
  {}, { origin: '*' }, { origin: /a/ }, { origin: ['a', /a/] }, { origin: false }, { origin: () => true }, { methods: '*' }, { methods: ['GET'] },
  { allowedHeaders: 'X-A' }, { exposedHeaders: [] }, { credentials: true }, { maxAge: 0 }, { maxAge: 86400 }, { enforce: false }, { enforce: 'unsafe' },
  { enforce: 'all' }, { vary: ['X-A'] }, { optionsSuccessStatus: 200 }, { optionsSuccessStatus: 299 }, { cacheControl: 0 }, { cacheControl: 'no-store' },
  { dangerously: { nullOrigin: true, anyOriginWithCredentials: true, insecureOrigins: true, publicSuffixOrigins: true, unsafeRegex: true } }
]
const ofRoutes: readonly object[] = [{ preflight: false }, { preflightContinue: true }]
const ofRegistrations: readonly object[] = [
  { paths: ['/'] }, { delegator: () => ({}) },
  ...['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map(logLevel => ({ logLevel }))
]
const wrong: readonly object[] = [
  { origin: 5 }, { origin: {} }, { origin: [5] }, { methods: 5 }, { methods: [5] }, { allowedHeaders: true }, { exposedHeaders: [null] }, { credentials: 'true' },
  { maxAge: -1 }, { maxAge: 86401 }, { maxAge: 0.5 }, { enforce: true }, { enforce: 'safe' }, { vary: 'X-A' }, { optionsSuccessStatus: 199 },
  { optionsSuccessStatus: 300 }, { cacheControl: -1 }, { cacheControl: true }, { dangerously: true }, { dangerously: { nullOrigin: 1 } }, { dangerously: { own: true } },
  { dangerously: { nullOrigin: true, anyOriginWithCredentials: true, insecureOrigins: true, publicSuffixOrigins: true, unsafeRegex: true, own: true } }
]
const wrongInRoutes: readonly object[] = [{ preflight: 1 }, { preflightContinue: 'x' }]
const wrongInRegistrations: readonly object[] = [{ own: 1 }, { paths: '/' }, { paths: [1] }, { delegator: {} }, { logLevel: 'loud' }]

t.test('the schemas take the options of each place, and no others', async t => {
  check(requestSchema, ofRequests, wrong)
  check(routeSchema, [...ofRequests, ...ofRoutes], [...wrong, ...wrongInRoutes])
  check(optionsSchema, [...ofRequests, ...ofRoutes, ...ofRegistrations], [...wrong, ...wrongInRoutes, ...wrongInRegistrations])

  function check (schema: Parameters<typeof Value.Check>[0], right: readonly object[], wrong: readonly object[]) {
    for (const options of right) t.equal(Value.Check(schema, options), true, String(Object.entries(options)))
    for (const options of wrong) t.equal(Value.Check(schema, options), false, String(Object.entries(options)))
  }
})

t.test('an escape may stand alone', async t => {
  for (const dangerously of [{}, { nullOrigin: true }]) t.equal(Value.Check(optionsSchema, { dangerously }), true, JSON.stringify(dangerously))
})

t.test('no escape holds unless it is named', async t => {
  const escapes = Object.entries(properties.dangerously.properties as typeof properties)
  t.equal(escapes.length, 5)
  for (const [key, escape] of escapes) t.match(escape, { default: false, description: /\.$/ }, key)
})
