import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, WARN, logLines, preflight, send } from '../support/exchange'
import { DEBUG, INFO, refusalsIn } from './refusal-lines'

const LIST: corsPlugin.CorsOptions = { origin: [ALLOWED, OTHER] }
const MINUTE = 60_001

const { now } = performance
let time = 1000
performance.now = () => time
t.teardown(() => { performance.now = now })

async function appWith (options: corsPlugin.CorsOptions, level: string) {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level, stream } })
  await app.register(corsPlugin, options)
  app.route({ method: ['GET', 'PUT'], url: '/a', handler: () => 'a' })
  app.put('/b', { config: { cors: { origin: [OTHER, 'https://c.test'] } } }, () => 'b')
  t.teardown(async () => { await app.close() })
  return { app, lines }
}

type Act = (app: FastifyInstance) => Promise<unknown>
const get = (origin: string, url = '/a', headers = {}): Act => app => send(app, 'GET', url, { origin, headers })
const ask = (origin: string, method = 'PUT', names = ''): Act => app => preflight(app, method, '/a', { origin, names })

t.test('the same origin and reason again within a minute goes to debug', async t => {
  const { app, lines } = await appWith({ ...LIST, allowedHeaders: [] }, 'debug')
  const rows: ReadonlyArray<readonly [it: string, passed: number, act: Act, level: number]> = [
    ['the first', 0, get(EVIL), INFO],
    ['again', 0, get(EVIL), DEBUG],
    ['at another URL', 0, get(EVIL, '/nothing'), DEBUG],
    ['from another origin', 0, get('https://b.test'), INFO],
    ['by another policy', 0, app => send(app, 'PUT', '/b', { origin: EVIL }), INFO],
    ['in a preflight', 0, ask(EVIL), INFO],
    ['in another preflight', 0, ask(EVIL), DEBUG],
    ['for another method', 0, ask(ALLOWED, 'DELETE'), INFO],
    ['for that method', 0, ask(ALLOWED, 'DELETE'), DEBUG],
    ['for a third method', 0, ask(ALLOWED, 'PATCH'), INFO],
    ['for a header', 0, ask(ALLOWED, 'PUT', 'x-a'), INFO],
    ['for that header', 0, ask(ALLOWED, 'PUT', 'x-a'), DEBUG],
    ['for that header and one that was not named yet', 0, ask(ALLOWED, 'PUT', 'x-a, x-b'), INFO],
    ['for another header', 0, ask(ALLOWED, 'PUT', 'x-b'), INFO],
    ['for credentials', 0, get(ALLOWED, '/a', { cookie: 'a=1' }), INFO],
    ['a moment before the minute is over', MINUTE - 1, get(EVIL), DEBUG],
    ['after a minute', 1, get(EVIL), INFO],
    ['and then again', 0, get(EVIL), DEBUG]
  ]
  for (const [it, passed, act, level] of rows) {
    time += passed
    lines.length = 0
    await act(app)
    t.strictSame(refusalsIn(lines).map(({ level }) => level), [level], it)
  }
})

t.test('made-up origins cannot flood the log', async t => {
  const { app, lines } = await appWith(LIST, 'info')
  for (let i = 0; i < 3000; i++) {
    await send(app, i % 2 === 0 ? 'GET' : 'PUT', `/a?${i}`, { origin: `https://o${i}.test` })
    if (i % 10 === 0) await ask(`https://o${i}.test`, 'PUT')(app)
  }
  t.equal(refusalsIn(lines).length, 200)
  time += MINUTE
  await get('https://o2999.test')(app)
  t.equal(refusalsIn(lines).length, 201, 'a minute later there is room again')
})

t.test('a level that the log does not write costs no line, and no lines of other levels', async t => {
  for (const [level, expected] of [['info', [INFO]], ['debug', [INFO, DEBUG]], ['warn', []], ['silent', []]] as const) {
    const { app, lines } = await appWith(LIST, level)
    await get(EVIL)(app)
    await get(EVIL)(app)
    t.strictSame(refusalsIn(lines).map(({ level }) => level), expected, level)
  }
})

t.test('a logger that does not say which levels it writes is given all', async t => {
  const told: string[] = []
  const log = (level: string) => (facts: object | string, message?: string) => { if (typeof facts === 'object' && 'fix' in facts) told.push(`${level} ${message}`) }
  const loggerInstance = {
    level: 'info', silent: log('silent'), trace: log('trace'), debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error'), fatal: log('fatal'), child () { return loggerInstance }
  }
  const app = Fastify({ loggerInstance })
  await app.register(corsPlugin, LIST)
  await get(EVIL)(app as unknown as FastifyInstance) // which differs by its logger alone
  await get(EVIL)(app as unknown as FastifyInstance) // as above
  const line = `blocked by CORS policy: GET /a from ${EVIL}: the origin is not allowed`
  t.strictSame(told, [`info ${line}`, `debug ${line}`])
})

t.test('a held request has a warning, once for each route', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'debug', stream } })
  await app.register(corsPlugin, LIST)
  app.put('/a', { constraints: { version: '1.0.0' } }, () => '1')
  app.put('/a', { constraints: { version: '2.0.0' }, config: { cors: { origin: OTHER } } }, () => '2')
  app.delete('/a', { constraints: { version: '2.0.0' }, config: { cors: { methods: [] } } }, () => '3')
  app.delete('/a', { constraints: { version: '1.0.0' } }, () => '4')
  const held = (method: string) => send(app, method, '/a?secret', { headers: { 'accept-version': '2.0.0' } })
  for (const method of ['PUT', 'PUT', 'DELETE', 'DELETE', 'PUT']) t.equal((await held(method)).status, 403)
  const line = (method: string, level: number) => ({
    level,
    origin: ALLOWED,
    method,
    url: '/a',
    code: 'FST_CORS_PREFLIGHT_WOULD_REFUSE',
    fix: 'give the routes at this URL that differ by constraints the same CORS policy',
    msg: `blocked by CORS policy: ${method} /a from ${ALLOWED}: another policy at this URL may have accepted its preflight, and the policy of ${method} /a does not accept the request`
  })
  t.strictSame(refusalsIn(lines), [line('PUT', WARN), line('PUT', DEBUG), line('DELETE', WARN), line('DELETE', DEBUG), line('PUT', DEBUG)])
})
