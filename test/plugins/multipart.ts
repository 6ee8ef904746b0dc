import multipart from '@fastify/multipart'
import { createBrowser } from '../../lib/testing'
import { ALLOWED, EVIL, portOf } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, start } from './beside'
import type { Beside } from './beside'
import { keepsPromises } from './promises'

function form (): FormData {
  const data = new FormData()
  data.set('file', new Blob(['x'.repeat(64)], { type: 'text/plain' }), 'a.txt')
  return data
}

// Uploads need no preflight, and end early when they are too large.
export const multipartBeside: Beside = {
  name: '@fastify/multipart',
  checked: 'an upload without a listener needs no preflight; its 413 and 415 can be read; `enforce` refuses a foreign one before it is read',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    let runs = 0
    const running = await start(t, setting, {
      other: scope => scope.register(multipart, { limits: { fileSize: 100 } }),
      routes: scope => {
        scope.post('/upload', async request => (await (await request.file())?.toBuffer())?.length)
        scope.post('/small', async request => (await (await request.file({ limits: { fileSize: 10 } }))?.toBuffer())?.length)
        scope.post('/enforced', { config: { cors: { enforce: 'unsafe' } } }, async request => { runs++; return (await request.file())?.filename })
        scope.get('/upload', () => 'get')
        scope.put('/upload', () => 'put')
      }
    })
    await keepsPromises(t, running, { read: '/upload', write: { method: 'PUT', path: '/upload' } })
    const { app, at } = running
    const browser = createBrowser(`http://127.0.0.1:${portOf(app)}`)
    const page = browser.open(ALLOWED)
    const post = (path: string, body: FormData | URLSearchParams = form()) => page.fetch(`http://api.localhost${at(path)}`, { method: 'POST', body })
    t.equal(await (await post('/upload')).text(), '64')
    t.equal((await post('/small')).status, 413)
    t.equal((await post('/upload', new URLSearchParams('a=b'))).status, 415)
    t.equal(await (await post('/enforced')).text(), 'a.txt')
    t.strictSame(browser.sent.map(({ method }) => method), ['POST', 'POST', 'POST', 'POST'], 'no preflight')
    await t.rejects(browser.open(EVIL).fetch(`http://api.localhost${at('/enforced')}`, { method: 'POST', body: form() }))
    t.equal(browser.sent.at(-1)?.status, 403)
    t.equal(runs, 1)
  }
}
