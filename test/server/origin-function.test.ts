import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, ERROR, EVIL, OTHER, logLines, preflight, send } from '../support/exchange'

type Origin = NonNullable<corsPlugin.CorsOptions['origin']>

async function appWith (origin: unknown, more: corsPlugin.CorsOptions = {}): Promise<{ app: FastifyInstance, handled: string[] }> {
  const app = Fastify()
  const handled: string[] = []
  await app.register(corsPlugin, { ...more, origin: origin as Origin } as corsPlugin.CorsOptions)
  app.route({ method: ['GET', 'PUT'], url: '/a', handler: async request => { handled.push(request.method); return 'a' } })
  app.get('/health', () => 'up')
  return { app, handled }
}

t.test('is given the origin and the request', async t => {
  const seen: unknown[] = []
  const { app } = await appWith((origin: string, request: { method: string, headers: object }) => { seen.push([origin, request.method, 'x-tenant' in request.headers]); return true })
  await send(app, 'GET', '/a', { headers: { 'x-tenant': 't' } })
  await preflight(app, 'PUT', '/a')
  t.same(seen, [[ALLOWED, 'GET', true], [ALLOWED, 'OPTIONS', false]])
})

t.test('is called only for requests with an origin, and once for each', async t => {
  let calls = 0
  const { app } = await appWith(() => { calls++; return true })
  await send(app, 'GET', '/a', { origin: undefined })
  t.equal(calls, 0)
  await send(app, 'GET', '/a')
  t.equal(calls, 1)
  await preflight(app, 'PUT', '/a')
  t.equal(calls, 2)
  await send(app, 'GET', '/nothing')
  t.equal(calls, 3)
})

t.test('gets only origins that a browser can send', async t => {
  const seen: string[] = []
  const { app } = await appWith((origin: string) => { seen.push(origin); return true })
  for (const origin of ['', 'null', 'x', 'https://', 'https://A.test', 'https://a.test/', 'https://a.test:443', 'https://a.test, https://b.test', 'file://', 'https://a.test:99999', 'https://' + 'a'.repeat(400), 'https://a..test', 'javascript:alert(1)']) {
    const { status, cors } = await send(app, 'GET', '/a', { origin })
    t.equal(status, 200)
    t.same(cors, { vary: 'Origin' }, origin)
    t.equal((await preflight(app, 'PUT', '/a', { origin })).status, 403)
  }
  t.same(seen, [])
})

t.test('gets null with dangerously.nullOrigin, and with credentials', async t => {
  const seen: string[] = []
  const { app } = await appWith((origin: string) => { seen.push(origin); return origin === 'null' }, { credentials: true, origin: ALLOWED, dangerously: { nullOrigin: true } })
  t.same((await send(app, 'GET', '/a', { origin: 'null' })).cors, { 'access-control-allow-origin': 'null', 'access-control-allow-credentials': 'true', vary: 'Origin' })
  t.same((await send(app, 'GET', '/a')).cors, { vary: 'Origin' })
  t.same(seen, ['null', ALLOWED])
})

t.test('"null" as an answer refuses others', async t => {
  const { app } = await appWith(() => 'null')
  t.same((await send(app, 'GET', '/a')).cors, { vary: 'Origin' })
  t.equal((await preflight(app, 'PUT', '/a')).status, 403)
})

t.test('a thenable with a then that returns another thenable allows no origin before it resolves', async t => {
  const thenable = (value: unknown): object => ({ then: (go: (value: unknown) => unknown) => { setImmediate(go, value); return thenable(true) } })
  for (const answer of [false, EVIL]) {
    const { app, handled } = await appWith(() => thenable(answer), { enforce: 'unsafe' })
    t.same((await send(app, 'GET', '/a')).cors, { vary: 'Origin' })
    t.equal((await send(app, 'PUT', '/a')).status, 403)
    t.equal((await preflight(app, 'PUT', '/a')).status, 403)
    t.same(handled, ['GET'])
  }
})

