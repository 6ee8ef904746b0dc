import Fastify from 'fastify'
import corsPlugin from 'fastify-cors-policy'
import { optionsSchema } from 'fastify-cors-policy/schema'
import { createBrowser } from 'fastify-cors-policy/testing'

const app = Fastify()
app.register(corsPlugin, { origin: ['https://app.test', /^https:\/\/[a-z]+\.test$/], credentials: true, maxAge: 60 })
app.get('/status', { config: { cors: { origin: '*', credentials: false } } }, async () => 'ok')
// @ts-expect-error: a string is no number of seconds, so the options are really typed.
app.register(corsPlugin, { maxAge: 'soon' })

const browser = createBrowser(app, { browser: 'firefox' })
browser.open('https://app.test').fetch('/status').then(response => response.headers.get('etag'))
app.cors.explain({ origin: 'https://app.test', url: '/status' }).then(({ allowed, fix }) => [allowed, fix?.length])
// @ts-expect-error: there is no such browser, so the browser for tests is really typed.
createBrowser(app, { browser: 'netscape' })

console.log(optionsSchema.properties.origin)
// @ts-expect-error: there is no such option, so the schema is really typed.
console.log(optionsSchema.properties.orgin)
