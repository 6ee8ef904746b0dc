import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../../index'
import { createBrowser } from '../../lib/testing'
import { engineNames, launch, without } from './engines'
import { type Server, serve } from './server'

// What the generated scenarios have none of: an XMLHttpRequest with a listener on its upload, and a page on a host with a root dot.

interface Call { readonly url: string, readonly upload?: boolean }

// The part of it that is used: the types of Node.js have none.
declare const XMLHttpRequest: new () => {
  readonly status: number
  readonly upload: { addEventListener (type: string, listener: () => void): void }
  onloadend: () => void
  open (method: string, url: string): void
  send (body: string): void
}

/** Runs in the page. A POST of a text, which by itself needs no preflight. Its result is the status, 0 where it is blocked. */
async function send ({ url, upload }: Call): Promise<number> {
  const request = new XMLHttpRequest()
  request.open('POST', url)
  if (upload === true) request.upload.addEventListener('progress', () => {})
  return await new Promise(resolve => {
    request.onloadend = () => { resolve(request.status) }
    request.send('a text')
  })
}

async function appFor (origin: string) {
  const app = Fastify()
  await app.register(corsPlugin, { origin })
  app.post('/', async () => 'sent')
  await app.ready()
  return app
}

for (const name of engineNames) {
  t.test(`upload listeners and root dots in ${name}`, { skip: without(name) }, async t => {
    let seen: string[] = []
    let app: Awaited<ReturnType<typeof appFor>> | undefined
    const server: Server = await serve((request, response) => {
      const { method, url, headers } = request
      if (url === '/page') {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><link rel=icon href=data:,>')
        return
      }
      seen.push(`${method} from ${headers.origin}`)
      app?.routing(request, response)
    })
    const engine = await launch(name, server)
    try {
      for (const host of ['localhost', 'localhost.']) {
        const origin = `http://${host}:${server.port}`
        const url = `http://127.0.0.1:${server.port}/`
        app = await appFor(origin)
        const tab = await engine.open(`${origin}/page`)
        for (const upload of [false, true]) {
          seen = []
          t.equal(await tab.run(send, { url, upload }), 200)
          const { allowed, preflight: { needed } } = await app.cors.explain({ origin, url, method: 'POST', uploadListener: upload, browser: name })
          t.strictSame([allowed, needed], [true, upload])
          t.strictSame(seen, [...needed ? [`OPTIONS from ${origin}`] : [], `POST from ${origin}`], `${host}, upload listener: ${upload}`)
        }
        seen = []
        await createBrowser(`http://127.0.0.1:${server.port}`, { browser: name }).open(origin).fetch(url, { method: 'POST', body: 'a text' })
        t.strictSame(seen, [`POST from ${origin}`], 'the browser for tests')
        // The other host is not this origin.
        app = await appFor(`http://${host === 'localhost' ? 'localhost.' : 'localhost'}:${server.port}`)
        t.equal(await tab.run(send, { url }), 0)
        t.match(await app.cors.explain({ origin, url, method: 'POST', browser: name }), { allowed: false })
        await tab.close()
      }
    } finally {
      await engine.close()
      await server.close()
    }
  })
}
