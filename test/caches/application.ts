import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import compress from '@fastify/compress'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import corsPlugin from '../..'
import { ALLOWED, OTHER } from '../support/exchange'

type CorsOptions = corsPlugin.CorsOptions

export const HOST = 'api.example.com'
/** A number of its own for each answer that the application makes. */
export const ANSWER_ID = 'x-answer'
export const TENANT = 'x-tenant'

export interface Case {
  readonly options: CorsOptions
  /** `config.cors` of its routes. */
  readonly overlay?: corsPlugin.RouteCorsOptions | boolean
  /** Whether everybody gets the same headers, so that a cache needs one answer for all origins. */
  readonly constant?: true
  /** Whether the policy goes by the header `X-Tenant` too. */
  readonly byTenant?: true
}

const list = [ALLOWED, OTHER]
const tenants: Readonly<Record<string, corsPlugin.RouteCorsOptions>> = {
  red: { origin: [ALLOWED], exposedHeaders: ['x-red'] },
  blue: { origin: [OTHER, 'https://*.example.org'], credentials: true },
  green: { origin: '*' }
}

function tenantOf ({ headers }: FastifyRequest): string {
  return String(headers[TENANT])
}

export const cases: Readonly<Record<string, Case>> = {
  any: { options: { origin: '*', cacheControl: 600 }, constant: true },
  'any-exposed': { options: { origin: true, exposedHeaders: '*' }, constant: true },
  one: { options: { origin: ALLOWED, cacheControl: 600 }, constant: true },
  'one-credentials': { options: { origin: ALLOWED, credentials: true, exposedHeaders: ['x-a'] }, constant: true },
  none: { options: { origin: false }, constant: true },
  list: { options: { origin: list, cacheControl: 'public, max-age=600' } },
  'list-credentials': { options: { origin: list, credentials: true, exposedHeaders: ['x-a', 'x-b'] } },
  pattern: { options: { origin: ['https://*.example.org', 'https://*.example.com'] } },
  regexp: { options: { origin: /^https:\/\/[a-z]+\.example\.com$/, credentials: true } },
  reflect: { options: { origin: true, credentials: true, dangerously: { anyOriginWithCredentials: true } } },
  'null-too': { options: { origin: [ALLOWED, 'null'], dangerously: { nullOrigin: true } } },
  ask: { options: { origin: origin => list.includes(origin) } },
  'ask-later': { options: { origin: async origin => { await turn(); return list.includes(origin) ? origin : false }, credentials: true } },
  'ask-tenant': { options: { origin: (origin, request) => origin === (tenantOf(request) === 'red' ? ALLOWED : OTHER), vary: [TENANT] }, byTenant: true },
  'ask-throws': { options: { origin: origin => { if (origin === OTHER) throw new Error('no database'); return true } } },
  delegator: { options: { origin: false, vary: [TENANT], delegator: request => tenants[tenantOf(request)] ?? false }, byTenant: true },
  'delegator-later': { options: { vary: [TENANT], delegator: async request => { await turn(); return tenants[tenantOf(request)] ?? false } }, byTenant: true },
  'enforce-list': { options: { origin: list, enforce: 'all' } },
  'enforce-one': { options: { origin: ALLOWED, enforce: 'all' } },
  'enforce-none': { options: { origin: false, enforce: 'all' } },
  'overlay-list': { options: { origin: '*' }, overlay: { origin: list, credentials: true } },
  'overlay-any': { options: { origin: list, credentials: true }, overlay: { origin: '*', credentials: false }, constant: true },
  'overlay-off': { options: { origin: list }, overlay: false, constant: true },
}

type Respond = (request: FastifyRequest, reply: FastifyReply) => unknown

const text = 'compress me '.repeat(40)

/** How the answer comes about. */
const responses: Readonly<Record<string, Respond>> = {
  json: () => ({ text }),
  packed: (_request, reply) => { reply.type('text/plain').send(text) },
  // Without it, compression says nothing of Accept-Encoding where it has nothing to do.
  'packed-varied': (_request, reply) => { reply.type('text/plain').header('vary', 'accept-encoding').send(text) },
  language: (request, reply) => { reply.header('Vary', 'Accept-Language').send(String(request.headers['accept-language'])) },
  stream: (_request, reply) => { reply.type('text/plain').send(Readable.from([text])) },
  'own-headers': (request, reply) => { reply.header('access-control-allow-origin', request.headers.origin ?? 'nobody').header('vary', 'origin').send(text) },
  hijacked: (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', ...reply.getHeaders() as Record<string, string> }) // numbers go as well
    reply.raw.end('data: a\n\n')
  },
  'hijacked-bare': (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { Vary: 'Accept-Language', [ANSWER_ID]: String(reply.getHeader(ANSWER_ID)) })
    reply.raw.end(text)
  },
  moved: (_request, reply) => { reply.redirect('/elsewhere', 301) },
  failed: () => { throw new Error('failed') },
  // A hook before the plugin's answers.
  early: () => { throw new Error('too late') },
}

/** No route answers `missing`, so that it has no overlay. */
export function kindsOf ({ overlay }: Case): readonly string[] {
  return [...Object.keys(responses), ...(overlay === undefined ? ['missing'] : [])]
}

/** For whom an answer was made. */
export interface MadeFor {
  readonly origin: string | undefined
  readonly tenant: string | undefined
}

export async function application (): Promise<{ readonly app: FastifyInstance, readonly made: readonly MadeFor[] }> {
  const app = Fastify()
  const made: MadeFor[] = []
  app.addHook('onRequest', async ({ url, headers }, reply) => {
    reply.header(ANSWER_ID, String(made.length))
    made.push({ origin: headers.origin, tenant: headers[TENANT] as string | undefined }) // one at most is sent
    if (url.endsWith('/early')) return reply.code(401).send({ error: 'early' })
  })
  await app.register(compress, { global: false })
  for (const [name, { options }] of Object.entries(cases)) app.register(corsPlugin, { ...options, paths: [`/${name}/*`] })
  for (const [name, { overlay }] of Object.entries(cases)) {
    for (const [kind, handler] of Object.entries(responses)) app.route(route(`/${name}/${kind}`, kind, overlay, handler))
  }
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { app, made }
}

function route (url: string, kind: string, overlay: Case['overlay'], handler: Respond): RouteOptions {
  return {
    method: 'GET',
    url,
    handler: async (request, reply) => await handler(request, reply) ?? reply,
    config: overlay === undefined ? {} : { cors: overlay },
    ...(kind.startsWith('packed') ? { compress: { threshold: 0 } } : {})
  }
}
