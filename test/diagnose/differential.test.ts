import fc from 'fast-check'
import Fastify from 'fastify'
import type { FastifyInstance, RouteOptions } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import type { ExplainRequest } from '../../lib/diagnose/input'
import { ALLOWED, EVIL, OTHER, send } from '../support/exchange'

const HOST = 'api.localhost' // an https page may call it over http
// `inject` sends requests over http.
const HERE = `http://${HOST}`
const RUNS = 1000

type Options = Record<string, unknown>

/** A few in each place, so that they often meet. */
const origin = fc.constantFrom<unknown>(
  '*', '*', '*', true, false, ALLOWED, [ALLOWED, OTHER], 'https://*.example.com', /^https:\/\/app\.example\.com$/,
  () => true, () => false, (origin: string) => origin, async (origin: string) => origin === ALLOWED,
  () => { throw new Error('broken') }, async () => { throw new Error('broken later') }, () => 7)

const common = {
  origin,
  methods: fc.constantFrom<unknown>('*', ['PUT'], 'PUT, DELETE'),
  allowedHeaders: fc.constantFrom<unknown>('*', ['X-A'], 'Content-Type, X-A', ['Authorization']),
  exposedHeaders: fc.constantFrom<unknown>(['X-Total', 'ETag'], 'X-Total', 'ETag', '*'),
  credentials: fc.boolean(),
  maxAge: fc.constantFrom(0, 600, 86_400),
  enforce: fc.constantFrom<unknown>(false, 'unsafe', 'all'),
  vary: fc.constantFrom(['X-Tenant']),
  optionsSuccessStatus: fc.constantFrom(200, 204),
  cacheControl: fc.constantFrom<unknown>(60, 'no-store'),
  preflight: fc.constantFrom(true, true, false),
  dangerously: fc.constant({ nullOrigin: true, anyOriginWithCredentials: true })
}

/** An application that enforces a policy for everybody does not boot, and too few would be left. */
function consistent<O extends { readonly origin?: unknown, readonly enforce?: unknown }> (options: O): O {
  return options.origin === undefined || options.origin === '*' || options.origin === true ? { ...options, enforce: false } : options
}

const laidOver = fc.record(common, { requiredKeys: [] }).map(consistent)

const registration = fc.record({
  ...common,
  preflightContinue: fc.constantFrom(true, false, false),
  paths: fc.constantFrom(['/a*'], ['/v1/*', '/b'], ['/*/7']),
  delegator: fc.constantFrom<unknown>(
    () => ({ origin: OTHER }), async () => ({ origin: [ALLOWED, OTHER], exposedHeaders: ['X-D'] }), () => false,
    () => { throw new Error('broken delegator') }, () => ({ maxAge: 'soon' }))
}, { requiredKeys: ['origin'] }).map(consistent)

const route = fc.record({
  context: fc.constantFrom<'root' | 'child'>('root', 'child'),
  methods: fc.constantFrom(['GET'], ['PUT'], ['POST', 'DELETE'], ['GET', 'PUT'], ['OPTIONS'], ['PATCH', 'OPTIONS']),
  url: fc.constantFrom('/a', '/a/:id', '/b', '/*'),
  cors: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.boolean() }, { weight: 2, arbitrary: laidOver }),
  constraints: fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: fc.constantFrom<object>({ version: '1.0.0' }, { host: HOST }, { host: 'other.localhost' }) })
})
// What a constraint keeps from a narrow pattern falls through to a broad one: the plugin follows it to routes without constraints alone.
  .filter(({ url, constraints }) => url !== '/*' || Object.keys(constraints).length === 0)

const request: fc.Arbitrary<ExplainRequest> = fc.record({
  origin: fc.constantFrom(ALLOWED, ALLOWED, OTHER, EVIL, 'null', HERE, 'https://deep.app.example.com'),
  url: fc.constantFrom('/a', '/a/7', '/b', '/c', '/v1/a', '/v1/a/7', '/v1/b', '/v1/c', '/a?x=1').map(path => HERE + path),
  method: fc.constantFrom('GET', 'GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'),
  headers: fc.constantFrom<Record<string, string>>({}, {}, { 'x-a': '1' }, { 'content-type': 'application/json' }, { authorization: 'x' }, { 'accept-version': '1.0.0' }),
  credentials: fc.boolean()
})

