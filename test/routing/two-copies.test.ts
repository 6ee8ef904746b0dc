import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { PREFLIGHT_CONSTRAINT } from '../../lib/routing/recorder'
import { message } from '../server/message'
import { ALLOWED, EVIL, OTHER, preflight, send } from '../support/exchange'
import { root } from '../support/root'

// As a dependency has it that brings a copy of its own. The build must be there: `npm run build`.
const folder = mkdtempSync(join(tmpdir(), 'cors-copy-'))
t.teardown(() => { rmSync(folder, { recursive: true }) })
cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
const copy = require(join(folder, 'dist')) as typeof corsPlugin

type Plugin = typeof corsPlugin

/** Adds registrations with the two plugins, and routes. */
type Build = (app: FastifyInstance, first: Plugin, second: Plugin) => void

const applications: Readonly<Record<string, Build>> = {
  'the second in a context': (app, first, second) => {
    app.register(first, { origin: [ALLOWED], exposedHeaders: ['x-a'] })
    app.register(async child => {
      child.register(second, { origin: [OTHER], credentials: true })
      routes(child)
    }, { prefix: '/v1' })
    routes(app)
  },
  'the first in a context': (app, first, second) => {
    app.register(async child => {
      child.register(first, { origin: [OTHER], maxAge: 7 })
      routes(child)
    }, { prefix: '/v1' })
    app.register(async child => { child.register(second, { origin: [ALLOWED] }); routes(child) }, { prefix: '/v2' })
    app.register(second, { origin: [ALLOWED] })
    routes(app)
  },
  'both in the same context, for different paths': (app, first, second) => {
    app.register(first, { origin: [ALLOWED], paths: ['/v1/*'] })
    app.register(second, { origin: [OTHER], delegator: request => { calls.push(request.url); return {} } })
    app.register(async child => { routes(child) }, { prefix: '/v1' })
    routes(app)
  }
}

const calls: string[] = []

function routes (instance: FastifyInstance): void {
  instance.get('/a', () => 'a')
  instance.put('/a', { config: { cors: { origin: [EVIL], credentials: false } } }, () => 'a')
  instance.put('/off', { config: { cors: false } }, () => 'off')
}

const ORIGINS = [ALLOWED, OTHER, EVIL]
const URLS = ['/a', '/off', '/nothing', '/v1/a', '/v1/off', '/v2/a']

/** All that a client and the application see. */
async function observe (app: FastifyInstance): Promise<unknown[]> {
  const seen: unknown[] = [app.cors.print()]
  for (const url of URLS) {
    for (const origin of ORIGINS) {
      seen.push(url, origin, await preflight(app, 'PUT', url, { origin }), await app.cors.allows(message('GET', url, { origin })))
      for (const method of ['GET', 'PUT']) {
        const { status, cors } = await send(app, method, url, { origin })
        const { assumptions, ...explained } = await app.cors.explain({ origin, method, url })
        seen.push(status, cors, explained, assumptions, await app.cors.headersFor(message(method, url, { origin })))
      }
    }
  }
  return [...seen, ...calls.splice(0)]
}

for (const [it, build] of Object.entries(applications)) {
  t.test(`two copies in one application do what one does: ${it}`, async t => {
    const observed = async (first: Plugin, second: Plugin) => {
      const app = Fastify()
      build(app, first, second)
      await app.ready()
      const before = await observe(app)
      app.cors.reconfigure(it.startsWith('both') ? { origin: [EVIL], paths: ['/v1/*'] } : { origin: [EVIL] })
      return [...before, ...await observe(app)]
    }
    const alone = await observed(corsPlugin, corsPlugin)
    t.strictSame(await observed(corsPlugin, copy), alone, 'the copy comes second')
    t.strictSame(await observed(copy, corsPlugin), alone, 'the copy comes first')
  })
}

t.test('every context has the `app.cors` of the copy that serves', async t => {
  for (const [first, second] of [[corsPlugin, copy], [copy, corsPlugin]] as const) {
    const app = Fastify()
    await app.register(first, { origin: [ALLOWED] })
    await app.register(async child => {
      await child.register(second, { origin: [ALLOWED] })
      child.get('/a', () => '')
      child.cors.reconfigure({ origin: [OTHER] })
      t.throws(() => { child.cors.reconfigure({ origin: 'example.com' }) }, { code: 'FST_CORS_INVALID_OPTIONS' })
    }, { prefix: '/v1' })
    await app.ready()
    t.equal((await send(app, 'GET', '/v1/a', { origin: OTHER })).cors['access-control-allow-origin'], OTHER)
    t.equal((await send(app, 'GET', '/nothing')).cors['access-control-allow-origin'], ALLOWED)
  }
})

t.test('what one copy refuses, two refuse', async t => {
  for (const [first, second] of [[corsPlugin, copy], [copy, corsPlugin]] as const) {
    const twice = Fastify()
    twice.register(first, { origin: [ALLOWED] })
    twice.register(second, { origin: [OTHER] })
    await t.rejects(async () => { await twice.ready() }, { code: 'FST_CORS_COVERED_REGISTRATION' })
    const invalid = Fastify()
    await invalid.register(first, { origin: [ALLOWED] })
    await t.rejects(async () => await invalid.register(second, { maxAge: -1 }), { code: 'FST_CORS_INVALID_OPTIONS' })
    const ungoverned = Fastify()
    ungoverned.register(async child => { child.register(first, { origin: [ALLOWED] }) })
    ungoverned.register(async child => { child.register(second, { origin: [ALLOWED] }) })
    ungoverned.get('/a', { config: { cors: false } }, () => '')
    await t.rejects(async () => { await ungoverned.ready() }, { code: 'FST_CORS_UNGOVERNED_ROUTE' })
  }
})

t.test('a copy that is too old to serve another is named, with what helps', async t => {
  const silent = Fastify()
  silent.addConstraintStrategy({ name: PREFLIGHT_CONSTRAINT, storage: () => ({ get: () => null, set () {} }), validate () {}, deriveConstraint: () => undefined } as never) // the types name what none of it is
  await t.rejects(async () => await silent.register(corsPlugin), { code: 'FST_CORS_OLD_COPY', message: /^another copy of fastify-cors-policy was .* too old .*npm ls fastify-cors-policy/ })
  const versioned = Fastify()
  Object.defineProperty(versioned, Symbol.for('fastify-cors-policy.serving'), { value: { version: 0, folder: '/old/dist', register () { t.fail('it serves') } } })
  await t.rejects(async () => await versioned.register(corsPlugin), { code: 'FST_CORS_OLD_COPY', message: /^another copy of fastify-cors-policy \(in \/old\/dist\) was/ })
  const newer: unknown[] = []
  const later = Fastify()
  Object.defineProperty(later, Symbol.for('fastify-cors-policy.serving'), { value: { version: 2, folder: '/new/dist', register (_instance: FastifyInstance, options: unknown) { newer.push(options) } } })
  await later.register(async child => { await child.register(corsPlugin, { origin: ALLOWED }) })
  t.match(newer, [{ origin: ALLOWED }], 'a newer one serves')
})
