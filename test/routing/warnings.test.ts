import { join } from 'node:path'
import autoload from '@fastify/autoload'
import fastifyCors from '@fastify/cors'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, WARN, logLines } from '../support/exchange'
import { root } from '../support/root'

const OPTIONS = { origin: [ALLOWED] }

/** The warnings of an application once it is ready. */
async function warnings (build: (app: FastifyInstance) => void): Promise<string[]> {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'warn', stream } })
  build(app)
  await app.ready()
  t.ok(lines.every(({ level }) => level === WARN))
  return lines.map(({ msg }) => msg)
}

async function cors (instance: FastifyInstance): Promise<void> { await instance.register(corsPlugin, OPTIONS) }

t.test('a plugin file without fastify-plugin: its registration governs no route', async t => {
  const routes = (app: FastifyInstance) => { app.register(async function items (child) { child.get('/a', () => 'a') }) }
  const found = await warnings(app => {
    app.register(cors)
    routes(app)
  })
  t.strictSame(found, ['the registration of the plugin cors governs no route: it governs only routes of its own context and of those inside. ' +
    'If it is in the file of a plugin, wrap that plugin in fastify-plugin, or else the file has a context of its own'])
  t.strictSame(await warnings(app => {
    app.register(fp(async instance => { await cors(instance) }))
    routes(app)
  }), [], 'as the warning says')
})

t.test('an autohooks file that runs for folders without routes too says nothing, unless it governs none at all', async t => {
  const found = (cascadeHooks: boolean) => warnings(app => {
    app.decorate('corsPlugin', corsPlugin)
    app.register(autoload, { dir: join(root, 'test/plugins/fixtures/autohooks'), autoHooks: true, cascadeHooks })
    app.addHook('onReady', async () => { t.ok(app.hasRoute({ method: 'GET', url: '/api/v1' })) })
  })
  t.match(await found(false), [/governs no route: .*fastify-plugin, .* If it is in an autohooks file, give @fastify\/autoload `cascadeHooks: true`/])
  t.strictSame(await found(true), [], 'as the warning says')
})

t.test('a plugin file without fastify-plugin has the warning although another one of the same name governs routes', async t => {
  const found = await warnings(app => {
    app.register(cors)
    app.register(async function cors (child) {
      await child.register(corsPlugin, OPTIONS)
      child.get('/a', () => 'a')
    })
  })
  t.match(found, [/^the registration of the plugin cors governs no route/])
})

t.test('paths below a prefix: the warning has those that govern a route', async t => {
  const found = (paths: string[]) => warnings(app => {
    app.register(async child => {
      child.register(corsPlugin, { ...OPTIONS, paths })
      child.get('/users/:id', () => 'a')
    }, { prefix: '/v1' })
  })
  t.strictSame(await found(['/users/*']), ["the registration under /v1 for /users/* governs no route: `paths` are compared with the whole path of a request, with the prefix: write `paths: ['/v1/users/*']`"])
  t.strictSame(await found(['/v1/users/*']), [], 'as it says')
  t.strictSame(await found(['/v1/groups/*']), ['the registration under /v1 for /v1/groups/* governs no route: no URL of a route in its context matches its `paths`'])
})

t.test('paths that no route of the application has', async t => {
  t.strictSame(await warnings(app => {
    app.register(corsPlugin, { ...OPTIONS, paths: ['/api/*'] })
    app.get('/other', () => 'a')
  }), ['the registration of the application for /api/* governs no route: no URL of a route in its context matches its `paths`'])
})

t.test('a registration that governs the 404s of an application says nothing', async t => {
  t.strictSame(await warnings(app => { app.register(corsPlugin, OPTIONS) }), [])
})

t.test('@fastify/cors in the same application, in whichever context', async t => {
  const OTHER = ['@fastify/cors is registered in the same application (`enableCors()` of Nest adds it), and answers preflights and sets CORS headers by rules of its own: remove it']
  t.strictSame(await warnings(app => {
    app.register(fastifyCors)
    app.register(corsPlugin, OPTIONS)
  }), OTHER)
  t.strictSame(await warnings(app => {
    app.register(corsPlugin, OPTIONS)
    app.register(async child => {
      child.register(fastifyCors)
      child.get('/a', () => 'a')
    })
  }), OTHER)
  t.strictSame(await warnings(app => {
    app.register(corsPlugin, OPTIONS)
    app.register(fp(async scope => { await new Promise(resolve => { fastifyCors(scope, {}, resolve) }) }))
  }), OTHER, 'called without being registered, as Nest does')
})

t.test('the error for a config.cors without a registration names the one beside it, and why it does not govern', async t => {
  const app = Fastify()
  app.register(cors)
  app.register(async child => { child.get('/a', { config: { cors: { maxAge: 1 } } }, () => 'a') })
  await t.rejects(async () => { await app.ready() }, {
    code: 'FST_CORS_UNGOVERNED_ROUTE', message: /There is the registration of the plugin cors: it governs only routes of its own context .* fastify-plugin/
  })
})
