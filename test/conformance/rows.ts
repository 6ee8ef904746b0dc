import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type corsPlugin from '../..'
import type { SettingName } from './settings'

export interface RowRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

type Options = corsPlugin.CorsOptions

/** The route that the request is about. */
interface Serve {
  readonly methods?: readonly string[] & string[]
  readonly url?: string
  readonly cors?: boolean | corsPlugin.RouteCorsOptions
  readonly handler?: (request: FastifyRequest, reply: FastifyReply) => unknown
  readonly onRequest?: onRequestHookHandler
  readonly bodyLimit?: number
}

/** A sentence, a request, and all `access-control-*` and `vary` headers of the answer. */
export interface Row {
  readonly it: string
  readonly options: Options
  readonly serve?: Serve
  readonly request: RowRequest
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Other headers of the answer; `undefined` for one that it must not have. */
  readonly also?: Readonly<Record<string, string | undefined>>
  readonly body?: string
  readonly error?: { readonly code: string, readonly error: string, readonly message: string }
  /** Settings in which the row cannot hold, with the reason. */
  readonly except?: Partial<Record<SettingName, string>>
}

const APP = 'https://app.test'
const OTHER = 'https://other.test'
const EVIL = 'https://evil.test'

const ORIGIN = 'access-control-allow-origin'
const CREDENTIALS = 'access-control-allow-credentials'
const METHODS = 'access-control-allow-methods'
const HEADERS = 'access-control-allow-headers'
const MAX_AGE = 'access-control-max-age'
const EXPOSE = 'access-control-expose-headers'
const REQUEST_METHOD = 'Access-Control-Request-Method'
const REQUEST_HEADERS = 'Access-Control-Request-Headers'

const any: Options = {}
const one: Options = { origin: APP }
const list: Options = { origin: [APP, OTHER] }
const pattern: Options = { origin: ['https://*.app.test', 'http://localhost:*'] }
const regexp: Options = { origin: /^https:\/\/pr-\d{1,6}\.app\.test$/ }
const everyone: Options = { origin: true, credentials: true, dangerously: { anyOriginWithCredentials: true } }
const nullToo: Options = { origin: [APP, 'null'], dangerously: { nullOrigin: true } }
const session: Options = { origin: APP, credentials: true }
const sessions: Options = { origin: [APP, OTHER], credentials: true }
const asked: Options = { origin: origin => origin === APP }
const named: Options = { origin: () => APP }
const later: Options = { origin: async origin => { await new Promise(setImmediate); return origin === APP } }

function send (method: string, origin: string | undefined, headers: Record<string, string> = {}, url = '/item'): RowRequest {
  return { method, url, headers: { ...(origin === undefined ? {} : { origin }), ...headers } }
}

function get (origin?: string, headers?: Record<string, string>): RowRequest {
  return send('GET', origin, headers)
}

function preflight (origin: string, method = 'PUT', names?: string, url?: string): RowRequest {
  const headers: Record<string, string> = names === undefined ? {} : { 'access-control-request-headers': names }
  return send('OPTIONS', origin, { 'access-control-request-method': method, ...headers }, url)
}

const ROUTED = 'GET, HEAD, POST, PUT'
const ANY_NAME = '*, Authorization, Content-Type'
const EMPTY_204 = { 'content-length': undefined, 'content-type': undefined }

/** What an answer to a preflight has where neither methods nor headers are restricted and no credentials travel. */
function open (origin: string): Record<string, string> {
  return { [ORIGIN]: origin, [METHODS]: ROUTED, [HEADERS]: ANY_NAME }
}

function refused (origin: string, method = 'PUT') {
  const message = `CORS preflight refused: origin ${origin} may not call ${method} /item`
  return { code: 'FST_CORS_ORIGIN_NOT_ALLOWED', error: 'Forbidden', message }
}

function off (method = 'PUT') {
  return { code: 'FST_CORS_OFF', error: 'Forbidden', message: `CORS preflight refused: CORS is off for ${method} /item` }
}

