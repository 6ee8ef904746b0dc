import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Test } from 'tap'
import { ALLOWED, EVIL, preflightHttp, sendHttp } from '../support/exchange'
import type { Running, Setting } from './beside'
import { isAccepted, keepsPromises } from './promises'

export type Middleware = (req: IncomingMessage, res: ServerResponse, next: () => void) => void

/** A plugin that has it all: `register` adds what makes the application take middleware. */
export function withMiddleware (register: (scope: FastifyInstance) => PromiseLike<unknown>) {
  return fp(async (scope: FastifyInstance) => {
    await register(scope)
    for (const [path, each] of Object.entries(middleware)) scope.use(path, each)
  })
}

export const NOTE = 'A middleware that answers by itself, registered before, answers without this plugin; at the root, it answers preflights too: register it after.'

/** Middleware that answers on the raw response, past Fastify, or sets headers there and goes on. */
export const middleware: Readonly<Record<string, Middleware>> = {
  '/head': (_req, res) => { res.writeHead(200, { 'Content-Type': 'text/plain', Vary: 'Accept' }); res.end('head') },
  '/end': (_req, res) => { res.end('end') },
  '/foreign': (_req, res) => {
    res.setHeader('Access-Control-Allow-Origin', '*')
    res.writeHead(201, 'Made', ['Access-Control-Max-Age', '9', 'x-a', '1'])
    res.end('foreign')
  },
  // As `cors` of Express does it, and worse.
  '/through': (_req, res, next) => {
    res.setHeader('Access-Control-Allow-Origin', '*')
    res.setHeader('Access-Control-Allow-Credentials', 'true')
    res.setHeader('Vary', 'Accept, Origin')
    res.setHeader('x-middleware', 'yes')
    next()
  },
  '/stream': (_req, res, next) => { res.setHeader('Vary', 'Accept'); next() },
  // As the packages that are built on `on-headers` do it: sessions, compression, response times.
  '/late': (_req, res, next) => {
    const writeHead = res.writeHead as (...args: unknown[]) => typeof res // of all its overloads
    res.writeHead = (...args: unknown[]) => {
      res.setHeader('x-late', 'yes')
      return writeHead.apply(res, args)
    }
    next()
  }
}

/** Where there is no route, a request below the prefix of a context ends at the root, and meets no middleware of the context. */
export function routes (scope: FastifyInstance): void {
  scope.get('/through', () => 'through')
  scope.put('/through', () => 'through')
  scope.get('/stream', (_request, reply) => reply.header('vary', 'Accept-Language').send(Readable.from(['stream'])))
  scope.get('/late', () => 'late')
  scope.put('/end', () => 'unreachable')
  for (const path of ['/head', '/end', '/foreign']) scope.get(path, () => 'unreachable')
}

export async function checkMiddleware (t: Test, { order, place }: Setting, running: Running): Promise<void> {
  const { app, at } = running
  await keepsPromises(t, running, { read: '/through', write: { method: 'PUT', path: '/through' }, vary: ['accept', 'origin'] })
  const through = await sendHttp(app, 'GET', at('/through'))
  t.equal(through.headers['x-middleware'], 'yes', 'it has run')
  t.equal(through.body, 'through')
  await keepsPromises(t, running, { read: '/stream', vary: ['accept', 'accept-language', 'origin'] })
  await keepsPromises(t, running, { read: '/late' })
  t.match(await sendHttp(app, 'GET', at('/late')), { body: 'late', headers: { 'x-late': 'yes' } })
  if (order === 'before') {
    t.strictSame((await sendHttp(app, 'GET', at('/end'))).cors, {}, 'as the table says')
    t.equal((await preflightHttp(app, 'PUT', at('/end'))).status, place === 'root' ? 200 : 204, 'as the table says')
    return
  }
  await keepsPromises(t, running, { read: '/end' })
  await keepsPromises(t, running, { read: '/head', vary: ['accept', 'origin'] })
  await keepsPromises(t, running, { read: '/foreign', status: 201 })
  for (const [path, status] of [['/head', 200], ['/end', 200], ['/foreign', 201]] as const) {
    const answer = await sendHttp(app, 'GET', at(path))
    t.equal(answer.status, status)
    t.equal(answer.body, path.slice(1))
  }
  const foreign = await sendHttp(app, 'GET', at('/foreign'))
  t.strictSame(foreign.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
  t.equal(foreign.headers['x-a'], '1')
  t.strictSame((await sendHttp(app, 'GET', at('/foreign'), { origin: EVIL })).cors, { vary: 'Origin' })
  t.ok(isAccepted(await preflightHttp(app, 'PUT', at('/end'))), 'preflights come first')
}
