'use strict'

// Run `npm run build` once, then: node examples/scoped.js

const Fastify = require('fastify')
const corsPlugin = require('fastify-cors-policy')

const app = Fastify()

// One context, one policy: the staff's own front end, with cookies.
app.register(async (admin) => {
  await admin.register(corsPlugin, { origin: 'https://admin.example.com', credentials: true })
  admin.delete('/users/:id', async () => ({ deleted: true }))
}, { prefix: '/admin' })

// Another context, another policy: any page may read, without credentials.
app.register(async (open) => {
  await open.register(corsPlugin, { origin: '*', maxAge: 86400 })
  open.get('/catalogue', async () => ['tea', 'coffee'])
}, { prefix: '/open' })

// A policy for some paths of its context: /partner/orders is governed, /health is not.
app.register(async (rest) => {
  await rest.register(corsPlugin, { origin: 'https://*.partner.example', paths: ['/partner/*'] })
  rest.put('/partner/orders', async () => ({ ordered: true }))
  rest.get('/health', async () => ({ up: true }))
})

async function preflight (method, url, origin) {
  const response = await app.inject({
    method: 'OPTIONS',
    url,
    headers: { origin, 'access-control-request-method': method }
  })
  const allowed = response.headers['access-control-allow-origin'] ?? 'no Access-Control-Allow-Origin'
  console.log(`${method} ${url} from ${origin}: ${response.statusCode}, ${allowed}`)
}

async function main () {
  await preflight('DELETE', '/admin/users/42', 'https://admin.example.com')
  await preflight('DELETE', '/admin/users/42', 'https://shop.example.com')
  await preflight('GET', '/open/catalogue', 'https://shop.example.com')
  await preflight('PUT', '/partner/orders', 'https://eu.partner.example')
  await preflight('GET', '/health', 'https://eu.partner.example')
  await app.close()
}

main()
