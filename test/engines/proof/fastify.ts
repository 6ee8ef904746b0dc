import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import fc from 'fast-check'
import corsPlugin from '../../..'
import { type Places, type Scenario, fill, pageNames } from './scenario'
import { stepsTo } from './steps'

/** Options as an application would write them, with `{…}` for values that are known once it listens. */
type Options = Readonly<Record<string, unknown>>

const often = <T>(weight: number, value: T) => ({ weight, arbitrary: fc.constant(value) })

const allow = () => true
const refuse = () => false
const allowApp = (origin: string) => origin.startsWith('http://app.')
const allowAppLater = async (origin: string) => { await new Promise(setImmediate); return allowApp(origin) }
const nameIt = (origin: string) => origin

const origin = fc.oneof(
  often(4, '*'), often(5, '{origin}'), often(1, 'http://b.test'), often(5, ['http://b.test', '{origin}']), often(1, ['http://b.test', 'http://c.test']),
  often(2, ['http://*.other.test:*', 'http://app.localhost:*']), often(1, /^http:\/\/(?:app|sub\.other)\.test:\d{1,5}$/),
  often(1, [/^null$/, 'http://*.test:*']), often(3, true), often(1, false),
  often(2, allow), often(1, refuse), often(1, allowApp), often(1, allowAppLater), often(2, nameIt)
)

/** The options that a route can have too. */
const routeOptions = {
  origin,
  credentials: fc.boolean(),
  methods: fc.constantFrom<unknown>('*', ['PUT'], 'PUT, DELETE, PATCH', ['QUERY', 'POST']),
  allowedHeaders: fc.constantFrom<unknown>('*', ['x-one', 'Content-Type'], 'X-One, X-Two, Range', ['Authorization'], []),
  exposedHeaders: fc.constantFrom<unknown>('*', ['X-One'], 'ETag, x-two', []),
  maxAge: fc.constantFrom(0, 600, 86_400),
  enforce: fc.constantFrom<unknown>(false, 'unsafe', 'all'),
  vary: fc.constantFrom([], ['X-One']),
  optionsSuccessStatus: fc.constantFrom(200, 204, 299),
  cacheControl: fc.constantFrom<unknown>(60, 'no-store')
}

/** Every escape is on: this test compares what browsers make of the answers, whether the options are wise or not. */
const dangerously = { nullOrigin: true, anyOriginWithCredentials: true, insecureOrigins: true, publicSuffixOrigins: true, unsafeRegex: true }

/** Repairs three contradictions, so that every application boots. */
function consistent (options: Options): Options {
  const { credentials, origin, exposedHeaders } = options
  const open = (origin === '*' || origin === true) && { enforce: false }
  if (credentials !== true) return { ...options, ...open, dangerously }
  const changed = { ...origin === '*' && { origin: true }, ...exposedHeaders === '*' && { exposedHeaders: 'x-one' } }
  return { ...options, ...changed, ...open, dangerously }
}

const overlay = fc.record(routeOptions, { requiredKeys: ['origin', 'credentials', 'exposedHeaders'] }).map(consistent)

const delegate = overlay.map(options => {
  const laid = { ...options, origin: ['http://b.test', 'http://*.test:*'] }
  const forApps = ({ headers }: FastifyRequest) => headers.origin !== undefined && allowApp(headers.origin) ? laid : {}
  const off = () => false
  return [forApps, async (request: FastifyRequest) => forApps(request), off]
})

const registration = fc.record({
  ...routeOptions,
  answers: fc.oneof(often(8, {}), often(1, { preflight: false }), often(1, { preflightContinue: true })),
  delegator: fc.tuple(fc.option(delegate, { nil: undefined, freq: 1 }), fc.nat(2)).map(([all, i]) => all?.[i])
}, { requiredKeys: ['origin', 'answers'] })
  .map(({ answers, delegator, ...options }) => ({ ...consistent(options), ...answers, ...delegator !== undefined && { delegator } }))

interface App {
  readonly first: Options
  /** Governs `/item` and `/go/*`, before `first` does. */
  readonly narrow: Options | undefined
  readonly prefixed: Options | undefined
  readonly overlay: Options
  readonly awaited: boolean
  readonly ownOptionsRoute: boolean
}

