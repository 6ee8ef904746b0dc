import { Readable } from 'node:stream'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, listen, send, sendHttp } from '../support/exchange'
import type { Ask, Exchange } from '../support/exchange'

// Node.js refuses to write a head with a status or a value that HTTP does not allow. What answers then, such as an error handler
// that adds CORS headers of its own, is held to the policy like the response that failed.

type Options = corsPlugin.CorsOptions

const STALE = { 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true', 'access-control-max-age': '9', vary: 'Accept' }

const BAD = 'a\u0001b'

/** Each handler makes the first `writeHead` throw. */
const failing: Readonly<Record<string, (reply: FastifyReply) => unknown>> = {
  'a text with a header that HTTP does not allow': reply => reply.header('x-bad', BAD).send('a'),
  'such a header beside CORS headers': reply => reply.headers({ ...STALE, 'x-bad': BAD }).send('a'),
  'an object with such a header': reply => reply.header('x-bad', BAD).send({ a: 1 }),
  'a buffer with such a header': reply => reply.header('x-bad', BAD).send(Buffer.from('a')),
  'a CORS header that HTTP does not allow, beside another': reply => reply.headers({ 'access-control-allow-methods': 'PUT', 'x-bad': BAD }).send('a')
}

/** What the error handler answers with. It has CORS headers of its own, as those copied from other projects do. */
function answer (reply: FastifyReply): void {
  reply.removeHeader('x-bad').headers(STALE).code(500).send('failed')
}

function appWith (options: Options, handler: (reply: FastifyReply) => unknown): FastifyInstance {
  const app = Fastify()
  app.setErrorHandler((_error, _request, reply) => { answer(reply) })
  app.register(corsPlugin, options)
  app.get('/a', (_request, reply) => { handler(reply) })
  app.get('/async', async (_request, reply) => { await handler(reply); return reply })
  app.get('/off', { config: { cors: false } }, (_request, reply) => { handler(reply) })
  return app
}

const policies: ReadonlyArray<readonly [it: string, options: Options, allowed: object, refused: object]> = [
  ['a list', { origin: [ALLOWED, OTHER] }, { 'access-control-allow-origin': ALLOWED, vary: 'Accept, Origin' }, { vary: 'Accept, Origin' }],
  ['one origin', { origin: ALLOWED, exposedHeaders: ['x-a'] }, { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'x-a', vary: 'Accept' }, { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'x-a', vary: 'Accept' }],
  ['an async function', { origin: async origin => origin === ALLOWED }, { 'access-control-allow-origin': ALLOWED, vary: 'Accept, Origin' }, { vary: 'Accept, Origin' }],
  ['sessions', { origin: [ALLOWED, OTHER], credentials: true }, { 'access-control-allow-origin': ALLOWED, 'access-control-allow-credentials': 'true', vary: 'Accept, Origin' }, { vary: 'Accept, Origin' }]
]

/** The order of the names in `Vary` means nothing, and the first head may have left some. */
function sorted ({ vary, ...cors }: Readonly<Record<string, string>>): object {
  return vary === undefined ? cors : { ...cors, vary: vary.split(', ').sort().join(', ') }
}

type Sent = (app: FastifyInstance, method: string, url: string, ask?: Ask) => Promise<Exchange>

async function check (t: Test, sent: Sent, app: FastifyInstance, [it, , allowed, refused]: typeof policies[number], how: string): Promise<void> {
  for (const url of ['/a', '/async']) {
    const yes = await sent(app, 'GET', url)
    t.strictSame([yes.status, yes.body, sorted(yes.cors)], [500, 'failed', allowed], `${it}, ${how}, ${url}`)
    const no = await sent(app, 'GET', url, { origin: EVIL })
    t.strictSame([no.status, no.body, sorted(no.cors)], [500, 'failed', refused], `${it}, ${how}, ${url}, refused`)
  }
}

t.test('after a head that could not be written, the error handler’s answer has the headers of the policy', async t => {
  for (const policy of policies) {
    for (const [how, handler] of Object.entries(failing)) await check(t, send, appWith(policy[1], handler), policy, how)
  }
})

t.test('so has it where middleware has set a header on the raw response, which makes Fastify’s head another one', async t => {
  for (const policy of policies) {
    for (const [how, handler] of Object.entries(failing)) {
      await check(t, send, appWith(policy[1], reply => { reply.raw.setHeader('x-early', '1'); return handler(reply) }), policy, how)
    }
  }
})

t.test('and over a connection', async t => {
  for (const policy of policies.slice(0, 2)) {
    for (const early of [false, true]) {
      const app = appWith(policy[1], reply => {
        if (early) reply.raw.setHeader('x-early', '1')
        return reply.header('x-bad', BAD).send('a')
      })
      await listen(app)
      await check(t, sendHttp, app, policy, early ? 'middleware' : 'alone')
      await app.close()
    }
  }
})

t.test('an error handler that streams its answer', async t => {
  for (const [it, options, allowed, refused] of policies) {
    const app = Fastify()
    app.setErrorHandler((_error, _request, reply) => { reply.removeHeader('x-bad').headers(STALE).code(500).send(Readable.from(['failed'])) })
    app.register(corsPlugin, options)
    app.get('/a', (_request, reply) => { reply.header('x-bad', BAD).send('a') })
    t.strictSame(sorted((await send(app, 'GET', '/a')).cors), allowed, it)
    t.strictSame(sorted((await send(app, 'GET', '/a', { origin: EVIL })).cors), refused, `${it}, refused`)
  }
})

t.test('where CORS is off, the error handler’s CORS headers are left alone', async t => {
  for (const early of [false, true]) {
    const app = appWith({ origin: [ALLOWED, OTHER] }, reply => {
      if (early) reply.raw.setHeader('x-early', '1')
      return reply.header('x-bad', BAD).send('a')
    })
    t.strictSame((await send(app, 'GET', '/off')).cors, STALE)
  }
})

/** What a handler writes that has taken the reply over: first a head that throws, then another. */
const seconds: Readonly<Record<string, (reply: FastifyReply) => void>> = {
  'an object': ({ raw }) => { raw.writeHead(500, STALE) },
  'a reason and an object': ({ raw }) => { raw.writeHead(500, 'Failed', STALE) },
  'a list': ({ raw }) => { raw.writeHead(500, Object.entries(STALE).flat()) },
  'headers set before': ({ raw }) => {
    for (const [name, value] of Object.entries(STALE)) raw.setHeader(name, value)
    raw.writeHead(500)
  },
  'no writeHead at all': ({ raw }) => {
    for (const [name, value] of Object.entries(STALE)) raw.setHeader(name, value)
    raw.statusCode = 500
  }
}

const firsts: Readonly<Record<string, (reply: FastifyReply) => void>> = {
  'a status that HTTP does not have': ({ raw }) => { raw.writeHead(99, { 'x-first': '1' }) },
  'a value that HTTP does not allow': ({ raw }) => { raw.writeHead(200, { 'x-bad': BAD }) },
  'such a value beside CORS headers': ({ raw }) => { raw.writeHead(200, { ...STALE, 'x-bad': BAD }) }
}

t.test('a hijacked reply: a second head has the headers of the policy after a first that threw', async t => {
  for (const [it, options, allowed, refused] of policies) {
    for (const [first, fails] of Object.entries(firsts)) {
      for (const [second, writes] of Object.entries(seconds)) {
        let thrown = 0
        const app = Fastify()
        app.register(corsPlugin, options)
        app.get('/a', (_request, reply) => {
          reply.hijack()
          try { fails(reply) } catch { thrown++ }
          reply.raw.removeHeader('x-bad')
          writes(reply)
          reply.raw.end('failed')
        })
        const yes = await send(app, 'GET', '/a')
        const no = await send(app, 'GET', '/a', { origin: EVIL })
        t.strictSame([thrown, yes.status, sorted(yes.cors), sorted(no.cors)], [2, 500, allowed, refused], `${it}: ${first}, then ${second}`)
      }
    }
  }
})

t.test('wrappers that other hooks put around writeHead are called for both heads', async t => {
  const heads: unknown[] = []
  const app = Fastify()
  app.setErrorHandler((_error, _request, reply) => { answer(reply) })
  app.addHook('onRequest', async (_request, { raw }) => {
    const { writeHead } = raw
    raw.writeHead = function (this: typeof raw, ...args: unknown[]) { heads.push(args[0]); return writeHead.apply(this, args as never) } as typeof writeHead // passes on what it is given
  })
  app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
  app.get('/a', (_request, reply) => { reply.header('x-bad', BAD).send('a') })
  t.strictSame((await send(app, 'GET', '/a')).cors, { 'access-control-allow-origin': ALLOWED, vary: 'Accept, Origin' })
  t.strictSame(heads, [200, 500])
})

t.test('options that are swapped between the two heads do not reach the second', async t => {
  for (const early of [false, true]) {
    const app = Fastify()
    app.setErrorHandler((_error, _request, reply) => {
      app.cors.reconfigure({ origin: [OTHER, EVIL], vary: ['x-new'], exposedHeaders: ['x-new'] })
      answer(reply)
    })
    await app.register(corsPlugin, { origin: [ALLOWED, OTHER], exposedHeaders: ['x-old'] })
    app.get('/a', (_request, reply) => {
      if (early) reply.raw.setHeader('x-early', '1')
      reply.header('x-bad', BAD).send('a')
    })
    await app.ready()
    t.strictSame(sorted((await send(app, 'GET', '/a')).cors), { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'x-old', vary: 'Accept, Origin' })
  }
})
