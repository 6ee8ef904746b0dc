import Fastify from 'fastify'
import type { FastifyRequest } from 'fastify'
import { expectAssignable, expectError, expectNotAssignable, expectType } from 'tsd'
import corsPlugin from '..'
import type { CorsOptions, OriginFunction } from '..'

const app = Fastify()

// An `origin` function gets the origin and the request, and returns its answer or a promise of it.
app.register(corsPlugin, {
  origin: (origin, request) => {
    expectType<string>(origin)
    expectType<FastifyRequest>(request)
    return origin.endsWith('.example')
  }
})
expectAssignable<OriginFunction>(() => true)
expectAssignable<OriginFunction>(() => 'https://a.example')
expectAssignable<OriginFunction>((origin: string) => origin === 'https://a.example' || 'https://b.example')
expectAssignable<OriginFunction>(async () => false)
expectAssignable<OriginFunction>(async (origin: string, { hostname }: FastifyRequest) => origin === `https://${hostname}`)
expectNotAssignable<OriginFunction>(() => undefined)
expectNotAssignable<OriginFunction>(() => null)
expectNotAssignable<OriginFunction>(() => 1)
expectNotAssignable<OriginFunction>(() => /^https:\/\/a\.example$/)
expectNotAssignable<OriginFunction>(() => ['https://a.example'])
expectNotAssignable<OriginFunction>(async () => undefined)
expectNotAssignable<OriginFunction>((origin: number) => origin === 1)
// The callback style of @fastify/cors.
expectNotAssignable<CorsOptions>({ origin: (origin: string, callback: (error: Error | null, allow: boolean) => void) => { callback(null, true) } })

// A delegator gets the request, and returns options or `false`, or a promise of either.
app.register(corsPlugin, {
  delegator: request => {
    expectType<FastifyRequest>(request)
    return { origin: `https://${request.hostname}` }
  }
})
expectAssignable<CorsOptions>({ delegator: () => ({}) })
expectAssignable<CorsOptions>({ delegator: () => false as const })
expectAssignable<CorsOptions>({ delegator: async () => ({ origin: 'https://a.example', credentials: true }) })
expectAssignable<CorsOptions>({ delegator: async () => false as const })
// The origin may come from the registration's options.
expectAssignable<CorsOptions>({ delegator: () => ({ credentials: true }) })
expectAssignable<CorsOptions>({ delegator: () => ({ dangerously: { nullOrigin: true } }) })
expectNotAssignable<CorsOptions>({ delegator: () => true })
expectNotAssignable<CorsOptions>({ delegator: () => undefined })
expectNotAssignable<CorsOptions>({ delegator: () => null })
expectNotAssignable<CorsOptions>({ delegator: () => 'https://a.example' })
expectNotAssignable<CorsOptions>({ delegator: () => ({ maxAge: '600' }) })
expectNotAssignable<CorsOptions>({ delegator: async () => ({ origin: null }) })
expectNotAssignable<CorsOptions>({ delegator: (request: FastifyRequest, callback: (error: Error | null) => void) => { callback(null) } })

// A delegator cannot return options that are needed before it runs.
expectError(app.register(corsPlugin, { delegator: () => ({ paths: ['/api/*'] }) }))
expectError(app.register(corsPlugin, { delegator: () => ({ logLevel: 'info' }) }))
expectError(app.register(corsPlugin, { delegator: () => ({ delegator: () => ({}) }) }))
expectError(app.register(corsPlugin, { delegator: () => ({ preflight: false }) }))
expectError(app.register(corsPlugin, { delegator: async () => ({ preflightContinue: true }) }))

expectType<readonly corsPlugin.Problem[]>(corsPlugin.check({ origin: '*' }))
