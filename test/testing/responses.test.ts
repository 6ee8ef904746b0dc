import t from 'tap'
import { createBrowser } from '../../lib/testing'
import { API, APP, type Reply, allow, browse, failureOf, lines, scripted } from './scripted'

const hidden = { 'x-a': '1', etag: '"1"', 'set-cookie': ['a=1', 'b=2'], 'cache-control': 'no-store', 'content-type': 'text/plain' }

/** Headers that Node.js adds by itself. */
const byServer: ReadonlySet<string> = new Set(['date', 'connection', 'content-length', 'keep-alive'])

function readable (response: Response): Record<string, string> {
  return Object.fromEntries([...response.headers].filter(([name]) => !byServer.has(name)))
}

t.test('a page reads the headers that it may read, and no cookies', async t => {
  const cases: { it: string, url?: string, exposes?: string, credentials?: 'include', headers: object }[] = [
    { it: 'the safelisted headers', headers: { 'cache-control': 'no-store', 'content-type': 'text/plain' } },
    { it: 'the exposed headers', exposes: 'X-A, set-cookie', headers: { 'cache-control': 'no-store', 'content-type': 'text/plain', 'x-a': '1' } },
    {
      it: 'all headers, if * is exposed',
      exposes: '*',
      headers: { 'cache-control': 'no-store', 'content-type': 'text/plain', 'x-a': '1', etag: '"1"', 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true', 'access-control-expose-headers': '*' }
    },
    { it: 'only the safelisted headers, if * is exposed to a request with credentials', exposes: '*', credentials: 'include', headers: { 'cache-control': 'no-store', 'content-type': 'text/plain' } },
    { it: 'all headers from the page\'s own origin', url: '/x', headers: { 'cache-control': 'no-store', 'content-type': 'text/plain', 'x-a': '1', etag: '"1"' } }
  ]
  for (const { it, url = API, exposes, credentials, headers } of cases) {
    const cors = { 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true' }
    const exposing: Reply['headers'] = exposes === undefined ? {} : { 'access-control-expose-headers': exposes }
    const browser = browse(() => ({ headers: { ...hidden, ...url === API && cors, ...exposing } }))
    t.strictSame(readable(await browser.open(APP).fetch(url, { credentials })), headers, it)
  }
})

t.test('a response has the members that it has in a browser', async t => {
  const browser = browse(request => ({ status: 201, headers: allow(request, { 'content-type': 'application/json' }), body: '{"a":1}' }))
  const response = await browser.open(APP).fetch(`${API}?a=b#c`, { method: 'POST', body: 'x' })
  t.ok(response instanceof Response)
  for (const each of [response.clone().clone(), response]) {
    const { status, statusText, ok, url, redirected, type } = each
    t.strictSame({ status, statusText, ok, url, redirected, type }, {
      status: 201, statusText: 'Created', ok: true, url: `${API}?a=b`, redirected: false, type: 'cors'
    })
    t.strictSame(await each.json(), { a: 1 })
  }
  t.equal((await browser.open(APP).fetch('/x')).type, 'basic')
})

t.test('a body arrives as it was sent, and is null if there is none', async t => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  const cases: { it: string, method?: string, reply: Reply, expected: Buffer | null }[] = [
    { it: 'bytes', reply: { body: bytes }, expected: bytes },
    { it: 'an error', reply: { status: 404, body: 'gone' }, expected: Buffer.from('gone') },
    { it: 'an empty body', reply: { body: '' }, expected: Buffer.alloc(0) },
    { it: 'the status 204', reply: { status: 204 }, expected: null },
    { it: 'the status 205', reply: { status: 205 }, expected: null },
    { it: 'the status 304', reply: { status: 304 }, expected: null },
    { it: 'HEAD', method: 'HEAD', reply: { body: 'x' }, expected: null }
  ]
  for (const { it, method = 'GET', reply, expected } of cases) {
    const browser = browse(request => ({ ...reply, headers: allow(request) }))
    const response = await browser.open(APP).fetch(API, { method })
    t.equal(response.status, reply.status ?? 200, it)
    if (expected === null) t.equal(response.body, null, it)
    else t.strictSame(Buffer.from(await response.arrayBuffer()), expected, it)
  }
})

t.test('a failure is a TypeError with an explanation as its cause', async t => {
  const cases: { it: string, method?: string, url?: string, mode?: 'same-origin', reply: Reply, code: string, sent: string[] }[] = [
    { it: 'a response without CORS', reply: {}, code: 'MissingAllowOriginHeader', sent: [`GET ${API} 200`] },
    { it: 'a preflight without CORS', method: 'PUT', reply: {}, code: 'PreflightMissingAllowOriginHeader', sent: [`preflight OPTIONS ${API} 200`] },
    {
      it: 'a method that is not allowed',
      method: 'PUT',
      reply: { headers: { 'access-control-allow-origin': '*' } },
      code: 'MethodDisallowedByPreflightResponse',
      sent: [`preflight OPTIONS ${API} 200`]
    },
    { it: 'another origin in mode same-origin', mode: 'same-origin', reply: {}, code: 'DisallowedByMode', sent: [] },
    { it: 'a scheme that has no CORS', url: 'ftp://api.example.com/', reply: {}, code: 'CorsDisabledScheme', sent: [] }
  ]
  for (const { it, method, url = API, mode, reply, code, sent } of cases) {
    const browser = browse(() => reply)
    const error = await failureOf(browser.open(APP).fetch(url, { method, mode }))
    t.ok(error instanceof TypeError && error.message === 'Failed to fetch', it)
    t.match(error.cause, { allowed: false, code, message: /./, fix: /./, link: /^https:/, steps: Array, reasons: Array }, it)
    t.notOk('cause' in error.cause, it)
    t.strictSame(lines(browser), sent, it)
  }
})

t.test('the explanation lists the headers of a response that the page may not read', async t => {
  const error = await failureOf(browse(() => ({ headers: { 'x-a': '1' } })).open(APP).fetch(API))
  t.match(error.cause, { hiddenHeaders: ['connection', 'content-length', 'date', 'x-a'], exposedHeaders: [] })
})

t.test('an answer that never arrives is an InvalidResponse with the error as its cause', async t => {
  const app = scripted(request => ({ headers: allow(request) }))
  const broken = new Error('broken')
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.endsWith(`?break=${request.method}`)) {
      reply.hijack()
      reply.raw.destroy(broken)
    }
  })
  const browser = createBrowser(app)
  const page = browser.open(APP)
  const preflight = await failureOf(page.fetch(`${API}?break=OPTIONS`, { method: 'PUT' }))
  t.match(preflight.cause, { code: 'InvalidResponse', preflighted: true })
  t.equal(preflight.cause.cause, broken)
  const actual = await failureOf(page.fetch(`${API}?break=PUT`, { method: 'PUT' }))
  t.match(actual.cause, { code: 'InvalidResponse', preflighted: true })
  t.equal(actual.cause.cause, broken)
  t.strictSame(lines(browser), [
    `preflight OPTIONS ${API}?break=OPTIONS undefined`,
    `preflight OPTIONS ${API}?break=PUT 200`,
    `PUT ${API}?break=PUT undefined`
  ])
})

t.test('a status below 200 is an InvalidResponse, and one that no standard knows is passed on', async t => {
  const answer = async (status: number) => {
    const app = scripted(() => ({}))
    app.addHook('onRequest', async (_request, reply) => {
      reply.hijack()
      reply.raw.writeHead(status, 'Way Out').end('x')
    })
    return await createBrowser(app).open(APP).fetch('/x')
  }
  const error = await failureOf(answer(101))
  t.match(error.cause, { code: 'InvalidResponse', cause: { message: '101 is not the status of a final answer' } })
  const { status, statusText, ok } = await answer(699)
  t.strictSame({ status, statusText, ok }, { status: 699, statusText: 'Way Out', ok: false })
})

t.test('an application that does not start rejects with its own error', async t => {
  const app = scripted(() => ({}))
  app.register(async () => { throw new Error('misconfigured') })
  await t.rejects(createBrowser(app).open(APP).fetch('/x'), { message: 'misconfigured' })
})
