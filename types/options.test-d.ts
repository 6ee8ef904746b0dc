import { expectAssignable, expectNotAssignable, expectType } from 'tsd'
import type { CorsOptions, RouteCorsOptions } from '..'

declare const flag: boolean

// Every option, in each of its forms.
expectAssignable<CorsOptions>({})
expectAssignable<CorsOptions>({ origin: '*' })
expectAssignable<CorsOptions>({ origin: 'https://*.example.com' })
expectAssignable<CorsOptions>({ origin: /^https:\/\/a\.example$/ })
expectAssignable<CorsOptions>({ origin: ['https://a.example', /^https:\/\/b\.example$/] })
expectAssignable<CorsOptions>({ origin: true })
expectAssignable<CorsOptions>({ origin: flag })
expectAssignable<CorsOptions>({ methods: '*' })
expectAssignable<CorsOptions>({ methods: 'GET, PUT', allowedHeaders: 'X-A, X-B', exposedHeaders: 'ETag' })
expectAssignable<CorsOptions>({ methods: ['GET'], allowedHeaders: ['X-A'], exposedHeaders: ['ETag'] })
expectAssignable<CorsOptions>({ maxAge: 600, optionsSuccessStatus: 200, vary: ['X-Tenant'], paths: ['/api/*'] })
expectAssignable<CorsOptions>({ enforce: false })
expectAssignable<CorsOptions>({ enforce: 'unsafe' })
expectAssignable<CorsOptions>({ enforce: 'all' })
expectAssignable<CorsOptions>({ preflight: false })
expectAssignable<CorsOptions>({ preflightContinue: true })
expectAssignable<CorsOptions>({ cacheControl: 600 })
expectAssignable<CorsOptions>({ cacheControl: 'public, max-age=600' })
for (const logLevel of ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const) expectAssignable<CorsOptions>({ logLevel })
expectAssignable<CorsOptions>({ dangerously: {} })
expectAssignable<CorsOptions>({
  dangerously: {
    nullOrigin: true, anyOriginWithCredentials: true, insecureOrigins: true, publicSuffixOrigins: true, unsafeRegex: flag
  }
})

// A key with the value `undefined` is an absent key.
expectAssignable<CorsOptions>({
  origin: undefined,
  methods: undefined,
  allowedHeaders: undefined,
  exposedHeaders: undefined,
  credentials: undefined,
  maxAge: undefined,
  paths: undefined,
  enforce: undefined,
  vary: undefined,
  preflight: undefined,
  preflightContinue: undefined,
  optionsSuccessStatus: undefined,
  cacheControl: undefined,
  logLevel: undefined,
  delegator: undefined,
  dangerously: undefined
})
expectAssignable<CorsOptions>({ dangerously: { nullOrigin: undefined } })

// `null` is a wrong type for every key.
expectNotAssignable<CorsOptions>(null)
expectNotAssignable<CorsOptions>({ origin: null })
expectNotAssignable<CorsOptions>({ origin: [null] })
expectNotAssignable<CorsOptions>({ methods: null })
expectNotAssignable<CorsOptions>({ allowedHeaders: null })
expectNotAssignable<CorsOptions>({ exposedHeaders: null })
expectNotAssignable<CorsOptions>({ credentials: null })
expectNotAssignable<CorsOptions>({ maxAge: null })
expectNotAssignable<CorsOptions>({ paths: null })
expectNotAssignable<CorsOptions>({ enforce: null })
expectNotAssignable<CorsOptions>({ vary: null })
expectNotAssignable<CorsOptions>({ preflight: null })
expectNotAssignable<CorsOptions>({ preflightContinue: null })
expectNotAssignable<CorsOptions>({ optionsSuccessStatus: null })
expectNotAssignable<CorsOptions>({ cacheControl: null })
expectNotAssignable<CorsOptions>({ logLevel: null })
expectNotAssignable<CorsOptions>({ delegator: null })
expectNotAssignable<CorsOptions>({ dangerously: null })
expectNotAssignable<CorsOptions>({ dangerously: { nullOrigin: null } })

// Other wrong types.
expectNotAssignable<CorsOptions>({ origin: 1 })
expectNotAssignable<CorsOptions>({ origin: [true] })
expectNotAssignable<CorsOptions>({ origin: { test: () => true } })
expectNotAssignable<CorsOptions>({ methods: ['GET', 1] })
expectNotAssignable<CorsOptions>({ methods: true })
expectNotAssignable<CorsOptions>({ allowedHeaders: [/x-/] })
expectNotAssignable<CorsOptions>({ credentials: 'true', origin: 'https://a.example' })
expectNotAssignable<CorsOptions>({ maxAge: '600' })
expectNotAssignable<CorsOptions>({ paths: '/api/*' })
expectNotAssignable<CorsOptions>({ paths: [/api/] })
expectNotAssignable<CorsOptions>({ enforce: true })
expectNotAssignable<CorsOptions>({ enforce: 'some' })
expectNotAssignable<CorsOptions>({ vary: 'X-Tenant' })
expectNotAssignable<CorsOptions>({ preflight: 'false' })
expectNotAssignable<CorsOptions>({ optionsSuccessStatus: '204' })
expectNotAssignable<CorsOptions>({ cacheControl: true })
expectNotAssignable<CorsOptions>({ logLevel: 'verbose' })
expectNotAssignable<CorsOptions>({ dangerously: true })
expectNotAssignable<CorsOptions>({ dangerously: { nullOrigin: 'true' } })

// `credentials` needs an `origin`, because the default, any origin, is an error with it.
expectAssignable<CorsOptions>({ credentials: false })
expectAssignable<CorsOptions>({ credentials: true, origin: 'https://a.example' })
expectAssignable<CorsOptions>({ credentials: true, origin: ['https://a.example'] })
expectAssignable<CorsOptions>({ credentials: true, origin: async () => true })
expectAssignable<CorsOptions>({ credentials: true, origin: true, dangerously: { anyOriginWithCredentials: true } })
expectAssignable<CorsOptions>({ credentials: flag, origin: 'https://a.example' })
expectNotAssignable<CorsOptions>({ credentials: true })
expectNotAssignable<CorsOptions>({ credentials: true, origin: undefined })
expectNotAssignable<CorsOptions>({ credentials: flag })

// An options object can be read.
declare const options: CorsOptions
expectType<boolean | undefined>(options.credentials)
expectType<number | undefined>(options.maxAge)
expectType<readonly string[] | undefined>(options.paths)
expectType<false | 'unsafe' | 'all' | undefined>(options.enforce)

// Read-only lists are accepted.
const origins: readonly string[] = ['https://app.example.com']
expectAssignable<CorsOptions>({ origin: origins, methods: ['GET'] as const, vary: origins, paths: origins })
expectAssignable<RouteCorsOptions>({ origin: ['https://app.example.com', /^https:\/\/a\.test$/] as const })
