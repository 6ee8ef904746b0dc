import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { ALLOWED, OTHER, WARN, logLines, preflight, send } from '../support/exchange'

// A plugin file without fastify-plugin that loads the package only when Fastify runs it, so these applications come before.
const { lines, stream } = logLines()
const [app, overlaid] = [Fastify({ logger: { level: 'warn', stream } }), Fastify()]

/** The files of an application, each in a context of its own, with the one for CORS among them. */
function build (app: FastifyInstance, cors?: { origin: string }): void {
  const config: { cors?: { origin: string } } = cors === undefined ? {} : { cors }
  let older: FastifyInstance | undefined
  app.register(async function early (context) {
    older = context
    context.put('/early', () => 'early')
  })
  app.register(async function corsFile (context) {
    const corsPlugin = require('../..') as typeof import('../..')
    await context.register(corsPlugin, { origin: [ALLOWED] })
    older?.put('/older', () => 'older')
  })
  app.register(async function late (context) {
    context.get('/a', () => 'a')
    context.put('/a', { config }, () => 'a')
  })
  app.put('/root', () => 'root')
}

t.test('a registration in a plugin file of its own governs no route of the others, and everything says so', async t => {
  build(app)
  await app.ready()
  for (const method of ['GET', 'PUT']) {
    t.strictSame((await preflight(app, method, '/a')).cors, {}, `preflight for ${method}`)
    const { status, body, cors } = await send(app, method, '/a')
    t.strictSame([status, body, cors], [200, 'a', {}], method)
    t.match(await app.cors.explain({ origin: ALLOWED, method, url: '/a' }), { allowed: false, policy: null, route: { url: '/a' } }, `explain ${method}`)
  }
  t.match(lines.filter(({ level }) => level === WARN), [{ msg: /plugin corsFile governs no route that fastify-cors-policy could see: .*fastify-plugin/ }])
  t.equal(app.cors.print(), [
    'without a registration',
    '  routes:',
    '    /a (GET, HEAD, PUT)',
    '',
    '! routes that were added before fastify-cors-policy was loaded, or in a context that is older, are not in this list',
    ''
  ].join('\n'))
})

t.test('of a route that could not be seen, the explanation assumes that it is in the context, and a request is held', async t => {
  for (const url of ['/early', '/older', '/root']) {
    const { route, assumptions } = await app.cors.explain({ origin: ALLOWED, method: 'PUT', url })
    t.equal(route, null, url)
    t.match(assumptions, [/could not see one$/, /^the route is in the context of the registration of the plugin corsFile, or in one inside: the plugin could not see where it is$/], url)
    t.equal((await send(app, 'PUT', url)).status, 403, url)
    t.equal((await send(app, 'PUT', url, { origin: undefined })).status, 200, url)
  }
})

t.test('a config.cors in another file is an error that names the route and the registration', async t => {
  build(overlaid, { origin: OTHER })
  await t.rejects(async () => { await overlaid.ready() }, { code: 'FST_CORS_UNGOVERNED_ROUTE', message: /^config\.cors of PUT \/a has no effect.* There is the registration of the plugin corsFile: .*fastify-plugin/ })
})
