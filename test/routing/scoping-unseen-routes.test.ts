import Fastify from 'fastify'
import t from 'tap'
import { ALLOWED, ERROR, EVIL, OTHER, WARN, logLines, preflight, send } from '../support/exchange'

// The plugin sees the routes of every application that is created after it was loaded, so these are created before.
const pool = Array.from({ length: 16 }, () => {
  const { lines, stream } = logLines()
  return { app: Fastify({ logger: { level: 'warn', stream } }), lines }
})
const corsPlugin = require('../..') as typeof import('../..')

function unseen () {
  const made = pool.pop()
  if (made === undefined) throw new Error('make the pool larger')
  return made
}

const JSON_BODY = { headers: { 'content-type': 'application/json' }, body: '{}' }

t.test('methods of unseen routes are listed too', async t => {
  const { app, lines } = unseen()
  app.put('/a', () => 'a')
  app.get('/a', () => 'a')
  app.patch('/a/:id', () => 'a')
  await app.register(corsPlugin, { origin: [ALLOWED] })
  app.delete('/a', () => 'a')
  t.strictSame((await preflight(app, 'PUT', '/a')).cors, {
    'access-control-allow-origin': ALLOWED,
    'access-control-allow-methods': 'GET, HEAD, POST, DELETE, PUT',
    'access-control-allow-headers': '*, Authorization, Content-Type'
  })
  t.equal((await preflight(app, 'PATCH', '/a/7')).headers['access-control-allow-methods'], 'GET, HEAD, POST, PATCH')
  t.equal((await preflight(app, 'PATCH', '/a')).headers['access-control-allow-methods'], 'GET, HEAD, POST, DELETE, PUT')
  t.strictSame((await preflight(app, 'PUT', '/nothing')).cors, {
    'access-control-allow-origin': ALLOWED,
    'access-control-allow-methods': 'GET, HEAD, POST, PUT',
    'access-control-allow-headers': '*, Authorization, Content-Type',
    vary: 'Access-Control-Request-Method'
  })
  t.equal((await preflight(app, 'PUT', '/a', { origin: EVIL })).status, 403)
  t.strictSame((await send(app, 'PUT', '/a')).cors, { 'access-control-allow-origin': ALLOWED })
  t.equal((await send(app, 'PUT', '/a', { origin: EVIL })).status, 200, 'without a config.cors there is nothing to hold')
  t.strictSame(lines, [])
})

t.test('a stricter config.cors of an unseen route is held', async t => {
  const { app, lines } = unseen()
  let runs = 0
  const cors = { origin: [OTHER] }
  app.route({ method: ['GET', 'PUT', 'POST'], url: '/a', config: { cors }, handler: () => String(++runs) })
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })

  t.equal((await preflight(app, 'PUT', '/a')).status, 204, 'the preflight cannot know')
  const held = await send(app, 'PUT', '/a')
  t.equal(held.status, 403)
  t.match(JSON.parse(held.body), { code: 'FST_CORS_PREFLIGHT_WOULD_REFUSE', message: new RegExp(`PUT /a .*${ALLOWED}`) })
  t.strictSame(held.cors, { 'access-control-allow-origin': OTHER }, 'the headers of its own policy, which are the same for everybody')
  t.equal((await send(app, 'POST', '/a', JSON_BODY)).status, 403, 'a content type that is not safelisted')
  t.equal(runs, 0, 'before the handler')

  t.equal((await send(app, 'GET', '/a')).status, 200, 'a plain GET runs as ever')
  t.equal((await send(app, 'POST', '/a', { headers: { 'content-type': 'text/plain' }, body: 'x' })).status, 200)
  t.equal((await send(app, 'PUT', '/a', { origin: undefined })).status, 200, 'no CORS request')
  t.equal((await send(app, 'PUT', '/a', { origin: OTHER })).status, 200, 'allowed')
  t.equal((await send(app, 'PUT', '/a', { headers: { 'sec-fetch-site': 'same-origin' } })).status, 200, 'the site’s own')
  t.equal(runs, 5)

  t.equal((await send(app, 'PUT', '/a')).status, 403)
  const warnings = lines.filter(({ level }) => level === WARN)
  t.equal(warnings.length, 2, 'once for each method')
  t.match(warnings[0], { method: 'PUT', url: '/a', code: 'FST_CORS_PREFLIGHT_WOULD_REFUSE', fix: /before the application is created/, msg: /PUT \/a/ })
  t.match(warnings[1], { method: 'POST', url: '/a' })
})