const application = fc.record({
  root: fc.option(registration, { nil: undefined, freq: 4 }),
  child: fc.option(registration, { nil: undefined }),
  second: fc.option(registration, { nil: undefined, freq: 1 }),
  routes: fc.uniqueArray(route, { minLength: 1, maxLength: 6, selector: ({ context, methods, url, constraints }) => JSON.stringify([context, url, methods, constraints]) }),
  requests: fc.array(request, { minLength: 3, maxLength: 6 })
})

type Made = typeof application extends fc.Arbitrary<infer A> ? A : never

/** `undefined` if the options contradict each other or the routes collide: such an application does not boot. */
async function boot ({ root, child, second, routes }: Made): Promise<FastifyInstance | undefined> {
  if (root === undefined && child === undefined && second === undefined) return undefined
  const app = Fastify()
  try {
    for (const options of [root, second]) if (options !== undefined) await app.register(corsPlugin, options as Options)
    addRoutes(app, routes.filter(({ context }) => context === 'root'))
    await app.register(async instance => {
      if (child !== undefined) await instance.register(corsPlugin, child as Options)
      addRoutes(instance, routes.filter(({ context }) => context === 'child'))
    }, { prefix: '/v1' })
    await app.ready()
    return app
  } catch {
    await app.close().catch(() => {})
    return undefined
  }
}

function addRoutes (app: FastifyInstance, routes: Made['routes']): void {
  for (const { methods, url, cors, constraints } of routes) {
    const config = cors === undefined ? {} : { cors }
    const route = { method: [...methods], url, constraints, config, handler: async () => 'handled' }
    app.route(route as RouteOptions) // whether its options are valid is for the application to say
  }
}

const counted = { boots: 0, preflights: 0, responses: 0 }
const codes = new Set<string>()

/** Checks that the explanation agrees with the response. */
async function compare (app: FastifyInstance, asked: ExplainRequest): Promise<void> {
  const { preflight, response, code } = await app.cors.explain(asked)
  if (code !== undefined) codes.add(code)
  const path = asked.url.slice(HERE.length)
  if (preflight.needed) {
    const headers = { ...preflight.request?.headers, host: HOST }
    const real = await send(app, 'OPTIONS', path, { origin: undefined, headers })
    agree('preflight', preflight.response, real)
    counted.preflights++
  }
  if (response !== null) {
    const sendsOrigin = asked.origin !== HERE || !['GET', 'HEAD'].includes(String(asked.method))
    const headers = { ...asked.headers as Record<string, string>, host: HOST }
    const body = asked.method === 'GET' || !('content-type' in headers) ? {} : { body: '{}' }
    const real = await send(app, asked.method ?? 'GET', path, { origin: sendsOrigin ? asked.origin : undefined, headers, ...body })
    agree('response', response, real)
    counted.responses++
  }
}

type Real = Awaited<ReturnType<typeof send>>

function agree (which: string, explained: { readonly status?: number, readonly headers: Readonly<Record<string, string>> } | undefined, real: Real): void {
  const same = (a: unknown, b: unknown, what: string) => {
    if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`${which}: ${what}: explained ${JSON.stringify(a)}, got ${JSON.stringify(b)}`)
  }
  const sorted = (headers: object) => Object.entries(headers).sort()
  const isCors = ([name]: [string, string]) => name === 'vary' || name.startsWith('access-control-')
  const headers = explained?.headers ?? {}
  // If code of the application answers, the explanation has only the headers.
  same(explained?.status ?? 200, real.status, 'status')
  same(sorted(headers).filter(isCors as never), sorted(real.cors), 'headers')
  for (const [name, value] of Object.entries(headers)) same(value, real.headers[name], name)
}

t.test('explanations agree with responses', async t => {
  await fc.assert(fc.asyncProperty(application, async made => {
    const app = await boot(made)
    if (app === undefined) return
    counted.boots++
    try {
      for (const asked of made.requests) await compare(app, asked)
    } finally {
      await app.close()
    }
  }), { seed: 20_260_101, numRuns: RUNS })
  t.ok(counted.boots >= 200 && counted.preflights >= 500 && counted.responses >= 300, JSON.stringify(counted))
  // Each of these has its own row in codes.test.ts.
  t.strictSame([...codes].sort(), [
    'AllowOriginMismatch', 'HeaderDisallowedByPreflightResponse', 'InvalidAllowCredentials', 'MethodDisallowedByPreflightResponse',
    'MissingAllowOriginHeader', 'PreflightInvalidAllowCredentials', 'PreflightInvalidStatus', 'PreflightMissingAllowOriginHeader',
    'PreflightWildcardOriginNotAllowed', 'WildcardOriginNotAllowed'
  ])
})
