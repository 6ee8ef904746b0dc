import { createHash } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import zlib from 'node:zlib'
import t, { type Test } from 'tap'
import { createBrowser } from '../../lib/testing'
import { listen } from './raw'
import { APP, failureOf, scripted } from './scripted'

const TEXT = 'hello '.repeat(50)
const gzip = zlib.gzipSync(TEXT)

/** The answer to a page that fetches what a server sends in this coding, through `inject` and over a connection. */
async function answers (t: Test, coding: string, body: Buffer, init?: RequestInit): Promise<Response[]> {
  const headers = { 'content-encoding': coding, 'x-a': '1' }
  const app = scripted(() => ({ headers, body }))
  const server = await listen(t, http.createServer((_request, response) => { response.writeHead(200, headers).end(body) }))
  return await Promise.all([app, server].map(async server => await createBrowser(server).open(APP).fetch('/x', init)))
}

t.test('a page reads the body without its content codings', async t => {
  const cases: [string, string, Buffer][] = [
    ['gzip', 'gzip', gzip],
    ['its old name', 'X-GZip', gzip],
    ['deflate', 'deflate', zlib.deflateSync(TEXT)],
    ['Brotli', 'br', zlib.brotliCompressSync(TEXT)],
    ['two, the last one outside', 'gzip, br', zlib.brotliCompressSync(gzip)],
    ['two with nothing between commas', ', deflate,,gzip,', zlib.gzipSync(zlib.deflateSync(TEXT))],
    ['an unknown one', 'identity', Buffer.from(TEXT)],
    ['none', '', Buffer.from(TEXT)]
  ]
  for (const [it, coding, body] of cases) {
    for (const response of await answers(t, coding, body)) t.equal(await response.text(), TEXT, it)
  }
})

t.test('the bytes stay as they are if one of the codings is not known', async t => {
  for (const response of await answers(t, 'gzip, zstd', gzip)) t.ok(gzip.equals(Buffer.from(await response.arrayBuffer())))
})

t.test('the headers stay, and a body that has no bytes needs no coding', async t => {
  for (const response of await answers(t, 'gzip', gzip)) {
    t.equal(response.headers.get('content-encoding'), 'gzip')
  }
  for (const response of await answers(t, 'gzip', gzip, { method: 'HEAD' })) t.equal(response.body, null)
  for (const response of await answers(t, 'br', Buffer.alloc(0))) t.equal(await response.text(), '')
})

t.test('the integrity is that of the body without its codings', async t => {
  const integrity = `sha256-${createHash('sha256').update(TEXT).digest('base64')}`
  for (const response of await answers(t, 'gzip', gzip, { integrity })) t.equal(await response.text(), TEXT)
})

t.test('data that is not in its coding is an error of the body, and data that ends too early is not', async t => {
  for (const coding of ['gzip', 'deflate', 'br']) {
    for (const response of await answers(t, coding, Buffer.from('not compressed'))) {
      t.equal(response.status, 200)
      t.match(await failureOf(response.text() as unknown as Promise<Response>), { name: 'TypeError', message: 'network error', cause: Error })
    }
  }
  for (const response of await answers(t, 'gzip', gzip.subarray(0, -4))) t.equal(await response.text(), TEXT)
})

t.test('a body is unpacked as it arrives, and the request ends with it', { timeout: 10_000 }, async t => {
  const closed: Promise<unknown>[] = []
  const address = await listen(t, http.createServer((_request, response) => {
    const packer = zlib.createGzip()
    closed.push(once(response, 'close'))
    packer.pipe(response.writeHead(200, { 'content-encoding': 'gzip' }))
    packer.write('first')
    packer.flush()
  }))
  const { body } = await createBrowser(address).open(APP).fetch('/x')
  const reader = body?.getReader()
  const { value } = await reader?.read() ?? {}
  t.equal(Buffer.from(value ?? []).toString(), 'first')
  await reader?.cancel()
  await Promise.all(closed)
})
