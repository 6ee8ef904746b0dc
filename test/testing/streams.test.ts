import { once } from 'node:events'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import fastify, { type FastifyReply } from 'fastify'
import t, { type Test } from 'tap'
import plugin from '../..'
import { type Page, type TestBrowser, createBrowser } from '../../lib/testing'
import { API, APP, failureOf, lines } from './scripted'

/** An application whose routes stream, and the replies that they have begun. */
function streaming () {
  const app = fastify()
  const replies: FastifyReply[] = []
  app.register(plugin, { origin: APP })
  app.addContentTypeParser('*', (_request, payload, done) => { done(null, payload) })
  app.get('/events', (_request, reply) => {
    replies.push(reply)
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
  })
  app.get('/blocked', { config: { cors: false } }, (_request, reply) => {
    replies.push(reply)
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
  })
  app.get('/never', (_request, reply) => {
    replies.push(reply)
    reply.hijack()
  })
  app.get('/lines', async (_request, reply) => reply.type('application/x-ndjson').send(Readable.from(['{"a":1}\n', '{"a":2}\n'])))
  app.get('/empty', async () => '')
  app.get('/large', async () => Buffer.alloc(3_000_000, 'x'))
  app.post('/slow', (_request, reply) => {
    replies.push(reply)
    reply.hijack()
  })
  app.post('/upload', async request => {
    const sizes: number[] = []
    for await (const chunk of request.body as Readable) sizes.push((chunk as Buffer).length)
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers
    return { bytes: sizes.reduce((sum, size) => sum + size, 0), length: length ?? null, coding: coding ?? null }
  })
  app.post('/refused', async (_request, reply) => reply.code(401).send())
  app.all('/moved/:status', async (request, reply) => reply.redirect('/lines', Number((request.params as { status: string }).status)))
  return { app, replies }
}

interface Running {
  readonly browser: TestBrowser
  readonly page: Page
  readonly replies: FastifyReply[]
}

/** Runs the same test through `inject` and over connections. */
function everywhere (name: string, run: (t: Test, running: Running) => Promise<void>): void {
  t.test(`${name}, through inject`, async t => {
    const { app, replies } = streaming()
    t.teardown(() => app.close())
    const browser = createBrowser(app)
    await run(t, { browser, page: browser.open(APP), replies })
  })
  t.test(`${name}, over a connection`, async t => {
    const { app, replies } = streaming()
    const browser = createBrowser(await app.listen({ port: 0, host: '127.0.0.1' }))
    t.teardown(async () => {
      app.server.closeAllConnections()
      await app.close()
    })
    await run(t, { browser, page: browser.open(APP), replies })
  })
}

const at = (path: string) => `https://api.example.com${path}`

function upload (chunks: readonly unknown[]): RequestInit {
  const body = new ReadableStream({
    pull (controller) {
      if (chunks.length === 0) controller.close()
      else controller.enqueue([...chunks].shift())
      chunks = chunks.slice(1)
    }
  })
  return { method: 'POST', body, duplex: 'half' }
}

const bytes = (text: string) => new TextEncoder().encode(text)

everywhere('events are read as they come', async (t, { page, replies }) => {
  const response = await page.fetch(at('/events'))
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  t.equal((await reader?.read())?.value, 'data: 1\n\n')
  replies[0]?.raw.write('data: 2\n\n')
  t.equal((await reader?.read())?.value, 'data: 2\n\n')
  replies[0]?.raw.end()
  t.equal((await reader?.read())?.done, true)
})

everywhere('the browser receives what the page may not read, until an abort', async (t, { page, replies }) => {
  const controller = new AbortController()
  const response = await page.fetch(at('/blocked'), { mode: 'no-cors', signal: controller.signal })
  t.equal(response.type, 'opaque')
  const raw = replies[0]?.raw
  // By then the server would have seen the end of the other request.
  await (await page.fetch(at('/lines'))).text()
  t.notOk(raw?.destroyed)
  controller.abort()
  await once(raw as NodeJS.EventEmitter, 'close') // The server has replied.
})

everywhere('a stream of lines ends', async (t, { page }) => {
  t.equal(await (await page.fetch(at('/lines'))).text(), '{"a":1}\n{"a":2}\n')
})

everywhere('a large body arrives whole, twice if it is cloned', async (t, { page }) => {
  const response = await page.fetch(at('/large'))
  const copy = response.clone()
  t.equal((await response.arrayBuffer()).byteLength, 3_000_000)
  t.equal(await copy.text(), 'x'.repeat(3_000_000))
})

