'use strict'

// Run `npm run build` once, then: node examples/cookie-sessions/server.js
// and for the page: npx vite examples/cookie-sessions/page

const Fastify = require('fastify')
const cookie = require('@fastify/cookie')
const session = require('@fastify/session')
const corsPlugin = require('fastify-cors-policy')

const isProduction = process.env.NODE_ENV === 'production'

// nginx runs on the same machine. Fastify trusts X-Forwarded-Proto and -For only from there.
const app = Fastify({ logger: true, trustProxy: '127.0.0.1' })

app.register(corsPlugin, {
  origin: isProduction ? 'https://app.example' : 'http://localhost:*',
  credentials: true,
  enforce: 'unsafe'
})
app.register(cookie)
app.register(session, {
  secret: process.env.SESSION_SECRET ?? 'only for development: 32 characters',
  saveUninitialized: false,
  cookie: isProduction
    ? { secure: true, sameSite: 'none', partitioned: true }
    : { secure: false, sameSite: 'lax' }
})

app.post('/login', async (request) => {
  await request.session.regenerate()
  request.session.user = request.body.name
  return { user: request.session.user }
})
app.get('/me', async (request) => ({ user: request.session.user ?? null }))

app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' }).catch((error) => {
  app.log.error(error)
  process.exitCode = 1
})
