'use strict'

// Run `npm run build` once, then: node examples/apps.js

const Fastify = require('fastify')
const corsPlugin = require('fastify-cors-policy')

const app = Fastify({ logger: true })

app.register(corsPlugin, {
  origin: [
    'https://app.example.com', // the site
    'app://.', // Electron, with a scheme of its own
    'capacitor://localhost', // Capacitor on iOS
    'https://localhost', // Capacitor on Android
    'chrome-extension://emjkcgjfjojkndgghmbomfmdpbpiefmi' // Chromium: the id is the same for every user
  ],
  enforce: 'unsafe'
})

app.get('/notes', async () => ['buy tea'])
app.put('/notes/:id', async (request) => ({ id: request.params.id }))

app.listen({ port: Number(process.env.PORT ?? 3000) }).catch((error) => {
  app.log.error(error)
  process.exitCode = 1
})