const originForms: readonly Row[] = [
  { it: 'any: accepts a preflight with constant headers', options: any, request: preflight(EVIL), status: 204, headers: open('*'), body: '', also: EMPTY_204 },
  { it: "any: '*' is the same", options: { origin: '*' }, request: preflight(EVIL), status: 204, headers: open('*') },
  { it: "any: ['*'] is the same", options: { origin: ['*'] }, request: preflight(EVIL), status: 204, headers: open('*') },
  { it: 'any: true without credentials is sent as *', options: { origin: true }, request: get(EVIL), status: 200, headers: { [ORIGIN]: '*' } },
  { it: 'any: lets everybody read', options: any, request: get(EVIL), status: 200, headers: { [ORIGIN]: '*' }, body: 'hello' },
  { it: 'any: lets the null origin read', options: any, request: get('null'), status: 200, headers: { [ORIGIN]: '*' } },
  { it: 'any: sends the constant header without Origin', options: any, request: get(), status: 200, headers: { [ORIGIN]: '*' } },

  { it: 'one: accepts a preflight with constant headers', options: one, request: preflight(APP), status: 204, headers: open(APP), body: '', also: EMPTY_204 },
  { it: 'one: refuses the preflight of another origin, and says so to caches', options: one, request: preflight(EVIL), status: 403, headers: { vary: 'Origin' }, error: refused(EVIL) },
  { it: 'one: refuses the preflight of the null origin', options: one, request: preflight('null'), status: 403, headers: { vary: 'Origin' }, error: refused('null') },
  { it: 'one: a list of one is the same', options: { origin: [APP] }, request: get(EVIL), status: 200, headers: { [ORIGIN]: APP } },
  { it: 'one: lets its origin read', options: one, request: get(APP), status: 200, headers: { [ORIGIN]: APP } },
  { it: 'one: sends the constant header to another origin, whose browser refuses it', options: one, request: get(EVIL), status: 200, headers: { [ORIGIN]: APP }, body: 'hello' },
  { it: 'one: sends the constant header without Origin', options: one, request: get(), status: 200, headers: { [ORIGIN]: APP } },
  { it: 'one: with credentials they are constant too', options: session, request: get(EVIL), status: 200, headers: { [ORIGIN]: APP, [CREDENTIALS]: 'true' } },

  { it: 'list: accepts the preflight of a member', options: list, request: preflight(OTHER), status: 204, headers: { ...open(OTHER), vary: 'Origin' } },
  { it: 'list: refuses the preflight of another origin', options: list, request: preflight(EVIL), status: 403, headers: { vary: 'Origin' }, error: refused(EVIL) },
  { it: 'list: lets a member read', options: list, request: get(OTHER), status: 200, headers: { [ORIGIN]: OTHER, vary: 'Origin' } },
  { it: 'list: tells another origin nothing', options: list, request: get(EVIL), status: 200, headers: { vary: 'Origin' }, body: 'hello' },
  { it: 'list: tells the null origin nothing', options: list, request: get('null'), status: 200, headers: { vary: 'Origin' } },
  { it: 'list: varies without Origin too', options: list, request: get(), status: 200, headers: { vary: 'Origin' } },
  { it: 'list: does not take an origin in another case', options: list, request: get('https://APP.test'), status: 200, headers: { vary: 'Origin' } },
  { it: 'list: does not take an origin with a trailing slash', options: list, request: get(APP + '/'), status: 200, headers: { vary: 'Origin' } },
  { it: 'list: does not take an origin that starts with a member', options: list, request: get(APP + '.evil.test'), status: 200, headers: { vary: 'Origin' } },
  { it: 'list: does not take another port', options: list, request: get(APP + ':8443'), status: 200, headers: { vary: 'Origin' } },
  { it: 'list: does not take another scheme', options: list, request: get('http://app.test'), status: 200, headers: { vary: 'Origin' } },
  { it: 'list: keeps credentials and exposed headers from a refused origin', options: { ...sessions, exposedHeaders: ['X-Total'] }, request: get(EVIL), status: 200, headers: { vary: 'Origin' } },

  { it: 'pattern: lets a subdomain read', options: pattern, request: get('https://a.b.app.test'), status: 200, headers: { [ORIGIN]: 'https://a.b.app.test', vary: 'Origin' } },
  { it: 'pattern: does not take the domain itself', options: pattern, request: get(APP), status: 200, headers: { vary: 'Origin' } },
  { it: 'pattern: does not take a look-alike', options: pattern, request: get('https://evilapp.test'), status: 200, headers: { vary: 'Origin' } },
  { it: 'pattern: takes any port where it says so', options: pattern, request: preflight('http://localhost:5173'), status: 204, headers: { ...open('http://localhost:5173'), vary: 'Origin' } },
  { it: 'pattern: takes no port where it takes any', options: pattern, request: get('http://localhost'), status: 200, headers: { [ORIGIN]: 'http://localhost', vary: 'Origin' } },
  { it: 'pattern: refuses a preflight', options: pattern, request: preflight(EVIL), status: 403, headers: { vary: 'Origin' }, error: refused(EVIL) },

  { it: 'RegExp: lets a match read', options: regexp, request: get('https://pr-12.app.test'), status: 200, headers: { [ORIGIN]: 'https://pr-12.app.test', vary: 'Origin' } },
  { it: 'RegExp: accepts the preflight of a match', options: regexp, request: preflight('https://pr-1.app.test'), status: 204, headers: { ...open('https://pr-1.app.test'), vary: 'Origin' } },
  { it: 'RegExp: tells others nothing', options: regexp, request: get('https://pr-12.app.test.evil.test'), status: 200, headers: { vary: 'Origin' } },
  { it: 'RegExp: refuses the preflight of others', options: regexp, request: preflight(EVIL), status: 403, headers: { vary: 'Origin' }, error: refused(EVIL) },

  { it: 'function: true lets the origin read', options: asked, request: get(APP), status: 200, headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: 'function: false tells it nothing', options: asked, request: get(EVIL), status: 200, headers: { vary: 'Origin' }, body: 'hello' },
  { it: 'function: accepts a preflight', options: asked, request: preflight(APP), status: 204, headers: { ...open(APP), vary: 'Origin' } },
  { it: 'function: refuses a preflight', options: asked, request: preflight(EVIL), status: 403, headers: { vary: 'Origin' }, error: refused(EVIL) },
  { it: 'function: the name of the origin allows it', options: named, request: get(APP), status: 200, headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: 'function: the name of another origin refuses it', options: named, request: get(EVIL), status: 200, headers: { vary: 'Origin' } },
  { it: 'function: varies without Origin too', options: asked, request: get(), status: 200, headers: { vary: 'Origin' } },
  { it: 'async function: lets the origin read', options: later, request: get(APP), status: 200, headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: 'async function: tells another origin nothing', options: later, request: get(EVIL), status: 200, headers: { vary: 'Origin' } },
  { it: 'async function: accepts a preflight', options: later, request: preflight(APP), status: 204, headers: { ...open(APP), vary: 'Origin' } },
  { it: 'async function: refuses a preflight', options: later, request: preflight(EVIL), status: 403, headers: { vary: 'Origin' }, error: refused(EVIL) },

  { it: 'true with credentials: repeats any origin', options: everyone, request: get(EVIL), status: 200, headers: { [ORIGIN]: EVIL, [CREDENTIALS]: 'true', vary: 'Origin' } },
  { it: 'true with credentials: does not repeat null', options: everyone, request: get('null'), status: 200, headers: { vary: 'Origin' } },
  { it: 'true with credentials: does not repeat what is no origin', options: everyone, request: get('<script>'), status: 200, headers: { vary: 'Origin' } },
  { it: 'true with credentials: varies without Origin too', options: everyone, request: get(), status: 200, headers: { vary: 'Origin' } },
  { it: 'true with credentials: accepts a preflight of anybody', options: everyone, request: preflight(EVIL, 'PUT', 'x-a'), status: 204, headers: { [ORIGIN]: EVIL, [CREDENTIALS]: 'true', [METHODS]: ROUTED, [HEADERS]: 'x-a', vary: `Origin, ${REQUEST_HEADERS}` } },

  { it: 'null: is let in where it is named', options: nullToo, request: get('null'), status: 200, headers: { [ORIGIN]: 'null', vary: 'Origin' } },
  { it: 'null: its preflight is accepted where it is named', options: nullToo, request: preflight('null'), status: 204, headers: { ...open('null'), vary: 'Origin' } },

  { it: 'false: refuses preflights', options: { origin: false }, request: preflight(APP), status: 403, headers: {}, error: off() },
  { it: 'false: sends nothing', options: { origin: false }, request: get(APP), status: 200, headers: {}, body: 'hello' },
  { it: 'false: leaves headers of the handler alone', options: { origin: false }, serve: { handler: setsCors }, request: get(APP), status: 200, headers: { [ORIGIN]: 'https://stale.test', [CREDENTIALS]: 'true', [METHODS]: 'PATCH', [HEADERS]: 'X-Stale', [MAX_AGE]: '1' } },

  { it: 'a policy that was narrowed by its route lets nobody else in', options: any, serve: { cors: { origin: [APP, OTHER] } }, request: get(EVIL), status: 200, headers: { vary: 'Origin' } },
  { it: 'a route may widen the policy', options: sessions, serve: { cors: { origin: '*', credentials: false } }, request: get(EVIL), status: 200, headers: { [ORIGIN]: '*' } },
  { it: 'a route may widen the policy for preflights', options: sessions, serve: { cors: { origin: '*', credentials: false } }, request: preflight(EVIL), status: 204, headers: open('*') },
  { it: 'a route with config.cors: true has the options as they are', options: list, serve: { cors: true }, request: preflight(APP), status: 204, headers: { ...open(APP), vary: 'Origin' } },
  { it: 'a route with config.cors: false refuses preflights', options: list, serve: { cors: false }, request: preflight(APP), status: 403, headers: {}, error: off() },
  { it: 'a route with config.cors: false sends nothing', options: list, serve: { cors: false }, request: get(APP), status: 200, headers: {} }
]

