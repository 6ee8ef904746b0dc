import net from 'node:net'
import t from 'tap'
import { createBrowser } from '../../lib/testing'
import { listen, raw } from './raw'
import { APP, failureOf } from './scripted'

const HEAD = 'HTTP/1.1 200 OK\r\n'

t.test('a page sends every byte that no standard forbids in a header value', async t => {
  const { address, received } = await raw(t, HEAD, '\r\n')
  const codes = Array.from({ length: 256 }, (_each, code) => code).filter(code => ![0, 10, 13].includes(code))
  const value = `x${String.fromCharCode(...codes)}x`
  await createBrowser(address).open(APP).fetch('/x', { headers: { 'x-a': value } })
  t.ok(received[0]?.includes(`\r\nx-a: ${value}\r\n`))
})

t.test('a page cannot send the bytes that the standard forbids', async t => {
  const { address, received } = await raw(t, HEAD, '\r\n')
  const page = createBrowser(address).open(APP)
  for (const byte of ['\0', '\r', '\n', '\u0100']) {
    const error = await failureOf(page.fetch('/x', { headers: { 'x-a': `x${byte}x` } }))
    t.equal(error.name, 'TypeError')
  }
  await page.fetch('/x', { headers: { 'x-a': '\t\r\n x \n' } })
  t.equal(received.length, 1)
  t.match(received[0], '\r\nx-a: x\r\n', 'whitespace around a value is removed')
})

