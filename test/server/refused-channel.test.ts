import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import Fastify from 'fastify'
import type { FastifyServerOptions } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, logLines, preflight, send } from '../support/exchange'
import { refusalsIn } from './refusal-lines'

const NAME = 'fastify-cors-policy:refused'

interface Message { readonly request: { readonly headers: object, readonly raw: object }, readonly [key: string]: unknown }

/** What is published while the test runs. */
function listen (t: Test): Message[] {
  const messages: Message[] = []
  const listener = (message: unknown) => { messages.push(message as Message) } // a row that has other fields is not equal to it
  subscribe(NAME, listener)
  t.teardown(() => { unsubscribe(NAME, listener) })
  return messages
}

async function appWith (options: corsPlugin.CorsOptions, server: FastifyServerOptions = {}) {
  const app = Fastify(server)
  await app.register(corsPlugin, options)
  app.route({ method: ['GET', 'PUT'], url: '/a', handler: () => 'a' })
  app.put('/v', { constraints: { version: '1.0.0' } }, () => 'a')
  app.put('/v', { constraints: { version: '2.0.0' }, config: { cors: { methods: [] } } }, () => 'a')
  return app
}

const fix = `if its pages may read this, add '${EVIL}' to \`origin\` in the registration of the application`

t.test('each refusal is published, with or without a log', async t => {
  const messages = listen(t)
  const app = await appWith({ origin: ALLOWED, enforce: 'unsafe' })
  const expected = { origin: EVIL, method: 'GET', url: '/a', code: 'AllowOriginMismatch', fix, preflight: false, reason: 'the origin is not allowed' }
  await send(app, 'GET', '/a?secret', { origin: EVIL })
  await send(app, 'GET', '/a', { origin: EVIL })
  await send(app, 'PUT', '/a', { origin: EVIL })
  await preflight(app, 'PUT', '/a', { origin: EVIL })
  await send(app, 'PUT', '/v', { headers: { 'accept-version': '2.0.0' } })
  await send(app, 'GET', '/a')
  await preflight(app, 'PUT', '/a')
  t.strictSame(messages.map(({ request, ...rest }) => rest), [
    expected,
    expected,
    { ...expected, method: 'PUT', code: 'FST_CORS_ORIGIN_NOT_ALLOWED' },
    { ...expected, method: 'PUT', code: 'PreflightMissingAllowOriginHeader', preflight: true },
    {
      origin: ALLOWED,
      method: 'PUT',
      url: '/v',
      code: 'FST_CORS_PREFLIGHT_WOULD_REFUSE',
      fix: 'give the routes at this URL that differ by constraints the same CORS policy',
      preflight: false,
      reason: 'another policy at this URL may have accepted its preflight, and the policy of PUT /v does not accept the request'
    }
  ])
  t.equal((messages[0]?.request.headers as { origin?: string }).origin, EVIL)
})

t.test('the log is as it would be without listeners', async t => {
  for (const level of ['info', 'warn']) {
    const counts: number[] = []
    for (const isHeard of [false, true]) {
      await t.test(`${level}, ${isHeard}`, async t => {
        if (isHeard) listen(t)
        const { lines, stream } = logLines()
        const app = await appWith({ origin: ALLOWED }, { logger: { level, stream } })
        for (let i = 0; i < 3; i++) await send(app, 'GET', '/a', { origin: EVIL })
        counts.push(refusalsIn(lines).length)
      })
    }
    t.strictSame(counts, level === 'info' ? [1, 1] : [0, 0], level)
  }
})

t.test('without a subscriber and a logger, a report is not even made', async t => {
  const options: corsPlugin.CorsOptions = { origin: [/^https:\/\/[a-z]\.example\.com$/] }
  const app = await appWith(options)
  const logged = await appWith(options, { logger: { level: 'info', stream: logLines().stream } })
  await Promise.all([app.ready(), logged.ready()])
  const { has } = Set.prototype
  const read: unknown[] = []
  /* eslint-disable no-extend-native -- advice looks up origins that look alike: there is no better sign that it was given. */
  t.teardown(() => { Set.prototype.has = has })
  Set.prototype.has = function (value: unknown) {
    if (String(value).includes('example') && !read.includes(value)) read.push(value)
    return has.call(this, value)
  }
  /* eslint-enable no-extend-native */
  const origin = 'http://a.example.com'
  await send(app, 'GET', '/a', { origin })
  t.strictSame(read, [origin])
  for (const isNew of [true, false]) {
    read.length = 0
    await send(logged, 'GET', '/a', { origin })
    t.equal(read.length > 1, isNew, 'nor for a level that is not written')
  }
  read.length = 0
  const messages = listen(t)
  await send(app, 'GET', '/a', { origin })
  t.ok(read.length > 1)
  t.equal(messages.length, 1)
  t.equal(channel(NAME).hasSubscribers, true)
})