const methods: readonly Row[] = [
  { it: 'methods: by route, the safelisted ones first', options: any, serve: { methods: ['PUT', 'DELETE', 'PATCH'] }, request: preflight(APP, 'DELETE'), status: 204, headers: { [ORIGIN]: '*', [METHODS]: 'GET, HEAD, POST, DELETE, PATCH, PUT', [HEADERS]: ANY_NAME } },
  { it: 'methods: by route, with credentials', options: session, request: preflight(APP), status: 204, headers: { [ORIGIN]: APP, [CREDENTIALS]: 'true', [METHODS]: ROUTED, vary: REQUEST_HEADERS } },
  { it: 'methods: one that is not routed at the URL gets the list', options: any, request: preflight(APP, 'DELETE'), status: 204, headers: open('*') },
  { it: 'methods: one in lower case gets the list', options: any, request: preflight(APP, 'put'), status: 204, headers: open('*') },
  { it: 'methods: an unknown one gets the list', options: any, request: preflight(APP, 'FROBNICATE'), status: 204, headers: open('*') },
  { it: 'methods: a list', options: { methods: ['PUT', 'DELETE'] }, request: preflight(APP, 'DELETE'), status: 204, headers: { [ORIGIN]: '*', [METHODS]: 'PUT, DELETE', [HEADERS]: ANY_NAME } },
  { it: 'methods: a list, comma-separated', options: { methods: 'PUT, DELETE' }, request: preflight(APP, 'DELETE'), status: 204, headers: { [ORIGIN]: '*', [METHODS]: 'PUT, DELETE', [HEADERS]: ANY_NAME } },
  { it: 'methods: one outside the list gets the list', options: { methods: ['PUT'] }, request: preflight(APP, 'PATCH'), status: 204, headers: { [ORIGIN]: '*', [METHODS]: 'PUT', [HEADERS]: ANY_NAME } },
  { it: 'methods: a list with credentials', options: { ...session, methods: ['PUT'] }, request: preflight(APP), status: 204, headers: { [ORIGIN]: APP, [CREDENTIALS]: 'true', [METHODS]: 'PUT', vary: REQUEST_HEADERS } },
  { it: 'methods: *', options: { methods: '*' }, request: preflight(APP), status: 204, headers: { [ORIGIN]: '*', [METHODS]: '*', [HEADERS]: ANY_NAME } },
  { it: 'methods: * with credentials repeats the requested one', options: { ...session, methods: '*' }, request: preflight(APP, 'PATCH'), status: 204, headers: { [ORIGIN]: APP, [CREDENTIALS]: 'true', [METHODS]: 'PATCH', vary: `${REQUEST_METHOD}, ${REQUEST_HEADERS}` } },
  { it: 'methods: an empty list sends no empty header', options: { methods: [] }, request: preflight(APP), status: 204, headers: { [ORIGIN]: '*', [HEADERS]: ANY_NAME } },
  {
    it: 'methods: a URL without any route lists the requested one',
    options: list,
    request: preflight(APP, 'PATCH', undefined, '/nothing'),
    status: 204,
    headers: { [ORIGIN]: APP, [METHODS]: 'GET, HEAD, POST, PATCH', [HEADERS]: ANY_NAME, vary: `Origin, ${REQUEST_METHOD}` },
    except: { 'inside another registration': 'the URL belongs to the registration around it as well', 'beside another registration': 'both registrations may govern the URL' }
  },
  {
    it: 'methods: a URL without any route, under a list of methods',
    options: { ...list, methods: ['PUT'] },
    request: preflight(APP, 'PATCH', undefined, '/nothing'),
    status: 204,
    headers: { [ORIGIN]: APP, [METHODS]: 'PUT', [HEADERS]: ANY_NAME, vary: 'Origin' },
    except: { 'inside another registration': 'either registration may answer, and Vary says so', 'beside another registration': 'either registration may answer, and Vary says so' }
  },
  { it: 'methods: a route with a parameter is found by the URL', options: any, serve: { url: '/users/:id', methods: ['DELETE'] }, request: preflight(APP, 'DELETE', undefined, '/users/42?x=/item'), status: 204, headers: { [ORIGIN]: '*', [METHODS]: 'GET, HEAD, POST, DELETE', [HEADERS]: ANY_NAME } },
  { it: 'methods: a catch-all route is found by the URL', options: any, serve: { url: '/*', methods: ['PATCH'] }, request: preflight(APP, 'PATCH', undefined, '/a/b'), status: 204, headers: { [ORIGIN]: '*', [METHODS]: 'GET, HEAD, POST, PATCH', [HEADERS]: ANY_NAME } }
]

