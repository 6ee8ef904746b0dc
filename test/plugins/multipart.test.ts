import multipart from '@fastify/multipart'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../../index'
import { ALLOWED, EVIL, OTHER, listen, preflightHttp, sendHttp } from '../support/exchange'

const BOUNDARY = '----boundary'
const upload = {
  headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
  body: `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\n${'x'.repeat(64)}\r\n--${BOUNDARY}--\r\n`
}
const READABLE = { 'access-control-allow-origin': ALLOWED, vary: 'Origin' }

for (const order of ['before', 'after']) {
  t.test(`uploads and their errors are readable, multipart registered ${order}`, async t => {
    const app = Fastify()
    if (order === 'before') app.register(multipart, { limits: { fileSize: 100 } })
    app.register(corsPlugin, { origin: [ALLOWED, OTHER] })
    if (order === 'after') app.register(multipart, { limits: { fileSize: 100 } })
    app.post('/upload', async request => (await (await request.file())?.toBuffer())?.length)
    app.post('/small', async request => (await (await request.file({ limits: { fileSize: 10 } }))?.toBuffer())?.length)
    app.put('/upload', () => 'put')
    t.teardown(() => app.close())
    await listen(app)

    const sent = await sendHttp(app, 'POST', '/upload', upload)
    t.equal(sent.body, '64')
    t.strictSame(sent.cors, READABLE)
    t.strictSame((await sendHttp(app, 'POST', '/upload', { origin: EVIL, ...upload })).cors, { vary: 'Origin' })
    const large = await sendHttp(app, 'POST', '/small', upload)
    t.equal(large.status, 413)
    t.strictSame(large.cors, READABLE)
    const wrong = await sendHttp(app, 'POST', '/upload', { headers: { 'content-type': 'text/csv' }, body: 'a,b' })
    t.equal(wrong.status, 415)
    t.strictSame(wrong.cors, READABLE)
    t.equal((await preflightHttp(app, 'PUT', '/upload')).status, 204)
  })
}

t.test('enforce refuses a cross-site upload before it is read', async t => {
  const app = Fastify()
  let runs = 0
  app.register(multipart)
  app.register(corsPlugin, { origin: [ALLOWED], enforce: 'unsafe' })
  app.post('/upload', async request => { runs++; await request.file(); return 'done' })
  t.teardown(() => app.close())
  await listen(app)
  const refused = await sendHttp(app, 'POST', '/upload', { origin: EVIL, ...upload })
  t.equal(refused.status, 403)
  t.equal(JSON.parse(refused.body).code, 'FST_CORS_ORIGIN_NOT_ALLOWED')
  t.equal(runs, 0)
})
