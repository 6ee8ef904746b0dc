import { isDeepStrictEqual } from 'node:util'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import corsPlugin from '../..'
import { ALLOWED, ERROR, EVIL, OTHER, logLines, preflight, send } from '../support/exchange'
import { message } from '../server/message'

type Options = corsPlugin.CorsOptions

const INFO = 30

/** An application, with a URL for each way in which its options reach a route. */
interface Shape {
  readonly it: string
  readonly urls: readonly string[]
  readonly add: (app: FastifyInstance, options: Options) => unknown
}

function addRoutes (app: FastifyInstance, url: string, cors?: boolean | corsPlugin.RouteCorsOptions): void {
  app.route({ method: ['GET', 'PUT'], url, config: cors === undefined ? {} : { cors }, handler: () => 'a' })
}

const PATTERN = /^https:\/\/[a-z]+\.example\.com$/

const shapes: readonly Shape[] = [
  {
    it: 'one registration that governs every route',
    urls: ['/a', '/nothing'],
    add: async (app, options) => { await app.register(corsPlugin, options); addRoutes(app, '/a') }
  },
  {
    it: 'routes with options of their own',
    urls: ['/own', '/same', '/off', '/regexp'],
    add: async (app, options) => {
      await app.register(corsPlugin, options)
      addRoutes(app, '/own', { maxAge: 7 })
      addRoutes(app, '/same', { maxAge: 7 })
      addRoutes(app, '/off', false)
      addRoutes(app, '/regexp', { origin: [PATTERN] })
    }
  },
  {
    it: 'a context below, and an OPTIONS route',
    urls: ['/a', '/v1/a', '/v1/nothing'],
    add: async (app, options) => {
      await app.register(corsPlugin, options)
      app.options('/own', () => 'own')
      addRoutes(app, '/a')
      await app.register(async child => { addRoutes(child, '/a', { exposedHeaders: ['x-v1'] }) }, { prefix: '/v1' })
    }
  },
  {
    it: 'a second registration that stays',
    urls: ['/a', '/stays/a'],
    add: async (app, options) => {
      await app.register(corsPlugin, { origin: [EVIL, OTHER], paths: ['/stays/*'] })
      await app.register(corsPlugin, options)
      addRoutes(app, '/a')
      addRoutes(app, '/stays/a', { maxAge: 3 })
    }
  },
  {
    it: 'routes that a version tells apart',
    urls: ['/a'],
    add: async (app, options) => {
      await app.register(corsPlugin, options)
      for (const version of ['1.0.0', '2.0.0']) app.put('/a', { constraints: { version }, config: { cors: { maxAge: Number(version[0]) } } }, () => 'a')
      app.get('/a', () => 'a')
    }
  }
]

/** The options before and after. `returned` is one object for each application, for a delegator that returns the same one each time. */
type Swap = readonly [it: string, options: (returned: object) => readonly [before: Options, after: Options]]

const LIST: Options = { origin: [ALLOWED, OTHER] }

// The first four concern every shape; for the others, two shapes are enough.
const swaps: readonly Swap[] = [
  ['an origin is removed from a list', () => [LIST, { origin: [OTHER] }]],
  ['methods, header names and status', () => [LIST, { ...LIST, methods: ['PATCH'], allowedHeaders: ['x-b'], optionsSuccessStatus: 200, vary: ['x-t'] }]],
  ['a delegator that returns the same object', returned => [{ origin: [ALLOWED], delegator: () => returned }, { origin: [OTHER], delegator: () => returned, maxAge: 9 }]],
  ['preflights are left alone', () => [LIST, { ...LIST, preflight: false }]],
  ['a pattern is removed', () => [{ origin: ['https://*.example.com', EVIL] }, { origin: [OTHER, EVIL] }]],
  ['a RegExp is removed', () => [{ origin: [PATTERN, EVIL] }, { origin: ['https://*.test'] }]],
  ['a RegExp gets a flag', () => [{ origin: [/^https:\/\/(?:app|OTHER)\.example\.com$/] }, { origin: [/^https:\/\/(?:app|OTHER)\.example\.com$/i] }]],
  ['preflights go on', () => [LIST, { ...LIST, preflightContinue: true }]],
  ['answers that caches keep', () => [LIST, { ...LIST, cacheControl: 60 }]],
  ['a function instead of a list', () => [LIST, { origin: origin => origin === OTHER }]],
  ['a delegator no longer', () => [{ origin: [OTHER], delegator: () => ({ origin: [ALLOWED] }) }, { origin: [OTHER] }]],
  ['enforcement', () => [LIST, { origin: [OTHER], enforce: 'all' }]]
]