const headers: readonly Row[] = [
  { it: 'headers: any, without credentials, is *, and the requested names that are not listed', options: any, request: preflight(APP, 'PUT', 'x-a,authorization,content-type,x-b'), status: 204, headers: { ...open('*'), [HEADERS]: `${ANY_NAME}, x-a, x-b` } },
  { it: 'headers: * is the same', options: { allowedHeaders: '*' }, request: preflight(APP, 'PUT', 'x-a'), status: 204, headers: { ...open('*'), [HEADERS]: `${ANY_NAME}, x-a` } },
  { it: 'headers: any, for names that are listed anyway', options: any, request: preflight(APP, 'PUT', 'authorization, Content-Type,,*'), status: 204, headers: open('*') },
  { it: 'headers: any, for more names than a page sends', options: any, request: preflight(APP, 'PUT', Array.from({ length: 500 }, (_, i) => `x-${i}`).join()), status: 204, headers: open('*') },
  { it: 'headers: any, where a shared cache keeps the answer, is constant', options: { cacheControl: 60 }, request: preflight(APP, 'PUT', 'x-a'), status: 204, headers: open('*') },
  { it: 'headers: any, with credentials, repeats what is requested', options: session, request: preflight(APP, 'PUT', 'content-type,x-a'), status: 204, headers: { [ORIGIN]: APP, [CREDENTIALS]: 'true', [METHODS]: ROUTED, [HEADERS]: 'content-type,x-a', vary: REQUEST_HEADERS } },
  { it: 'headers: any, with credentials and a list of origins', options: sessions, request: preflight(OTHER, 'PUT', 'x-a'), status: 204, headers: { [ORIGIN]: OTHER, [CREDENTIALS]: 'true', [METHODS]: ROUTED, [HEADERS]: 'x-a', vary: `Origin, ${REQUEST_HEADERS}` } },
  { it: 'headers: any, with credentials, and none requested', options: session, request: preflight(APP, 'PUT', ''), status: 204, headers: { [ORIGIN]: APP, [CREDENTIALS]: 'true', [METHODS]: ROUTED, vary: REQUEST_HEADERS } },
  { it: 'headers: a list', options: { allowedHeaders: ['Content-Type', 'X-A'] }, request: preflight(APP, 'PUT', 'content-type'), status: 204, headers: { [ORIGIN]: '*', [METHODS]: ROUTED, [HEADERS]: 'Content-Type, X-A' } },
  { it: 'headers: a list with credentials', options: { ...session, allowedHeaders: 'Content-Type,X-A' }, request: preflight(APP, 'PUT', 'content-type'), status: 204, headers: { [ORIGIN]: APP, [CREDENTIALS]: 'true', [METHODS]: ROUTED, [HEADERS]: 'Content-Type, X-A' } },
  { it: 'headers: one outside the list gets the list', options: { allowedHeaders: ['X-A'] }, request: preflight(APP, 'PUT', 'x-b'), status: 204, headers: { [ORIGIN]: '*', [METHODS]: ROUTED, [HEADERS]: 'X-A' } },
  { it: 'headers: an empty list sends no empty header', options: { allowedHeaders: [] }, request: preflight(APP, 'PUT', 'x-b'), status: 204, headers: { [ORIGIN]: '*', [METHODS]: ROUTED } },
  { it: 'headers: nothing is exposed by a preflight', options: { exposedHeaders: ['X-Total'] }, request: preflight(APP), status: 204, headers: open('*') }
]

