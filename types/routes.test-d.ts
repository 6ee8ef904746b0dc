import Fastify from 'fastify'
import type { FastifyContextConfig } from 'fastify'
import { expectAssignable, expectError, expectNotAssignable, expectType } from 'tsd'
import type { RouteCorsOptions } from '..'

const app = Fastify()
const handler = async () => 'ok'

expectType<boolean | RouteCorsOptions | undefined>({} as FastifyContextConfig['cors'])

app.get('/', { config: { cors: true } }, handler)
app.get('/', { config: { cors: false } }, handler)
app.get('/', { config: { cors: {} } }, handler)
app.get('/', { config: { cors: { origin: '*', credentials: false } } }, handler)
app.get('/', { config: { cors: { origin: async (origin, request) => origin === request.hostname } } }, handler)
app.get('/', { config: { cors: { preflight: false } } }, handler)
app.route({ method: 'PUT', url: '/', config: { cors: { maxAge: 600, dangerously: { nullOrigin: true } } }, handler })
// The origin may come from the registration's options.
app.get('/', { config: { cors: { credentials: true } } }, handler)

expectError(app.get('/', { config: { cors: null } }, handler))
expectError(app.get('/', { config: { cors: { origin: null } } }, handler))
expectError(app.get('/', { config: { cors: { maxAge: 'soon' } } }, handler))
expectError(app.get('/', { config: { cors: { enforce: true } } }, handler))
expectError(app.get('/', { config: { cors: { dangerously: { nullOrigin: 'true' } } } }, handler))

// Options that hold for a whole registration are refused in a route.
expectError(app.get('/', { config: { cors: { paths: ['/'] } } }, handler))
expectError(app.get('/', { config: { cors: { delegator: () => ({}) } } }, handler))
expectError(app.get('/', { config: { cors: { logLevel: 'info' } } }, handler))
expectNotAssignable<RouteCorsOptions>({ paths: ['/'] })
expectNotAssignable<RouteCorsOptions>({ delegator: () => ({}) })
expectNotAssignable<RouteCorsOptions>({ logLevel: 'info' })

// Fastify infers the type of `config` from the value, so TypeScript sees these errors only where the type is named.
// Elsewhere they are errors at boot.
const config: FastifyContextConfig = {}
expectError(config.cors = { orgin: '*' })
expectError(config.cors = { origin: '*', orgin: '*' })
expectError(config.cors = 'true')
expectError(config.cors = ['https://a.example'])
expectError(config.cors = () => ({}))

expectAssignable<RouteCorsOptions>({ origin: undefined, credentials: undefined })
expectNotAssignable<RouteCorsOptions>({ credentials: 'false' })
expectNotAssignable<RouteCorsOptions>({ vary: null })

// A request gives access to the options of its route.
app.get('/', async request => { expectType<boolean | RouteCorsOptions | undefined>(request.routeOptions.config.cors) })
