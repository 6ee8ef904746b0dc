import { Kind, type Static, Type, TypeRegistry } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { kinds } from './kinds'
import type { OriginFunction } from './settings'

// The entry `fastify-cors-policy/schema`, and the one source of the options' types, checks and defaults. To load TypeBox
// takes longer than all the rest of the plugin, so no module that serves requests imports a value from here: what they
// need is in checks.ts, which `npm run checks` writes from this file.

for (const [kind, is] of Object.entries(kinds)) TypeRegistry.Set(kind, (_schema, value) => is(value))

const regExp = Type.Unsafe<RegExp>({ [Kind]: 'FastifyCorsPolicyRegExp' })

function fn<T> (options: { description: string, expects: string }) {
  return Type.Unsafe<T>({ [Kind]: 'FastifyCorsPolicyFunction', ...options })
}

function boolean (defaultValue: boolean, description: string) {
  return Type.Boolean({ default: defaultValue, expects: 'true or false', description })
}

const string = Type.String({ expects: 'a string' })

function list (description: string) {
  return Type.Union([Type.String(), Type.Array(string)], {
    expects: "'*', an array of strings or one comma-separated string",
    description
  })
}

const dangerously = Type.Partial(Type.Object({
  nullOrigin: boolean(false, 'Lets the origin `null` be allowed, which any site can get from a sandboxed frame.'),
  anyOriginWithCredentials: boolean(false, 'Lets every site read with the session of the user.'),
  insecureOrigins: boolean(false, 'Lets `http` origins read with credentials: an attacker on the network can pose as one.'),
  publicSuffixOrigins: boolean(false, 'Lets patterns cover a public suffix with credentials: strangers can register names under it.'),
  unsafeRegex: boolean(false, 'Lets a RegExp be used that may match more than it seems to, or take very long.'),
}), { additionalProperties: false, default: {}, expects: 'an object of booleans', description: 'The named escapes from rules that guard users.' })

/** What may differ from request to request. */
const perRequest = {
  origin: Type.Union([
    Type.String(), regExp, Type.Array(Type.Union([Type.String(), regExp], { expects: 'an origin, a pattern or a RegExp' })), Type.Boolean(),
    fn<OriginFunction>({ expects: 'a function', description: 'Decides for each origin.' }),
  ], {
    default: '*',
    expects: "'*', an origin, a RegExp, an array of origins and RegExps, a boolean or a function",
    description: 'The origins that may read: exact ones, patterns such as `https://*.example.com` and `http://localhost:*`, RegExps, a function, `*` for any, `false` for none.'
  }),
  methods: list('The methods that a page may use, `*` for any. Without it, those that are routed at the requested URL.'),
  allowedHeaders: list('The request headers that a page may send. `*` and no value both mean any, `Authorization` included.'),
  exposedHeaders: list('The response headers that a page may read, `*` for all. Without it, only the safelisted ones.'),
  credentials: boolean(false, 'Whether requests may carry cookies, TLS client certificates and HTTP authentication.'),
  maxAge: Type.Integer({ minimum: 0, maximum: 86400, expects: 'a whole number of seconds', description: 'Seconds that a browser may keep the answer to a preflight. Without it, browsers keep it for 5.' }),
  timingAllowOrigin: boolean(false, 'Whether origins that may read are also sent `Timing-Allow-Origin`, so that a page sees the detailed resource timing of its requests.'),
  enforce: Type.Union([Type.Literal(false), Type.Literal('unsafe'), Type.Literal('all')], {
    default: false,
    expects: "false, 'unsafe' or 'all'",
    description: "Also refuses on the server, with 403, actual requests from origins that are neither allowed nor the site's own: those with a method other than GET, HEAD and OPTIONS and WebSocket upgrades (`unsafe`), or every one (`all`). It cannot see what a server attached to `app.server` answers, such as socket.io or ws: that asks `app.cors.allows`."
  }),
  vary: Type.Array(string, { expects: 'an array of strings', description: 'Request headers other than `Origin` that an `origin` function or a `delegator` reads. They are added to `Vary`.' }),
  optionsSuccessStatus: Type.Integer({ minimum: 200, maximum: 299, default: 204, expects: 'a status from 200 to 299', description: 'The status of an accepted preflight.' }),
  cacheControl: Type.Union([Type.Integer({ minimum: 0 }), Type.String()], { expects: 'a whole number of seconds or a string', description: 'The `Cache-Control` of answers to preflights, for shared caches: seconds or the field value.' }),
  dangerously,
}

/** What a route may set too: whether the application answers preflights itself. */
const perRoute = {
  preflight: boolean(true, "Whether preflights are answered. `false` leaves them to the application's own OPTIONS routes."),
  preflightContinue: boolean(false, "Whether a preflight, once its headers are set, goes on to the application's OPTIONS route."),
}

/** What a delegator may return. */
export const requestSchema = Type.Partial(Type.Object(perRequest))
/** What `config.cors` of a route may have. */
export const routeSchema = Type.Partial(Type.Object({ ...perRequest, ...perRoute }))

/** The options: their keys, types and defaults, and what the documentation says of them. */
export const optionsSchema = Type.Partial(Type.Object({
  ...perRequest,
  ...perRoute,
  paths: Type.Array(string, { expects: 'an array of paths', description: 'The URL paths that the registration governs, with `*` for any run of characters. Without it, every path.' }),
  logLevel: Type.Union((['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const).map(level => Type.Literal(level)), { expects: 'a log level', description: 'The log level of the preflight route. Without it, the level of its context.' }),
  delegator: fn<Delegate>({ expects: 'a function', description: 'Gives options for each request, laid over the others, or `false` to switch CORS off for it.' }),
}), { additionalProperties: false })

/** A key with the value `undefined` is an absent key. */
type Loose<T> = { [K in keyof T]?: Nested<T[K]> | undefined }

/** Fastify's own options of `register` have a `logLevel` too, which is never `undefined` under `exactOptionalPropertyTypes`. */
type Registered<T extends { logLevel?: unknown }> = Omit<T, 'logLevel'> & { logLevel?: NonNullable<T['logLevel']> }

type Without<K extends keyof AllOptions> = { [key in K]?: undefined }

type Nested<V> = V extends Static<typeof dangerously> ? { [K in keyof V]?: boolean | undefined } : V extends Array<infer U> ? readonly U[] : V

/** Credentials for every site are an error at boot, so with `credentials` the type requires an `origin`. */
type Credentialed<T extends { origin?: unknown, credentials?: unknown }> =
  | (Omit<T, 'credentials'> & { credentials?: false | undefined })
  | (Omit<T, 'credentials' | 'origin'> & { credentials: true, origin: NonNullable<T['origin']> })

export type AllOptions = Registered<Loose<Static<typeof optionsSchema>>>
/** The values of options that are there. */
export type Given = { readonly [K in keyof AllOptions]-?: NonNullable<AllOptions[K]> }
export type CorsOptions = Credentialed<AllOptions>
/**
 * What `config.cors` of a route lays over the options of its registration. Fastify infers the type of
 * `config` from what is written, so a key must be named here for its use to be an error.
 */
export type RouteCorsOptions = Loose<Static<typeof routeSchema>> & Without<'paths' | 'delegator' | 'logLevel'>
/** What a delegator lays over the options of its registration or route. */
export type DelegatedCorsOptions = Loose<Static<typeof requestSchema>>
export type Delegate = (request: FastifyRequest) => DelegatedCorsOptions | false | Promise<DelegatedCorsOptions | false>
