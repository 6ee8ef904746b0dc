import { inspect } from 'node:util'
import fc from 'fast-check'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import t from 'tap'
import { ALLOWED, EVIL, OTHER, type Exchange, preflight, send } from '../support/exchange'

// Applications in which a preflight may not tell which route its request will reach. For each request of a page: what the
// preflight is answered, which handler runs with the plugin and without it, and what the policy of that route says.

const SEED = Number(process.env['SEED'] ?? 20_261_127)
const WORLDS = Number(process.env['WORLDS'] ?? 160)
const ASKS = 12

type Place = 'root' | 'child' | 'sibling'
type Cors = false | { origin?: string[], methods?: string[], allowedHeaders?: string[] }
interface Route { readonly method: string, readonly url: string, readonly place: Place, readonly constraints: Readonly<Record<string, string>>, readonly cors: Cors | undefined }
interface Ask { readonly origin: string, readonly method: string, readonly url: string, readonly headers: Readonly<Record<string, string>> }
interface World {
  readonly rewrite: 'none' | 'by method' | 'by header' | 'constant' | 'identity' | 'preflights' | 'all but preflights'
  readonly isSeen: boolean
  /** Whether the application answers OPTIONS itself, and grants everything, at the URLs of routes that no policy governs. */
  readonly hasOptions: boolean
  readonly registeredAt: ReadonlyArray<'root' | 'wrapped' | 'child'>
  readonly routes: readonly Route[]
  readonly asks: readonly Ask[]
}

const ORIGINS = [[ALLOWED], [OTHER], [ALLOWED, OTHER]]
const cors: fc.Arbitrary<Cors | undefined> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.constant<Cors>(false) },
  { weight: 2, arbitrary: fc.record({ origin: fc.constantFrom(...ORIGINS) }) },
  { weight: 1, arbitrary: fc.constantFrom<Cors>({ methods: ['PUT'] }, { methods: ['DELETE'] }) },
  { weight: 1, arbitrary: fc.constantFrom<string[]>(['content-type'], ['accept-version', 'x-tenant', 'x-region'], ['x-a']).map((allowedHeaders): Cors => ({ allowedHeaders })) }
)
const HOSTS: Array<Record<string, string>> = [{}, { host: 'one.localhost' }, { host: 'two.localhost' }]
const BUILT_IN: Array<Record<string, string>> = [{}, ...HOSTS, { version: '1.0.0' }, { version: '2.0.0' }]
const CUSTOM: Array<Record<string, string>> = [{ tenant: 'red' }, { tenant: 'blue' }, { region: 'north' }, { region: 'south' }, { version: '1.0.0', tenant: 'red' }]
const route = (constraints: Array<Record<string, string>>): fc.Arbitrary<Route> => fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PUT'),
  url: fc.constantFrom('/a', '/b', '/c/:id'),
  place: fc.constantFrom<Place>('root', 'child', 'sibling'),
  constraints: fc.constantFrom(...constraints),
  cors
})
const routes = (constraints: Array<Record<string, string>>): fc.Arbitrary<Route[]> =>
  fc.uniqueArray(route(constraints), { minLength: 4, maxLength: 12, selector: ({ method, url, constraints }) => JSON.stringify([method, url, constraints]) })
const some = (...values: string[]) => fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...values) })
const optional = {
  'accept-version': some('1.0.0', '2.x'),
  'x-tenant': some('red', 'blue'),
  'x-region': some('north', 'south'),
  'x-a': some('to /b'),
  'content-type': some('application/json', 'text/plain', 'text/plain')
}
const ask: fc.Arbitrary<Ask> = fc.record({
  origin: fc.constantFrom(ALLOWED, ALLOWED, OTHER, EVIL),
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PUT', 'DELETE'),
  url: fc.constantFrom('/a', '/b', '/c/7', '/nothing'),
  headers: fc.record({ host: fc.constantFrom('one.localhost', 'two.localhost'), ...optional }).map(defined)
})
function defined (headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined))
}

