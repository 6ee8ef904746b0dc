import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import t from 'tap'
import { sayNoAnswer } from '../../lib/command/no-answer'
import { cert, key } from './certificate'
import { PAGE, ask, listen, writing } from './command'

const OK = `HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: ${PAGE}\r\n`

t.test('no answer is status 2, with the reason', async t => {
  const rows: { it: string, url: string, message: RegExp, changes?: RegExp[], timeout?: number }[] = [
    { it: 'a server that never answers', url: await writing(t, '', false), message: /^http:\/\/127\.0\.0\.1:\d+ sent no answer within 0\.2 seconds$/, timeout: 200 },
    { it: 'a server that stops in the middle of its headers', url: await writing(t, OK, false), message: /sent no answer within/, timeout: 200 },
    { it: 'a server that closes', url: await writing(t, ''), message: /gave no answer: the connection was closed before the answer was complete$/ },
    { it: 'a server that closes in the middle of its headers', url: await writing(t, OK), message: /gave no answer: / },
    { it: 'a server that speaks no HTTP', url: await writing(t, 'SSH-2.0-OpenSSH_9.2\r\n'), message: /^the answer of .* is not HTTP: "SSH-2\.0-OpenSSH_9\.2" is not the status line of an answer$/ },
    { it: 'headers that are larger than browsers take', url: await writing(t, `${OK}x: ${'a'.repeat(300_000)}\r\n\r\n`, false), message: /^the answer of .* is not HTTP: a line of the answer is longer than 262144 bytes$/ },
    { it: 'another protocol', url: await writing(t, 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', false), message: /gave no answer: 101 is not the status of a final answer$/ },
    { it: 'a name without an address', url: 'https://nowhere.invalid/', message: /^the name nowhere\.invalid has no address$|^https:\/\/nowhere\.invalid gave no answer: /, changes: [] },
    { it: 'a port without a server', url: `http://127.0.0.1:${await closedPort()}/`, message: /^nothing listens at 127\.0\.0\.1:\d+$/, changes: [/^start the server/] },
    { it: 'http where https is asked for', url: (await listen(t, http.createServer())).replace('http:', 'https:'), message: /^there is no TLS connection with 127\.0\.0\.1:\d+: wrong version number$/, changes: [/^check the port/] },
    { it: 'a port that closes where https is asked for', url: (await writing(t, '')).replace('http:', 'https:'), message: /gave no answer: / }
  ]
  for (const { it, url, message, changes, timeout } of rows) {
    const { status, report } = await ask(url, [], timeout === undefined ? {} : { timeout })
    t.equal(status, 2, it)
    t.match(report, { verdict: 'unanswered', allowed: null, message, sent: [{ method: 'GET', response: null, said: [] }] }, it)
    if (changes !== undefined && changes.length > 0) t.match(report.changes, changes, it)
  }
})

async function closedPort (): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo // It listens on a port, not on a pipe.
  server.close()
  await once(server, 'close')
  return port
}

t.test('errors of other machines have words too', async t => {
  const refused = Object.assign(new AggregateError([]), { code: 'ETIMEDOUT' })
  t.equal(sayNoAnswer(refused, 'http://a.test/', 1000).why, 'http://a.test gave no answer: ETIMEDOUT', 'of a name with several addresses')
  const protocol = Object.assign(new Error('write EPROTO'), { code: 'EPROTO' })
  t.equal(sayNoAnswer(protocol, 'https://a.test/', 1000).why, 'there is no TLS connection with a.test: write EPROTO', "without OpenSSL's reason")
})

t.test('a preflight without an answer is status 2 too, and the request is not sent', async t => {
  const { status, report } = await ask(await writing(t, ''), ['--method', 'PUT', '--send'])
  t.equal(status, 2)
  t.match(report, { verdict: 'unanswered', code: 'InvalidResponse', sent: { length: 1 } })
})

t.test('a certificate that browsers refuse is status 2, unless the user accepts it', async t => {
  const server = https.createServer({ cert, key }, (_request, response) => {
    response.writeHead(200, { 'access-control-allow-origin': '*' }).end()
  })
  const url = (await listen(t, server)).replace('http://127.0.0.1', 'https://localhost')
  const refused = await ask(url)
  t.equal(refused.status, 2)
  t.match(refused.report, { verdict: 'unanswered', message: /^browsers refuse the certificate of https:\/\/localhost:\d+: self[- ]signed certificate$/, changes: [/--insecure$/], notes: [] })
  const accepted = await ask(url, ['--insecure'])
  t.equal(accepted.status, 0)
  t.match(accepted.report, { verdict: 'readable', notes: [/^the certificate was not checked/] })
  t.strictSame((await ask('http://127.0.0.1:1', ['--insecure'])).report.notes, [], 'http has no certificate')
})

t.test('answers that browsers read are read', async t => {
  const rows: { it: string, bytes: string, ends?: boolean }[] = [
    { it: 'large headers', bytes: `${OK}x: ${'a'.repeat(100_000)}\r\n\r\n` },
    { it: 'more lines than Node.js keeps by default', bytes: `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(5_000)}Access-Control-Allow-Origin: *\r\n\r\n` },
    { it: 'a bare LF at the end of a line', bytes: `HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: ${PAGE}\n\n` },
    { it: 'a control character in a value', bytes: `${OK}x: a\x0bb\r\n\r\n` },
    { it: 'an informational response first', bytes: `HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n${OK}\r\n` },
    { it: 'a body that never ends', bytes: `${OK}Content-Length: 1000\r\n\r\nx`, ends: false }
  ]
  for (const { it, bytes, ends } of rows) {
    const { status, report } = await ask(await writing(t, bytes, ends))
    t.equal(status, 0, `${it}: ${report.message}`)
  }
})