const app: fc.Arbitrary<App> = fc.record({
  first: registration,
  narrow: fc.option(registration.map(options => ({ ...options, paths: ['/item', '/go/*'] })), { nil: undefined, freq: 1 }),
  prefixed: fc.option(registration, { nil: undefined }),
  overlay,
  awaited: fc.boolean(),
  ownOptionsRoute: fc.boolean()
})

const paths = fc.oneof(
  often(8, '/item'), often(2, '/one'), often(2, '/overlay'), often(1, '/off'), often(1, '/on'), often(1, '/own-headers'), often(1, '/error'),
  often(1, '/nothing'), often(2, '/v1/item'), often(1, '/v1/nothing'),
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(301, 302, 303, 307, 308), fc.constantFrom('api', 'third', 'own', 'here')).map(([status, to]) => `/go/${status}/${to}`) }
)

const urls = fc.tuple(fc.oneof(often(8, '{api}'), often(2, '{own}'), often(1, '{third}')), paths).map(([host, path]) => host + path)

/** Applications with the plugin, and pages that call them. */
export const fastifyScenario: fc.Arbitrary<Scenario> = fc.record({
  page: fc.constantFrom(...pageNames),
  app,
  steps: stepsTo(urls)
}).map(({ page, app, steps }) => ({
  told: app,
  page,
  steps,
  serve: async places => {
    const instance = await boot(app, places)
    return { handle: (request, response) => { instance.routing(request, response) }, app: instance }
  }
}))

async function boot (app: App, places: Places): Promise<FastifyInstance> {
  const { first, narrow, prefixed, awaited } = fill(app, places)
  const instance = Fastify()
  for (const options of [narrow, first]) {
    const registered = options === undefined ? undefined : instance.register(corsPlugin, options)
    if (awaited) await registered
  }
  addRoutes(instance, fill(app, places), places)
  instance.register(async child => {
    if (prefixed !== undefined) await child.register(corsPlugin, prefixed)
    child.route({ method: ['GET', 'POST', 'PUT'], url: '/item', handler: answer })
  }, { prefix: '/v1' })
  await instance.ready()
  return instance
}

function addRoutes (instance: FastifyInstance, { overlay, ownOptionsRoute }: App, { api, third, own }: Places): void {
  const targets: Readonly<Record<string, string>> = { api, third, own, here: '' }
  instance.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => { done(null, body) })
  instance.route({ method: ['GET', 'POST', 'PUT', 'DELETE'], url: '/item', handler: answer })
  instance.get('/one', answer)
  instance.route({ method: ['GET', 'PUT'], url: '/overlay', config: { cors: overlay }, handler: answer })
  instance.route({ method: ['GET', 'PUT'], url: '/off', config: { cors: false }, handler: answer })
  instance.route({ method: ['GET', 'PUT'], url: '/on', config: { cors: true }, handler: answer })
  instance.route({ method: ['GET', 'PUT'], url: '/own-headers', handler: async (request, reply) => await answer(request, withOwnHeaders(reply).header('access-control-expose-headers', 'x-two')) })
  instance.get('/error', async () => { throw new Error('the handler has failed') })
  instance.route<{ Params: { status: string, to: string } }>({
    method: ['GET', 'POST', 'PUT'],
    url: '/go/:status/:to',
    handler: async ({ params: { status, to } }, reply) => await reply.header('cache-control', 'no-store').redirect(`${targets[to]}/item`, Number(status))
  })
  if (ownOptionsRoute) instance.options('/item', async (request, reply) => await answer(request, withOwnHeaders(reply)))
}

async function answer (request: FastifyRequest, reply: FastifyReply): Promise<string> {
  reply.headers({ 'x-one': '1', 'x-two': '2', etag: '"x"', 'cache-control': 'no-store' })
  return `${request.method} ${request.url}`
}

/** As a handler does that was written before the plugin was added. */
function withOwnHeaders (reply: FastifyReply): FastifyReply {
  return reply.headers({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': 'x-one'
  })
}
