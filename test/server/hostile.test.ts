import { once } from 'node:events'
import { validateHeaderValue } from 'node:http'
import net from 'node:net'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, listen, portOf, preflight, send } from '../support/exchange'

const LIST: corsPlugin.CorsOptions = { origin: [ALLOWED, OTHER] }
const SESSIONS: corsPlugin.CorsOptions = { origin: [ALLOWED, OTHER], credentials: true, methods: '*' }

async function appWith (options: corsPlugin.CorsOptions, server: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = Fastify(server)
  await app.register(corsPlugin, options)
  app.route({ method: ['GET', 'PUT', 'POST'], url: '/a', handler: () => 'a' })
  return app
}

interface Raw { status: number, cors: string[], body: string }

/** Sends bytes over a socket, and returns the bytes that come back until it closes. */
async function exchange (app: FastifyInstance, target: string, lines: readonly string[], method = 'GET'): Promise<Raw> {
  if (!app.server.listening) await listen(app)
  const socket = net.connect(portOf(app), '127.0.0.1')
  socket.write(Buffer.from([`${method} ${target} HTTP/1.1`, 'Host: api.test', 'Connection: close', ...lines, '', ''].join('\r\n'), 'latin1'))
  let text = ''
  socket.on('data', chunk => { text += chunk.toString('latin1') })
  socket.on('error', () => {})
  await once(socket, 'close')
  const [head = '', body = ''] = text.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), cors: head.split('\r\n').filter(line => /^(access-control-|vary:)/i.test(line)).map(line => line.toLowerCase()).sort(), body }
}

function preflightLines (method: string, origin = ALLOWED): string[] {
  return [`Origin: ${origin}`, `Access-Control-Request-Method: ${method}`]
}

async function isUp (t: Test, app: FastifyInstance): Promise<void> {
  t.equal((await send(app, 'GET', '/a', { origin: undefined })).body, 'a', 'and the server goes on')
}

t.test('two Origin headers are not an allowed origin', async t => {
  const app = await appWith(SESSIONS)
  t.teardown(async () => { await app.close() })
  for (const pair of [[ALLOWED, EVIL], [EVIL, ALLOWED], [ALLOWED, OTHER]]) {
    const lines = pair.map(origin => `Origin: ${origin}`)
    const answer = await exchange(app, '/a', lines)
    t.equal(answer.status, 200)
    t.equal(answer.cors.join('\n'), 'vary: origin')
    t.equal((await exchange(app, '/a', [...lines, 'Access-Control-Request-Method: PUT'], 'OPTIONS')).status, 403)
  }
  await isUp(t, app)
})

t.test('odd origins are refused and never repeated', async t => {
  const odd = ['', ' ', 'null', '*', ALLOWED + '..', ALLOWED + '/', ALLOWED + '\t', ALLOWED.toUpperCase(), `${ALLOWED} ${EVIL}`, 'https://app.example.com@evil.test',
    'https://app.example.com%00.evil.test', 'https://app.example.com\u00e9', '__proto__', 'constructor', 'https://[', 'https://:', '://', 'https://' + 'a.'.repeat(8000), 'x'.repeat(12_000)]
  const policies: corsPlugin.CorsOptions[] = [
    SESSIONS,
    { origin: ['https://*.example.com:*', 'http://localhost:*'] },
    { origin: /^https:\/\/[a-z]{1,20}\.example\.com$/ },
    { origin: origin => origin === ALLOWED },
    { origin: true, credentials: true, dangerously: { anyOriginWithCredentials: true } }
  ]
  for (const policy of policies) {
    const app = await appWith(policy)
    t.teardown(async () => { await app.close() })
    for (const origin of odd) {
      if (origin.trim() === ALLOWED) continue // blanks around a field value are not part of it
      const answer = await exchange(app, '/a', [`Origin: ${origin}`])
      t.equal(answer.status, 200, origin.slice(0, 60))
      t.equal(answer.cors.join('\n'), 'vary: origin')
      const flight = await exchange(app, '/a', preflightLines('PUT', origin), 'OPTIONS')
      t.equal(flight.status, 403, origin.slice(0, 60))
      t.notOk(flight.cors.some(line => line.startsWith('access-control-')))
      t.ok(flight.body.length < 1000, 'nor is much of it')
    }
    await isUp(t, app)
  }
})