t.test('a thenable is waited for', async t => {
  const { app } = await appWith(() => ({ then: (go: (value: boolean) => void) => { setImmediate(go, true) } }))
  const { status, cors } = await send(app, 'GET', '/a')
  t.equal(status, 200)
  t.same(cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
})

const broken: [string, () => unknown, RegExp][] = [
  ['throws an Error', () => { throw new Error('no database') }, /no database/],
  ['rejects with an Error', async () => { throw new Error('no database') }, /no database/],
  ['rejects later', async () => { await new Promise(setImmediate); throw new Error('no database') }, /no database/],
  ['throws nothing', () => { throw undefined }, /undefined/], // eslint-disable-line no-throw-literal
  ['throws null', () => { throw null }, /null/], // eslint-disable-line no-throw-literal
  ['rejects with nothing', () => Promise.reject(), /undefined/], // eslint-disable-line prefer-promise-reject-errors
  ['rejects with false', () => Promise.reject(false), /false/], // eslint-disable-line prefer-promise-reject-errors
  ['returns undefined', () => undefined, /the `origin` function returned undefined/],
  ['returns null', () => null, /returned null/],
  ['returns a number', () => 1, /returned number/],
  ['returns an array', () => [ALLOWED], /returned an array/],
  ['returns an object', () => ({}), /returned object/],
  ['returns *', () => '*', /returned "\*"/],
  ['returns an empty string', () => '', /returned ""/],
  ['returns no origin', () => 'app.example.com', /returned "app\.example\.com"/],
  ['returns an origin with a slash', () => `${ALLOWED}/`, /returned "https:/],
  ['returns line breaks', () => `${ALLOWED}\r\nset-cookie: a=b`, /returned "https:.*\\r\\n/],
  ['resolves to undefined', async () => undefined, /returned undefined/],
  ['returns a very long string', () => 'x'.repeat(10_000), /returned "x{256}"/]
]

for (const [it, decide, message] of broken) {
  t.test(`one that ${it} ends the request before the handler, and nothing else`, async t => {
    for (const enforce of [false, 'unsafe'] as const) {
      const { app, handled } = await appWith(decide, { enforce })
      for (const answer of [await send(app, 'GET', '/a'), await send(app, 'PUT', '/a'), await preflight(app, 'PUT', '/a'), await send(app, 'GET', '/nothing')]) {
        t.equal(answer.status, 500)
        t.match(JSON.parse(answer.body), { statusCode: 500, error: 'Internal Server Error', message })
        t.notMatch(Object.keys(answer.cors), 'access-control-allow-origin')
      }
      t.same(handled, [])
      t.equal((await send(app, 'GET', '/health', { origin: undefined })).body, 'up')
      t.same((await send(app, 'GET', '/a')).cors, { vary: 'Origin' })
    }
  })
}

t.test('an error with a status keeps it', async t => {
  const { app, handled } = await appWith(() => { throw Object.assign(new Error('slow down'), { statusCode: 429 }) })
  t.equal((await send(app, 'GET', '/a')).status, 429)
  t.equal((await preflight(app, 'PUT', '/a')).status, 429)
  t.same(handled, [])
})

t.test('for a response that is sent before the plugin has called the function, it is called late', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { stream, level: 'error' } })
  app.addHook('onRequest', async (_request, reply) => reply.code(401).send({ error: 'who?' }))
  await app.register(corsPlugin, { origin: async origin => { if (origin === OTHER) throw new Error('no database'); return origin === ALLOWED } })
  app.get('/a', () => 'a')
  t.match(await send(app, 'GET', '/a'), { status: 401, cors: { 'access-control-allow-origin': ALLOWED, vary: 'Origin' } })
  const refused = await send(app, 'GET', '/a', { origin: EVIL })
  t.equal(refused.status, 401)
  t.same(refused.cors, { vary: 'Origin' })
  t.equal(lines.length, 0)
  const failed = await send(app, 'GET', '/a', { origin: OTHER })
  t.equal(failed.status, 401)
  t.equal(failed.body, '{"error":"who?"}')
  t.same(failed.cors, { vary: 'Origin' })
  t.match(lines, [{ level: ERROR, err: { message: 'no database' }, msg: /could not decide/ }])
})

t.test('it is asked once, whatever wraps writeHead of the response in between', async t => {
  let asked = 0
  const app = Fastify()
  await app.register(corsPlugin, { origin: async () => { asked++; return true } })
  app.addHook('preHandler', async (_request, { raw }) => {
    const { writeHead } = raw
    raw.writeHead = function (...args: unknown[]) { return Reflect.apply(writeHead, this, args) }
  })
  app.get('/a', () => 'a')
  const { headers } = await app.inject({ url: '/a', headers: { origin: 'https://a.test' } })
  t.equal(headers['access-control-allow-origin'], 'https://a.test')
  t.equal(asked, 1)
})
