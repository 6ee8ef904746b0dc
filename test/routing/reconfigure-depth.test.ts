import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, send } from '../support/exchange'

type Options = corsPlugin.CorsOptions
type Build = (app: FastifyInstance) => Promise<void>

const BEFORE: Options = { origin: [ALLOWED, OTHER] }

// Any origin is valid without credentials and invalid with them, so the new options do not go with a route that has it.
const SESSIONS: Options = { origin: [EVIL], credentials: true }
const ANY = { config: { cors: { origin: '*' } } }
const OWN = { config: { cors: { maxAge: 3 } } }

const handler = () => 'a'

/** Adds contexts within each other, the innermost with `build`. */
async function nested (app: FastifyInstance, depth: number, build: Build): Promise<void> {
  if (depth === 0) return build(app)
  await app.register(async child => nested(child, depth - 1, build), { prefix: `/${depth}` })
}

const route = (url: string, options: object = ANY): Build => async app => { app.get(url, options, handler) }

const registering = (options: Options, ...builds: readonly Build[]): Build => async app => {
  await app.register(corsPlugin, options)
  for (const build of builds) await build(app)
}

const siblings = (...builds: readonly Build[]): Build => async app => {
  for (const [i, build] of builds.entries()) await app.register(async child => build(child), { prefix: `/s${i}` })
}

/** `refused`: the route that the new options of the application's registration do not go with; `undefined`: they are accepted. */
const rows: ReadonlyArray<{ readonly it: string, readonly build: Build, readonly refused: string | undefined }> = [
  { it: 'a route of the registration’s own context', build: route('/any'), refused: '/any' },
  { it: 'a route of a child', build: app => nested(app, 1, route('/any')), refused: '/1/any' },
  { it: 'a route of a grandchild', build: app => nested(app, 2, route('/any')), refused: '/2/1/any' },
  { it: 'a route four contexts below', build: app => nested(app, 4, route('/any')), refused: '/4/3/2/1/any' },
  { it: 'a route of a second sibling', build: siblings(route('/a', OWN), route('/any')), refused: '/s1/any' },
  { it: 'a route of a first sibling', build: siblings(route('/any'), route('/a', OWN)), refused: '/s0/any' },
  { it: 'the index route of a prefixed context', build: app => nested(app, 1, route('/')), refused: '/1' },
  { it: 'a child with a registration of its own governs its routes', build: app => nested(app, 1, registering(BEFORE, route('/any'))), refused: undefined },
  { it: 'and those of a grandchild', build: app => nested(app, 1, registering(BEFORE, inner => nested(inner, 1, route('/any')))), refused: undefined },
  { it: 'but not those beside it', build: siblings(registering(BEFORE, route('/any')), route('/any')), refused: '/s1/any' },
  { it: 'a child’s registration with other paths', build: app => nested(app, 1, registering({ ...BEFORE, paths: ['/1/other'] }, route('/any'))), refused: '/1/any' },
  { it: 'a grandchild’s registration with other paths', build: app => nested(app, 2, registering({ ...BEFORE, paths: ['/2/1/other'] }, route('/any'))), refused: '/2/1/any' },
  { it: 'registrations with other paths at two depths', build: app => nested(app, 1, registering({ ...BEFORE, paths: ['/1/b'] }, inner => nested(inner, 1, registering({ ...BEFORE, paths: ['/1/1/b'] }, route('/any'))))), refused: '/1/1/any' },
  { it: 'a child’s registration with paths that cover the route', build: app => nested(app, 1, registering({ ...BEFORE, paths: ['/1/*'] }, route('/any'))), refused: undefined },
  { it: 'a child’s registration with paths that cover some URLs of the route', build: app => nested(app, 1, registering({ ...BEFORE, paths: ['/1/b*'] }, route('/:id'))), refused: '/1/:id' },
  { it: 'only routes whose own options go with the new ones', build: app => nested(app, 2, route('/a', OWN)), refused: undefined }
]

type When = 'before ready' | 'after ready'

async function appWith (build: Build, when: When): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(corsPlugin, BEFORE)
  app.get('/first', handler)
  await build(app)
  if (when === 'after ready') await app.ready()
  return app
}

