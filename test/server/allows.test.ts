import { once } from 'node:events'
import http2 from 'node:http2'
import net from 'node:net'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, listen, logLines, portOf } from '../support/exchange'
import { message } from './message'

type Headers = Record<string, string>

const LIST = { origin: [ALLOWED, OTHER] }

async function appWith (options: corsPlugin.CorsOptions, server: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = Fastify(server)
  await app.register(corsPlugin, options)
  await app.ready()
  return app
}

function upgrade (url: string, headers: Headers, socket?: object) {
  return message('GET', url, { host: 'api.example.com', upgrade: 'websocket', connection: 'Upgrade', ...headers }, socket)
}

t.test('the policy lets in the origins that it allows, the site itself, and what has no origin', async t => {
  const rows: ReadonlyArray<readonly [it: string, options: corsPlugin.CorsOptions, headers: Headers, allowed: boolean]> = [
    ['an allowed origin', LIST, { origin: ALLOWED }, true],
    ['another', LIST, { origin: OTHER }, true],
    ['a foreign one', LIST, { origin: EVIL }, false],
    ['null', LIST, { origin: 'null' }, false],
    ['null that is allowed', { origin: ['null'], dangerously: { nullOrigin: true } }, { origin: 'null' }, true],
    ['an empty one', LIST, { origin: '' }, false],
    ['no origin', LIST, {}, true],
    ['any origin', {}, { origin: EVIL }, true],
    ['the one origin', { origin: ALLOWED }, { origin: ALLOWED }, true],
    ['not the one origin', { origin: ALLOWED }, { origin: EVIL }, false],
    ['CORS that is off', { origin: false }, { origin: ALLOWED }, false],
    ['the site itself by its host', LIST, { origin: 'http://api.example.com' }, true],
    ['the site itself although CORS is off', { origin: false }, { origin: 'http://api.example.com' }, true],
    ['another scheme of the site', LIST, { origin: 'https://api.example.com' }, false],
    ['another port of the site', LIST, { origin: 'http://api.example.com:8080' }, false],
    ['the site itself by Sec-Fetch-Site', LIST, { origin: EVIL, 'sec-fetch-site': 'same-origin' }, true],
    ['a user', LIST, { origin: EVIL, 'sec-fetch-site': 'none' }, true],
    ['another site under the name of this one', LIST, { origin: 'http://api.example.com', 'sec-fetch-site': 'cross-site' }, false],
    ['a function that says yes', { origin: origin => origin === ALLOWED }, { origin: ALLOWED }, true],
    ['a function that says no', { origin: origin => origin === ALLOWED }, { origin: EVIL }, false],
    ['an async function that says yes', { origin: async origin => origin === ALLOWED }, { origin: ALLOWED }, true],
    ['an async function that says no', { origin: async origin => origin === ALLOWED }, { origin: EVIL }, false],
    ['a delegator that says yes', { origin: false, delegator: () => LIST }, { origin: ALLOWED }, true],
    ['an async delegator that says no', { delegator: async () => LIST }, { origin: EVIL }, false],
    ['a delegator that switches CORS off', { delegator: () => false }, { origin: ALLOWED }, false]
  ]
  for (const [it, options, headers, allowed] of rows) {
    const app = await appWith(options)
    const found = app.cors.allows(upgrade('/socket.io/?EIO=4', headers))
    t.type(found, Promise, 'whatever the options are')
    t.equal(await found, allowed, it)
  }
})

