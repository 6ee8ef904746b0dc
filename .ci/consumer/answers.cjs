'use strict'

// What the plugin answers over a socket, on whatever runtime runs this file.

const assert = require('node:assert/strict')
const http = require('node:http')
const Fastify = require('fastify')
const corsPlugin = require('fastify-cors-policy')

const PAGE = 'https://app.example.com'
const STRANGER = 'https://evil.example'

const options = {
  origin: [PAGE, 'https://*.example.org', /^https:\/\/pr-\d+\.example\.net$/],
  credentials: true,
  exposedHeaders: ['X-Total'],
  maxAge: 600,
  timingAllowOrigin: true
}

const readable = origin => ({
  'access-control-allow-origin': origin,
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'X-Total',
  'timing-allow-origin': origin,
  vary: 'Origin'
})
const preflight = (origin, method, headers) => ({ method: 'OPTIONS', headers: { origin, 'access-control-request-method': method, ...headers } })
const accepted = {
  'access-control-allow-origin': PAGE,
  'access-control-allow-credentials': 'true',
  'access-control-allow-methods': 'GET, HEAD, POST, PUT',
  'access-control-max-age': '600'
}
const preflightVary = 'Origin, Access-Control-Request-Headers'
const unreadable = { vary: 'Origin' }

/** Each answer has these CORS headers and `Vary`, and no others. */
const answers = [
  { it: 'accepts a preflight', url: '/users/1', ...preflight(PAGE, 'PUT'), status: 204, answer: { ...accepted, vary: preflightVary } },
  { it: 'echoes the requested headers', url: '/users/1', ...preflight(PAGE, 'PUT', { 'access-control-request-headers': 'x-a' }), status: 204, answer: { ...accepted, 'access-control-allow-headers': 'x-a', vary: preflightVary } },
  { it: 'refuses the preflight of another origin', url: '/users/1', ...preflight(STRANGER, 'PUT'), status: 403, answer: unreadable },
  { it: 'refuses the preflight of a route with cors: false', url: '/internal', ...preflight(PAGE, 'PUT'), status: 403, answer: {} },
  { it: 'lets the page read', url: '/users/1', headers: { origin: PAGE }, status: 200, answer: readable(PAGE) },
  { it: 'lets a subdomain read', url: '/users/1', headers: { origin: 'https://a.b.example.org' }, status: 200, answer: readable('https://a.b.example.org') },
  { it: 'lets an origin of the RegExp read', url: '/users/1', headers: { origin: 'https://pr-12.example.net' }, status: 200, answer: readable('https://pr-12.example.net') },
  { it: 'does not let another origin read', url: '/users/1', headers: { origin: STRANGER }, status: 200, answer: unreadable },
  { it: 'answers a request without Origin', url: '/users/1', headers: {}, status: 200, answer: unreadable },
  { it: 'lets the page read a 404', url: '/none', headers: { origin: PAGE }, status: 404, answer: readable(PAGE) },
  { it: 'lets the page read a 500', url: '/fails', headers: { origin: PAGE }, status: 500, answer: readable(PAGE) },
  { it: 'lets the page read a stream', url: '/stream', headers: { origin: PAGE }, status: 200, answer: readable(PAGE) },
  { it: 'lets the page read a hijacked reply', url: '/hijacked', headers: { origin: PAGE }, status: 200, answer: readable(PAGE) },
  { it: 'opens one route to everybody', url: '/public', headers: { origin: STRANGER }, status: 200, answer: { 'access-control-allow-origin': '*' } },
  { it: 'enforces the policy of a route', url: '/enforced', method: 'POST', headers: { origin: STRANGER }, status: 403, answer: unreadable },
  { it: 'lets the page post to that route', url: '/enforced', method: 'POST', headers: { origin: PAGE }, status: 200, answer: readable(PAGE) }
]

async function start () {
  const app = Fastify()
  await app.register(corsPlugin, options)
  app.get('/users/:id', async () => 'user')
  app.put('/users/:id', async () => 'changed')
  app.put('/internal', { config: { cors: false } }, async () => 'internal')
  app.get('/fails', async () => { throw new Error('on purpose') })
  app.get('/stream', (_request, reply) => reply.send(require('node:stream').Readable.from(['a', 'b'])))
  app.get('/hijacked', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/plain' })
    reply.raw.end('hijacked')
  })
  app.get('/public', { config: { cors: { origin: '*', credentials: false, exposedHeaders: [], timingAllowOrigin: false } } }, async () => 'public')
  app.post('/enforced', { config: { cors: { enforce: 'all' } } }, async () => 'enforced')
  await app.listen({ host: '127.0.0.1', port: 0 })
  return app
}

function send (port, { url, method = 'GET', headers }) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path: url, method, headers, agent: false }, response => {
      response.resume().on('end', () => { resolve(response) })
    })
    request.on('error', reject).end()
  })
}

const isOfCors = name => name.startsWith('access-control-') || name === 'vary' || name === 'timing-allow-origin'

async function answersOf () {
  const app = await start()
  const { port } = app.server.address()
  for (const row of answers) {
    const { statusCode, headers } = await send(port, row)
    const found = Object.fromEntries(Object.entries(headers).filter(([name]) => isOfCors(name)))
    assert.deepEqual({ status: statusCode, ...found }, { status: row.status, ...row.answer }, row.it)
  }
  const { allowed } = await app.cors.explain({ origin: STRANGER, method: 'PUT', url: '/users/1' })
  assert.equal(allowed, false, 'explain')
  app.cors.reconfigure({ ...options, origin: STRANGER })
  assert.equal((await send(port, { url: '/users/1', headers: { origin: STRANGER } })).headers['access-control-allow-origin'], STRANGER, 'reconfigure')
  await app.close()
}

async function main () {
  await answersOf()
  assert.deepEqual(corsPlugin.check({ origin: 'https://app.example.com/' }).map(({ code }) => code), ['FST_CORS_ORIGIN_PATH'])
  const { node, bun, deno } = process.versions
  console.log(`${answers.length + 3} checks passed on ${bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`}`)
}

// An application that never closes would keep the process, so that nothing fails.
setTimeout(() => { throw new Error('nothing happened for a minute') }, 60_000).unref()
main().catch(err => {
  console.error(err)
  process.exit(1)
})