t.test('headers that are too large for Node.js get 431, and smaller ones are read', async t => {
  const app = await appWith(SESSIONS)
  t.teardown(async () => { await app.close() })
  t.equal((await exchange(app, '/a', [`Origin: ${'x'.repeat(17_000)}`])).status, 431)
  const names = Array.from({ length: 1500 }, (_, i) => `x-${i}`).join(',')
  const many = await exchange(app, '/a', [...preflightLines('PUT'), `Access-Control-Request-Headers: ${names}`], 'OPTIONS')
  t.equal(many.status, 204)
  t.ok(many.cors.includes(`access-control-allow-headers: ${names}`))
  await isUp(t, app)
})

/** Every byte that Node.js lets into a field value with this option. */
const BYTES = Array.from({ length: 255 }, (_, i) => String.fromCharCode(i + 1)).filter(char => char !== '\r' && char !== '\n')

t.test('with insecureHTTPParser, no byte that Node.js would not send is echoed, and none ends the process', { timeout: 120_000 }, async t => {
  const reflecting: corsPlugin.CorsOptions = { origin: true, credentials: true, dangerously: { anyOriginWithCredentials: true } }
  const asking: corsPlugin.CorsOptions = { origin: origin => origin, credentials: true }
  for (const options of [SESSIONS, reflecting, asking]) {
    const app = await appWith(options, { http: { insecureHTTPParser: true } } as FastifyServerOptions)
    t.teardown(async () => { await app.close() })
    for (const char of BYTES) {
      const names = `a${char}b`
      const { status, cors } = await exchange(app, '/a', [...preflightLines('PUT'), `Access-Control-Request-Headers: ${names}`], 'OPTIONS')
      const echoed = cors.find(line => line.startsWith('access-control-allow-headers:'))
      t.equal(status, 204, JSON.stringify(names))
      t.equal(echoed, isSendable(names) ? `access-control-allow-headers: ${names.toLowerCase()}` : undefined, JSON.stringify(names))
      if (isSendable(names)) continue
      for (const lines of [[`Origin: https://a${char}b.example.com`], preflightLines('PUT', `https://a${char}b.example.com`), preflightLines(names)]) {
        const odd = await exchange(app, '/a', lines, lines.length === 1 ? 'GET' : 'OPTIONS')
        t.ok([200, 204, 403, 404].includes(odd.status), JSON.stringify(lines))
        t.notOk(odd.cors.some(line => line.includes(char)), JSON.stringify(lines))
      }
    }
    await isUp(t, app)
  }
})

function isSendable (value: string): boolean {
  try {
    validateHeaderValue('x', value)
    return true
  } catch {
    return false
  }
}

t.test('names that Node.js would not send are left out of merged lists', async t => {
  const app = await appWith({ origin: [ALLOWED], exposedHeaders: ['x-own'] })
  app.get('/upstream', (_request, reply) => reply.header('access-control-expose-headers', 'x-a, \u0001').send('a'))
  t.strictSame((await send(app, 'GET', '/upstream')).cors, { 'access-control-allow-origin': ALLOWED, 'access-control-expose-headers': 'x-own, x-a' })
  const varying = await appWith({ origin: [ALLOWED, OTHER] })
  varying.get('/upstream', (_request, reply) => reply.header('vary', 'accept, b\u0001, x\u0100').send('a'))
  t.equal((await send(varying, 'GET', '/upstream')).headers.vary, 'accept, Origin')
})

t.test('blanks in a long list of requested headers take no time', async t => {
  const app = await appWith({ ...LIST, allowedHeaders: ['X-A'] })
  const start = process.hrtime.bigint()
  for (const names of [' '.repeat(15_000), ','.repeat(15_000), ' ,'.repeat(7_000) + 'x', 'x' + '\t'.repeat(15_000) + 'y']) {
    t.equal((await preflight(app, 'PUT', '/a', { names })).status, 204)
  }
  t.ok(process.hrtime.bigint() - start < 1_000_000_000n)
})

t.test('odd requested methods are preflights if they are tokens, and never fail', async t => {
  const tokens = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'put', 'Put', '*', "!#$%&'*+-.^_`|~", 'CONNECT', 'TRACE', 'X'.repeat(64)]
  for (const options of [LIST, { ...LIST, methods: ['PUT'] }, { ...LIST, methods: '*' }, SESSIONS] as corsPlugin.CorsOptions[]) {
    const app = await appWith(options)
    t.teardown(async () => { await app.close() })
    for (const method of tokens) {
      for (const target of ['/a', '/nothing', '/__proto__']) {
        const answer = await exchange(app, target, preflightLines(method), 'OPTIONS')
        t.equal(answer.status, 204, `${method} ${target}`)
        t.ok(answer.cors.includes(`access-control-allow-origin: ${ALLOWED}`))
        t.equal((await exchange(app, target, preflightLines(method, EVIL), 'OPTIONS')).status, 403)
      }
    }
    await isUp(t, app)
  }
})