for (const when of ['before ready', 'after ready'] as const) {
  t.test(`${when}, reconfigure checks every route that the registration governs, however deep`, async t => {
    for (const { it, build, refused } of rows) {
      const app = await appWith(build, when)
      const swap = () => { app.cors.reconfigure(SESSIONS) }
      if (refused === undefined) t.doesNotThrow(swap, it)
      else t.throws(swap, { code: 'FST_CORS_INVALID_OPTIONS', message: new RegExp(`^config\\.cors of GET(, HEAD)? ${refused}\\b`) }, it)
      const { cors } = await send(app, 'GET', '/first', { origin: EVIL })
      t.equal(cors['access-control-allow-credentials'], refused === undefined ? 'true' : undefined, `${it}: ${refused === undefined ? 'swapped' : 'nothing has changed'}`)
    }
  })
}

t.test('the options of a child are checked with its own routes and with those below, and with no others', async t => {
  for (const when of ['before ready', 'after ready'] as const) {
    for (const [it, build, refused] of [
      ['its own', async child => { child.get('/any', ANY, handler) }, '/v1/any'],
      ['of a child of it', async child => nested(child, 1, route('/any')), '/v1/1/any'],
      ['of no one', async child => { child.get('/a', OWN, handler) }, undefined]
    ] as ReadonlyArray<readonly [string, Build, string | undefined]>) {
      let child: FastifyInstance | undefined
      const app = await appWith(async app => {
        app.get('/any', ANY, handler)
        await app.register(async inner => { child = inner; await inner.register(corsPlugin, BEFORE); await build(inner) }, { prefix: '/v1' })
        await app.register(async sibling => { sibling.get('/any', ANY, handler) }, { prefix: '/v2' })
      }, when)
      const swap = () => { child?.cors.reconfigure(SESSIONS) }
      if (refused === undefined) t.doesNotThrow(swap, `${it}, ${when}`)
      else t.throws(swap, { message: new RegExp(`^config\\.cors of GET(, HEAD)? ${refused}\\b`) }, `${it}, ${when}`)
      t.throws(() => { app.cors.reconfigure(SESSIONS) }, { message: /^config\.cors of GET(, HEAD)? \/any\b/ }, `of the application, ${when}`)
    }
  }
})

t.test('a context without a registration of its own has none to swap, at any depth', async t => {
  for (const depth of [1, 2, 3]) {
    let inner: FastifyInstance | undefined
    const app = await appWith(app => nested(app, depth, async child => { inner = child; child.get('/a', OWN, handler) }), 'after ready')
    t.throws(() => { inner?.cors.reconfigure({ origin: [EVIL] }) }, { code: 'FST_CORS_NO_SUCH_REGISTRATION' }, String(depth))
    t.equal((await send(app, 'GET', '/first')).cors['access-control-allow-origin'], ALLOWED)
  }
})

t.test('swapped options reach the routes of nested contexts, and those that are added afterwards are checked with them', async t => {
  const app = Fastify()
  await app.register(corsPlugin, BEFORE)
  await nested(app, 3, route('/a', OWN))
  app.cors.reconfigure(SESSIONS)
  t.throws(() => app.get('/late', ANY, handler), { code: 'FST_CORS_INVALID_OPTIONS', message: /\/late/ })
  await t.rejects(async () => nested(app, 2, registering({ ...SESSIONS, paths: ['/b'] }, route('/b'))), { code: 'FST_CORS_INVALID_OPTIONS' })
  const other = Fastify()
  await other.register(corsPlugin, BEFORE)
  await nested(other, 3, route('/a', OWN))
  other.cors.reconfigure(SESSIONS)
  await nested(other, 1, route('/b', OWN))
  for (const url of ['/3/2/1/a', '/1/b']) {
    t.strictSame((await send(other, 'GET', url, { origin: EVIL })).cors, { 'access-control-allow-origin': EVIL, 'access-control-allow-credentials': 'true' }, url)
  }
})

t.test('without an await, options may be swapped once the plugin has loaded, and the routes so far are checked', async t => {
  const swapped: unknown[] = []
  const app = Fastify()
  app.register(corsPlugin, BEFORE)
  app.get('/any', ANY, handler)
  app.after(() => {
    try {
      app.cors.reconfigure(SESSIONS)
    } catch (error) {
      swapped.push((error as Error).message)
    }
    app.cors.reconfigure({ origin: [EVIL] })
  })
  await app.ready()
  t.equal(swapped.length, 1)
  t.match(swapped[0], /^config\.cors of GET(, HEAD)? \/any/)
  t.strictSame((await send(app, 'GET', '/nothing')).cors, { 'access-control-allow-origin': EVIL })
})
