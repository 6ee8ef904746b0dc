import fc from 'fast-check'
import Fastify from 'fastify'
import type { FastifyInstance, RouteOptions } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, OTHER, preflight, send } from '../support/exchange'

// The plugin never keeps an application from starting: what Fastify's router takes, the plugin's copy of it takes.

interface Route { readonly method: string, readonly url: string, readonly constraints: object }
interface Application { readonly routerOptions: object, readonly routes: readonly Route[] }

const segment = fc.constantFrom('a', 'A', 'b', ':id', ':slug', ':ID', ':id(^\\d+$)', ':slug(^[a-z]+$)', ':n(\\d+)', ':x-:y', ':h(^\\d+)h:m(^\\d+)m', ':file(^\\d+).png', ':file.png', '::verb', ':id::cancel', '', 'é', '%C3%A9', ':c(a|b(c|d))')
const url = fc.tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '', '/', '/*', '*', '?', '?/', '/:last?', '/:last?/', '/:n(^\\d+$)?'))
  .map(([segments, end]) => `/${segments.join('/')}${end}`)
const objects = [{ a: 1 }, { b: 2 }, Object.create(null) as object, /x/, null, 1n, Symbol('s')]
const constraints = fc.oneof(
  fc.constant({}), fc.constantFrom({ host: 'a.test' }, { host: 'b.test' }, { host: /^a/ }, { host: /^b/i }), fc.constantFrom({ version: '1.0.0' }, { version: '1.2.0' }, { version: '2.0.0' }),
  fc.constantFrom(...objects.map(own => ({ own }))), fc.record({ version: fc.constantFrom('1.0.0', '2.0.0'), host: fc.constantFrom('a.test', 'b.test'), own: fc.constantFrom(...objects) }, { requiredKeys: [] })
)
const route: fc.Arbitrary<Route> = fc.record({ method: fc.constantFrom('GET', 'PUT', 'HEAD', 'OPTIONS'), url, constraints })
const application: fc.Arbitrary<Application> = fc.record({
  routerOptions: fc.record({
    caseSensitive: fc.boolean(), ignoreTrailingSlash: fc.boolean(), ignoreDuplicateSlashes: fc.boolean(), useSemicolonDelimiter: fc.boolean(), allowUnsafeRegex: fc.boolean()
  }, { requiredKeys: [] }),
  routes: fc.array(route, { minLength: 1, maxLength: 8 })
})

function strategy (name: string, header: string): object {
  const storage = () => {
    const handlers = new Map<unknown, unknown>()
    return { get: (value: unknown) => handlers.get(value) ?? null, set: (value: unknown, handler: unknown) => { handlers.set(value, handler) } }
  }
  return { name, storage, validate: () => true, deriveConstraint: ({ headers }: { headers: Record<string, unknown> }) => headers[header] }
}

/** Adds the routes that Fastify takes, each with a `config.cors`. */
async function start ({ routerOptions, routes }: Application, isFirst: boolean | undefined): Promise<{ app: FastifyInstance, taken: boolean[] }> {
  const app = Fastify({ routerOptions: { ...routerOptions, constraints: { own: strategy('own', 'x-own') } } } as object)
  const register = async () => { await app.register(corsPlugin, { origin: [ALLOWED], paths: ['/a/*', '/*'] }) }
  if (isFirst === true) await register()
  const taken = routes.map(route => {
    try {
      app.route({ ...route, config: isFirst === undefined ? {} : { cors: { maxAge: 1 } }, handler: () => 'a' } as RouteOptions) // any constraint
      return true
    } catch {
      return false
    }
  })
  if (isFirst === false) await register()
  return { app, taken }
}

t.test('an application that starts without the plugin starts with it', { timeout: 120_000 }, async t => {
  let started = 0
  await fc.assert(fc.asyncProperty(application, fc.boolean(), async (application, isFirst) => {
    const plain = await start(application, undefined)
    const starts = await plain.app.ready().then(() => true, () => false)
    const { app, taken } = await start({ ...application, routes: application.routes.filter((_, i) => plain.taken[i]) }, isFirst)
    if (!starts) return
    await app.ready()
    started++
    t.ok(taken.every(Boolean))
    app.cors.print()
    app.cors.print({ json: true })
    for (const url of ['/a', '/a/1', '/b/x/é']) {
      t.ok((await preflight(app, 'PUT', encodeURI(url))).status < 500)
      t.ok((await send(app, 'GET', encodeURI(url), { headers: { 'accept-version': '1.x' } })).status < 500)
      await app.cors.explain({ origin: ALLOWED, method: 'GET', url, headers: { 'accept-version': '1.x' } })
    }
  }), { seed: 20_261_127, numRuns: 150 })
  t.ok(started > 60, `${started} applications started`)
})