/** A request for one of the routes. */
const askAt = ({ method, url, constraints: { version, host, tenant, region } }: Route): fc.Arbitrary<Ask> => ask.map(any => ({
  ...any,
  method,
  url: url.replace(':id', '7'),
  headers: {
    ...any.headers,
    ...host !== undefined && { host },
    ...version !== undefined && { 'accept-version': version },
    ...tenant !== undefined && { 'x-tenant': tenant },
    ...region !== undefined && { 'x-region': region }
  }
}))
const world: fc.Arbitrary<World> = fc.oneof(routes(HOSTS), routes(BUILT_IN), routes([...CUSTOM, {}]), routes([...BUILT_IN, ...CUSTOM])).chain(routes => fc.record({
  rewrite: fc.constantFrom<World['rewrite']>('none', 'none', 'by method', 'by header', 'constant', 'identity', 'preflights', 'all but preflights'),
  isSeen: fc.boolean(),
  hasOptions: fc.constantFrom(false, false, true),
  registeredAt: fc.constantFrom<World['registeredAt']>(['root'], ['wrapped'], ['child'], ['child'], ['root', 'child']),
  routes: fc.constant(routes),
  asks: fc.array(fc.oneof({ weight: 1, arbitrary: ask }, { weight: 4, arbitrary: fc.constantFrom(...routes).chain(askAt) }), { minLength: ASKS, maxLength: ASKS })
}))

const rewrites: Record<World['rewrite'], ((req: { method?: string, url?: string, headers: Record<string, unknown> }) => string) | undefined> = {
  none: undefined,
  identity: ({ url }) => String(url),
  constant: () => '/a',
  'by method': ({ method, url }) => method === 'PUT' || method === 'POST' ? '/b' : String(url),
  preflights: ({ method, url }) => method === 'OPTIONS' ? '/b' : String(url),
  'all but preflights': ({ method, url }) => method === 'OPTIONS' ? String(url) : '/b',
  'by header': ({ url, headers }) => headers['x-a'] === undefined ? String(url) : '/b'
}

/** An application with the constraints `tenant`, and `region`, which is asynchronous. */
function create ({ rewrite, routes }: World): FastifyInstance {
  const uses = (name: string) => routes.some(({ constraints }) => name in constraints)
  const constraints = {
    ...uses('tenant') && { tenant: strategy('tenant', (req: Headed) => req.headers['x-tenant']) },
    ...uses('region') && { region: strategy('region', (req: Headed, _context: unknown, done: (error: null, value: unknown) => void) => { setImmediate(done, null, req.headers['x-region']) }) }
  }
  const rewriteUrl = rewrites[rewrite]
  return Fastify({ ...rewriteUrl && { rewriteUrl }, routerOptions: { constraints } } as object)
}

interface Headed { readonly headers: Readonly<Record<string, unknown>> }

function strategy (name: string, deriveConstraint: unknown): object {
  const storage = () => {
    const handlers = new Map<unknown, unknown>()
    return { get: (value: unknown) => handlers.get(value) ?? null, set: (value: unknown, handler: unknown) => { handlers.set(value, handler) } }
  }
  return { name, storage, validate: () => true, deriveConstraint }
}

/** Adds the routes and, if it is given, the plugin. Each handler answers with the number of its route. */
async function build (app: FastifyInstance, world: World, plugin?: typeof import('../..')): Promise<void> {
  app.addContentTypeParser('*', (_request, _payload, done) => { done(null) })
  const registerAt = async (instance: FastifyInstance, at: World['registeredAt'][number], origin: string[]) => {
    if (plugin !== undefined && world.registeredAt.includes(at)) await instance.register(plugin, { origin })
  }
  const add = (instance: FastifyInstance, place: Place) => {
    for (const [i, { method, url, constraints, cors, place: own }] of world.routes.entries()) {
      const config: { cors?: Cors } = cors === undefined || plugin === undefined || optionsOf(world, place) === undefined ? {} : { cors }
      if (own === place) instance.route({ method, url, constraints, config, handler: () => String(i) })
    }
  }
  const registerRoot = async () => {
    await registerAt(app, 'root', ROOT)
    await app.register(fp(async instance => { await registerAt(instance, 'wrapped', ROOT) }))
  }
  if (world.isSeen) await registerRoot()
  add(app, 'root')
  if (world.hasOptions) {
    const ungoverned = world.routes.filter(({ place }) => optionsOf(world, place) === undefined)
    for (const url of new Set(ungoverned.map(({ url }) => url))) app.options(url, (request, reply) => { reply.code(204).headers(grant(request)).send() })
  }
  if (!world.isSeen) await registerRoot()
  await app.register(async child => {
    await registerAt(child, 'child', CHILD)
    add(child, 'child')
  })
  await app.register(async sibling => { add(sibling, 'sibling') })
  await app.ready()
}

