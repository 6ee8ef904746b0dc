import Fastify from 'fastify'
import { expectError } from 'tsd'
import corsPlugin from '..'

const app = Fastify()

app.register(corsPlugin)
app.register(corsPlugin, {})
app.register(corsPlugin, { origin: ['https://app.example.com', /^https:\/\/[a-z]+\.example\.org$/], credentials: true, maxAge: 7200 })
app.register(corsPlugin, { logLevel: 'silent' })
app.register(corsPlugin.corsPlugin, { origin: false })
app.register(corsPlugin.default, { origin: false })
app.register(async scope => { scope.register(corsPlugin, { paths: ['/api/*'] }) })
Fastify({ http2: true }).register(corsPlugin, { origin: '*' })

// Unknown keys, and keys that only @fastify/cors has.
expectError(app.register(corsPlugin, { orgin: '*' }))
expectError(app.register(corsPlugin, { origin: '*', maxage: 600 }))
expectError(app.register(corsPlugin, { hook: 'onRequest' }))
expectError(app.register(corsPlugin, { strictPreflight: false }))
expectError(app.register(corsPlugin, { hideOptionsRoute: false }))
expectError(app.register(corsPlugin, { privateNetwork: true }))
expectError(app.register(corsPlugin, { dangerously: { nullOrigins: true } }))

// Wrong values.
expectError(app.register(corsPlugin, { maxAge: 'soon' }))
expectError(app.register(corsPlugin, { origin: null }))
expectError(app.register(corsPlugin, { credentials: 'true', origin: 'https://app.example.com' }))
expectError(app.register(corsPlugin, { credentials: true }))
expectError(app.register(corsPlugin, { logLevel: 'loud' }))
expectError(app.register(corsPlugin, null))
expectError(app.register(corsPlugin, 'https://app.example.com'))

// @fastify/cors takes a function that returns the delegator in place of the options; this plugin does not.
expectError(app.register(corsPlugin, () => async () => ({ origin: '*' })))
