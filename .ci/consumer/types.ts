import Fastify from 'fastify'
import corsPlugin from 'fastify-cors-policy'

const app = Fastify()
app.register(corsPlugin, { origin: ['https://app.test', /^https:\/\/[a-z]+\.test$/], credentials: true, maxAge: 60 })
app.get('/status', { config: { cors: { origin: '*', credentials: false } } }, async () => 'ok')
// @ts-expect-error: a string is no number of seconds, so the options are really typed.
app.register(corsPlugin, { maxAge: 'soon' })