/** All that a client and the methods of `app.cors` show of these URLs. */
async function view (app: FastifyInstance, urls: readonly string[]): Promise<object> {
  const seen: unknown[] = []
  for (const url of urls) {
    for (const origin of [ALLOWED, OTHER]) {
      const asked = { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a' }
      const actual = await send(app, 'PUT', url, { origin, headers: { 'accept-version': '1.0.0' } })
      const flight = await preflight(app, 'PUT', url, { origin, names: 'x-a' })
      const outside = [await app.cors.headersFor(message('PUT', url, { origin })), await app.cors.headersFor(message('OPTIONS', url, asked))]
      seen.push([url, origin, actual.status, actual.cors, actual.body, flight.status, flight.cors, flight.body, outside])
    }
    seen.push(await app.cors.explain({ origin: ALLOWED, method: 'PUT', url, headers: { 'x-a': '1' } }))
  }
  return { seen, printed: app.cors.print(), data: app.cors.print({ json: true }) }
}

async function appWith ({ add }: Shape, options: Options): Promise<FastifyInstance> {
  const app = Fastify()
  await add(app, options)
  await app.ready()
  return app
}

/** To show the difference of two views takes tap seconds, so it is asked only if there is one. */
function sameView (t: Test, found: object, wanted: object, it: string): void {
  if (isDeepStrictEqual(found, wanted)) t.pass(it)
  else t.strictSame(found, wanted, it)
}

for (const [i, shape] of shapes.entries()) {
  t.test(`${shape.it}: an application that has served requests has nothing left of the options before`, async t => {
    for (const [it, options] of i < 2 ? swaps : swaps.slice(0, 4)) {
      const [before, after] = options({ exposedHeaders: ['x-shared'] })
      const app = await appWith(shape, before)
      const first = await view(app, shape.urls)
      app.cors.reconfigure(after)
      const second = await view(app, shape.urls)
      sameView(t, second, await view(await appWith(shape, options({ exposedHeaders: ['x-shared'] })[1]), shape.urls), it)
      t.notOk(isDeepStrictEqual(second, first), `${it}: the answers differ`)
    }
  })
}

t.test('a registration of a child is swapped in the same way, and its parent stays', async t => {
  let child: FastifyInstance | undefined
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  addRoutes(app, '/a')
  await app.register(async inner => {
    child = inner
    await inner.register(corsPlugin, { origin: [ALLOWED, OTHER], maxAge: 1 })
    addRoutes(inner, '/a', { exposedHeaders: ['x-a'] })
  }, { prefix: '/v1' })
  await app.ready()
  const statuses = async () => Promise.all(['/a', '/v1/a', '/v1/nothing'].map(async url => (await preflight(app, 'PUT', url)).status))
  t.strictSame(await statuses(), [204, 204, 204])
  child?.cors.reconfigure({ origin: [OTHER] })
  t.strictSame(await statuses(), [204, 403, 204], 'without a route, either may accept')
  app.cors.reconfigure({ origin: [OTHER] })
  t.strictSame(await statuses(), [403, 403, 403])
  child?.cors.reconfigure({ origin: [ALLOWED] })
  t.strictSame(await statuses(), [403, 204, 204])
})

t.test('origins that matched a pattern of one policy match no pattern of another', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: ['https://*.example.com', 'http://localhost:*'] })
  addRoutes(app, '/a')
  addRoutes(app, '/own', { origin: ['https://*.example.org', PATTERN] })
  addRoutes(app, '/narrow', { origin: ['https://*.b.example.com', 'http://127.0.0.1:*'] })
  const readers = async (origin: string) => {
    const answers = await Promise.all(['/a', '/own', '/narrow'].map(async url => (await send(app, 'GET', url, { origin })).cors['access-control-allow-origin']))
    return answers.map(value => value === origin)
  }
  for (const time of ['first', 'second']) {
    t.strictSame(await readers(ALLOWED), [true, true, false], time)
    t.strictSame(await readers('https://a.b.example.com'), [true, false, true], time)
    t.strictSame(await readers('http://localhost:3000'), [true, false, false], time)
    t.strictSame(await readers('https://a.example.org'), [false, true, false], time)
  }
  app.cors.reconfigure({ origin: ['https://*.example.net'] })
  t.strictSame(await readers(ALLOWED), [false, true, false])
  t.strictSame(await readers('http://localhost:3000'), [false, false, false])
})

