import Fastify from 'fastify'
import corsPlugin from '../..'

// Under `exactOptionalPropertyTypes`, where Fastify's own options of `register` do not take `undefined`.

const app = Fastify()
const options: corsPlugin.CorsOptions = { origin: 'https://app.example.com', credentials: true, logLevel: 'warn' }
const route: corsPlugin.RouteCorsOptions = { origin: '*', maxAge: undefined }

app.register(corsPlugin, options)
app.register(corsPlugin.corsPlugin, { ...options, maxAge: undefined })
app.get('/', { config: { cors: route } }, async () => 'ok')

// @ts-expect-error: Fastify has a `logLevel` of its own, which is not `undefined`.
const unset: corsPlugin.CorsOptions = { logLevel: undefined }
app.register(corsPlugin, unset)