const preflights: readonly Row[] = [
  { it: 'maxAge is sent', options: { maxAge: 600 }, request: preflight(APP), status: 204, headers: { ...open('*'), [MAX_AGE]: '600' } },
  { it: 'maxAge 0 is sent', options: { maxAge: 0 }, request: preflight(APP), status: 204, headers: { ...open('*'), [MAX_AGE]: '0' } },
  { it: 'maxAge is sent only by preflights', options: { maxAge: 600 }, request: get(APP), status: 200, headers: { [ORIGIN]: '*' } },
  { it: 'cacheControl as text', options: { cacheControl: 'public, max-age=60' }, request: preflight(APP), status: 204, headers: open('*'), also: { 'cache-control': 'public, max-age=60' } },
  { it: 'cacheControl in seconds', options: { cacheControl: 60 }, request: preflight(APP), status: 204, headers: open('*'), also: { 'cache-control': 'max-age=60' } },
  { it: 'cacheControl is not for refusals', options: { ...one, cacheControl: 'public, max-age=60' }, request: preflight(EVIL), status: 403, headers: { vary: 'Origin' }, also: { 'cache-control': undefined } },
  { it: 'cacheControl is not for actual requests', options: { cacheControl: 60 }, request: get(APP), status: 200, headers: { [ORIGIN]: '*' }, also: { 'cache-control': undefined } },
  { it: 'optionsSuccessStatus 200 has an empty body of a known length', options: { optionsSuccessStatus: 200 }, request: preflight(APP), status: 200, headers: open('*'), body: '', also: { 'content-length': '0', 'content-type': undefined } },
  { it: 'optionsSuccessStatus is not for refusals', options: { ...one, optionsSuccessStatus: 200 }, request: preflight(EVIL), status: 403, headers: { vary: 'Origin' }, error: refused(EVIL) },
  { it: 'a preflight for GET is answered', options: list, request: preflight(APP, 'GET', 'x-a'), status: 204, headers: { ...open(APP), [HEADERS]: `${ANY_NAME}, x-a`, vary: 'Origin' } },
  { it: "the site's own preflight is not refused", options: list, request: { ...preflight(EVIL), headers: { ...preflight(EVIL).headers, 'sec-fetch-site': 'same-origin' } }, status: 204, headers: { vary: 'Origin' } },
  { it: 'a refusal names the path without its query', options: list, request: preflight(EVIL, 'PUT', undefined, '/item?token=secret#x'), status: 403, headers: { vary: 'Origin' }, error: refused(EVIL) },
  { it: 'vary is added to accepted preflights', options: { ...asked, vary: ['X-Tenant'] }, request: preflight(APP), status: 204, headers: { ...open(APP), vary: 'Origin, X-Tenant' } },
  { it: 'vary is added to refused preflights', options: { ...asked, vary: ['X-Tenant'] }, request: preflight(EVIL), status: 403, headers: { vary: 'Origin, X-Tenant' } },
  { it: 'vary is added to actual requests', options: { ...asked, vary: ['X-Tenant'] }, request: get(EVIL), status: 200, headers: { vary: 'Origin, X-Tenant' } },
  { it: "preflight: false leaves them to the application's own route", options: { ...list, preflight: false }, serve: { methods: ['GET', 'OPTIONS'], handler: setsCors }, request: preflight(APP), status: 200, headers: { [ORIGIN]: 'https://stale.test', [CREDENTIALS]: 'true', [METHODS]: 'PATCH', [HEADERS]: 'X-Stale', [MAX_AGE]: '1' }, except: { 'before an authentication hook': 'the route is the application\'s, and so is what stands before it' } },
  { it: 'preflight: false still governs actual requests', options: { ...list, preflight: false }, serve: { handler: setsCors }, request: get(APP), status: 200, headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: "preflightContinue goes on to the application's own route", options: { ...list, preflightContinue: true }, serve: { methods: ['GET', 'OPTIONS'] }, request: preflight(APP), status: 200, body: 'hello', headers: { ...open(APP), [METHODS]: 'GET, HEAD, POST, OPTIONS', vary: 'Origin' }, except: { 'before an authentication hook': 'the route is the application\'s, and so is what stands before it' } },
  { it: 'preflightContinue still refuses other origins', options: { ...list, preflightContinue: true }, serve: { methods: ['GET', 'OPTIONS'] }, request: preflight(EVIL), status: 403, headers: { vary: 'Origin' }, error: refused(EVIL) },
  { it: "a preflight does not end in the application's OPTIONS route", options: list, serve: { methods: ['GET', 'OPTIONS'], handler: setsCors }, request: preflight(APP, 'GET'), status: 204, headers: { ...open(APP), [METHODS]: 'GET, HEAD, POST, OPTIONS', vary: 'Origin' } }
]