t.test('a request is not a preflight if the requested method is not a token', async t => {
  const app = await appWith(SESSIONS)
  t.teardown(async () => { await app.close() })
  for (const method of ['', 'P U T', 'PUT,GET', 'PUT;', 'P\u00dcT', '(PUT)', '"PUT"', 'PUT\tGET', 'X'.repeat(65), 'X'.repeat(10_000)]) {
    const answer = await exchange(app, '/a', preflightLines(method), 'OPTIONS')
    t.equal(answer.status, 404, method.slice(0, 20))
    t.notOk(answer.cors.some(line => line.startsWith('access-control-allow-methods')))
  }
  for (const method of ['PU\u0001T', 'PU\u0000T']) {
    t.equal((await exchange(app, '/a', preflightLines(method), 'OPTIONS')).status, 400, 'Node refuses control characters itself')
  }
  t.equal((await exchange(app, '/a', [...preflightLines('PUT'), 'Access-Control-Request-Method: DELETE'], 'OPTIONS')).status, 404, 'two methods are none')
  await isUp(t, app)
})

const spellings = ['/api', '/%61pi', '/%61%70%69', '//api', '/api/', '/API', '/aPi', '/api//', '/api?x', '/api?/public', '/api;x', '/api#x', '/api%2Fx', '/api%2fx', '/api/x', '/ap%2569', '/api/..', '/%2Fapi', '/./api', '/api%3Fx', '/api%00', '/api%25', 'http://api.test/api', 'http://api.test//api']

t.test('no spelling of a path escapes its policy', async t => {
  const routers: FastifyServerOptions[] = []
  for (const caseSensitive of [true, false]) {
    for (const ignoreTrailingSlash of [true, false]) {
      for (const ignoreDuplicateSlashes of [true, false]) {
        for (const useSemicolonDelimiter of [true, false]) {
          routers.push({ routerOptions: { caseSensitive, ignoreTrailingSlash, ignoreDuplicateSlashes, useSemicolonDelimiter } as object })
        }
      }
    }
  }
  for (const server of routers) {
    const app = Fastify(server)
    await app.register(corsPlugin, { origin: [ALLOWED, OTHER], paths: ['/api', '/api/*'] })
    await app.register(corsPlugin, { origin: '*' })
    app.route({ method: ['GET', 'PUT'], url: '/api', handler: () => 'private' })
    app.route({ method: ['GET', 'PUT'], url: '/api/*', handler: () => 'private' })
    app.route({ method: ['GET', 'PUT'], url: '/*', handler: () => 'public' })
    for (const url of spellings) {
      const { status, body, cors } = await send(app, 'GET', url, { origin: EVIL })
      if (status !== 200) {
        t.ok(status === 400 || status === 404, `${url}: ${status}`)
        continue
      }
      // A path that the router or a parameter reads as private is governed as private.
      const isPrivate = body === 'private' || cors.vary !== undefined
      t.ok(body === 'private' || !isPrivate || /%2f/i.test(url), `${url} is public with ${JSON.stringify(server)}`)
      t.same(cors, isPrivate ? { vary: 'Origin' } : { 'access-control-allow-origin': '*' }, `${url} is ${body} with ${JSON.stringify(server)}`)
      t.equal((await preflight(app, 'PUT', url, { origin: EVIL })).status, isPrivate ? 403 : 204, `preflight of ${url} with ${JSON.stringify(server)}`)
    }
  }
})

t.test('no spelling of a parameter escapes its policy', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: ALLOWED, paths: ['/@admin/*', '/files/admin/*', '/t/a%2fb'], enforce: 'all' })
  await app.register(corsPlugin, { origin: '*' })
  app.get('/:user/secret', request => request.params)
  app.get('/files/*', request => request.params)
  app.get('/t/:x', request => request.params)
  for (const url of ['/@admin/secret', '/%40admin/secret', '/files/admin/s', '/files/admin%2Fs', '/files/admin%2fs', '/files/%61dmin%2Fs', '/t/a%2Fb', '/t/a%2fb']) {
    t.equal((await send(app, 'GET', url, { origin: EVIL })).status, 403, url)
  }
  for (const url of ['/me/secret', '/files/public%2Fadmin', '/t/a', '/files/admin%252Fs']) {
    t.match(await send(app, 'GET', url, { origin: EVIL }), { status: 200, cors: { 'access-control-allow-origin': '*' } }, url)
  }
})

