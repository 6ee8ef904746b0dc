// Run `npm run build` once, then: node examples/uploads/server.mjs

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import multipart from '@fastify/multipart'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'
import Fastify from 'fastify'
import corsPlugin from 'fastify-cors-policy'

const app = Fastify({ logger: true })

app.register(corsPlugin, {
  origin: ['https://app.example.com', 'http://localhost:*'],
  maxAge: 7200,
  // What a client of tus reads.
  exposedHeaders: [
    'Location', 'Upload-Offset', 'Upload-Length', 'Upload-Metadata', 'Upload-Expires',
    'Tus-Resumable', 'Tus-Version', 'Tus-Extension', 'Tus-Max-Size'
  ]
})

// A file in a form, in one request.
app.register(multipart)
app.post('/photos', async (request) => {
  const { filename, file } = await request.file()
  let size = 0
  for await (const chunk of file) size += chunk.length
  return { filename, size }
})

// Large files in pieces, which go on after a break: the protocol of tus.
const tus = new Server({
  path: '/videos',
  datastore: new FileStore({ directory: mkdtempSync(join(tmpdir(), 'videos-')) })
})
app.addContentTypeParser('application/offset+octet-stream', (request, payload, done) => { done(null) })
function handle (request, reply) {
  reply.hijack()
  tus.handle(request.raw, reply.raw)
}
app.route({ method: ['GET', 'POST', 'OPTIONS'], url: '/videos', handler: handle })
app.route({ method: ['GET', 'HEAD', 'PATCH', 'DELETE'], url: '/videos/:id', exposeHeadRoute: false, handler: handle })

await app.listen({ port: Number(process.env.PORT ?? 3000) })