t.test('the log gives advice on the options that hold, at info if the reason or the place is new', async t => {
  const rows: ReadonlyArray<readonly [it: string, after: Options, level: 'info' | 'debug', fix: RegExp]> = [
    ['the same reason', { origin: [OTHER, EVIL] }, 'debug', /^if its pages may read this, add 'https:\/\/app\.example\.com' to `origin` in the registration of the application$/],
    ['a function', { origin: () => false }, 'debug', /^let the `origin` function in the registration of the application return true/],
    ['an origin that is easily mistaken', { origin: ['http://app.example.com'] }, 'info', /or open the page at http:\/\/app\.example\.com/],
    ['a delegator', { delegator: () => ({ origin: [OTHER, EVIL] }) }, 'info', /in what the delegator of the registration of the application returns$/]
  ]
  for (const [it, after, level, fix] of rows) {
    const { lines, stream } = logLines()
    const app = Fastify({ logger: { level: 'debug', stream } })
    await app.register(corsPlugin, { origin: [OTHER, EVIL, 'https://third.test'] })
    addRoutes(app, '/a')
    await send(app, 'GET', '/a')
    app.cors.reconfigure(after)
    await send(app, 'GET', '/a')
    const refusals = lines.filter(line => 'fix' in line)
    t.equal(refusals.length, 2, it)
    t.equal(refusals[1]?.level, level === 'info' ? INFO : 20, it)
    t.match(refusals[1]?.fix, fix, it)
    t.notOk(lines.some(({ level }) => level >= ERROR))
  }
})

t.test('what is no longer refused is not logged, and what is refused now is', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'info', stream } })
  await app.register(corsPlugin, { origin: [OTHER, EVIL] })
  addRoutes(app, '/a')
  const refused = () => lines.filter(line => 'fix' in line).map(({ msg }) => msg)
  await preflight(app, 'PUT', '/a')
  t.equal(refused().length, 1)
  app.cors.reconfigure({ origin: [ALLOWED, EVIL], methods: ['PATCH'] })
  await send(app, 'GET', '/a')
  t.equal(refused().length, 1)
  await preflight(app, 'PUT', '/a')
  t.match(refused()[1], /the method PUT is not allowed/)
  app.cors.reconfigure({ origin: [ALLOWED, EVIL], allowedHeaders: ['x-b'] })
  await preflight(app, 'PUT', '/a', { names: 'x-a' })
  t.match(refused()[2], /the header x-a is not allowed/)
  t.equal(refused().length, 3)
})

t.test('a preflight that waits for a function lists the methods of the routes under the options that it began with', async t => {
  let open = () => {}
  let arrive = () => {}
  const app = Fastify()
  await app.register(corsPlugin, { origin: async () => new Promise<boolean>(resolve => { open = () => { resolve(true) }; arrive() }) })
  addRoutes(app, '/a')
  app.patch('/a', () => 'a')
  app.delete('/a', { config: { cors: { maxAge: 4 } } }, () => 'a')
  await app.ready()
  for (const [method, listed] of [['PUT', 'GET, HEAD, POST, PATCH, PUT'], ['DELETE', 'GET, HEAD, POST, DELETE']] as const) {
    const arrived = new Promise<void>(resolve => { arrive = resolve })
    const flight = preflight(app, method, '/a')
    await arrived
    app.cors.reconfigure({ origin: async () => new Promise<boolean>(resolve => { open = () => { resolve(true) }; arrive() }), vary: ['x-new'] })
    open()
    t.equal((await flight).cors['access-control-allow-methods'], listed, method)
  }
})