everywhere('a body is read into a buffer of the page', async (t, { page }) => {
  const reader = (await page.fetch(at('/lines'))).body?.getReader({ mode: 'byob' })
  const first = await reader?.read(new Uint8Array(4))
  t.equal(new TextDecoder().decode(first?.value), '{"a"')
  let last = first
  while (last?.done === false) last = await reader?.read(new Uint8Array(100))
  t.equal(last?.done, true)
})

everywhere('an abort ends a response that has begun, on the server too', async (t, { page, replies }) => {
  const controller = new AbortController()
  const response = await page.fetch(at('/events'), { signal: controller.signal })
  const closed = once(replies[0]?.raw ?? t, 'close')
  const reader = response.body?.getReader()
  await reader?.read()
  controller.abort(new Error('enough'))
  await t.rejects(async () => await reader?.read(), { message: 'enough' })
  await closed
})

everywhere('an abort does not fail a body that is known to be empty', async (t, { page }) => {
  const controller = new AbortController()
  const response = await page.fetch(at('/empty'), { signal: controller.signal })
  controller.abort()
  t.equal((await response.body?.getReader().read())?.done, true)
})

everywhere('a body that an abort has cut off cannot be read, at once and every time', async (t, { page }) => {
  for (const method of ['arrayBuffer', 'blob', 'formData', 'json', 'text'] as const) {
    const controller = new AbortController()
    const response = await page.fetch(at('/events'), { signal: controller.signal })
    controller.abort(new Error('enough'))
    const order: string[] = []
    const read = response[method]().catch((error: unknown) => order.push((error as Error).message)) // It is the reason.
    await Promise.all([read, Promise.resolve().then(() => order.push('next'))])
    t.strictSame(order, ['enough', 'next'], method)
    await t.rejects(response[method](), { message: 'enough' }, method)
  }
  const unused = new AbortController()
  const response = await page.fetch(at('/lines'), { signal: unused.signal })
  t.equal(await response.text(), '{"a":1}\n{"a":2}\n')
  unused.abort()
  await t.rejects(response.text(), TypeError, 'it has been read')
})

everywhere('an abort fails the body that is being read', async (t, { page }) => {
  const controller = new AbortController()
  const response = await page.fetch(at('/events'), { signal: controller.signal })
  const read = response.text()
  controller.abort()
  await t.rejects(read, { name: 'AbortError' })
})

everywhere('an abort ends a request that waits, on the server too', async (t, { page, replies }) => {
  const controller = new AbortController()
  const fetched = page.fetch(at('/never'), { signal: controller.signal })
  while (replies.length === 0) await wait(1)
  const closed = once(replies[0]?.raw ?? t, 'close')
  controller.abort(new Error('enough'))
  await t.rejects(fetched, { message: 'enough' })
  await closed
})

everywhere('an abort ends a request whose body has been sent', async (t, { page, replies }) => {
  const controller = new AbortController()
  const fetched = page.fetch(at('/slow'), { method: 'POST', body: 'x', signal: controller.signal })
  while (replies.length === 0) await wait(1)
  const closed = once(replies[0]?.raw ?? t, 'close')
  controller.abort()
  await t.rejects(fetched, { name: 'AbortError' })
  await closed
})

everywhere('cancelling the body ends the response on the server, also while more of it is awaited', async (t, { page, replies }) => {
  const response = await page.fetch(at('/events'))
  const closed = once(replies[0]?.raw ?? t, 'close')
  await response.body?.cancel()
  await closed
  t.equal(response.bodyUsed, true)
  const reader = (await page.fetch(at('/events'))).body?.getReader()
  await reader?.read()
  const closedToo = once(replies[1]?.raw ?? t, 'close')
  await reader?.cancel()
  await closedToo
})

everywhere('an endless response that the page may not read is ended', async (t, { page, replies }) => {
  const { cause } = await failureOf(page.fetch(at('/blocked')))
  t.equal(cause.code, 'MissingAllowOriginHeader')
  if (replies[0]?.raw.destroyed === false) await once(replies[0].raw, 'close')
})

everywhere('a body that breaks off is a TypeError for who reads it', async (t, { page, replies }) => {
  const response = await page.fetch(at('/events'))
  t.equal(response.status, 200)
  const read = response.text()
  replies[0]?.raw.destroy()
  await t.rejects(read, { name: 'TypeError', message: 'network error', cause: Error })
})