t.test('held by methods, headers and by CORS being off', async t => {
  const { app } = unseen()
  app.put('/methods', { config: { cors: { methods: ['PATCH'] } } }, () => 'a')
  app.post('/methods', { config: { cors: { methods: ['PATCH'] } } }, () => 'a')
  app.patch('/methods', { config: { cors: { methods: ['PATCH'] } } }, () => 'a')
  app.put('/any', { config: { cors: { methods: '*' } } }, () => 'a')
  app.post('/headers', { config: { cors: { allowedHeaders: ['x-a'] } } }, () => 'a')
  app.post('/typed', { config: { cors: { allowedHeaders: ['Content-Type'] } } }, () => 'a')
  app.put('/off', { config: { cors: false } }, () => 'a')
  app.get('/off', { config: { cors: false } }, () => 'a')
  app.put('/on', { config: { cors: true } }, () => 'a')
  await app.register(corsPlugin)
  const status = async (method: string, url: string, ask = {}) => (await send(app, method, url, ask)).status
  t.equal(await status('PUT', '/methods'), 403)
  t.equal(await status('PATCH', '/methods'), 200)
  t.equal(await status('POST', '/methods', JSON_BODY), 200, 'a preflight for POST needs no listing')
  t.equal(await status('PUT', '/any'), 200)
  t.equal(await status('POST', '/headers', JSON_BODY), 403)
  t.equal(await status('POST', '/typed', JSON_BODY), 200)
  t.equal(await status('PUT', '/off'), 403)
  t.equal(await status('GET', '/off'), 200)
  t.equal(await status('PUT', '/on'), 200)
  t.strictSame((await send(app, 'GET', '/off')).cors, {})
})

t.test('a config.cors on an unseen route works where its preflight would be accepted too', async t => {
  const { app, lines } = unseen()
  app.put('/a', { config: { cors: { exposedHeaders: ['x-a'] } } }, () => 'a')
  await app.register(corsPlugin, { origin: [ALLOWED] })
  t.strictSame((await send(app, 'PUT', '/a')).cors, { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'x-a' })
  t.strictSame(lines, [])
})

t.test('an invalid config.cors that could not be checked at boot switches CORS off', async t => {
  const { app, lines } = unseen()
  app.get('/a', { config: { cors: { orgin: '*' } as object } }, () => 'a')
  app.put('/a', { config: { cors: { origin: 'example.com' } } }, () => 'a')
  app.get('/string', { config: { cors: 'yes' as never } }, () => 'a')
  app.get('/null', { config: { cors: null as never } }, () => 'a')
  await app.register(corsPlugin, { origin: [ALLOWED] })
  for (const time of ['first', 'second']) {
    const answer = await send(app, 'GET', '/a')
    t.equal(answer.status, 200, time)
    t.strictSame(answer.cors, {}, time)
  }
  const errors = () => lines.filter(({ level }) => level === ERROR)
  t.equal(errors().length, 1, 'logged once')
  t.match(errors()[0], { err: { code: 'FST_CORS_INVALID_OPTIONS', message: /config\.cors of GET \/a/ }, msg: /CORS is off/ })
  t.equal((await send(app, 'PUT', '/a')).status, 403, 'and held: no restriction is lost')
  t.equal(errors().length, 2)
  for (const url of ['/string', '/null']) {
    for (const time of ['first', 'second']) t.strictSame((await send(app, 'GET', url)).cors, {}, `${url}, ${time}`)
  }
  t.equal(errors().length, 4, 'what is no object once for its route too')
})

