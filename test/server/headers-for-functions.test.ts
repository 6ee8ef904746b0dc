import type { IncomingMessage } from 'node:http'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, ERROR, OTHER, logLines, preflight, send } from '../support/exchange'
import { message } from './message'

type Options = corsPlugin.CorsOptions

const LIST: Options = { origin: [ALLOWED, OTHER] }

t.test('a URL without a path does not throw', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: ALLOWED })
  await app.ready()
  for (const url of ['http:///a', 'http://[/%zz', 'https://a#/b', '*', '', 'a', '//', '/\u0000', '/%ff']) {
    t.strictSame(app.cors.headersFor(message('GET', url, { origin: ALLOWED })), { 'access-control-allow-origin': ALLOWED }, url)
    t.type(app.cors.headersFor(message('OPTIONS', url, { origin: ALLOWED, 'access-control-request-method': 'PUT' })), Object, url)
  }
})

t.test('the result is a promise only if a function returns one', async t => {
  const rows: ReadonlyArray<readonly [Options, boolean]> = [
    [LIST, false], [{ origin: () => true }, false], [{ origin: async () => true }, true], [{ delegator: () => LIST }, false], [{ delegator: async () => LIST }, true]
  ]
  for (const [options, isPromise] of rows) {
    const app = Fastify()
    await app.register(corsPlugin, options)
    app.get('/a', () => 'a')
    await app.ready()
    for (const [method, headers] of [['GET', {}], ['OPTIONS', { 'access-control-request-method': 'GET' }]] as const) {
      const given = app.cors.headersFor(message(method, '/a', { origin: ALLOWED, ...headers }))
      t.equal(given instanceof Promise, isPromise)
      t.equal((await given)['access-control-allow-origin'], ALLOWED)
    }
  }
})

t.test('if a function throws, the headers are those of a refused origin, as inside the hooks, and the error is logged', async t => {
  const broken = () => { throw new Error('broken') }
  const rejects = async () => { throw new Error('broken') }
  const rows: ReadonlyArray<readonly [it: string, Options, actual: object]> = [
    ['an origin function that throws', { origin: broken, exposedHeaders: 'x-a' }, { vary: 'Origin' }],
    ['one that rejects', { origin: rejects }, { vary: 'Origin' }],
    ['one that answers nonsense', { origin: () => 'yes' }, { vary: 'Origin' }],
    ['a delegator that throws', { delegator: broken, origin: ALLOWED, vary: ['x-t'] }, { vary: 'Origin, x-t' }],
    ['one that rejects', { delegator: rejects, origin: ALLOWED }, { vary: 'Origin' }],
    ['one that returns nonsense', { delegator: () => ({ maxAge: -1 }), origin: ALLOWED }, { vary: 'Origin' }]
  ]
  for (const [it, options, expected] of rows) {
    const { lines, stream } = logLines()
    const app = Fastify({ logger: { level: 'error', stream } })
    await app.register(corsPlugin, options)
    app.get('/a', () => 'a')
    await app.ready()
    t.strictSame(await app.cors.headersFor(message('GET', '/a', { origin: ALLOWED })), expected, it)
    t.strictSame(await app.cors.headersFor(message('OPTIONS', '/a', { origin: ALLOWED, 'access-control-request-method': 'GET' })), expected, `${it}, in a preflight`)
    t.strictSame(lines.filter(({ msg }) => msg?.includes('invalid options') !== true).map(({ level, msg }) => [level, msg]), Array(2).fill([ERROR, 'fastify-cors-policy could not decide which CORS headers a response carries']), it)
    t.strictSame((await send(app, 'GET', '/a')).cors, expected, `${it}, inside`)
    t.strictSame((await preflight(app, 'GET', '/a')).cors, expected, `${it}, in a preflight inside`)
  }
})

t.test('functions get all that is known about the request', async t => {
  let seen: FastifyRequest | undefined
  const app = Fastify()
  await app.register(corsPlugin, { delegator: request => { seen = request; return { origin: ALLOWED } } })
  let child: FastifyInstance | undefined
  app.register(async instance => {
    child = instance
    instance.put('/a/:id', { config: { x: 1 } as object }, () => 'a')
  })
  await app.ready()
  const rows: ReadonlyArray<readonly [it: string, IncomingMessage, object]> = [
    ['a route', message('PUT', '/a/7?b=c&d=%20', { host: 'api.test:8080' }), {
      method: 'PUT',
      url: '/a/7?b=c&d=%20',
      originalUrl: '/a/7?b=c&d=%20',
      host: 'api.test:8080',
      hostname: 'api.test',
      port: 8080,
      protocol: 'http',
      params: { id: '7' },
      query: { b: 'c', d: ' ' },
      body: undefined,
      is404: false,
      server: child,
      routeOptions: { url: '/a/:id', method: ['PUT'], config: { x: 1 } }
    }],
    ['no route', message('GET', '/nothing', { host: '[::1]' }), {
      method: 'GET',
      url: '/nothing',
      host: '[::1]',
      hostname: '[::1]',
      port: null,
      params: {},
      query: {},
      is404: true,
      server: app,
      routeOptions: { url: undefined, method: undefined, config: {} }
    }],
    ['IPv6 with a port', message('GET', '/', { host: '[::1]:3000' }), { hostname: '[::1]', port: 3000 }],
    ['a malformed URL', message('GET', '/a/%zz', {}), { url: '/a/%zz', is404: true, params: {}, host: '', hostname: '', port: null }],
    ['no HTTP method', message('FOO', '/a/7', {}), { method: 'FOO', is404: true, params: {} }],
    ['TLS', Object.assign(message('GET', '/', {}, { encrypted: true }), {}), { protocol: 'https' }],
    ['TLS that is none', message('GET', '/', {}, { encrypted: false }), { protocol: 'http' }]
  ]
  for (const [it, raw, expected] of rows) {
    t.strictSame(await app.cors.headersFor(raw), { 'access-control-allow-origin': ALLOWED, vary: 'Origin' }, it)
    for (const [key, value] of Object.entries(expected)) {
      const given: unknown = (seen as unknown as Record<string, unknown>)[key] // whatever key the row names
      // Instances are compared by identity: their contents are the whole application.
      if (key === 'server') t.equal(given === value, true, `${it}: ${key}`)
      else t.strictSame(key === 'params' || key === 'query' ? { ...given as object } : given, value, `${it}: ${key}`)
    }
    t.equal(seen?.raw, raw)
    t.equal(seen?.headers, raw.headers)
    t.equal(seen?.socket, raw.socket)
  }
})
