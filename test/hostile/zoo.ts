import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import Fastify from 'fastify'
import FindMyWay from 'find-my-way'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify'
import corsPlugin from '../..'

export type Options = corsPlugin.CorsOptions

/** Options that have become plain values: what functions among them come to, for a request with these headers. */
export type Meaning = Options | false

export interface Enclosure {
  /** Its prefix too. */
  readonly name: string
  readonly options: Options
  /** Where functions decide. */
  readonly means?: (headers: ReadonlyMap<string, string>) => Meaning
}

const RED = { origin: ['https://red.test', 'https://*.red.test'], credentials: true }
const BLUE = { origin: 'https://blue.test', exposedHeaders: ['X-Blue'] }
const TENANTS = new Map<unknown, Meaning>([['red', RED], ['blue', BLUE], ['off', false]])

/** One policy of each kind, each for origins of its own, so that nobody passes for another. */
export const ENCLOSURES: readonly Enclosure[] = [
  {
    name: 'list',
    options: {
      origin: ['https://list.test', 'https://*.list.test', 'http://localhost:*', 'https://*.ports.test:*', /^https:\/\/re[0-9]{1,4}\.own\.test$/],
      credentials: true,
      maxAge: 600,
      exposedHeaders: ['X-List']
    }
  },
  { name: 'star', options: { origin: '*', exposedHeaders: '*', maxAge: 5 } },
  { name: 'one', options: { origin: 'https://one.test', credentials: true, methods: ['PUT'], allowedHeaders: ['X-One'] } },
  { name: 'any', options: { origin: true, credentials: true, methods: '*', dangerously: { anyOriginWithCredentials: true, nullOrigin: true } } },
  { name: 'ask', options: { origin: origin => origin === 'https://ask.test', exposedHeaders: ['X-Ask'] }, means: () => ({ origin: /^https:\/\/ask\.test$/, exposedHeaders: ['X-Ask'] }) },
  {
    name: 'slow',
    options: { origin: async origin => { await setTimeout(2); return origin === 'https://slow.test' }, credentials: true },
    means: () => ({ origin: /^https:\/\/slow\.test$/, credentials: true })
  },
  {
    name: 'tenant',
    options: { delegator: request => TENANTS.get(request.headers['x-tenant']) ?? false, vary: ['X-Tenant'] },
    means: headers => TENANTS.get(headers.get('x-tenant')) ?? false
  },
  { name: 'nobody', options: { origin: false } },
  { name: 'all', options: { origin: ['https://all.test', 'https://*.all.test'], enforce: 'all' } },
  { name: 'unsafe', options: { origin: ['https://unsafe.test'], enforce: 'unsafe', credentials: true } },
  { name: 'continue', options: { origin: ['https://continue.test', 'https://*.continue.test'], preflightContinue: true } },
  { name: 'leave', options: { origin: ['https://leave.test', 'https://*.leave.test'], preflight: false } }
]

/** Registrations of the application itself, by their `paths`, the first that matches governs. */
export const ROOTS: readonly Enclosure[] = [
  { name: 'public', options: { paths: ['/p/public/*'], origin: '*' } },
  { name: 'p', options: { paths: ['/p/*'], origin: ['https://p.test', 'https://*.p.test'], credentials: true } },
  { name: 'root', options: { origin: ['https://root.test', 'https://*.root.test'] } }
]

/** What every enclosure has a route for, laid over its options. */
export const OVERLAYS = { own: { origin: 'https://own.test', credentials: false, dangerously: {} }, off: false } as const

/** The plugin at its quickest: one registration, which governs all alike. */
export const ALONE: readonly Enclosure[] = [{ name: 'root', options: { origin: ['https://root.test', 'https://*.root.test', /^https:\/\/re[0-9]{1,4}\.own\.test$/], credentials: true, maxAge: 5 } }]

/** Options that are put in each other's place: all that can differ does. */
export const TURNS: readonly [Enclosure, ...Enclosure[]] = [
  { name: 'root', options: { origin: 'https://a.test', credentials: true, exposedHeaders: ['X-A'], methods: ['PUT'], allowedHeaders: ['X-A'], maxAge: 1 } },
  { name: 'root', options: { origin: ['https://b.test', 'https://*.b.test'], exposedHeaders: ['X-B'], allowedHeaders: ['X-B'], maxAge: 2, enforce: 'all' } },
  {
    name: 'root',
    options: { origin: async origin => { await setTimeout(1); return origin === 'https://a.test' }, exposedHeaders: ['X-C'], credentials: true, maxAge: 3 },
    means: () => ({ origin: /^https:\/\/a\.test$/ })
  },
  {
    name: 'root',
    options: { delegator: async () => { await setTimeout(1); return D }, exposedHeaders: ['X-D'], maxAge: 4 },
    means: () => D
  }
]