function grant ({ headers }: FastifyRequest): Record<string, string> {
  return {
    'x-own': 'yes',
    'access-control-allow-origin': String(headers.origin),
    'access-control-allow-methods': String(headers['access-control-request-method']),
    'access-control-allow-headers': String(headers['access-control-request-headers'] ?? '')
  }
}

const ROOT = [ALLOWED]
const CHILD = [ALLOWED, OTHER]

/** The origins of the registration that governs a context. */
function optionsOf ({ registeredAt }: World, place: Place): string[] | undefined {
  if (place === 'child' && registeredAt.includes('child')) return CHILD
  return registeredAt.includes('root') || registeredAt.includes('wrapped') ? ROOT : undefined
}

/** The parts of a request for which a browser needs a preflight. */
function askedFor ({ method, headers }: Ask): { method: string | undefined, names: string[] } {
  const names = Object.entries(headers).filter(([name, value]) => name !== 'host' && value !== 'text/plain').map(([name]) => name)
  return { method: ['GET', 'POST'].includes(method) ? undefined : method, names }
}

/** What shows the server that a browser must have sent a preflight. */
function provenBy (ask: Ask): { method: string | undefined, names: string[] } {
  const { method, names } = askedFor(ask)
  return { method, names: names.filter(name => name === 'content-type' || name === 'accept-version') }
}

function saysYes (world: World, { place, cors }: Route, origin: string, { method, names }: { method: string | undefined, names: readonly string[] }): boolean {
  const origins = optionsOf(world, place)
  if (origins === undefined || cors === false) return false
  const { origin: own = origins, methods, allowedHeaders } = cors ?? {}
  return own.includes(origin) && (method === undefined || methods === undefined || methods.includes(method)) &&
    (allowedHeaders === undefined || names.every(name => allowedHeaders.includes(name)))
}

/** Whether a browser goes on after this answer. */
function isGranted ({ status, headers }: Exchange, origin: string, { method, names }: { method: string | undefined, names: readonly string[] }): boolean {
  const list = (name: string) => (headers[name] ?? '').split(',').map(item => item.trim().toLowerCase())
  const [methods, allowed] = [list('access-control-allow-methods'), list('access-control-allow-headers')]
  return status === 204 && ['*', origin].includes(String(headers['access-control-allow-origin'])) &&
    (method === undefined || methods.includes(method.toLowerCase())) && names.every(name => allowed.includes('*') || allowed.includes(name))
}

const counted = { worlds: 0, asks: 0, preflights: 0, accepted: 0, granted: 0, ran: 0, held: 0, explained: 0 }

async function check (world: World, app: FastifyInstance, plain: FastifyInstance, ask: Ask): Promise<string | undefined> {
  const { origin, method, url, headers } = ask
  const asked = askedFor(ask)
  const isPreflighted = asked.method !== undefined || asked.names.length > 0
  const { host = '' } = headers
  const answer = isPreflighted ? await preflight(app, method, url, { origin, headers: { host }, ...asked.names.length > 0 && { names: asked.names.sort().join(',') } }) : undefined
  const isSent = answer === undefined || isGranted(answer, origin, asked)
  const bodied = method === 'GET' ? {} : { body: '{}' }
  const expected = await send(plain, method, url, { origin: undefined, headers, ...bodied })
  const found = await send(app, method, url, { origin, headers, ...bodied })
  counted.asks++
  if (answer !== undefined) counted.preflights++
  if (answer !== undefined && isSent) counted.accepted++
  const own = await send(app, method, url, { origin: `http://${host}`, headers, ...bodied })
  if (own.body !== expected.body && expected.status === 200) return `the request of the site itself met ${own.body}`
  if (expected.status !== 200) return found.status === expected.status ? undefined : `a ${found.status} where there is no route`
  const target = world.routes[Number(expected.body)] as Route // each handler answers with the number of its route
  if (found.status === 200) counted.ran++
  if (found.status === 200 && found.body !== expected.body) return `handler ${found.body} runs in place of ${expected.body}`
  const proof = provenBy(ask)
  const isProven = proof.method !== undefined || proof.names.length > 0
  const isAccepted = saysYes(world, target, origin, proof)
  if (found.status === 403) counted.held++
  // The application itself has answered the preflight, so its answer counts.
  if (answer?.headers['x-own'] !== undefined) {
    counted.granted++
    const isUngoverned = optionsOf(world, target.place) === undefined
    // With other headers or constraints, a later preflight may be answered by the plugin.
    return isUngoverned && found.status !== 200 && world.rewrite !== 'by header' && !hasConstraints(world) ? 'a request is held although the application has answered its preflight' : undefined
  }
  if (isSent && isProven && !isAccepted && found.status === 200) return `the preflight was accepted, and the handler of route ${expected.body} runs against its policy`
  if (isAccepted && found.status !== 200) return `route ${expected.body} is refused although its policy accepts the request`
  if (!isPreflighted && found.status !== 200) return 'a request without a preflight is held'
  if (world.isSeen && isPreflighted && !isProven && isSent && found.status === 200 && !saysYes(world, target, origin, { method: undefined, names: [] }) && carries(ask, target)) return 'the header of a constraint is not held'
  return await explainDiffers(world, app, ask, target, isSent, found)
}

