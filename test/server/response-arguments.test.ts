import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'

const ALLOWED = 'https://a.test'
const EVIL = 'https://evil.test'
const LIST = { origin: [ALLOWED, 'https://b.test'] }

async function ready (options: corsPlugin.CorsOptions, add: (app: FastifyInstance) => void): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(corsPlugin, options)
  add(app)
  await app.ready()
  return app
}

type Write = (raw: FastifyReply['raw']) => void

const foreign = { 'Access-Control-Allow-Origin': '*', Vary: 'Accept', 'X-Own': '1' }
// Node.js takes forms that its types do not have.
const writes: Readonly<Record<string, Write>> = {
  'no reason': raw => { raw.writeHead(200, undefined, foreign) },
  'a reason': raw => { raw.writeHead(200, 'OK', foreign) },
  'a frozen object': raw => { raw.writeHead(200, Object.freeze({ ...foreign })) },
  'a flat list': raw => { raw.writeHead(200, Object.entries(foreign).flat()) }
}

for (const [name, write] of Object.entries(writes)) {
  t.test(`writeHead with ${name}, by a handler and by a later hook`, async t => {
    const app = await ready(LIST, app => {
      app.get('/handler', (_request, reply) => { reply.hijack(); write(reply.raw); reply.raw.end() })
      app.get('/hook', { onSend: (_request, reply) => { reply.hijack(); write(reply.raw); reply.raw.end() } }, () => 'never sent')
    })
    for (const url of ['/handler', '/hook']) {
      for (const origin of [ALLOWED, EVIL]) {
        const { headers } = await app.inject({ url, headers: { origin } })
        t.equal(headers['access-control-allow-origin'], origin === ALLOWED ? ALLOWED : undefined, `${url} ${origin}`)
        t.equal(headers.vary, 'Accept, Origin')
        t.equal(headers['x-own'], '1')
      }
    }
  })
}

t.test('Timing-Allow-Origin takes the place of the one in the arguments of writeHead', async t => {
  for (const timingAllowOrigin of [true, false]) {
    const app = await ready({ ...LIST, timingAllowOrigin }, app => {
      app.get('/', (_request, reply) => { reply.hijack(); reply.raw.writeHead(200, { 'Timing-Allow-Origin': '*' }).end() })
    })
    const { headers } = await app.inject({ url: '/', headers: { origin: ALLOWED } })
    t.equal(headers['timing-allow-origin'], timingAllowOrigin ? ALLOWED : '*')
  }
})

t.test('writeHead with a list keeps every line of a name', async t => {
  const lists: Readonly<Record<string, string[] | string[][]>> = {
    '/flat': ['Set-Cookie', 'a=1', 'set-cookie', 'b=2', 'Link', '<c>'],
    '/pairs': [['Set-Cookie', 'a=1'], ['set-cookie', 'b=2'], ['Link', '<c>']]
  }
  const app = await ready(LIST, app => {
    // Node.js takes pairs too, and its types do not say so.
    for (const [url, list] of Object.entries(lists)) app.get(url, (_request, reply) => { reply.hijack(); reply.raw.writeHead(200, list as string[]).end() })
  })
  t.teardown(() => app.close())
  const at = await app.listen({ port: 0, host: '127.0.0.1' })
  for (const url of Object.keys(lists)) {
    const response = await fetch(at + url, { headers: { origin: ALLOWED, connection: 'close' } })
    t.same(response.headers.getSetCookie(), ['a=1', 'b=2'])
    t.equal(response.headers.get('link'), '<c>')
  }
})
