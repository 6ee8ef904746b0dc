// What a user's test does with the browser, in whatever environment it runs. It uses the environment's globals on purpose.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { createBrowser } = require('../../../.tests/lib/testing.js')
const corsPlugin = require('../../../.tests/index.js')
const fastify = require('fastify')

const API = 'https://api.example.com'

function build () {
  const app = fastify()
  app.register(corsPlugin, { origin: 'https://app.example.com', credentials: true })
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => { done(null, body) })
  app.all('/echo', async ({ method, headers, body }) => ({ method, type: headers['content-type'], extra: headers['x-extra'], body }))
  app.get('/events', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'access-control-allow-origin': '*' }).write('data: 1\n\n')
  })
  return app
}

async function withPage (use) {
  const app = build()
  await use(createBrowser(app).open('https://app.example.com'))
  await app.close()
}

const cases = {
  'a page reads JSON that it sent with a Request': () => withPage(async page => {
    const request = new Request(`${API}/echo`, { method: 'PUT', headers: new Headers({ 'X-Extra': '1', 'Content-Type': 'application/json' }), body: '{"a":1}' })
    const response = await page.fetch(request)
    assert.ok(response instanceof Response)
    assert.ok(response.headers instanceof Headers)
    assert.deepEqual(await response.json(), { method: 'PUT', type: 'application/json', extra: '1', body: { a: 1 } })
  }),
  'a page fetches a URL relative to its own': () => withPage(async page => {
    for (const url of ['/echo', new URL('https://app.example.com/echo'), new page.Request('/echo')]) {
      assert.equal((await page.fetch(url)).url, 'https://app.example.com/echo')
    }
  }),
  'a page sends forms and blobs': () => withPage(async page => {
    const form = new FormData()
    form.append('name', 'Ada')
    form.append('file', new Blob(['<a>'], { type: 'text/html' }), 'a.html')
    const multipart = await (await page.fetch(`${API}/echo`, { method: 'POST', body: form })).json()
    assert.match(multipart.body, /name="name"\r\n\r\nAda\r\n[^]*filename="a\.html"\r\nContent-Type: text\/html\r\n\r\n<a>\r\n/)
    const sent = async body => (await page.fetch(`${API}/echo`, { method: 'POST', body })).json()
    assert.equal((await sent(new URLSearchParams({ a: 'b c' }))).body, 'a=b+c')
    assert.equal((await sent(new Blob(['x'], { type: 'text/plain' }))).body, 'x')
    assert.equal((await sent(new TextEncoder().encode('x'))).body, 'x')
  }),
  'a page reads events as they come, and aborts them': () => withPage(async page => {
    const controller = new AbortController()
    const { body } = await page.fetch(`${API}/events`, { signal: controller.signal })
    const reader = body.getReader()
    assert.equal(new TextDecoder().decode((await reader.read()).value), 'data: 1\n\n')
    controller.abort()
    await assert.rejects(reader.read(), { name: 'AbortError' })
  }),
  'a page is blocked, and says why': () => withPage(async page => {
    await assert.rejects(page.fetch(`${API}/nowhere`, { headers: { 'Content-Type': 'a b' }, cache: 'no-store', mode: 'same-origin' }), error => {
      assert.equal(error.name, 'TypeError')
      assert.equal(error.message, 'Failed to fetch')
      assert.equal(error.cause.code, 'DisallowedByMode')
      return true
    })
  }),
  'the page\'s fetch takes the place of the global one': () => withPage(async page => {
    const original = globalThis.fetch
    globalThis.fetch = page.fetch
    try {
      assert.equal((await (await fetch(`${API}/echo`)).json()).method, 'GET')
      assert.equal(await (await fetch('data:,x')).text(), 'x')
    } finally {
      globalThis.fetch = original
    }
  })
}

/** Registers each with the runner's `test`. */
export function register (test) {
  for (const [name, run] of Object.entries(cases)) test(name, run)
}