const rootAnswers = {
  prefixed: 'a URL without a route ends in the 404 handler of the root, which is not governed',
  'prefixed, in the same breath': 'a URL without a route ends in the 404 handler of the root, which is not governed',
  'inside another registration': 'a URL without a route ends in the 404 handler of the root, which another registration governs',
  'beside another registration': 'a URL without a route ends in the 404 handler of the root, which is not governed'
}

const plainOptions: readonly Row[] = [
  { it: "OPTIONS without Origin goes to the application's route", options: list, serve: { methods: ['OPTIONS'] }, request: send('OPTIONS', undefined, { 'access-control-request-method': 'PUT' }), status: 200, body: 'hello', headers: { vary: 'Origin' }, except: { 'before an authentication hook': 'it looks like a preflight to the test, which sends no key' } },
  { it: "OPTIONS without a requested method goes to the application's route", options: list, serve: { methods: ['OPTIONS'] }, request: send('OPTIONS', APP), status: 200, body: 'hello', headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: 'OPTIONS with an invalid requested method is not a preflight', options: list, serve: { methods: ['OPTIONS'] }, request: send('OPTIONS', APP, { 'access-control-request-method': 'P U T' }), status: 200, body: 'hello', headers: { [ORIGIN]: APP, vary: 'Origin' }, except: { 'before an authentication hook': 'it looks like a preflight to the test, which sends no key' } },
  { it: 'OPTIONS without a route is not found', options: list, request: send('OPTIONS', APP), status: 404, headers: { [ORIGIN]: APP, vary: 'Origin' }, except: rootAnswers },
  { it: 'OPTIONS without a route and without Origin is not found', options: list, request: send('OPTIONS', undefined), status: 404, headers: { vary: 'Origin' }, except: rootAnswers }
]

const actual: readonly Row[] = [
  { it: 'credentials are sent to an allowed origin', options: sessions, request: get(APP), status: 200, headers: { [ORIGIN]: APP, [CREDENTIALS]: 'true', vary: 'Origin' } },
  { it: 'exposed headers are sent to an allowed origin', options: { ...list, exposedHeaders: ['X-Total', 'ETag'] }, request: get(APP), status: 200, headers: { [ORIGIN]: APP, [EXPOSE]: 'X-Total, ETag', vary: 'Origin' } },
  { it: 'exposed headers, comma-separated', options: { exposedHeaders: 'X-Total,ETag' }, request: get(APP), status: 200, headers: { [ORIGIN]: '*', [EXPOSE]: 'X-Total, ETag' } },
  { it: 'exposed headers: *', options: { exposedHeaders: '*' }, request: get(), status: 200, headers: { [ORIGIN]: '*', [EXPOSE]: '*' } },
  { it: 'exposed headers: an empty list sends no empty header', options: { exposedHeaders: [] }, request: get(APP), status: 200, headers: { [ORIGIN]: '*' } },
  { it: "the site's own origin reads anyway and is told nothing", options: list, request: send('PUT', 'https://api.test', { 'sec-fetch-site': 'same-origin' }), status: 200, body: 'hello', headers: { vary: 'Origin' } },
  { it: 'the handler runs for a refused origin', options: list, request: send('PUT', EVIL), status: 200, body: 'hello', headers: { vary: 'Origin' } },
  { it: 'enforce unsafe: refuses another origin before the handler', options: { ...list, enforce: 'unsafe' }, request: send('PUT', EVIL), status: 403, headers: { vary: 'Origin' }, error: { code: 'FST_CORS_ORIGIN_NOT_ALLOWED', error: 'Forbidden', message: `cross-origin request refused: origin ${EVIL} may not call PUT /item` } },
  { it: 'enforce unsafe: lets another origin GET', options: { ...list, enforce: 'unsafe' }, request: get(EVIL), status: 200, headers: { vary: 'Origin' } },
  { it: 'enforce unsafe: lets an allowed origin PUT', options: { ...list, enforce: 'unsafe' }, request: send('PUT', APP), status: 200, headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: 'enforce unsafe: lets the site itself PUT', options: { ...list, enforce: 'unsafe' }, request: send('PUT', EVIL, { 'sec-fetch-site': 'same-origin' }), status: 200, headers: { vary: 'Origin' } },
  { it: 'enforce unsafe: lets programs PUT', options: { ...list, enforce: 'unsafe' }, request: send('PUT', undefined), status: 200, headers: { vary: 'Origin' } },
  { it: 'enforce all: refuses another origin to GET', options: { ...list, enforce: 'all' }, request: get(EVIL), status: 403, headers: { vary: 'Origin' } },
  { it: 'enforce all: the header of one origin is constant, the status is not', options: { ...one, enforce: 'all' }, request: get(EVIL), status: 403, headers: { [ORIGIN]: APP, vary: 'Origin' } }
]

