import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import t, { type Test } from 'tap'
import { browsers } from '../../lib/browser/engines'
import { createRequest } from '../../lib/browser/request'
import { follow } from '../../lib/command/follow'
import { reportOn } from '../../lib/command/report'
import type { Said } from '../../lib/command/said'
import { type Answer, type Answers, PAGE, answering, ask, listen } from './command'

const ALLOW = `access-control-allow-origin: ${PAGE}`

/** What the headers of the last answer are said to mean, as `ok name: meaning`. */
function saidIn (said: readonly Said[] = []): string[] {
  return said.map(({ name, ok, meaning }) => `${ok ? 'ok' : 'no'} ${name}: ${meaning}`)
}

t.test('what each header says', async t => {
  const rows: ({ it: string, args?: string[], said: string[] } & Answers)[] = [
    {
      it: 'in an answer to a preflight',
      args: ['--method', 'PUT', '--header', 'x-a'],
      preflight: [204, 'Access-Control-Allow-Origin: *', 'access-control-allow-credentials: true', 'access-control-allow-methods: PUT', 'access-control-allow-headers: *', 'access-control-max-age: 86400', 'access-control-expose-headers: x-b', 'access-control-allow-header: x-a', 'vary: origin'],
      said: [
        'ok access-control-allow-origin: allows every origin',
        'ok access-control-allow-credentials: does not matter: the page sends no credentials',
        'ok access-control-allow-methods: allows PUT',
        'ok access-control-allow-headers: allows the headers',
        'ok access-control-max-age: the browser may use this answer again for 7200 seconds',
        'ok access-control-expose-headers: only counts in the response to the request itself',
        'ok access-control-allow-header: does not matter: the Fetch standard has no such header for responses'
      ]
    },
    {
      it: 'where nothing needs permission',
      args: ['--header', 'x-a', '--credentials', 'include'],
      preflight: [204, ALLOW, 'access-control-allow-credentials: true', 'access-control-allow-methods: PUT', 'access-control-allow-headers: *'],
      said: [
        'ok access-control-allow-origin: allows this page',
        'ok access-control-allow-credentials: allows credentials',
        'ok access-control-allow-methods: does not matter: GET needs no permission',
        'no access-control-allow-headers: the answer to the preflight does not allow the header x-a: it lists *; * is not a wildcard for a request with credentials'
      ]
    },
    {
      it: 'where no header needs permission',
      args: ['--method', 'PUT'],
      preflight: [204, ALLOW, 'access-control-allow-methods: *', 'access-control-allow-headers: x-a'],
      said: [
        'ok access-control-allow-origin: allows this page',
        'ok access-control-allow-methods: allows PUT',
        'ok access-control-allow-headers: does not matter: no header needs permission'
      ]
    },
    {
      it: 'what is missing, and each fault of a list with all of its items',
      args: ['--header', 'x-a', '--header', 'x-b'],
      preflight: [204, 'access-control-allow-headers: x-c'],
      said: [
        'no access-control-allow-headers: the answer to the preflight does not allow the header x-a: it lists x-c; the answer to the preflight does not allow the header x-b: it lists x-c',
        `no access-control-allow-origin: the answer to the preflight has no Access-Control-Allow-Origin, so ${PAGE} may not read it`
      ]
    },
    {
      it: 'in the response itself',
      actual: [200, ALLOW, 'access-control-allow-methods: GET', 'access-control-expose-headers: X-B, etag', 'vary: origin'],
      said: [
        'ok access-control-allow-origin: allows this page',
        'ok access-control-allow-methods: only counts in the answer to a preflight',
        'ok access-control-expose-headers: lets the page read etag, x-b'
      ]
    },
    {
      it: 'that every header may be read',
      actual: [200, 'access-control-allow-origin: *', 'access-control-expose-headers: *'],
      said: ['ok access-control-allow-origin: allows every origin', 'ok access-control-expose-headers: lets the page read every header except Set-Cookie']
    },
    {
      it: 'that no more headers may be read',
      actual: [200, 'access-control-allow-origin: *', 'access-control-expose-headers: a b'],
      said: ['ok access-control-allow-origin: allows every origin', 'ok access-control-expose-headers: lets the page read no more headers than without it']
    }
  ]
  for (const { it, args, said, ...answers } of rows) {
    const { report } = await ask((await answering(t, answers)).url, args)
    t.strictSame(saidIn(report.sent.at(-1)?.said), said, it)
  }
})

