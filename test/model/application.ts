import type { OutgoingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type InjectOptions, type LightMyRequestResponse, type RouteOptions } from 'fastify'
import corsPlugin from '../..'
import { type Context, type DelegatorOption, type FunctionOption, type OriginOption, type Options, type RegExpOption, type Registration, type Reply, type Route, type World, SENT, handlerName } from './world'

/** The application, and what it has done since the last reset. */
export interface Built {
  readonly app: FastifyInstance
  /** The preflights that have reached the application. */
  preflights: number
  /** The handlers that have run, by method and pattern. */
  runs: string[]
  /** The answers of `inject`, with what was asked. */
  answers: Exchange[]
  inject (options: InjectOptions): Promise<LightMyRequestResponse>
}

export interface Exchange {
  readonly asked: InjectOptions
  readonly answer: LightMyRequestResponse
}

/** Options that contradict each other: the application is meant not to boot. */
const REFUSED = ['FST_CORS_INVALID_OPTIONS', 'FST_CORS_COVERED_REGISTRATION', 'FST_CORS_UNGOVERNED_ROUTE']

/** `undefined` where the options are refused at boot. */
export async function build (world: World): Promise<Built | undefined> {
  const app = Fastify({ routerOptions: world.router })
  const built: Built = {
    app,
    preflights: 0,
    runs: [],
    answers: [],
    async inject (asked) {
      const answer = await app.inject(asked)
      built.answers.push({ asked, answer })
      return answer
    }
  }
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => { payload.resume(); done(null) })
  app.addHook('onRequest', async ({ method, headers }) => {
    if (method === 'OPTIONS' && headers['access-control-request-method'] !== undefined) built.preflights++
  })
  try {
    await fill(app, world.root, built)
    await app.ready()
    return built
  } catch (error) {
    await app.close().catch(() => {}) // its end is that of the boot
    if (REFUSED.includes((error as { code?: string }).code ?? '')) return undefined
    throw error
  }
}

async function fill (instance: FastifyInstance, context: Context, built: Built): Promise<void> {
  const steps = {
    registrations: async () => {
      if (context.gate === 'before the registrations') addGate(instance)
      for (const registration of context.registrations) {
        const registered = instance.register(corsPlugin, realRegistration(registration) as object) // its validity is the plugin's to say
        if (context.awaited) await registered
      }
      if (context.gate === 'after the registrations') addGate(instance)
    },
    routes: async () => { for (const route of context.routes) addRoute(instance, route, built) },
    children: async () => {
      for (const child of context.children) {
        const registered = instance.register(async instance => { await fill(instance, child, built) }, { prefix: child.prefix })
        if (context.awaited) await registered
      }
    }
  }
  const order = (['registrations', 'routes', 'children'] as const).filter(step => step !== context.first)
  for (const step of [context.first, ...order]) await steps[step]()
}

function addGate (instance: FastifyInstance): void {
  instance.addHook('onRequest', async (request, reply) => {
    if (request.headers.authorization === undefined) return await reply.code(401).send({ error: 'who are you?' })
  })
}

function realRegistration ({ delegator, ...options }: Registration): object {
  return { ...realOptions(options), ...delegator !== undefined && { delegator: realDelegator(delegator) } }
}

function realOptions (options: Options): object {
  return { ...options, ...options.origin !== undefined && { origin: realOrigin(options.origin) } }
}

function realOrigin (option: OriginOption): unknown {
  if (Array.isArray(option)) return (option as ReadonlyArray<string | RegExpOption>).map(realOrigin) // what is left of the type
  if (typeof option !== 'object') return option
  return 'knows' in option ? realFunction(option) : new RegExp((option as RegExpOption).regexp) // as above
}

function realFunction ({ knows, yes, no, async }: FunctionOption): unknown {
  const decide = (origin: string) => {
    if (knows === 'all' || knows.includes(origin)) return yes === 'name' ? origin : true
    if (no === 'throw') throw new Error('no answer')
    return no === 'other' ? 'https://somebody.else.test' : false
  }
  return async ? async (origin: string) => { await undefined; return decide(origin) } : decide
}

function realDelegator ({ knows, gives, otherwise, async }: DelegatorOption): unknown {
  const [known, unknown] = [gives, otherwise].map(options => options === false ? false : realOptions(options))
  const delegate = ({ headers }: FastifyRequest) => headers.origin !== undefined && knows.includes(headers.origin) ? known : unknown
  return async ? async (request: FastifyRequest) => { await undefined; return delegate(request) } : delegate
}

function addRoute (instance: FastifyInstance, { methods, url, version, cors, reply: kind }: Route, built: Built): void {
  const route = {
    method: [...methods],
    url,
    ...version !== undefined && { constraints: { version } },
    config: cors === undefined ? {} : { cors: typeof cors === 'object' ? realOptions(cors) : cors },
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      built.runs.push(handlerName(request.method, String(request.routeOptions.url), version))
      return await replies[kind](reply)
    }
  }
  instance.route(route as RouteOptions) // methods and options are strings and data here
}

const OWN = {
  'access-control-allow-origin': '*',
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'X-Own',
  'x-own': '1',
  vary: 'Accept-Language'
}

/** How each kind of handler answers. */
const replies: Readonly<Record<Reply, (reply: FastifyReply) => Promise<unknown>>> = {
  sends: async reply => await reply.headers(SENT).send({ ok: true }),
  'sends later': async reply => { await new Promise(setImmediate); reply.headers(SENT); return 'late' },
  'sends own': async reply => await reply.headers({ ...SENT, ...OWN }).send('own'),
  'sends raw own': async reply => {
    for (const [name, value] of Object.entries({ ...SENT, ...OWN })) reply.raw.setHeader(name, value)
    return await reply.send('own')
  },
  'sends Vary': async reply => await reply.headers({ ...SENT, vary: 'Accept, origin' }).send('vary'),
  streams: async reply => await reply.headers(SENT).send(Readable.from(['streamed'])),
  'streams own': async reply => await reply.headers({ ...SENT, ...OWN }).send(Readable.from(['streamed'])),
  // To Fastify's HEAD routes a Response is no payload.
  'a Response': async reply => reply.request.method === 'HEAD'
    ? await reply.headers(SENT).send()
    : await reply.send(new Response('response', { headers: SENT })),
  hijacks: async reply => { reply.hijack().raw.writeHead(200, SENT).end('hijacked') },
  'hijacks own': async reply => { reply.hijack().raw.writeHead(200, { ...SENT, ...OWN }).end('hijacked') },
  'hijacks with a copy': async reply => { reply.hijack().raw.writeHead(200, { ...reply.getHeaders() as OutgoingHttpHeaders, ...SENT }).end('hijacked') }, // Fastify's type has names that are for requests
  throws: async () => { throw new Error('broken') },
  304: async reply => await reply.code(304).headers(SENT).send()
}