const D = { origin: ['https://a.test', 'https://b.test'], credentials: true }

interface Config { enclosure: string, overlay?: keyof typeof OVERLAYS, fails?: true, cors?: Options | boolean }

/** An application with these enclosures, which says with every answer who was asked and what for. */
export async function zoo (server: FastifyServerOptions, roots: readonly Enclosure[], enclosures: readonly Enclosure[]): Promise<FastifyInstance> {
  const app = Fastify(server)
  const stamps = stamper(app)
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(stamps(request))
    done()
  })
  for (const { options } of roots) app.register(corsPlugin, options)
  addRoutes(app, stamps, { enclosure: 'root' }, '')
  if (roots.length > 1) {
    for (const url of ['/p/*', '/p/public/*']) addRoute(app, url, { enclosure: url.slice(1, -2).replace('p/', '') }, answer)
  }
  for (const enclosure of enclosures) {
    app.register(async context => {
      await context.register(corsPlugin, enclosure.options)
      addRoutes(context, stamps, { enclosure: enclosure.name }, '/x')
      for (const overlay of ['own', 'off'] as const) addRoute(context, `/${overlay}`, { enclosure: enclosure.name, overlay, cors: OVERLAYS[overlay] }, answer)
      if (enclosure.options.preflightContinue === true || enclosure.options.preflight === false) context.options('/*', { config: { enclosure: enclosure.name } as object }, answer)
    }, { prefix: `/${enclosure.name}` })
  }
  await app.ready()
  return app
}

function addRoutes (app: FastifyInstance, stamps: Stamps, config: Config, index: string): void {
  addRoute(app, index === '' ? '/' : index, config, answer)
  addRoute(app, '/x/:id', config, answer)
  addRoute(app, '/wild/*', config, answer)
  addRoute(app, '/stream', config, (_request, reply) => reply.type('text/plain').send(Readable.from(['a', 'b'])))
  addRoute(app, '/bare', config, (request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { ...stamps(request), 'x-handled': 'yes' })
    reply.raw.end('bare')
  })
  addRoute(app, '/copied', config, (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { ...reply.getHeaders(), 'x-handled': 'yes' } as Record<string, string>)
    reply.raw.end('copied')
  })
  addRoute(app, '/foreign', config, (_request, reply) => reply.header('x-handled', 'yes')
    .headers({ 'access-control-allow-origin': 'https://foreign.test', 'access-control-allow-credentials': 'true', vary: 'Accept' }).send('foreign'))
  addRoute(app, '/fail', { ...config, fails: true }, () => { throw new Error('as told') })
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown

function addRoute (app: FastifyInstance, url: string, config: Config, handler: Handler): void {
  app.route({ method: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'], url, config: config as object, handler: handler as () => unknown }) // unknown to its types
}

function answer (_request: FastifyRequest, reply: FastifyReply): unknown {
  return reply.header('x-handled', 'yes').send('a')
}

type Stamps = (request: FastifyRequest) => Record<string, string>

/**
 * What the router makes of a request, without the plugin: `x-route`; and of the one that a preflight announces:
 * `x-asked`, by a second router, since Fastify does not say whose route it has found.
 */
function stamper (app: FastifyInstance): Stamps {
  const router = FindMyWay()
  app.addHook('onRoute', ({ method, url, config }) => {
    if (method.includes('PUT')) router.on('GET', url, () => {}, nameOf(config ?? {}))
  })
  return request => {
    const mark = request.headers['x-mark']
    const found = router.find('GET', String(request.raw.url)) as { store?: string } | null // its types know no stores
    return {
      ...typeof mark === 'string' && /^\d{1,9}$/.test(mark) && { 'x-mark': mark },
      'x-route': request.is404 ? 'none' : nameOf(request.routeOptions.config),
      ...request.method === 'OPTIONS' && { 'x-asked': found?.store ?? 'none' }
    }
  }
}

function nameOf (config: object): string {
  const { enclosure = 'none', overlay, fails } = config as Partial<Config> // as `addRoute` wrote it
  return [enclosure, overlay, fails && 'fail'].filter(part => part !== undefined).join('/')
}
