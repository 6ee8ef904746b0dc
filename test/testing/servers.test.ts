import { getEventListeners, once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import fastify from 'fastify'
import t from 'tap'
import plugin from '../..'
import { type TestBrowser, createBrowser } from '../../lib/testing'
import { listen, raw } from './raw'
import { API, APP, allow, failureOf, lines, scripted } from './scripted'

function users () {
  const app = fastify({ trustProxy: true })
  app.register(plugin, { origin: APP, credentials: true, methods: ['PUT'], allowedHeaders: ['content-type'], exposedHeaders: ['x-id'] })
  app.put('/users/:id', async (request, reply) => {
    reply.headers({ 'x-id': '7', 'set-cookie': ['a=1; Secure; SameSite=None', 'b=2'] })
    return { body: request.body, cookie: request.headers.cookie ?? '', address: `${request.protocol}://${request.host}${request.url}` }
  })
  app.get('/bytes', async () => Buffer.from([0, 255, 128]))
  app.get('/old', async (_request, reply) => reply.redirect('/bytes'))
  return app
}

/** What a page sees, and the requests that were sent. */
async function visit (browser: TestBrowser): Promise<unknown> {
  const page = browser.open(APP)
  const api = 'https://api.example.com'
  const put = { method: 'PUT', credentials: 'include', headers: { 'content-type': 'application/json' }, body: '{"a":"ä"}' } as const
  const seen: unknown[] = []
  for (let i = 0; i < 2; i++) {
    const response = await page.fetch(`${api}/users/42?x=%20+y`, put)
    seen.push([response.status, response.statusText, response.headers.get('x-id'), await response.json()])
  }
  const bytes = await page.fetch(`${api}/old`)
  seen.push([bytes.url, bytes.redirected, Buffer.from(await bytes.arrayBuffer()).toString('hex')])
  seen.push((await page.fetch(`${api}/bytes`, { method: 'HEAD' })).headers.get('content-length'))
  seen.push((await failureOf(browser.open('https://evil.test').fetch(`${api}/users/42`, put))).cause.code)
  return { seen, sent: browser.sent, cookies: browser.cookies.list() }
}

t.test('an application looks the same through inject and over a connection', async t => {
  const app = users()
  const injected = createBrowser(app)
  const expected = await visit(injected)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  t.strictSame(await visit(createBrowser(address)), expected)
  t.strictSame(await visit(createBrowser(`${address}/`)), expected)
  const received = { body: { a: 'ä' }, address: 'https://api.example.com/users/42?x=%20+y' }
  t.strictSame((expected as { readonly seen: unknown }).seen, [
    [200, 'OK', '7', { ...received, cookie: '' }],
    [200, 'OK', '7', { ...received, cookie: 'a=1; b=2' }],
    ['https://api.example.com/bytes', true, '00ff80'],
    '3',
    'PreflightMissingAllowOriginHeader'
  ])
  t.strictSame(lines(injected), [
    'preflight OPTIONS https://api.example.com/users/42?x=%20+y 204',
    'PUT https://api.example.com/users/42?x=%20+y 200',
    'PUT https://api.example.com/users/42?x=%20+y 200',
    'GET https://api.example.com/old 302',
    'GET https://api.example.com/bytes 200',
    'HEAD https://api.example.com/bytes 200',
    'preflight OPTIONS https://api.example.com/users/42 403'
  ])
})

t.test('applications with HTTP/2 or with another logger are accepted', async t => {
  for (const app of [fastify({ http2: true }), fastify({ logger: { level: 'silent' } })]) {
    t.equal((await createBrowser(app).open(APP).fetch('/x')).status, 404)
  }
})

t.test('a plain server gets X-Forwarded-Proto for https URLs and not for http URLs', async t => {
  const seen: unknown[] = []
  const app = scripted(request => {
    seen.push(request.headers['x-forwarded-proto'])
    return { headers: allow(request) }
  })
  const page = createBrowser(app).open('http://app.example.com')
  await page.fetch(API)
  await page.fetch('http://api.example.com/')
  t.strictSame(seen, ['https', undefined])
})

t.test('a request over a connection has exactly the browser\'s headers', async t => {
  const { address, received } = await raw(t, 'HTTP/1.1 200 Fine\r\nAccess-Control-Allow-Methods: patch\r\nAccess-Control-Allow-Origin: *\r\n\r\nx')
  const response = await createBrowser(address).open('null').fetch('http://api.test:8080/a?b', { method: 'patch', body: 'é' })
  t.equal(response.statusText, 'Fine')
  t.equal(await response.text(), 'x')
  t.strictSame(received[1]?.split('\r\n').sort(), [
    '', 'Ã©', 'Connection: close', 'accept: */*', 'accept-encoding: gzip, deflate', 'accept-language: en-US,en;q=0.9', 'content-length: 2', 'content-type: text/plain;charset=UTF-8',
    'host: api.test:8080', 'origin: null', 'patch /a?b HTTP/1.1', 'user-agent: Mozilla/5.0 (fastify-cors-policy)'
  ].sort())
})

t.test('a connection is closed after its answer', async t => {
  const server = http.createServer((_request, response) => response.end('x'))
  const address = await listen(t, server)
  const ended = once(server, 'connection').then(async ([socket]: net.Socket[]) => socket !== undefined && await once(socket, 'close'))
  await createBrowser(address).open(APP).fetch('/x')
  await ended
  t.equal(server.listening, true)
})

t.test('a server without a proper answer is an InvalidResponse with the error as its cause', async t => {
  const refusing = net.createServer()
  const gone = await listen(t, refusing)
  refusing.close()
  const plain = (await raw(t, 'HTTP/1.1 200 OK\r\n\r\n')).address
  const cases: { it: string, address: string, cause: object }[] = [
    { it: 'it does not listen', address: gone, cause: { code: 'ECONNREFUSED' } },
    { it: 'it hangs up', address: (await raw(t, '')).address, cause: { code: 'ECONNRESET' } },
    { it: 'it speaks another protocol', address: (await raw(t, 'SSH-2.0-x\r\n')).address, cause: { message: '"SSH-2.0-x" is not the status line of an answer' } },
    { it: 'it switches protocols', address: (await raw(t, 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')).address, cause: { message: '101 is not the status of a final answer' } },
    { it: 'it does not speak TLS', address: plain.replace('http:', 'https:'), cause: { syscall: /./, code: /./ } }
  ]
  for (const { it, address, cause } of cases) {
    const browser = createBrowser(address)
    const error = await failureOf(browser.open(APP).fetch('/x'))
    t.match(error, { name: 'TypeError', message: 'Failed to fetch', cause: { allowed: false, code: 'InvalidResponse', cause } }, it)
    t.match(lines(browser)[0], /^GET https:\/\/app\.example\.com\/x (?:undefined|101)$/, it)
  }
})

t.test('an abort rejects the fetch and closes the connection', async t => {
  const server = http.createServer()
  const browser = createBrowser(await listen(t, server))
  const controller = new AbortController()
  const fetched = browser.open(APP).fetch('/x', { signal: controller.signal })
  const [request] = await once(server, 'request') as [http.IncomingMessage]
  controller.abort()
  const closed = once(request.socket, 'close')
  await t.rejects(fetched, { name: 'AbortError' })
  await closed
})

t.test('an abort rejects the fetch even if the application never answers', async t => {
  const controller = new AbortController()
  const app = scripted(() => ({}))
  app.addHook('onRequest', (_request, reply) => {
    reply.hijack()
    controller.abort(new Error('enough'))
  })
  await t.rejects(createBrowser(app).open(APP).fetch('/x', { signal: controller.signal }), { message: 'enough' })
})

t.test('no listener is left on the signal after the answer', async t => {
  const { signal } = new AbortController()
  const response = await createBrowser(scripted(() => ({}))).open(APP).fetch('/x', { signal })
  await response.text()
  // A stream says that it is closed in the next turn.
  await new Promise(resolve => { setImmediate(resolve) })
  t.strictSame(getEventListeners(signal, 'abort'), [])
})

t.test('a method that Node.js does not parse gets the answer of Node.js', async t => {
  const response = await createBrowser(users()).open(APP).fetch('/x', { method: 'patch' })
  t.strictSame([response.status, response.statusText, [...response.headers], await response.text()], [400, 'Bad Request', [['connection', 'close']], ''])
})

t.test('the lowest and the highest status of a final answer are accepted', async t => {
  for (const status of [200, 599]) t.equal((await createBrowser(scripted(() => ({ status }))).open(APP).fetch('/x')).status, status)
})

t.test('an answer has the headers that were sent and no others', async t => {
  const { address } = await raw(t, 'HTTP/1.1 200 Fine\r\nX-A: 1\r\nX-B: 2\r\nX-B: 3\r\n\r\nx')
  const response = await createBrowser(address).open(APP).fetch('/x')
  t.strictSame([...response.headers], [['x-a', '1'], ['x-b', '2, 3']])
})