t.test('the registration at the path decides, and the route where there is one', async t => {
  const app = Fastify()
  app.register(async plain => {
    await plain.register(corsPlugin, { origin: 'https://plain.example.com', paths: ['/plain/*', '/socket.io/'] })
    plain.get('/plain/a', () => '')
  })
  app.register(corsPlugin, { origin: 'https://paths.example.com', paths: ['/a b/*', '/v1/*'] })
  app.register(corsPlugin, { origin: 'https://root.example.com', paths: ['/socket.io/', '/own', '/off', '/v2*', '/all/*'] })
  app.get('/own', { config: { cors: { origin: 'https://own.example.com' } } }, () => '')
  app.get('/off', { config: { cors: false } }, () => '')
  app.get('/all/*', { config: { cors: { origin: 'https://all.example.com' } } }, () => '')
  app.register(async child => {
    await child.register(corsPlugin, { origin: 'https://child.example.com' })
    child.register(async inner => { await inner.register(corsPlugin, { origin: 'https://inner.example.com', paths: ['/v1/in/only/*'] }) }, { prefix: '/in' })
  }, { prefix: '/v1' })
  await app.ready()
  const rows: ReadonlyArray<readonly [url: string, only: string | undefined]> = [
    ['/socket.io/', 'root'],
    ['/socket.io/?EIO=4&transport=websocket', 'root'],
    ['/socket%2Eio/', 'root'],
    ['/own', 'own'],
    ['/off', undefined],
    ['/all/chat', 'all'],
    ['/plain/b', 'plain'],
    ['/a%20b/chat', 'paths'],
    ['/v1/chat', 'child'],
    ['/%76%31/chat', 'child'],
    ['/v1/in/chat', 'child'],
    ['/v1/in/only/chat', 'inner'],
    ['/v2/chat', 'root'],
    ['/nothing', undefined]
  ]
  for (const [url, only] of rows) {
    for (const name of ['root', 'own', 'all', 'plain', 'paths', 'child', 'inner']) {
      t.equal(await app.cors.allows(upgrade(url, { origin: `https://${name}.example.com` })), name === only, `${url}: ${name}`)
    }
    t.equal(await app.cors.allows(upgrade(url, { origin: 'http://api.example.com' })), true, `${url}: the site itself`)
    t.equal(await app.cors.allows(upgrade(url, {})), true, `${url}: no origin`)
  }
})

t.test('forwarded headers count only from addresses that `trustProxy` trusts', async t => {
  const forwarded = { host: 'internal:3000', 'x-forwarded-host': 'app.test', 'x-forwarded-proto': 'https', origin: 'https://app.test' }
  const from = (remoteAddress: string) => ({ remoteAddress })
  const trusting = (trustProxy: FastifyServerOptions['trustProxy']) => appWith(LIST, { trustProxy } as FastifyServerOptions) // not `undefined`
  for (const [it, app, address, allowed] of [
    ['nobody', await trusting(false), '10.0.0.1', false],
    ['everybody', await trusting(true), '10.0.0.1', true],
    ['a range', await trusting('10.0.0.0/8'), '10.0.0.1', true],
    ['another range', await trusting('10.0.0.0/8'), '192.168.0.1', false],
    ['a function', await trusting(address => address === '10.0.0.1'), '10.0.0.1', true]
  ] as const) {
    t.equal(await app.cors.allows(upgrade('/chat', forwarded, from(address))), allowed, it)
  }
  const app = await trusting(true)
  t.equal(await app.cors.allows(upgrade('/chat', { ...forwarded, 'x-forwarded-proto': 'wss' }, from('10.0.0.1'))), true, 'the scheme of the socket, as Traefik sends it')
  t.equal(await app.cors.allows(upgrade('/chat', { ...forwarded, 'x-forwarded-proto': 'ws' }, from('10.0.0.1'))), false, 'which is not that of TLS')
  t.equal(await app.cors.allows(upgrade('/chat', { ...forwarded, origin: 'http://app.test', 'x-forwarded-proto': 'ws' }, from('10.0.0.1'))), true)
  t.equal(await app.cors.allows(upgrade('/chat', { ...forwarded, origin: 'http://internal:3000' }, from('10.0.0.1'))), false, 'the name behind the proxy is not that of the site')
  const tls = await appWith(LIST)
  t.equal(await tls.cors.allows(upgrade('/chat', { origin: 'https://api.example.com' }, { encrypted: true })), true, 'TLS without a proxy')
})