t.test('two parameters with RegExps at one place, told apart by host or version', async t => {
  for (const [one, two] of [[{ host: 'a.test' }, { host: 'b.test' }], [{ version: '1.0.0' }, { version: '2.0.0' }]] as const) {
    const app = Fastify()
    app.register(corsPlugin, { origin: [ALLOWED] })
    app.put('/a/:id(^\\d+$)', { constraints: one }, () => 'number')
    app.put('/a/:slug(^[a-z]+$)', { constraints: two, config: { cors: { origin: [OTHER] } } }, () => 'word')
    const [first = '', second = ''] = [one, two].map(constraints => 'host' in constraints ? constraints.host : 'api.test')
    t.equal((await preflight(app, 'PUT', '/a/1', { headers: { host: first } })).status, 204)
    t.equal((await preflight(app, 'PUT', '/a/x', { origin: OTHER, headers: { host: second } })).status, 204)
    t.equal((await preflight(app, 'PUT', '/a/x', { headers: { host: second } })).status, 403)
  }
})

t.test('routes that differ by objects that have the same text are kept apart', async t => {
  const [red, blue] = [{ name: 'red' }, { name: 'blue' }]
  const own = { ...strategy('own', 'x'), deriveConstraint: ({ headers }: { headers: Record<string, unknown> }) => headers['x-own'] === 'red' ? red : blue }
  const app = Fastify({ routerOptions: { constraints: { own } } } as object)
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a', { constraints: { own: red } }, () => 'red')
  app.put('/a', { constraints: { own: blue }, config: { cors: { origin: [OTHER] } } }, () => 'blue')
  for (const origin of [ALLOWED, OTHER]) t.equal((await preflight(app, 'PUT', '/a', { origin })).status, 204)
  t.equal((await send(app, 'PUT', '/a', { headers: { 'x-own': 'red' } })).body, 'red')
  t.equal((await send(app, 'PUT', '/a', { headers: { 'x-own': 'blue' } })).status, 403)
})

t.test('a strategy of the application in place of that for hosts or versions is like any of its own', async t => {
  const app = Fastify({ routerOptions: { constraints: { host: strategy('host', 'x-forwarded-host') } } } as object)
  app.addConstraintStrategy(strategy('version', 'x-version') as Parameters<typeof app.addConstraintStrategy>[0])
  app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a', { constraints: { host: { any: 'value' } as never } }, () => 'object')
  app.put('/a', { constraints: { host: 'b.test' }, config: { cors: { origin: [OTHER] } } }, () => 'host')
  app.put('/v', { constraints: { version: 'beta' } }, () => 'beta')
  app.put('/v', { constraints: { version: 'alpha' }, config: { cors: false } }, () => 'alpha')
  await app.ready()
  t.equal((await preflight(app, 'PUT', '/a', { headers: { host: 'b.test' } })).status, 204, 'the host of the preflight tells nothing')
  t.equal((await preflight(app, 'PUT', '/a', { origin: OTHER })).status, 204)
  t.equal((await send(app, 'PUT', '/a', { headers: { 'x-forwarded-host': 'b.test' } })).status, 403)
  t.equal((await send(app, 'PUT', '/a', { origin: OTHER, headers: { 'x-forwarded-host': 'b.test' } })).body, 'host')
  t.equal((await preflight(app, 'PUT', '/v')).status, 204)
  t.equal((await send(app, 'PUT', '/v', { headers: { 'x-version': 'beta' } })).body, 'beta')
  t.equal((await send(app, 'PUT', '/v', { headers: { 'x-version': 'alpha', 'accept-version': 'beta' } })).status, 403)
  t.match((await app.cors.explain({ origin: ALLOWED, method: 'PUT', url: '/v' })).assumptions, [/the constraint `version`/])
})