t.test('what browsers read is read', async t => {
  const cases: { it: string, answer: string[], status?: number, statusText?: string, headers?: [string, string][], body?: string }[] = [
    { it: 'lines that end with a bare LF', answer: ['HTTP/1.1 200 OK\nX-A: 1\nContent-Length: 1\n\nxy'], headers: [['content-length', '1'], ['x-a', '1']], body: 'x' },
    { it: 'control characters in a value', answer: [`${HEAD}X-A: \v\f\x01\x7f\r\n\r\n`], headers: [['x-a', '\v\f\x01\x7f']] },
    { it: 'values that are empty', answer: [`${HEAD}X-A:\r\nX-A: \r\nX-A:1\r\n\r\n`], headers: [['x-a', ', , 1']] },
    { it: 'bytes that are not ASCII', answer: [`${HEAD}X-A: \xe9\xff\r\n\r\n\xe9`], headers: [['x-a', '\xe9\xff']], body: '\ufffd' },
    { it: 'a value on two lines', answer: [`${HEAD}X-A: 1\r\n\t 2\r\n\r\n`], headers: [['x-a', '1 2']] },
    { it: 'lines without a proper name', answer: [`${HEAD}nothing\r\na b: 1\r\n: 2\r\nX-A : 3\r\n\r\n`], headers: [['x-a', '3']] },
    { it: 'a continuation of nothing', answer: [`${HEAD} X-A: 1\r\n\r\n`], headers: [['x-a', '1']] },
    { it: 'no reason phrase', answer: ['HTTP/1.1 200\r\n\r\nx'], statusText: '', body: 'x' },
    { it: 'a reason phrase of any bytes', answer: ['HTTP/1.0 299 caf\xc3\xa9 \r\n\r\n'], status: 299, statusText: 'caf\xc3\xa9 ' },
    { it: 'a status that no standard knows', answer: ['http/1.1 999 X\r\n\r\nx'], status: 999, statusText: 'X', body: 'x' },
    { it: 'an answer after interim ones', answer: ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nX-B: 1\r\n\r\n', HEAD, 'X-A: 1\r\n\r\n'], headers: [['x-a', '1']] },
    { it: 'the same length twice', answer: [`${HEAD}Content-Length: 1, 1\r\nContent-Length: 1\r\n\r\nxy`], headers: [['content-length', '1, 1, 1']], body: 'x' },
    { it: 'a length that is not a number', answer: [`${HEAD}Content-Length: x\r\n\r\nxy`], headers: [['content-length', 'x']], body: 'xy' },
    { it: 'a 204 with a body', answer: ['HTTP/1.1 204 No Content\r\n\r\nx'], status: 204, statusText: 'No Content' },
    { it: 'a 304 with a length', answer: ['HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'], status: 304, statusText: 'Not Modified', headers: [['content-length', '5']] },
    {
      it: 'chunks in pieces, with extensions and trailers',
      answer: [`${HEAD}Transfer-Encoding: gzip, Chunked\r\n`, '\r\n3;a=b', '\r\nab', 'c\r\nA ', '\r\n0123456', '789\r\n0\r', '\nX-B: 1\r\n\r\nmore'],
      headers: [['transfer-encoding', 'gzip, Chunked']],
      body: 'abc0123456789'
    },
    { it: 'chunks beside a length', answer: [`${HEAD}Content-Length: 1\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n`], headers: [['content-length', '1'], ['transfer-encoding', 'chunked']], body: 'ab' }
  ]
  for (const { it, answer, status = 200, statusText = 'OK', headers = [], body = '' } of cases) {
    const { address } = await raw(t, ...answer)
    const response = await createBrowser(address).open(APP).fetch('/x')
    t.strictSame([response.status, response.statusText, [...response.headers], await response.text()], [status, statusText, headers, body], it)
  }
})

t.test('what browsers do not read either is an InvalidResponse', async t => {
  const cases: [string, string, RegExp][] = [
    ['no answer', '', /before the answer was complete/],
    ['half a head', `${HEAD}X-A: 1`, /before the answer was complete/],
    ['another protocol', 'SSH-2.0-x\r\n', /is not the status line/],
    ['a status of two digits', 'HTTP/1.1 99 X\r\n\r\n', /is not the status line/],
    ['a status of four digits', 'HTTP/1.1 2000 X\r\n\r\n', /is not the status line/],
    ['a status below 100', 'HTTP/1.1 099 X\r\n\r\n', /^99 is not the status of a final answer$/],
    ['a NUL in a header', `${HEAD}X-A: 1\0\r\n\r\n`, /contains a character/],
    ['a lone CR in a header', `${HEAD}X-A: 1\r2\r\n\r\n`, /contains a character/],
    ['two lengths', `${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`, /^the answer has several lengths: 1, 2$/],
    ['a line that never ends', `${HEAD}X-A: ${'x'.repeat(300_000)}`, /longer than 262144 bytes$/],
    ['lines that never end', `${HEAD}${'X-A: 1\r\n'.repeat(50_000)}`, /larger than 262144 bytes$/]
  ]
  for (const [it, answer, message] of cases) {
    const { address } = await raw(t, answer)
    t.match((await failureOf(createBrowser(address).open(APP).fetch('/x'))).cause, { code: 'InvalidResponse', cause: { message } }, it)
  }
})

t.test('reading a body that breaks off is a TypeError, with the error as its cause', async t => {
  const chunked = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`
  const cases: [string, string, RegExp][] = [
    ['less than its length', `${HEAD}Content-Length: 9\r\n\r\nx`, /^the connection was closed in the middle of the body$/],
    ['a chunk without its end', `${chunked}9\r\nx`, /^the connection was closed in the middle of the body$/],
    ['chunks without the last', `${chunked}1\r\nx\r\n`, /before the answer was complete$/],
    ['a size that is none', `${chunked}x\r\n`, /^"x" is not the size of a chunk$/]
  ]
  for (const [it, answer, message] of cases) {
    const { address } = await raw(t, answer)
    const response = await createBrowser(address).open(APP).fetch('/x')
    t.equal(response.status, 200, it)
    await t.rejects(response.text(), { name: 'TypeError', message: 'network error', cause: { message } }, it)
  }
})

t.test('an answer is read before the whole request has been', async t => {
  const server = net.createServer(socket => {
    socket.on('error', () => {})
    socket.once('data', () => { socket.end('HTTP/1.1 413 Payload Too Large\r\nContent-Length: 1\r\n\r\nx') })
  })
  const body = new ReadableStream({ pull: async controller => { controller.enqueue(new Uint8Array(1)) } })
  const response = await createBrowser(await listen(t, server)).open(APP).fetch('/x', { method: 'POST', body, duplex: 'half' })
  t.equal(response.status, 413)
})

t.test('an abort while the server is silent closes the connection', async t => {
  let closed: Promise<unknown> = Promise.resolve()
  const controller = new AbortController()
  const server = net.createServer(socket => {
    closed = new Promise(resolve => { socket.once('close', resolve) })
    socket.on('error', () => {}).once('data', () => { controller.abort(new Error('enough')) })
  })
  const address = await listen(t, server)
  await t.rejects(createBrowser(address).open(APP).fetch('/x', { signal: controller.signal }), { message: 'enough' })
  await closed
})