t.test('routes that were added after the plugin are exact in the same application', async t => {
  const { app, lines } = unseen()
  app.get('/before', () => 'a')
  await app.register(corsPlugin, { origin: [ALLOWED] })
  app.put('/a', { config: { cors: { origin: [OTHER] } } }, () => 'a')
  t.throws(() => app.put('/b', { config: { cors: { orgin: '*' } as object } }, () => 'a'), { code: 'FST_CORS_INVALID_OPTIONS' })
  t.equal((await preflight(app, 'PUT', '/a')).status, 403)
  t.equal((await preflight(app, 'PUT', '/a', { origin: OTHER })).status, 204)
  t.equal((await send(app, 'PUT', '/a')).status, 200, 'its preflight was refused, so there is nothing to hold')
  t.strictSame(lines, [])
})

t.test('an unseen route beside a seen one of another method is held as well', async t => {
  const { app } = unseen()
  app.put('/a', { config: { cors: { origin: [OTHER] } } }, () => 'a')
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  app.delete('/a', () => 'a')
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  t.equal((await send(app, 'PUT', '/a')).status, 403)
  t.equal((await send(app, 'DELETE', '/a')).status, 200)
})

t.test('unseen routes are held too if register is not awaited, and in contexts made before the first registration', async t => {
  const { app } = unseen()
  let gate: () => void = () => {}
  const registered = new Promise<void>(resolve => { gate = resolve })
  app.register(async child => {
    child.put('/early', { config: { cors: { origin: [OTHER] } } }, () => 'a')
    await child.register(corsPlugin, { origin: [ALLOWED, OTHER] })
    child.put('/late', { config: { cors: { origin: [OTHER] } } }, () => 'a')
    gate()
  }, { prefix: '/child' })
  app.register(corsPlugin, { origin: [EVIL] })
  app.put('/breath', { config: { cors: { origin: [OTHER] } } }, () => 'a')
  await app.ready()
  await registered
  t.equal((await preflight(app, 'PUT', '/child/late')).status, 403, 'seen by the child')
  t.equal((await preflight(app, 'PUT', '/child/early')).status, 204)
  t.equal((await send(app, 'PUT', '/child/early')).status, 403)
  t.equal((await preflight(app, 'PUT', '/breath', { origin: EVIL })).status, 204)
  t.equal((await send(app, 'PUT', '/breath', { origin: EVIL })).status, 403)
})

t.test('an unseen OPTIONS route', async t => {
  const { app } = unseen()
  app.options('/a', () => 'own')
  app.put('/a', () => 'a')
  await app.register(corsPlugin, { origin: [ALLOWED] })
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  t.equal((await send(app, 'OPTIONS', '/a')).body, 'own')
})

t.test('an unseen and ungoverned route keeps its handler', async t => {
  const { app, lines } = unseen()
  app.put('/outside', { config: { cors: { origin: [OTHER] } } }, () => 'a')
  app.register(async child => { child.register(corsPlugin, { origin: [ALLOWED] }) }, { prefix: '/child' })
  const answer = await send(app, 'PUT', '/outside')
  t.equal(answer.status, 200)
  t.strictSame(answer.cors, {})
  t.match(lines, [{ level: 40, msg: /governs no route/ }], 'the registration is named, and the route is not')
})

t.test('HEAD routes of unseen GETs', async t => {
  const { app } = unseen()
  app.get('/a', { config: { cors: { origin: [OTHER] } } }, () => 'a')
  await app.register(corsPlugin, { origin: [ALLOWED] })
  t.strictSame((await send(app, 'HEAD', '/a')).cors, { 'access-control-allow-origin': OTHER })
})