everywhere('a stream is sent in chunks, after a preflight', async (t, { browser, page }) => {
  const response = await page.fetch(at('/upload'), upload([bytes('ab'), bytes(''), bytes('cde')]))
  t.same(await response.json(), { bytes: 5, length: null, coding: 'chunked' })
  t.strictSame(lines(browser), [`preflight OPTIONS ${at('/upload')} 204`, `POST ${at('/upload')} 200`])
})

everywhere('a Request with a stream is sent in chunks, and one with a text is not', async (t, { page }) => {
  t.same(await (await page.fetch(new Request(at('/upload'), upload([bytes('abc')])))).json(), { bytes: 3, length: null, coding: 'chunked' })
  const request = new Request(at('/upload'), { method: 'POST', body: 'abc' })
  t.same(await (await page.fetch(request)).json(), { bytes: 3, length: '3', coding: null })
  t.equal(request.bodyUsed, true)
  await t.rejects(page.fetch(request), TypeError)
})

everywhere('a stream that is not of bytes fails the request', async (t, { page }) => {
  for (const chunk of ['text', null, 5, new ArrayBuffer(1), new Blob(['x'])]) {
    const { cause } = await failureOf(page.fetch(at('/upload'), upload([chunk])))
    t.match(cause, { code: 'InvalidResponse', cause: { message: /Uint8Array/ } })
  }
})

everywhere('a stream that fails fails the request', async (t, { page }) => {
  for (const reason of [new Error('broken'), 'broken']) {
    const body = new ReadableStream({ pull: controller => { controller.error(reason) } })
    const { cause } = await failureOf(page.fetch(at('/upload'), { method: 'POST', body, duplex: 'half' }))
    t.match(cause.cause, { message: /broken/ })
  }
})

everywhere('an abort cancels the stream that is being sent, with its reason', async (t, { page, replies }) => {
  const controller = new AbortController()
  const canceled = new Promise(resolve => {
    const body = new ReadableStream({
      start: stream => { stream.enqueue(bytes('a')) },
      cancel: resolve
    })
    page.fetch(at('/slow'), { method: 'POST', body, duplex: 'half', signal: controller.signal }).catch(() => {})
  })
  while (replies.length === 0) await wait(1)
  const reason = new Error('enough')
  controller.abort(reason)
  t.equal(await canceled, reason)
})

everywhere('a request that fails cancels the stream', async (t, { page }) => {
  const canceled = new Promise(resolve => {
    const body = new ReadableStream({ cancel: resolve })
    page.fetch('https://api.example.com:25/', { method: 'POST', body, duplex: 'half' }).catch(() => {})
  })
  await canceled
})

everywhere('a stream is not sent twice', async (t, { browser, page }) => {
  for (const status of [301, 302, 307, 308]) {
    const { cause } = await failureOf(page.fetch(at(`/moved/${status}`), upload([bytes('a')])))
    t.match(cause, { cause: { message: 'a body that is a stream cannot be sent twice' } })
  }
  t.equal((await page.fetch(at('/moved/303'), upload([bytes('a')]))).url, at('/lines'))
  const { cause } = await failureOf(browser.open(APP).fetch('/refused', upload([bytes('a')])))
  t.match(cause, { cause: { message: 'a body that is a stream cannot be sent twice' } })
  t.equal((await page.fetch(at('/refused'), upload([bytes('a')]))).status, 401, 'another origin gets no credentials')
})

t.test('a signal that is aborted already cancels the stream at once', async t => {
  let canceled: unknown
  const body = new ReadableStream({ cancel: reason => { canceled = reason } })
  const signal = AbortSignal.abort()
  const fetched = createBrowser(streaming().app).open(APP).fetch(API, { method: 'POST', body, duplex: 'half', signal })
  t.equal(canceled, signal.reason)
  await t.rejects(fetched, { name: 'AbortError' })
})

t.test('a preflight lets streams through for as long as it is kept', async t => {
  for (const browser of ['standard', 'chromium'] as const) {
    const { app } = streaming()
    const tested = createBrowser(app, { browser })
    const page = tested.open(APP)
    await page.fetch(at('/upload'), upload([bytes('a')]))
    await page.fetch(at('/upload'), upload([bytes('a')]))
    await page.fetch(at('/upload'), { method: 'POST', body: 'a' })
    t.equal(lines(tested).filter(line => line.startsWith('preflight')).length, 1, browser)
    tested.preflightCache.clear()
    await page.fetch(at('/upload'), upload([bytes('a')]))
    t.equal(lines(tested).filter(line => line.startsWith('preflight')).length, 2, browser)
  }
})