const handlers: readonly Row[] = [
  { it: 'headers of the handler are replaced', options: list, serve: { handler: setsCors }, request: get(APP), status: 200, headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: 'headers of the handler are removed for a refused origin', options: list, serve: { handler: setsCors }, request: get(EVIL), status: 200, headers: { vary: 'Origin' } },
  { it: 'headers of the handler are removed without Origin', options: list, serve: { handler: setsCors }, request: get(), status: 200, headers: { vary: 'Origin' } },
  { it: 'headers of the handler give way to constant ones', options: any, serve: { handler: setsCors }, request: get(EVIL), status: 200, headers: { [ORIGIN]: '*' } },
  { it: 'headers of the handler are left alone under config.cors: false', options: list, serve: { handler: setsCors, cors: false }, request: get(APP), status: 200, headers: { [ORIGIN]: 'https://stale.test', [CREDENTIALS]: 'true', [METHODS]: 'PATCH', [HEADERS]: 'X-Stale', [MAX_AGE]: '1' } },

  { it: 'exposed headers of the handler are kept', options: list, serve: { handler: sets(EXPOSE, 'X-Own') }, request: get(APP), status: 200, headers: { [ORIGIN]: APP, [EXPOSE]: 'X-Own', vary: 'Origin' } },
  { it: 'exposed headers of the handler are merged', options: { ...list, exposedHeaders: ['X-Total'] }, serve: { handler: sets(EXPOSE, 'X-Own, x-total') }, request: get(APP), status: 200, headers: { [ORIGIN]: APP, [EXPOSE]: 'X-Total, X-Own', vary: 'Origin' } },
  { it: 'exposed headers of the handler as a list are merged', options: { ...list, exposedHeaders: ['X-Total'] }, serve: { handler: sets(EXPOSE, ['X-Own', 'X-More']) }, request: get(APP), status: 200, headers: { [ORIGIN]: APP, [EXPOSE]: 'X-Total, X-Own, X-More', vary: 'Origin' } },
  { it: 'exposed headers of the handler are removed for a refused origin', options: { ...list, exposedHeaders: ['X-Total'] }, serve: { handler: sets(EXPOSE, 'X-Own') }, request: get(EVIL), status: 200, headers: { vary: 'Origin' } },
  { it: 'exposed headers of the handler go with a constant origin', options: any, serve: { handler: sets(EXPOSE, 'X-Own') }, request: get(), status: 200, headers: { [ORIGIN]: '*', [EXPOSE]: 'X-Own' } },
  { it: 'exposed headers: the * of the handler replaces the list', options: { exposedHeaders: ['X-Total'] }, serve: { handler: sets(EXPOSE, 'X-Own, *') }, request: get(APP), status: 200, headers: { [ORIGIN]: '*', [EXPOSE]: '*' } },
  { it: 'exposed headers: the * of the policy replaces the list', options: { exposedHeaders: '*' }, serve: { handler: sets(EXPOSE, 'X-Own') }, request: get(APP), status: 200, headers: { [ORIGIN]: '*', [EXPOSE]: '*' } },
  { it: 'exposed headers: * means nothing with credentials', options: session, serve: { handler: sets(EXPOSE, '*') }, request: get(APP), status: 200, headers: { [ORIGIN]: APP, [CREDENTIALS]: 'true' } },

  { it: 'Vary of the handler is merged', options: list, serve: { handler: sets('vary', 'Accept-Encoding') }, request: get(APP), status: 200, headers: { [ORIGIN]: APP, vary: 'Accept-Encoding, Origin' } },
  { it: 'Vary of the handler is merged for a refused origin', options: list, serve: { handler: sets('vary', 'Accept-Encoding') }, request: get(EVIL), status: 200, headers: { vary: 'Accept-Encoding, Origin' } },
  { it: 'Vary of the handler as a list is merged', options: list, serve: { handler: sets('vary', ['Accept', 'Cookie']) }, request: get(APP), status: 200, headers: { [ORIGIN]: APP, vary: 'Accept, Cookie, Origin' } },
  { it: 'Vary of the handler in another case is not doubled', options: list, serve: { handler: sets('Vary', 'accept, ORIGIN') }, request: get(APP), status: 200, headers: { [ORIGIN]: APP, vary: 'accept, ORIGIN' } },
  { it: 'Vary: * of the handler is kept alone', options: list, serve: { handler: sets('vary', '*') }, request: get(APP), status: 200, headers: { [ORIGIN]: APP, vary: '*' } },
  { it: 'Vary of the handler is left as it is by a constant policy', options: any, serve: { handler: sets('vary', 'accept') }, request: get(APP), status: 200, headers: { [ORIGIN]: '*', vary: 'accept' } },
  { it: 'an empty Vary of the handler adds nothing', options: list, serve: { handler: sets('vary', '') }, request: get(APP), status: 200, headers: { [ORIGIN]: APP, vary: 'Origin' } }
]