t.test('request targets that are not paths', async t => {
  const app = await appWith({ ...LIST, paths: ['/a'] })
  t.teardown(async () => { await app.close() })
  await app.after()
  for (const target of ['*', 'http://api.test', 'http://api.test/nothing', 'http://', 'http://[', '/nothing', '/?', '/a/../b', '//', '/\\', '/%', '/%zz', '/%c0%af', '/a%zz', '/%ff', '/a%00b', '/' + 'a'.repeat(8000)]) {
    for (const method of ['GET', 'OPTIONS', 'PUT']) {
      const answer = await exchange(app, target, preflightLines('PUT'), method)
      t.ok([400, 404, 414].includes(answer.status), `${method} ${target.slice(0, 20)}: ${answer.status}`)
      t.equal(answer.cors.length, 0)
    }
  }
  t.match((await exchange(app, 'http://api.test/a?x', preflightLines('PUT'), 'OPTIONS')), { status: 204 })
  t.match((await exchange(app, 'http://evil.test/a', [`Origin: ${ALLOWED}`])), { status: 200, cors: [`access-control-allow-origin: ${ALLOWED}`, 'vary: origin'] })
  await isUp(t, app)
})

t.test('OPTIONS * does not reach a route, and gets an answer', async t => {
  const app = await appWith(LIST)
  t.teardown(async () => { await app.close() })
  t.equal((await exchange(app, '*', [], 'OPTIONS')).status, 404)
  t.equal((await exchange(app, '*', preflightLines('PUT', EVIL), 'OPTIONS')).status >= 400, true)
  await isUp(t, app)
})

t.test('a malformed URL is 400, as without the plugin', async t => {
  const app = await appWith(LIST)
  t.teardown(async () => { await app.close() })
  for (const target of ['/%zz', '/%', '/a/%E0%A4%A']) {
    t.equal((await exchange(app, target, preflightLines('PUT'), 'OPTIONS')).status, 400)
    t.equal((await exchange(app, target, [`Origin: ${ALLOWED}`])).status, 400)
  }
  await isUp(t, app)
})

t.test('clients that disconnect cause no errors', async t => {
  const asked: (() => void)[] = []
  const app = await appWith({ origin: async () => { await new Promise<void>(resolve => { asked.push(resolve) }); return true } })
  t.teardown(async () => { await app.close() })
  await listen(app)
  for (const lines of [['OPTIONS /a HTTP/1.1', ...preflightLines('PUT')], ['PUT /a HTTP/1.1', `Origin: ${ALLOWED}`, 'Content-Length: 10']]) {
    const socket = net.connect(portOf(app), '127.0.0.1')
    socket.write([...lines, 'Host: x', '', ''].join('\r\n'))
    while (asked.length === 0) await new Promise(setImmediate)
    socket.destroy()
    await new Promise(resolve => setTimeout(resolve, 5))
    asked.pop()?.()
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  await isUp(t, app)
})

t.test('many requests on one connection, some bad', async t => {
  const app = await appWith(LIST)
  t.teardown(async () => { await app.close() })
  await listen(app)
  const socket = net.connect(portOf(app), '127.0.0.1')
  const one = (method: string, target: string, ...lines: string[]): string => [`${method} ${target} HTTP/1.1`, 'Host: x', ...lines, '', ''].join('\r\n')
  socket.write(one('OPTIONS', '/a', ...preflightLines('PUT')) + one('OPTIONS', '/a', ...preflightLines('PUT', EVIL)) + one('GET', '/a', `Origin: ${EVIL}`) + one('GET', '/a', `Origin: ${ALLOWED}`, 'Connection: close'))
  let text = ''
  socket.on('data', chunk => { text += String(chunk) })
  await once(socket, 'close')
  t.same(text.match(/(?<=HTTP\/1\.1 )\d+/g), ['204', '403', '200', '200'])
  t.equal(text.match(/access-control-allow-origin/g)?.length, 2)
})
