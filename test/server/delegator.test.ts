import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, ERROR, EVIL, OTHER, logLines, preflight, send } from '../support/exchange'

type Delegator = NonNullable<corsPlugin.CorsOptions['delegator']>

async function appWith (delegator: unknown, more: corsPlugin.CorsOptions = {}): Promise<{ app: FastifyInstance, handled: string[] }> {
  const app = Fastify()
  const handled: string[] = []
  await app.register(corsPlugin, { ...more, delegator: delegator as Delegator })
  app.route({ method: ['GET', 'PUT'], url: '/a', handler: async request => { handled.push(request.method); return 'a' } })
  app.get('/narrow', { config: { cors: { origin: OTHER } } }, () => 'narrow')
  app.get('/off', { config: { cors: false } }, () => 'off')
  return { app, handled }
}

t.test('gives each tenant its own policy', async t => {
  const tenants: Record<string, object> = { a: { origin: ALLOWED }, b: { origin: [OTHER, EVIL], credentials: true } }
  const { app } = await appWith((request: { headers: Record<string, string> }) => tenants[request.headers['x-tenant'] ?? ''] ?? false, { vary: ['X-Tenant'] })
  const ask = (tenant: string, origin: string) => send(app, 'GET', '/a', { origin, headers: { 'x-tenant': tenant } })
  t.same((await ask('a', ALLOWED)).cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin, X-Tenant' })
  t.same((await ask('b', OTHER)).cors, { 'access-control-allow-origin': OTHER, 'access-control-allow-credentials': 'true', vary: 'Origin, X-Tenant' })
  t.same((await ask('b', ALLOWED)).cors, { vary: 'Origin, X-Tenant' })
  t.same((await ask('none', ALLOWED)).cors, { vary: 'Origin, X-Tenant' }, 'and `false` switches CORS off, which is an answer that varies too')
})

t.test('is asked for every request, with or without an origin, since Vary depends on it', async t => {
  let calls = 0
  const { app } = await appWith(() => { calls++; return {} })
  await send(app, 'GET', '/a', { origin: undefined })
  await send(app, 'GET', '/a')
  await preflight(app, 'PUT', '/a')
  t.equal(calls, 3)
})

t.test('false refuses preflights and sends nothing', async t => {
  for (const delegator of [() => false, async () => false]) {
    const { app, handled } = await appWith(delegator)
    const { status, body } = await preflight(app, 'PUT', '/a')
    t.equal(status, 403)
    t.match(JSON.parse(body), { code: 'FST_CORS_OFF', message: 'CORS preflight refused: CORS is off for PUT /a' })
    t.same((await send(app, 'GET', '/a')).cors, { vary: 'Origin' })
    t.same(handled, ['GET'])
  }
})

t.test('options that it leaves out come from the registration, and the route overlays both', async t => {
  const { app } = await appWith(async () => ({ origin: ALLOWED }), { maxAge: 60, exposedHeaders: ['X-Total'] })
  const { cors } = await preflight(app, 'PUT', '/a')
  t.equal(cors['access-control-max-age'], '60')
  t.same((await send(app, 'GET', '/narrow')).cors, { 'access-control-allow-origin': OTHER, 'access-control-expose-headers': 'X-Total', vary: 'Origin' })
  t.notMatch((await send(app, 'GET', '/off')).cors, { 'access-control-allow-origin': /./ })
})

t.test('the same object is read once', async t => {
  let reads = 0
  const options = { get origin () { reads++; return ALLOWED } }
  const { app } = await appWith(() => options)
  await send(app, 'GET', '/a')
  const once = reads
  await send(app, 'GET', '/a')
  await preflight(app, 'PUT', '/a')
  t.equal(reads, once)
  t.not(once, 0)
})

t.test('two objects give two policies', async t => {
  let turn = 0
  const { app } = await appWith(() => ({ origin: turn++ === 0 ? ALLOWED : OTHER }))
  t.equal((await send(app, 'GET', '/a')).cors['access-control-allow-origin'], ALLOWED)
  t.equal((await send(app, 'GET', '/a')).cors['access-control-allow-origin'], OTHER)
})

t.test('its options may hold an origin function', async t => {
  const { app } = await appWith(async () => ({ origin: async (origin: string) => origin === ALLOWED }))
  t.same((await send(app, 'GET', '/a')).cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
  t.same((await send(app, 'GET', '/a', { origin: EVIL })).cors, { vary: 'Origin' })
  t.equal((await preflight(app, 'PUT', '/a', { origin: EVIL })).status, 403)
})

t.test('its options may enforce', async t => {
  const { app, handled } = await appWith(() => ({ origin: ALLOWED, enforce: 'unsafe' }))
  t.equal((await send(app, 'PUT', '/a', { origin: EVIL })).status, 403)
  t.equal((await send(app, 'PUT', '/a')).status, 200)
  t.same(handled, ['PUT'])
})

const broken: [string, () => unknown, RegExp][] = [
  ['throws', () => { throw new Error('no database') }, /no database/],
  ['rejects', async () => { throw new Error('no database') }, /no database/],
  ['throws nothing', () => { throw undefined }, /undefined/], // eslint-disable-line no-throw-literal
  ['rejects with nothing', () => Promise.reject(), /undefined/], // eslint-disable-line prefer-promise-reject-errors
  ['returns undefined', () => undefined, /delegator/],
  ['returns null', () => null, /delegator/],
  ['returns true', () => true, /delegator/],
  ['returns a string', () => ALLOWED, /delegator/],
  ['returns a list', () => [ALLOWED], /delegator/],
  ['returns a function', () => () => ({}), /delegator/],
  ['resolves to undefined', async () => undefined, /delegator/],
  ['returns an unknown key', () => ({ origins: ALLOWED }), /delegator[^']*: the log has the details$/],
  ['returns a wrong value', () => ({ maxAge: 'soon' }), /delegator[^']*: the log has the details$/],
  ['returns paths', () => ({ paths: ['/a'] }), /delegator[^']*: the log has the details$/],
  ['returns another delegator', () => ({ delegator: () => ({}) }), /delegator[^']*: the log has the details$/],
  ['returns a contradiction', () => ({ origin: '*', credentials: true }), /delegator[^']*: the log has the details$/]
]

for (const [it, delegator, message] of broken) {
  t.test(`one that ${it} ends the request with a 500 that says so, before the handler`, async t => {
    const { app, handled } = await appWith(delegator)
    // Another request to the URL may get headers, so a cache must not serve this response to it.
    const answers = [
      { answer: await send(app, 'GET', '/a'), cors: { vary: 'Origin' } },
      { answer: await send(app, 'PUT', '/a', { origin: undefined }), cors: { vary: 'Origin' } },
      { answer: await preflight(app, 'PUT', '/a'), cors: { vary: 'Origin' } }
    ]
    for (const { answer, cors } of answers) {
      t.equal(answer.status, 500)
      t.match(JSON.parse(answer.body), { statusCode: 500, error: 'Internal Server Error', message })
      t.same(answer.cors, cors)
    }
    t.same(handled, [])
  })
}

t.test('an invalid one is invalid every time', async t => {
  const invalid = { origin: 'example.com' }
  const { app } = await appWith(() => invalid)
  const first = await send(app, 'GET', '/a')
  t.equal(first.status, 500)
  t.equal((await send(app, 'GET', '/a')).body, first.body)
})

t.test('one that throws after the request was answered is logged, and the answer stands', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { stream, level: 'error' } })
  app.addHook('onRequest', async (_request, reply) => reply.code(401).send('who?'))
  await app.register(corsPlugin, { delegator: () => { throw new Error('no database') } })
  app.get('/a', () => 'a')
  const { status, body, cors } = await send(app, 'GET', '/a')
  t.equal(status, 401)
  t.equal(body, 'who?')
  t.same(cors, { vary: 'Origin' })
  t.match(lines, [{ level: ERROR, err: { message: 'no database' } }])
})

t.test('the log names the route if its options do not go with those that the delegator returns', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { stream } })
  await app.register(corsPlugin, { origin: ALLOWED, delegator: () => ({ credentials: true }) })
  app.get('/a/:id', { config: { cors: { origin: '*' } } }, () => 'a')
  const { status, body } = await send(app, 'GET', '/a/7?token=secret')
  t.equal(status, 500)
  t.same(Object.keys(JSON.parse(body) as object), ['statusCode', 'code', 'error', 'message'])
  t.match(JSON.parse(body), { code: 'FST_CORS_DELEGATOR', message: /the log has the details/ })
  t.match(lines.find(({ msg }) => msg?.includes('invalid options')), { err: { message: /^config\.cors of GET \/a\/7: 1 problem/ } })
})

t.test('what was returned is frozen, so that a later change is loud', async t => {
  const shared = { origin: [ALLOWED], dangerously: { nullOrigin: false } }
  const { app } = await appWith(() => shared)
  await send(app, 'GET', '/a')
  t.throws(() => { shared.origin.push('https://b.test') }, TypeError)
  t.throws(() => { shared.dangerously.nullOrigin = true }, TypeError)
  t.throws(() => { Object.assign(shared, { maxAge: 5 }) }, TypeError)
})
