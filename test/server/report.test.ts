import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, logLines, preflight, send } from '../support/exchange'
import type { Exchange } from '../support/exchange'
import { INFO, refusalsIn } from './refusal-lines'

type Options = corsPlugin.CorsOptions
type Act = (app: FastifyInstance) => Promise<Exchange>

const THERE = 'the registration of the application'
const UNLISTED = `if its pages may read this, add '${EVIL}' to \`origin\` in ${THERE}`
const ESCAPE = `\`dangerously: { nullOrigin: true }\` in ${THERE}`
const NULL = 'null is the origin of sandboxed frames, of files and of redirected requests: serve the page from a named origin, or allow null, which any site can send, with'
const NOWHERE = 'nothing: browsers do not send an origin like this, so no page was blocked'

function handler (): string {
  return 'a'
}

/** An application with routes of many kinds, all under the same options. */
async function appWith (options: Options, server: FastifyServerOptions = {}) {
  const { lines, stream } = logLines()
  const app = Fastify({ ...server, logger: { level: 'info', stream } })
  app.register(corsPlugin, options)
  app.route({ method: ['GET', 'PUT', 'PATCH', 'OPTIONS'], url: '/a', handler })
  app.route({ method: ['GET', 'PUT'], url: '/off/:id', config: { cors: false }, handler })
  app.put('/plain/:id', { config: { cors: true } }, handler)
  app.put('/own/:id', { config: { cors: { origin: [OTHER], credentials: false } }, handler })
  app.put('/age', { config: { cors: { maxAge: 1, methods: undefined } }, handler })
  app.register(async child => {
    child.register(corsPlugin, { origin: OTHER, enforce: 'all', paths: ['/v1/*'] })
    child.setNotFoundHandler((_request, reply) => { reply.code(404).send('none') })
    child.put('/a', handler)
  }, { prefix: '/v1' })
  app.register(async function reports (child) {
    child.register(corsPlugin, { origin: OTHER })
    child.put('/reports', handler)
  })
  await app.ready()
  return { app, lines }
}

function get (origin: string, url = '/a', headers = {}): Act {
  return app => send(app, 'GET', url, { origin, headers })
}

function put (origin: string, url = '/a', headers = {}): Act {
  return app => send(app, 'PUT', url, { origin, headers })
}

function ask (origin: string, url = '/a', method = 'PUT', names?: string): Act {
  return app => preflight(app, method, url, { origin, ...(names === undefined ? {} : { names }) })
}

interface Row {
  readonly it: string
  readonly options?: Options
  readonly server?: FastifyServerOptions
  readonly act: Act
  /** Code, what the message says after "blocked by CORS policy: ", and the fix; none where nothing is refused. */
  readonly told?: readonly [code: string, said: string, fix: string]
  readonly url?: string
}

const NOT_ALLOWED = 'the origin is not allowed'
const LIST = { origin: [ALLOWED, OTHER] }
const SESSIONS = 'the request has credentials, and the policy does not allow them'