t.test('an error while the route of a preflight is looked up is logged, and the request is answered', async t => {
  const { app, lines } = unseen()
  app.put('/a', () => 'a')
  app.options('/own', () => 'own') // without one, no route is looked for
  await app.register(corsPlugin)
  await app.ready()
  app.findRoute = () => { throw new Error('out of order') }
  t.equal((await preflight(app, 'PUT', '/a')).status, 404)
  t.match(lines, [{ level: ERROR, err: { message: 'out of order' }, msg: /could not find the route/ }])
})

t.test('after reconfigure, the config.cors of an unseen route is checked again', async t => {
  const { app, lines } = unseen()
  app.route({ method: ['GET', 'PUT'], url: '/any', config: { cors: { origin: '*' } }, handler: () => 'a' })
  app.route({ method: ['GET', 'PUT'], url: '/own', config: { cors: { maxAge: 3, exposedHeaders: ['x-own'] } }, handler: () => 'a' })
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER], credentials: true })
  await app.ready()
  const read = async (url: string, origin = ALLOWED) => (await send(app, 'GET', url, { origin })).cors
  const errors = () => lines.filter(({ level }) => level === ERROR).length
  t.strictSame(await read('/any'), {}, 'with credentials, it is invalid')
  t.match(await read('/own'), { 'access-control-allow-credentials': 'true', 'access-control-expose-headers': 'x-own' })
  t.equal((await send(app, 'PUT', '/any')).status, 403)
  t.equal(errors(), 2, 'one for each method')
  app.cors.reconfigure({ origin: [OTHER] })
  t.strictSame(await read('/any'), { 'access-control-allow-origin': '*' }, 'without, it is valid')
  t.strictSame(await read('/own'), { 'access-control-expose-headers': 'x-own', 'access-control-allow-origin': OTHER }, 'a constant origin')
  t.equal((await send(app, 'PUT', '/any', { origin: OTHER })).status, 200)
  t.equal(errors(), 2)
  app.cors.reconfigure({ origin: [ALLOWED], credentials: true })
  t.strictSame(await read('/any'), {}, 'and invalid again')
  t.equal(errors(), 3, 'the log says so again')
})

t.test('after reconfigure, an unseen route is held to the options that hold', async t => {
  const { app } = unseen()
  app.put('/a', { config: { cors: { allowedHeaders: ['x-a'] } } }, () => 'a')
  app.post('/a', { config: { cors: { allowedHeaders: ['x-a'] } } }, () => 'a')
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  const statuses = async () => Promise.all([send(app, 'PUT', '/a'), send(app, 'POST', '/a', JSON_BODY)].map(async sent => (await sent).status))
  t.strictSame(await statuses(), [200, 403])
  app.cors.reconfigure({ origin: [ALLOWED, OTHER], methods: ['PATCH'] })
  t.strictSame(await statuses(), [403, 403])
  app.cors.reconfigure({ origin: [OTHER] })
  t.strictSame(await statuses(), [403, 403])
  app.cors.reconfigure({ origin: [ALLOWED, OTHER] })
  t.strictSame(await statuses(), [200, 403])
})

t.test('the policy of a route that was seen does not answer for an unseen one of another method at its URL', async t => {
  const { app } = unseen()
  app.put('/a', () => 'a')
  await app.register(corsPlugin, { origin: [ALLOWED] })
  app.get('/a', { config: { cors: { origin: [OTHER] } } }, () => 'a')
  t.equal((await preflight(app, 'PUT', '/a')).status, 204)
  t.equal((await preflight(app, 'PUT', '/a', { origin: OTHER })).status, 403)
  t.equal((await preflight(app, 'GET', '/a', { origin: OTHER })).status, 204)
})

t.test('a URL with an unseen route is a routed one, also for a safelisted method', async t => {
  const { app } = unseen()
  app.get('/a', () => 'a')
  await app.register(corsPlugin, { origin: ALLOWED })
  t.equal((await preflight(app, 'GET', '/a')).cors.vary, undefined)
  t.equal((await preflight(app, 'GET', '/nothing')).cors.vary, 'Access-Control-Request-Method')
})