t.test('a page of the same origin needs no CORS', async t => {
  const { url } = await answering(t, { actual: [200, 'x-a: 1', 'access-control-allow-origin: https://other.test'] })
  const { status, report } = await ask(url, ['--origin', new URL(url).origin, '--method', 'PUT', '--send'])
  t.equal(status, 0)
  t.strictSame(report.sent.map(({ method, said }) => [method, said]), [['PUT', []]])
  t.match(report, { servers: {}, notes: [/without a body/] })
})

t.test('a redirect without an end is blocked in a page of the same origin too', async t => {
  const { url } = await answering(t, { actual: [302, 'location: /x'] })
  const { status, report } = await ask(url, ['--origin', new URL(url).origin])
  t.equal(status, 1)
  t.match(report, { code: 'InvalidResponse', changes: { length: 1 }, servers: {} })
})

t.test('what is not sent is said, and the steps end there', async t => {
  const { url, got } = await answering(t, { preflight: [204, ALLOW, 'access-control-allow-methods: PUT'] })
  const post = await ask(url, ['--method', 'POST'])
  t.equal(post.status, 2)
  t.match(post.report, { verdict: 'unsent', allowed: null, code: null, link: null, message: /^a browser sends POST .* without a preflight.*: add --send$/, sent: [] })
  t.equal(post.report.steps.at(-1)?.outcome, 'unknown: the POST was not sent')
  t.strictSame(got, [])
  const put = await ask(url, ['--method', 'PUT'])
  t.match(put, { status: 0, report: { verdict: 'accepted', code: null, link: null, changes: [], servers: {} } })
  t.strictSame(put.report.steps.map(({ step }) => step), ['whether the request is cross-origin', 'whether it needs a preflight', 'the preflight', 'the response'])
  t.equal(put.report.steps.at(-1)?.outcome, 'unknown: the PUT was not sent')
  t.strictSame(got, ['OPTIONS /x'])
})

/** A server that redirects each path to what it is told, and answers others with `last`; the lines of its requests that are asked for. */
async function redirecting (t: Test, to: Readonly<Record<string, string>>, last: Answer, seen: readonly string[] = ['origin']): Promise<{ readonly address: string, readonly got: string[] }> {
  const got: string[] = []
  const server = http.createServer((request, response) => {
    const { method, url = '', headers } = request
    got.push([method, url, ...seen.map(name => headers[name] ?? '-')].join(' '))
    const location = to[url]
    const [status, ...lines] = location === undefined || method === 'OPTIONS' ? last : [307, 'access-control-allow-origin: *', `location: ${location}`] as const
    response.writeHead(status, Object.fromEntries(lines.map(line => line.split(/: (.*)/).slice(0, 2)))).end()
  })
  return { address: await listen(t, server), got }
}

t.test('redirects are followed as a browser follows them', async t => {
  const { address, got } = await redirecting(t, { '/a': '/b' }, [200, 'access-control-allow-origin: *'])
  const { status, report } = await ask(`${address}/a`)
  t.equal(status, 0)
  t.match(report.message, `may send GET ${address}/a and read the answer of ${address}/b, a 200`)
  t.strictSame(got, [`GET /a ${PAGE}`, `GET /b ${PAGE}`])
  t.match(report.steps.map(({ step }) => step), ['', '', '', 'the redirect', '', '', '', 'what the page may read'].map(step => new RegExp(step)))
})

t.test('a redirected request has a preflight of its own', async t => {
  const { address, got } = await redirecting(t, { '/a': '/b' }, [204, 'access-control-allow-origin: *', 'access-control-allow-headers: *'])
  t.match(await ask(`${address}/a`, ['--header', 'x-a: 1']), { status: 0 })
  t.strictSame(got.map(line => line.split(' https')[0]), ['OPTIONS /a', 'GET /a', 'OPTIONS /b', 'GET /b'])
})

t.test('after redirects across origins the origin is null, and the advice is to call the last one directly', async t => {
  const last = await redirecting(t, {}, [200, ALLOW])
  const first = await redirecting(t, { '/a': `${last.address}/b` }, [404])
  const { status, report } = await ask(`${first.address}/a`)
  t.equal(status, 1)
  t.strictSame(last.got, ['GET /b null'])
  t.match(report, { code: 'AllowOriginMismatch', changes: [`let the page call ${last.address}/b directly, and allow ${PAGE} there: after redirects across origins, browsers send Origin: null`] })
  t.equal(report.changes.length, 1)
  t.strictSame(report.servers, {}, 'no line of configuration fixes it')
})