function hasConstraints ({ routes, isSeen }: World): boolean {
  return !isSeen || routes.some(({ constraints }) => Object.keys(constraints).some(name => name !== 'host'))
}

/** Whether the request has the header that a custom constraint of its route reads. */
function carries ({ headers }: Ask, { constraints: { tenant, region } }: Route): boolean {
  return (tenant !== undefined && headers['x-tenant'] === tenant) || (region !== undefined && headers['x-region'] === region)
}

async function explainDiffers (world: World, app: FastifyInstance, { origin, method, url, headers: { host = '', ...headers } }: Ask, target: Route, isSent: boolean, found: Exchange): Promise<string | undefined> {
  // It cannot know what a constraint of the application reads, nor the routes that were added too early. Its assumptions say so.
  if (!world.isSeen || world.hasOptions || world.routes.some(({ constraints }) => 'tenant' in constraints || 'region' in constraints)) return undefined
  const { allowed, preflight, assumptions } = await app.cors.explain({ origin, method, url: `http://${host}${url}`, headers })
  counted.explained++
  const isRead = isSent && ['*', origin].includes(String(found.headers['access-control-allow-origin']))
  if (allowed !== isRead) return `explain() says ${String(allowed)}, the server ${String(isRead)}`
  const rewritten = assumptions.filter(text => text.includes('rewriteUrl')).length
  const wanted = world.rewrite === 'none' ? 0 : preflight.needed ? 2 : 1
  return rewritten === wanted ? undefined : `explain() has ${rewritten} assumptions about rewriteUrl`
}

const worlds = fc.sample(world, { seed: SEED, numRuns: WORLDS })
// The plugin sees every application that is created after it was loaded, so those with routes that it cannot see come before.
const unseen = new Map(worlds.filter(({ isSeen }) => !isSeen).map(world => [world, create(world)]))
const corsPlugin = require('../..') as typeof import('../..')

t.test(`a preflighted request reaches a handler only if the policy of that route accepts it: SEED=${SEED} WORLDS=${WORLDS}`, { timeout: 300_000 }, async t => {
  for (const world of worlds) {
    const [app, plain] = [unseen.get(world) ?? create(world), create(world)]
    await build(app, world, corsPlugin)
    await build(plain, world)
    counted.worlds++
    for (const ask of world.asks) {
      const difference = await check(world, app, plain, ask)
      if (difference !== undefined) {
        t.fail(difference, { world: inspect({ ...world, asks: [ask] }, { depth: null, breakLength: 160 }) })
        return
      }
    }
    await Promise.all([app.close(), plain.close()])
  }
  t.comment(inspect(counted))
  t.ok(counted.accepted > counted.preflights / 5, 'many preflights are accepted')
  t.ok(counted.held > counted.asks / 20, 'many requests are held')
  t.ok(counted.ran > counted.asks / 5, 'many handlers run')
  t.ok(counted.explained > counted.asks / 30, 'many requests are explained')
})
