import { once } from 'node:events'
import net from 'node:net'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, OTHER, listen, logLines, portOf, preflight, send } from '../support/exchange'
import type { RefusalLine } from './refusal-lines'
import { refusalsIn } from './refusal-lines'
import { excerpt, pathOf } from '../../lib/server/request'

const options: corsPlugin.CorsOptions = { origin: [ALLOWED, OTHER], allowedHeaders: ['x-a'], methods: ['PUT'], enforce: 'unsafe' }

async function appWith () {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'debug', stream } })
  await app.register(corsPlugin, options)
  app.route({ method: ['GET', 'PUT'], url: '/*', handler: () => 'a' })
  await listen(app)
  t.teardown(async () => { await app.close() })
  return { app, lines }
}

/** Sends bytes as they are, and waits for the end of the answer. */
async function sendBytes (port: number, head: readonly string[]): Promise<string> {
  const socket = net.connect(port, '127.0.0.1')
  socket.write(Buffer.from([...head, 'Host: api.test', 'Connection: close', '', ''].join('\r\n'), 'latin1'))
  let text = ''
  socket.on('data', chunk => { text += chunk.toString('latin1') })
  await once(socket, 'close')
  return text
}

t.test('text from a request is cut, and has no control characters', async t => {
  const rows: ReadonlyArray<readonly [text: string, shown: string]> = [
    ['', ''],
    [ALLOWED, ALLOWED],
    ['x'.repeat(256), 'x'.repeat(256)],
    ['x'.repeat(257), 'x'.repeat(256) + '...'],
    ['\u001b[31m\u009b31m\u0085\t\r\n\u007f\u00e9', '\ufffd[31m\ufffd31m\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd'],
    ['\ud83d\ude00'.repeat(200), '\ufffd'.repeat(256) + '...']
  ]
  for (const [text, shown] of rows) t.equal(excerpt(text), shown)
  t.equal(excerpt(undefined), '')
})

t.test('only the path of a URL is shown', async t => {
  for (const [url, shown] of [['/a', '/a'], ['/a?b=c', '/a'], ['/a#b', '/a'], ['/a?b#c', '/a'], ['?', ''], ['/' + 'x'.repeat(300) + '?b', '/' + 'x'.repeat(255) + '...']] as const) {
    t.equal(pathOf(url), shown)
  }
})

