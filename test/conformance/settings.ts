import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import corsPlugin from '../..'
import type { Row, RowRequest } from './rows'

/** The parts of a response that rows compare. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Client = (app: FastifyInstance, request: RowRequest) => Promise<Answer>

/** One way to put the same routes and the same registration into an application. */
export interface Setting {
  readonly name: SettingName
  readonly prefix: string
  readonly client: Client
  readonly http2: boolean
  /** Header that actual requests need to get past the setting's authentication. */
  readonly key: Readonly<Record<string, string>>
  readonly build: (app: FastifyInstance, row: Row) => Promise<void>
}

export type SettingName =
  | 'awaited' | 'in the same breath' | 'prefixed' | 'prefixed, in the same breath' | 'HTTP/1' | 'HTTP/2'
  | 'after an authentication hook' | 'before an authentication hook'
  | 'inside another registration' | 'around another registration' | 'beside another registration'

const defaults = { prefix: '', client: inject, http2: false, key: {} }
const KEY = { 'x-api-key': 'k' }
const OTHER = { origin: ['https://other-registration.test', 'https://one-more.test'], credentials: true, maxAge: 7 }

export const settings: readonly Setting[] = [
  { ...defaults, name: 'awaited', build: awaited },
  { ...defaults, name: 'in the same breath', build: inOneBreath },
  { ...defaults, name: 'prefixed', prefix: '/v1', build: async (app, row) => { await app.register(async child => { await awaited(child, row) }, { prefix: '/v1' }) } },
  { ...defaults, name: 'prefixed, in the same breath', prefix: '/v1', build: async (app, row) => { app.register(async child => { await inOneBreath(child, row) }, { prefix: '/v1' }) } },
  { ...defaults, name: 'HTTP/1', client: overHttp1, build: awaited },
  { ...defaults, name: 'HTTP/2', client: overHttp2, http2: true, build: awaited },
  { ...defaults, name: 'after an authentication hook', build: async (app, row) => { await withWatcher(app); await awaited(app, row) } },
  { ...defaults, name: 'before an authentication hook', key: KEY, build: async (app, row) => { await app.register(corsPlugin, row.options); withGate(app); addRoutes(app, row) } },
  { ...defaults, name: 'inside another registration', build: async (app, row) => { await app.register(corsPlugin, OTHER); app.register(async child => { await awaited(child, row) }) } },
  { ...defaults, name: 'around another registration', build: async (app, row) => { await awaited(app, row); app.register(inner, { prefix: '/inner' }) } },
  { ...defaults, name: 'beside another registration', build: async (app, row) => { app.register(async sibling => { await sibling.register(corsPlugin, OTHER); withGate(sibling); sibling.get('/sibling', () => 'sibling') }); app.register(async child => { await awaited(child, row) }) } }
]

async function awaited (instance: FastifyInstance, row: Row): Promise<void> {
  await instance.register(corsPlugin, row.options)
  addRoutes(instance, row)
}

async function inOneBreath (instance: FastifyInstance, row: Row): Promise<void> {
  instance.register(corsPlugin, row.options)
  addRoutes(instance, row)
}

async function inner (child: FastifyInstance): Promise<void> {
  await child.register(corsPlugin, OTHER)
  child.get('/other', () => 'other')
}

/** Looks at every request, as a session hook does, and lets it through. */
async function withWatcher (app: FastifyInstance): Promise<void> {
  app.addHook('onRequest', async (request, reply) => { reply.header('x-watched', request.headers.origin ?? 'no origin') })
}

function withGate (app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers['x-api-key'] === undefined) return reply.code(401).send({ error: 'no key' })
  })
}

function addRoutes (instance: FastifyInstance, { serve = {} }: Row): void {
  const { methods = ['GET', 'PUT'], url = '/item', cors, handler = () => 'hello', onRequest, bodyLimit } = serve
  instance.route({
    method: methods,
    url,
    handler,
    ...(cors === undefined ? {} : { config: { cors } }),
    ...(onRequest === undefined ? {} : { onRequest }),
    ...(bodyLimit === undefined ? {} : { bodyLimit })
  })
}

/** Sends the row's request to a server that is made for it. */
export async function answerIn (setting: Setting, row: Row): Promise<Answer> {
  const options = setting.http2 ? { http2: true } : {}
  const app = Fastify(options as object)
  try {
    await setting.build(app, row)
    await app.ready()
    const { request } = row
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
    const headers = isPreflight ? request.headers : { ...request.headers, ...setting.key }
    return await setting.client(app, { ...request, url: setting.prefix + request.url, headers })
  } finally {
    await app.close()
  }
}

export async function inject (app: FastifyInstance, { method, url, headers, body }: RowRequest): Promise<Answer> {
  const response = await app.inject({ method: method as 'GET', url, headers, ...(body === undefined ? {} : { payload: body }) })
  return { status: response.statusCode, headers: flat(response.headers), body: response.body }
}

export async function overHttp1 (app: FastifyInstance, { method, url, headers, body }: RowRequest): Promise<Answer> {
  const port = await portOf(app)
  const request = http.request({ host: '127.0.0.1', port, method, path: url, headers, agent: false })
  request.end(body)
  const [response] = await once(request, 'response') as [http.IncomingMessage]
  return { status: response.statusCode ?? 0, headers: flat(response.headersDistinct), body: await textOf(response) }
}

export async function overHttp2 (app: FastifyInstance, { method, url, headers, body }: RowRequest): Promise<Answer> {
  const session = http2.connect(`http://127.0.0.1:${await portOf(app)}`)
  try {
    const stream = session.request({ ':method': method, ':path': url, ...headers })
    stream.end(body)
    const [received] = await once(stream, 'response') as [http2.IncomingHttpHeaders & { ':status'?: number }]
    return { status: received[':status'] ?? 0, headers: flat(received), body: await textOf(stream) }
  } finally {
    session.close()
  }
}

export async function portOf (app: FastifyInstance): Promise<number> {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

async function textOf (stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Keeps both values of a header that was sent twice. */
function flat (headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(' | ') : String(value)]))
}