const ends: readonly Row[] = [
  { it: '304 has them', options: list, serve: { handler: (_request, reply) => reply.code(304).send() }, request: get(APP), status: 304, headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: '404 of the handler has them', options: list, serve: { handler: (_request, reply) => { reply.callNotFound() } }, request: get(APP), status: 404, headers: { [ORIGIN]: APP, vary: 'Origin' }, except: rootAnswers },
  { it: '404 of an unrouted URL has them', options: list, request: send('GET', APP, {}, '/nothing'), status: 404, headers: { [ORIGIN]: APP, vary: 'Origin' }, except: rootAnswers },
  { it: '404 of an unrouted URL has them for refused origins', options: list, request: send('GET', EVIL, {}, '/nothing'), status: 404, headers: { vary: 'Origin' }, except: rootAnswers },
  { it: "401 of the route's own hook has them", options: list, serve: { onRequest: (_request, reply) => { reply.code(401).send({ error: 'who?' }) } }, request: get(APP), status: 401, headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: "the route's own authentication does not stand before its preflights", options: list, serve: { onRequest: (_request, reply) => { reply.code(401).send() } }, request: preflight(APP), status: 204, headers: { ...open(APP), vary: 'Origin' } },
  { it: '413 has them', options: list, serve: { methods: ['POST'], bodyLimit: 4 }, request: { ...send('POST', APP, { 'content-type': 'text/plain' }), body: 'too long' }, status: 413, headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: '415 has them', options: list, serve: { methods: ['POST'] }, request: { ...send('POST', APP, { 'content-type': 'no/type' }), body: 'x' }, status: 415, headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: '500 of a handler that throws has them', options: list, serve: { handler: () => { throw new Error('oh') } }, request: get(APP), status: 500, headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: '500 of a handler that rejects has them', options: list, serve: { handler: async () => { throw new Error('oh') } }, request: get(EVIL), status: 500, headers: { vary: 'Origin' } },
  { it: 'a redirect has them', options: list, serve: { handler: (_request, reply) => reply.redirect('https://elsewhere.test/') }, request: get(APP), status: 302, headers: { [ORIGIN]: APP, vary: 'Origin' }, also: { location: 'https://elsewhere.test/' } },
  { it: 'a stream has them', options: list, serve: { handler: (_request, reply) => reply.send(Readable.from(['a', 'b'])) }, request: get(APP), status: 200, body: 'ab', headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: 'a web stream has them', options: list, serve: { handler: (_request, reply) => reply.send(new Blob(['ab']).stream()) }, request: get(APP), status: 200, body: 'ab', headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: 'a stream that fails at once has them', options: list, serve: { handler: (_request, reply) => reply.send(new Readable({ read () { this.destroy(new Error('oh')) } })) }, request: get(APP), status: 500, headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: 'a Response has them, its own replaced', options: { ...list, exposedHeaders: ['X-Total'] }, serve: { handler: response }, request: get(APP), status: 201, body: 'answer', headers: { [ORIGIN]: APP, [EXPOSE]: 'X-Total, X-Own', vary: 'Accept, Origin' }, also: { 'x-own': '1' } },
  { it: 'a Response tells a refused origin nothing', options: list, serve: { handler: response }, request: get(EVIL), status: 201, body: 'answer', headers: { vary: 'Accept, Origin' } },
  { it: 'a Response without CORS headers has ours', options: list, serve: { handler: (_request, reply) => reply.send(new Response('answer')) }, request: get(APP), status: 200, body: 'answer', headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: 'a Response with immutable headers has ours', options: list, serve: { handler: (_request, reply) => reply.send(Response.redirect('https://elsewhere.test/', 302)) }, request: get(APP), status: 302, headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: 'a Response under config.cors: false keeps its own', options: list, serve: { handler: response, cors: false }, request: get(APP), status: 201, body: 'answer', headers: { [ORIGIN]: '*', [CREDENTIALS]: 'true', [EXPOSE]: 'X-Own', vary: 'Accept' } },
  { it: 'HEAD has them', options: list, request: send('HEAD', APP), status: 200, body: '', headers: { [ORIGIN]: APP, vary: 'Origin' } },
  { it: 'POST has them', options: list, serve: { methods: ['POST'] }, request: { ...send('POST', APP, { 'content-type': 'text/plain' }), body: 'x' }, status: 200, headers: { [ORIGIN]: APP, vary: 'Origin' } }
]

const delegated: readonly Row[] = [
  { it: 'delegator: its options are laid over the others', options: { origin: EVIL, credentials: true, delegator: () => ({ origin: APP, exposedHeaders: ['X-T'] }) }, request: get(APP), status: 200, headers: { [ORIGIN]: APP, [CREDENTIALS]: 'true', [EXPOSE]: 'X-T', vary: 'Origin' } },
  { it: 'delegator: async', options: { delegator: async () => ({ origin: APP }) }, request: preflight(APP), status: 204, headers: { ...open(APP), vary: 'Origin' } },
  { it: 'delegator: refuses', options: { delegator: async () => ({ origin: APP }) }, request: preflight(EVIL), status: 403, headers: { vary: 'Origin' }, error: refused(EVIL) },
  { it: "delegator: the route's own options come last", options: { delegator: () => ({ origin: APP }) }, serve: { cors: { origin: OTHER } }, request: get(OTHER), status: 200, headers: { [ORIGIN]: OTHER, vary: 'Origin' } },
  { it: 'delegator: vary is added', options: { vary: ['X-Tenant'], delegator: () => ({ origin: [APP, OTHER] }) }, request: get(), status: 200, headers: { vary: 'Origin, X-Tenant' } }
]

export const rows: readonly Row[] = [
  ...originForms, ...methods, ...headers, ...preflights, ...plainOptions, ...actual, ...handlers, ...ends, ...delegated
]

function setsCors (_request: FastifyRequest, reply: FastifyReply): unknown {
  return reply.header(ORIGIN, 'https://stale.test').header(CREDENTIALS, 'true').header(METHODS, 'PATCH')
    .header('Access-Control-Allow-Headers', 'X-Stale').header(MAX_AGE, '1').send('hello')
}

function sets (name: string, value: string | string[]) {
  return (_request: FastifyRequest, reply: FastifyReply) => reply.header(name, value).send('hello')
}

function response (_request: FastifyRequest, reply: FastifyReply): unknown {
  const headers = { [ORIGIN]: '*', [CREDENTIALS]: 'true', [EXPOSE]: 'X-Own', vary: 'Accept', 'x-own': '1' }
  return reply.send(new Response('answer', { status: 201, headers }))
}