t.test('no line has more than 256 characters of anything that a request makes long', async t => {
  const { app, lines } = await appWith()
  const x = 'x'.repeat(7000)
  const bytes = '\u009b31m\u0080\u00ff'
  const preflightFor = (method: string, ...names: string[]) => ['Access-Control-Request-Method: ' + method, ...names.map(name => 'Access-Control-Request-Headers: ' + name)]
  const heads: ReadonlyArray<readonly [it: string, code: string | undefined, head: readonly string[]]> = [
    ['a long origin', 'MissingAllowOriginHeader', ['GET /a HTTP/1.1', `Origin: https://${x}`]],
    ['an origin as long as names get', 'MissingAllowOriginHeader', ['GET /a HTTP/1.1', `Origin: https://${('x'.repeat(60) + '.').repeat(4)}${'x'.repeat(9)}`]],
    ['control characters', 'MissingAllowOriginHeader', ['GET /a HTTP/1.1', `Origin: https://${bytes}.test`]],
    ['a long path', 'MissingAllowOriginHeader', [`GET /${x} HTTP/1.1`, 'Origin: https://b.test']],
    ['a long path and origin, enforced', 'FST_CORS_ORIGIN_NOT_ALLOWED', [`PUT /${x} HTTP/1.1`, `Origin: ${x}`, 'Content-Length: 0']],
    ['a long preflight', 'PreflightMissingAllowOriginHeader', [`OPTIONS /${x} HTTP/1.1`, `Origin: ${x}`, ...preflightFor('PUT')]],
    ['two origins', 'MissingAllowOriginHeader', ['GET /a HTTP/1.1', `Origin: ${ALLOWED}`, `Origin: https://${x}`]],
    ['a long header name', 'HeaderDisallowedByPreflightResponse', ['OPTIONS /a HTTP/1.1', `Origin: ${ALLOWED}`, ...preflightFor('PUT', 'x'.repeat(2000))]],
    ['a header name that is none', 'HeaderDisallowedByPreflightResponse', ['OPTIONS /a HTTP/1.1', `Origin: ${ALLOWED}`, ...preflightFor('PUT', bytes)]],
    ['a list of headers that no browser sends', undefined, ['OPTIONS /a HTTP/1.1', `Origin: ${ALLOWED}`, ...preflightFor('PUT', 'x,'.repeat(4000))]],
    ['many lists of headers', undefined, ['OPTIONS /a HTTP/1.1', `Origin: ${ALLOWED}`, ...preflightFor('PUT', ...Array.from({ length: 200 }, () => 'x, y, ,,z'))]],
    ['a method as long as methods get', 'MethodDisallowedByPreflightResponse', ['OPTIONS /a HTTP/1.1', `Origin: ${ALLOWED}`, ...preflightFor('x'.repeat(64))]],
    ['a longer one is no preflight', undefined, ['OPTIONS /a HTTP/1.1', `Origin: ${ALLOWED}`, ...preflightFor('x'.repeat(65))]],
    ['an empty origin', 'MissingAllowOriginHeader', ['GET /a HTTP/1.1', 'Origin: ']],
    ['no host', 'MissingAllowOriginHeader', ['GET /a HTTP/1.0', 'Origin: https://b.test', 'X-Forwarded-Host: ,']]
  ]
  for (const [it, code, head] of heads) {
    lines.length = 0
    t.match(await sendBytes(portOf(app), head), /^HTTP\/1\.1 (200|204|403|404) /, it)
    const told: RefusalLine[] = refusalsIn(lines)
    t.strictSame(told.map(({ code }) => code), code === undefined ? [] : [code], it)
    const text = JSON.stringify(told)
    t.notMatch(text, /x{257}/, it)
    t.notOk(head.some(line => line.length > 256 + 'Origin: '.length && text.includes(line.slice('Origin: '.length))), it)
    t.notMatch(text, /[\u007f-\u00ff]/, it)
    t.ok(text.length < 2500, it)
  }
})

t.test('origins that browsers do not send are told apart from those that they do', async t => {
  const { app, lines } = await appWith()
  for (const origin of [`https://${'a'.repeat(63)}.test`, 'https://[::1]:8443', 'chrome-extension://abcdefghijklmnop', 'https://xn--bcher-kva.example']) {
    lines.length = 0
    await send(app, 'GET', '/a', { origin })
    t.strictSame(refusalsIn(lines).map(({ fix }) => fix), [`if its pages may read this, add '${origin}' to \`origin\` in the registration of the application`])
  }
  for (const origin of ['https://b.test/', 'HTTPS://b.test', 'https://b.test:443', 'b.test', '*', 'undefined', '__proto__', 'https://', 'https://a@b.test', `https://a.${'b.'.repeat(100)}test${'t'.repeat(60)}`]) {
    lines.length = 0
    await send(app, 'GET', '/a', { origin })
    t.strictSame(refusalsIn(lines).map(({ fix }) => fix), ['nothing: browsers do not send an origin like this, so no page was blocked'], origin)
  }
})

t.test('the answers are the same, whatever is logged', async t => {
  const { app } = await appWith()
  const quiet = Fastify()
  await quiet.register(corsPlugin, options)
  quiet.route({ method: ['GET', 'PUT'], url: '/*', handler: () => 'a' })
  for (const origin of ['https://b.test', 'null', 'x', ALLOWED]) {
    for (const method of ['GET', 'PUT']) t.strictSame((await send(app, method, '/a', { origin })).cors, (await send(quiet, method, '/a', { origin })).cors)
    t.strictSame((await preflight(app, 'PUT', '/a', { origin, names: 'x-b' })).cors, (await preflight(quiet, 'PUT', '/a', { origin, names: 'x-b' })).cors)
  }
})