t.test('the answer after a redirect may be missing', async t => {
  const gone = http.createServer().listen(0, '127.0.0.1')
  await once(gone, 'listening')
  const address = await listen(t, http.createServer())
  const first = await redirecting(t, { '/a': address.replace('http:', 'https:') }, [404])
  gone.close()
  t.match(await ask(`${first.address}/a`), { status: 2, report: { verdict: 'unanswered', sent: [{ response: { status: 307 } }, { response: null }] } })
})

t.test('requests have the headers of a browser', async t => {
  const seen = ['origin', 'access-control-request-method', 'access-control-request-headers', 'sec-fetch-mode', 'x-a']
  const { address, got } = await redirecting(t, {}, [200, 'access-control-allow-origin: *', 'access-control-allow-headers: *', 'access-control-allow-methods: *'], seen)
  await ask(`${address}/a`, ['--method', 'PUT', '--header', 'X-A: 1', '--send'])
  t.strictSame(got, [`OPTIONS /a ${PAGE} PUT x-a cors -`, `PUT /a ${PAGE} - - cors 1`])
})

t.test('a method is sent in the case in which the page writes it', async t => {
  const lines: string[] = []
  const server = net.createServer(socket => {
    socket.on('error', () => {})
    socket.once('data', bytes => {
      lines.push(String(bytes.toString().split('\r\n')[0]))
      socket.end('HTTP/1.1 200 OK\r\n\r\n')
    })
  })
  const address = await listen(t, server)
  await ask(`${address}/x?y#z`, ['--origin', address, '--method', 'patch', '--send'])
  t.strictSame(lines, ['patch /x?y HTTP/1.1'])
})

t.test('browsers differ', async t => {
  const { url } = await answering(t, { preflight: [204, ALLOW, 'access-control-allow-headers: *', 'access-control-max-age: 86400'], actual: [200, ALLOW] })
  const verdicts = await Promise.all(['standard', 'chromium', 'firefox', 'webkit'].map(async browser => {
    const { report } = await ask(url, ['--header', 'authorization: x', '--browser', browser])
    return [report.browser, report.verdict, report.sent[0]?.said.at(-1)?.meaning.match(/\d+/)?.[0]]
  }))
  t.strictSame(verdicts, [['standard', 'blocked', '86400'], ['chromium', 'readable', '7200'], ['firefox', 'readable', '86400'], ['webkit', 'blocked', undefined]], 'WebKit blocks http on the same machine as mixed content')
})

t.test('a cache is warned of if an answer names an origin without Vary', async t => {
  const rows: { lines: string[], notes: RegExp[] }[] = [
    { lines: [ALLOW], notes: [/Vary: Origin/] },
    { lines: [ALLOW, 'vary: accept'], notes: [/Vary: Origin/] },
    { lines: [ALLOW, 'vary: accept, ORIGIN'], notes: [] },
    { lines: [ALLOW, 'vary: *'], notes: [] },
    { lines: ['access-control-allow-origin: *'], notes: [] },
    { lines: [], notes: [] }
  ]
  for (const { lines, notes } of rows) {
    const { report } = await ask((await answering(t, { actual: [200, ...lines] })).url)
    t.equal(report.notes.length, notes.length, lines.join('; '))
    t.match(report.notes, notes)
  }
})

t.test('a header that a page cannot set has a note', async t => {
  const { url } = await answering(t, { actual: [200, 'access-control-allow-origin: *'] })
  t.strictSame((await ask(url, ['--header', 'cookie: a=1'])).report.notes, ['a page cannot set the header cookie, so it was not sent'])
})

t.test('what a browser would not send is not sent', async t => {
  const { url, got } = await answering(t, {})
  const request = createRequest({ origin: PAGE, url, mode: 'same-origin' })
  const journey = await follow(request, { browser: browsers.chromium, send: true, insecure: false, timeout: 1000 })
  const report = reportOn({ request, browser: 'chromium', dropped: [], send: true, insecure: false, json: true }, journey)
  t.match(report, { verdict: 'blocked', code: 'DisallowedByMode', sent: [], changes: [/^change nothing on the server/], servers: {} })
  t.strictSame(got, [])
})