t.test('the functions of the options see the message', async t => {
  const seen: unknown[] = []
  const app = await appWith({ origin: (origin, { method, url, ip, host, protocol, is404 }) => { seen.push({ origin, method, url, ip, host, protocol, is404 }); return true } }, { trustProxy: true })
  await app.cors.allows(upgrade('/chat?room=1', { origin: ALLOWED, 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' }, { remoteAddress: '10.0.0.1' }))
  t.strictSame(seen, [{ origin: ALLOWED, method: 'GET', url: '/chat?room=1', ip: '203.0.113.7', host: 'api.example.com', protocol: 'https', is404: true }])
  await app.cors.allows(upgrade('/chat', { origin: 'https://api.example.com', 'x-forwarded-proto': 'https' }))
  await app.cors.allows(upgrade('/chat', {}))
  t.equal(seen.length, 1, 'and are not asked about the site itself, nor without an origin')
})

t.test('an error of a function is that of a request', async t => {
  const broken = new Error('no database')
  const rows: ReadonlyArray<readonly [it: string, options: corsPlugin.CorsOptions, error: object]> = [
    ['an origin function that throws', { origin: () => { throw broken } }, broken],
    ['one that rejects', { origin: async () => { throw broken } }, broken],
    ['one that throws nothing', { origin: async () => await Promise.reject() }, { message: 'a function of the CORS options threw undefined' }], // eslint-disable-line prefer-promise-reject-errors
    ['one that returns something else', { origin: () => 1 as unknown as boolean }, { code: 'FST_CORS_ORIGIN_FUNCTION', statusCode: 500 }], // as JavaScript may
    ['a delegator that throws', { delegator: () => { throw broken } }, broken],
    ['one with invalid options', { delegator: () => ({ maxAge: -1 }) }, { code: 'FST_CORS_DELEGATOR', statusCode: 500 }]
  ]
  for (const [it, options, error] of rows) {
    const app = await appWith(options)
    const thrown: unknown = await app.cors.allows(upgrade('/chat', { origin: EVIL })).catch((error: unknown) => error)
    t.type(thrown, Error)
    t.match(thrown, error, it)
    t.equal(await app.cors.allows(upgrade('/chat', {})), true)
  }
  const app = await appWith(LIST, { trustProxy: () => { throw broken } })
  await t.rejects(app.cors.allows(upgrade('/chat', { origin: EVIL, 'x-forwarded-host': 'app.test' })), broken, 'a trustProxy function')
})

t.test('allows rejects before the application is ready, since not every route is known', async t => {
  const app = Fastify()
  await app.register(corsPlugin, LIST)
  await t.rejects(app.cors.allows(upgrade('/chat', { origin: ALLOWED })), { code: 'FST_CORS_NOT_READY', message: /app\.cors\.allows\(\)/ })
  await app.ready()
  t.equal(await app.cors.allows(upgrade('/chat', { origin: ALLOWED })), true)
  app.cors.reconfigure({ origin: OTHER })
  t.equal(await app.cors.allows(upgrade('/chat', { origin: ALLOWED })), false, 'and after `reconfigure` the new options decide')
})

t.test('over a connection, whatever a client sends', async t => {
  const app = Fastify({ http: { requireHostHeader: false } } as FastifyServerOptions) // the types of `http` need all of its options
  await app.register(corsPlugin, LIST)
  const found: unknown[] = []
  app.server.on('upgrade', (request, socket) => {
    app.cors.allows(request).then(allowed => found.push(allowed), error => found.push(error)).finally(() => { socket.destroy() })
  })
  await listen(app)
  t.teardown(() => app.close())
  const send = async (...lines: string[]) => {
    const socket = net.connect(portOf(app), '127.0.0.1')
    socket.write(['connection: upgrade', 'upgrade: websocket'].reduce((head, line) => `${head}\r\n${line}`, lines.join('\r\n')) + '\r\n\r\n', 'latin1')
    socket.on('error', () => {})
    await once(socket, 'close')
    return found.splice(0)
  }
  t.strictSame(await send('GET /chat HTTP/1.1', 'host: a.test', `origin: ${ALLOWED}`), [true])
  const rows: ReadonlyArray<readonly [it: string, ...lines: string[]]> = [
    ['two origins', 'GET /chat HTTP/1.1', 'host: a.test', `origin: ${ALLOWED}`, `origin: ${EVIL}`],
    ['the same origin twice', 'GET /chat HTTP/1.1', 'host: a.test', `origin: ${ALLOWED}`, `origin: ${ALLOWED}`],
    ['the site itself twice', 'GET /chat HTTP/1.1', 'host: a.test', 'origin: http://a.test', `origin: ${EVIL}`],
    ['no host', 'GET /chat HTTP/1.1', 'origin: http://'],
    ['an empty host', 'GET /chat HTTP/1.1', 'host:', 'origin: http://'],
    ['bytes in the origin', 'GET /chat HTTP/1.1', 'host: a.test', 'origin: https://app.example.com\xff'],
    ['a long origin', 'GET /chat HTTP/1.1', 'host: a.test', `origin: https://${'a'.repeat(10_000)}`],
    ['a URL that cannot be decoded', 'GET /%zz/%%% HTTP/1.1', 'host: a.test', `origin: ${EVIL}`],
    ['an asterisk', 'GET * HTTP/1.1', 'host: a.test', `origin: ${EVIL}`],
    ['an absolute URL', 'GET http://app.example.com/chat HTTP/1.1', 'host: a.test', `origin: ${EVIL}`],
    ['a long parameter', `GET /${'a'.repeat(5000)} HTTP/1.1`, 'host: a.test', `origin: ${EVIL}`],
    ['another method', 'PROPFIND /chat HTTP/1.1', 'host: a.test', `origin: ${EVIL}`],
    ['a preflight', 'OPTIONS /chat HTTP/1.1', 'host: a.test', `origin: ${EVIL}`, 'access-control-request-method: PUT'],
    ['a name of every object', 'GET /__proto__?__proto__=1 HTTP/1.1', 'host: constructor', 'origin: __proto__']
  ]
  for (const [it, ...lines] of rows) t.strictSame(await send(...lines), [false], it)
})

t.test('over HTTP/2', async t => {
  const app = Fastify({ http2: true })
  await app.register(corsPlugin, LIST)
  app.get('/allows', async request => await app.cors.allows(request.raw))
  await app.listen({ port: 0, host: '127.0.0.1' })
  const session = http2.connect(`http://127.0.0.1:${portOf(app as unknown as FastifyInstance)}`) // which differs by its server alone
  t.teardown(async () => { session.close(); await app.close() })
  for (const [origin, allowed] of [[ALLOWED, true], ['http://b.test', true], ['http://a.test', false], [EVIL, false]] as const) {
    const stream = session.request({ ':path': '/allows', ':authority': 'b.test', origin })
    let body = ''
    stream.on('data', chunk => { body += chunk })
    await once(stream, 'end')
    t.equal(body, String(allowed), origin)
  }
})

t.test('a refusal is logged with its fix', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'info', stream } })
  await app.register(corsPlugin, { origin: [ALLOWED], paths: ['/chat'] })
  await app.ready()
  for (const url of ['/chat?token=1', '/socket.io/', '/chat', '/other']) t.equal(await app.cors.allows(upgrade(url, { origin: EVIL })), false)
  for (const url of ['/chat', '/socket.io/']) await app.cors.allows(upgrade(url, {}))
  await app.cors.allows(upgrade('/chat', { origin: ALLOWED }))
  t.match(lines.filter(({ code }) => code !== undefined), [
    { code: 'FST_CORS_ORIGIN_NOT_ALLOWED', origin: EVIL, method: 'GET', url: '/chat', fix: new RegExp(`add '${EVIL}' to \`origin\``), msg: `blocked by CORS policy: GET /chat from ${EVIL}: the origin is not allowed` },
    { code: 'FST_CORS_ORIGIN_NOT_ALLOWED', origin: EVIL, url: '/socket.io/', fix: /`paths`/, msg: /no registration of fastify-cors-policy governs this URL$/ }
  ])
})