const rows: readonly Row[] = [
  { it: 'an allowed origin', act: get(ALLOWED) },
  { it: 'an allowed preflight', act: ask(ALLOWED) },
  { it: 'no origin', act: app => send(app, 'GET', '/a', { origin: undefined }) },
  { it: 'one constant origin', options: { origin: ALLOWED }, act: get(EVIL), told: ['AllowOriginMismatch', `GET /a from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },
  { it: 'a list', act: get(EVIL), told: ['MissingAllowOriginHeader', `GET /a from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },
  { it: 'a preflight', act: ask(EVIL), told: ['PreflightMissingAllowOriginHeader', `the preflight for PUT /a from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },
  { it: 'the query is not told', act: get(EVIL, '/a?token=secret'), told: ['MissingAllowOriginHeader', `GET /a from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },
  { it: 'nor that of a preflight', act: ask(EVIL, '/a?token=secret'), told: ['PreflightMissingAllowOriginHeader', `the preflight for PUT /a from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },
  { it: 'a 404', act: get(EVIL, '/nothing'), url: '/nothing', told: ['MissingAllowOriginHeader', `GET /nothing from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },
  { it: 'a preflight for a 404', act: ask(EVIL, '/nothing'), url: '/nothing', told: ['PreflightMissingAllowOriginHeader', `the preflight for PUT /nothing from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },

  // Common mistakes.
  { it: 'http for https', act: get('http://app.example.com'), told: ['MissingAllowOriginHeader', `GET /a from http://app.example.com: ${NOT_ALLOWED}`, `if its pages may read this, add 'http://app.example.com' to \`origin\` in ${THERE}, or open the page at ${ALLOWED}, which is a different origin and allowed`] },
  { it: 'null', act: get('null'), told: ['MissingAllowOriginHeader', `GET /a from null: ${NOT_ALLOWED}`, `${NULL} \`origin: ['null', …]\` and ${ESCAPE}`] },
  { it: 'a trailing slash', act: get(ALLOWED + '/'), told: ['MissingAllowOriginHeader', `GET /a from ${ALLOWED}/: ${NOT_ALLOWED}`, NOWHERE] },
  { it: 'an origin function', options: { origin: async () => false }, act: get(EVIL), told: ['MissingAllowOriginHeader', `GET /a from ${EVIL}: ${NOT_ALLOWED}`, `let the \`origin\` function in ${THERE} return true for ${EVIL}`] },
  { it: 'CORS off for a route', act: ask(ALLOWED, '/off/1'), url: '/off/1', told: ['PreflightMissingAllowOriginHeader', `the preflight for PUT /off/1 from ${ALLOWED}: ${NOT_ALLOWED}`, `CORS is off in config.cors of GET, PUT /off/:id: if pages of ${ALLOWED} may call this, give it \`origin: ['${ALLOWED}']\``] },
  { it: 'CORS off for a route, whose own headers may do', act: get(ALLOWED, '/off/1') },
  { it: 'CORS off, and refused on the server', options: { ...LIST, enforce: 'unsafe' }, act: put(EVIL, '/off/1'), url: '/off/1', told: ['FST_CORS_ORIGIN_NOT_ALLOWED', `PUT /off/1 from ${EVIL}: ${NOT_ALLOWED}`, `CORS is off in config.cors of PUT /off/:id: if pages of ${EVIL} may call this, give it \`origin: ['${EVIL}']\``] },
  { it: 'CORS off', options: { origin: false }, act: ask(ALLOWED), told: ['PreflightMissingAllowOriginHeader', `the preflight for PUT /a from ${ALLOWED}: ${NOT_ALLOWED}`, `CORS is off in ${THERE}: if pages of ${ALLOWED} may call this, give it \`origin: ['${ALLOWED}']\``] },
  { it: 'a route with an origin of its own', act: put(EVIL, '/own/1'), url: '/own/1', told: ['AllowOriginMismatch', `PUT /own/1 from ${EVIL}: ${NOT_ALLOWED}`, `if its pages may read this, add '${EVIL}' to \`origin\` in config.cors of PUT /own/:id`] },
  { it: 'a preflight for it', act: ask(EVIL, '/own/1'), url: '/own/1', told: ['PreflightMissingAllowOriginHeader', `the preflight for PUT /own/1 from ${EVIL}: ${NOT_ALLOWED}`, `if its pages may read this, add '${EVIL}' to \`origin\` in config.cors of PUT /own/:id`] },
  { it: 'a route with other options of its own', act: put(EVIL, '/age'), url: '/age', told: ['MissingAllowOriginHeader', `PUT /age from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },
  { it: 'a preflight for that', act: ask(EVIL, '/age'), url: '/age', told: ['PreflightMissingAllowOriginHeader', `the preflight for PUT /age from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },
  { it: 'a route with the options as they are', act: put(EVIL, '/plain/1'), url: '/plain/1', told: ['MissingAllowOriginHeader', `PUT /plain/1 from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },
  { it: 'a delegator', options: { delegator: () => LIST }, act: get(EVIL), told: ['MissingAllowOriginHeader', `GET /a from ${EVIL}: ${NOT_ALLOWED}`, `if its pages may read this, add '${EVIL}' to \`origin\` in what the delegator of ${THERE} returns`] },
  { it: 'a delegator that switches CORS off', options: { delegator: async () => false as const }, act: ask(EVIL), told: ['PreflightMissingAllowOriginHeader', `the preflight for PUT /a from ${EVIL}: ${NOT_ALLOWED}`, `CORS is off in what the delegator of ${THERE} returns: if pages of ${EVIL} may call this, give it \`origin: ['${EVIL}']\``] },
  { it: 'a route over a delegator', options: { delegator: () => LIST }, act: put(EVIL, '/own/1'), url: '/own/1', told: ['AllowOriginMismatch', `PUT /own/1 from ${EVIL}: ${NOT_ALLOWED}`, `if its pages may read this, add '${EVIL}' to \`origin\` in config.cors of PUT /own/:id`] },
  { it: 'a prefixed context', act: put(EVIL, '/v1/a'), url: '/v1/a', told: ['FST_CORS_ORIGIN_NOT_ALLOWED', `PUT /v1/a from ${EVIL}: ${NOT_ALLOWED}`, `if its pages may read this, add '${EVIL}' to \`origin\` in the registration under /v1 for /v1/*`] },
  { it: 'a 404 of its own', act: get(EVIL, '/v1/nothing'), url: '/v1/nothing', told: ['FST_CORS_ORIGIN_NOT_ALLOWED', `GET /v1/nothing from ${EVIL}: ${NOT_ALLOWED}`, `if its pages may read this, add '${EVIL}' to \`origin\` in the registration under /v1 for /v1/*`] },
  { it: 'a context of a named plugin', act: put(EVIL, '/reports'), url: '/reports', told: ['AllowOriginMismatch', `PUT /reports from ${EVIL}: ${NOT_ALLOWED}`, `if its pages may read this, add '${EVIL}' to \`origin\` in the registration of the plugin reports`] },
  { it: 'the site itself, behind a proxy that is not trusted', options: { ...LIST, enforce: 'unsafe' }, act: put('https://api.test', '/a', { host: 'api.test' }), told: ['FST_CORS_ORIGIN_NOT_ALLOWED', `PUT /a from https://api.test: ${NOT_ALLOWED}`, `if this is the site itself, set \`trustProxy\` of Fastify and let the proxy send X-Forwarded-Proto and X-Forwarded-Host; otherwise, if its pages may read this, add 'https://api.test' to \`origin\` in ${THERE}`] },
  { it: 'the site itself, under the name of the proxy', act: put('https://api.test:8443', '/a', { 'x-forwarded-host': 'API.test:8443' }), told: ['MissingAllowOriginHeader', `PUT /a from https://api.test:8443: ${NOT_ALLOWED}`, `if this is the site itself, set \`trustProxy\` of Fastify and let the proxy send X-Forwarded-Proto and X-Forwarded-Host; otherwise, if its pages may read this, add 'https://api.test:8443' to \`origin\` in ${THERE}`] },
  { it: 'another site, says the browser', act: put('https://api.test', '/a', { host: 'api.test', 'sec-fetch-site': 'cross-site' }), told: ['MissingAllowOriginHeader', `PUT /a from https://api.test: ${NOT_ALLOWED}`, `if its pages may read this, add 'https://api.test' to \`origin\` in ${THERE}`] },

  // Methods and headers that a preflight is refused for.
  { it: 'a method that is not routed', act: ask(ALLOWED, '/a', 'DELETE'), told: ['MethodDisallowedByPreflightResponse', `the preflight for DELETE /a from ${ALLOWED}: the method DELETE is not allowed`, `add a route for DELETE at this URL under the same policy, or list DELETE in \`methods\` in ${THERE}`] },
  { it: 'a method that is not listed', options: { ...LIST, methods: ['PATCH'] }, act: ask(ALLOWED), told: ['MethodDisallowedByPreflightResponse', `the preflight for PUT /a from ${ALLOWED}: the method PUT is not allowed`, `add 'PUT' to \`methods\` in ${THERE}, or leave \`methods\` out to allow what the URL serves`] },
  { it: 'patch', act: ask(ALLOWED, '/a', 'patch'), told: ['MethodDisallowedByPreflightResponse', `the preflight for patch /a from ${ALLOWED}: the method patch is not allowed`, 'write the method as PATCH in the page: methods are case-sensitive'] },
  { it: 'a safelisted method', options: { ...LIST, methods: ['PATCH'] }, act: ask(ALLOWED, '/a', 'POST') },
  { it: 'any method', options: { origin: '*', methods: '*' }, act: ask(ALLOWED, '/a', 'DELETE') },
  { it: 'a header', options: { ...LIST, allowedHeaders: ['Content-Type'] }, act: ask(ALLOWED, '/a', 'PUT', 'content-type, authorization,x-b'), told: ['HeaderDisallowedByPreflightResponse', `the preflight for PUT /a from ${ALLOWED}: the headers authorization, x-b are not allowed`, `add authorization, x-b to \`allowedHeaders\` in ${THERE}, or leave \`allowedHeaders\` out to allow any`] },
  { it: 'a method and a header', options: { ...LIST, methods: ['PATCH'], allowedHeaders: [] }, act: ask(ALLOWED, '/a', 'PUT', 'x-b'), told: ['MethodDisallowedByPreflightResponse', `the preflight for PUT /a from ${ALLOWED}: the method PUT is not allowed, and the header x-b is not allowed`, `add 'PUT' to \`methods\` in ${THERE}, or leave \`methods\` out to allow what the URL serves; add x-b to \`allowedHeaders\` in ${THERE}, or leave \`allowedHeaders\` out to allow any`] },
  { it: 'a listed header, in other letters', options: { ...LIST, allowedHeaders: ['Content-Type'] }, act: ask(ALLOWED, '/a', 'PUT', 'content-type') },
  { it: 'any header', act: ask(ALLOWED, '/a', 'PUT', 'x-a, authorization') },
  { it: 'a header that is echoed', options: { ...LIST, credentials: true }, act: ask(ALLOWED, '/a', 'PUT', 'x-a') },
  { it: 'no header', options: { ...LIST, allowedHeaders: [] }, act: ask(ALLOWED) },
  { it: "a preflight that goes on to the application's route", options: { ...LIST, preflightContinue: true }, act: ask(ALLOWED, '/a', 'DELETE'), told: ['MethodDisallowedByPreflightResponse', `the preflight for DELETE /a from ${ALLOWED}: the method DELETE is not allowed`, `add a route for DELETE at this URL under the same policy, or list DELETE in \`methods\` in ${THERE}`] },
  { it: "a preflight that is the application's to answer", options: { ...LIST, preflight: false }, act: ask(EVIL) },

  // Credentials.
  { it: 'cookies, and one origin', options: { origin: ALLOWED }, act: get(ALLOWED, '/a', { cookie: 'a=1' }), told: ['InvalidAllowCredentials', `GET /a from ${ALLOWED}: ${SESSIONS}`, `set \`credentials: true\` in ${THERE}, or let the page fetch without credentials`] },
  { it: 'cookies, and a list', act: get(ALLOWED, '/a', { cookie: 'a=1' }), told: ['InvalidAllowCredentials', `GET /a from ${ALLOWED}: ${SESSIONS}`, `set \`credentials: true\` in ${THERE}, or let the page fetch without credentials`] },
  { it: 'cookies, and any origin', options: {}, act: get(ALLOWED, '/a', { cookie: 'a=1' }), told: ['WildcardOriginNotAllowed', `GET /a from ${ALLOWED}: ${SESSIONS}`, `name the origins in \`origin\` (browsers do not accept * with credentials) and set \`credentials: true\` in ${THERE}, or let the page fetch without credentials`] },
  { it: 'cookies, and a route that takes none', options: { ...LIST, credentials: true }, act: put(OTHER, '/own/1', { cookie: 'a=1' }), url: '/own/1', told: ['InvalidAllowCredentials', `PUT /own/1 from ${OTHER}: ${SESSIONS}`, 'set `credentials: true` in config.cors of PUT /own/:id, or let the page fetch without credentials'] },
  { it: 'cookies that are allowed', options: { ...LIST, credentials: true }, act: get(ALLOWED, '/a', { cookie: 'a=1' }) },
  { it: 'cookies of a stranger', act: get(EVIL, '/a', { cookie: 'a=1' }), told: ['MissingAllowOriginHeader', `GET /a from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },

  // Requests without a CORS check, and requests from the site itself.
  { it: 'mode cors', act: get(EVIL, '/a', { 'sec-fetch-mode': 'cors' }), told: ['MissingAllowOriginHeader', `GET /a from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },
  { it: 'a navigation', act: put(EVIL, '/a', { 'sec-fetch-mode': 'navigate' }) },
  { it: 'no-cors', act: get(EVIL, '/a', { 'sec-fetch-mode': 'no-cors' }) },
  { it: 'a WebSocket', act: get(EVIL, '/a', { 'sec-fetch-mode': 'websocket' }) },
  { it: 'a WebSocket over plain HTTP', act: get(EVIL, '/a', { upgrade: 'WebSocket' }) },
  { it: 'a navigation with cookies', act: get(ALLOWED, '/a', { 'sec-fetch-mode': 'navigate', cookie: 'a=1' }) },
  { it: 'a navigation that the server refuses', options: { ...LIST, enforce: 'unsafe' }, act: put(EVIL, '/a', { 'sec-fetch-mode': 'navigate' }), told: ['FST_CORS_ORIGIN_NOT_ALLOWED', `PUT /a from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },
  { it: 'a WebSocket that the server refuses', options: { ...LIST, enforce: 'unsafe' }, act: get(EVIL, '/a', { upgrade: 'websocket' }), told: ['FST_CORS_ORIGIN_NOT_ALLOWED', `GET /a from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },
  { it: 'a GET that the server lets through', options: { ...LIST, enforce: 'unsafe' }, act: get(EVIL), told: ['MissingAllowOriginHeader', `GET /a from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] },
  { it: 'the own origin', act: put('http://api.test', '/a', { host: 'api.test' }) },
  { it: 'the own origin, enforced', options: { ...LIST, enforce: 'all' }, act: put('http://api.test', '/a', { host: 'api.test' }) },
  { it: 'the own origin, with cookies', options: {}, act: put('http://api.test', '/a', { host: 'api.test', cookie: 'a=1' }) },
  { it: 'the own origin, says the browser', act: put(EVIL, '/a', { 'sec-fetch-site': 'same-origin' }) },
  { it: 'the own origin, behind a proxy that is trusted', server: { trustProxy: true }, act: put('https://site.test', '/a', { 'x-forwarded-host': 'site.test', 'x-forwarded-proto': 'https' }) },
  { it: 'a preflight from the own origin', act: app => preflight(app, 'PUT', '/a', { origin: 'http://api.test', headers: { host: 'api.test' } }) },
  { it: 'a plain OPTIONS', act: app => send(app, 'OPTIONS', '/a', { origin: EVIL }), told: ['MissingAllowOriginHeader', `OPTIONS /a from ${EVIL}: ${NOT_ALLOWED}`, UNLISTED] }
]

t.test('a refusal is logged with its fix, and nothing else is logged', async t => {
  for (const { it, options = LIST, server, act, told, url = '/a' } of rows) {
    const { app, lines } = await appWith(options, server)
    await act(app)
    const [code, said, fix] = told ?? []
    const [, method, origin] = /^(?:the preflight for )?(\S+) \S+ from (\S+): /.exec(said ?? '') ?? []
    const expected = { level: INFO, origin, method, url, code, fix, msg: `blocked by CORS policy: ${said}` }
    t.strictSame(refusalsIn(lines), told === undefined ? [] : [expected], it)
    await app.close()
  }
})
