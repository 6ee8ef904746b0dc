'use strict'

/**
 * A case is one kind of request to an application with one configuration, and the right answer to it.
 *
 * @typedef {{ method: string, url: string, headers: Record<string, string> }} Request
 * @typedef {{ status: number, headers: Record<string, string | ((value: string) => boolean)> }} Answer
 *   All `access-control-*` and `vary` headers; a function says whether the value is right.
 * @typedef {object} Case
 * @property {string} name
 * @property {string} configuration a key of `configurations`
 * @property {Request[]} requests sent in turn
 * @property {(request: Request) => Answer} answer
 * @property {(request: Request) => Answer} [peerAnswer] what @fastify/cors sends instead
 * @property {boolean} [peerScans] @fastify/cors walks a long list here, so the case is left out of the figures for all cases
 */

const LIST = ['https://app.example.com', 'https://www.example.com', 'https://admin.example.org']
const STRANGERS = ['https://evil.test', 'https://app.example.com.evil.test', 'https://xapp.example.com']
const PARTNERS = ['https://partner.example.net', 'https://partner.example.eu']
const METHODS = ['GET', 'PUT', 'DELETE']
const HEADERS = ['Content-Type', 'Authorization', 'X-Requested-With']
const EIGHT_KB = 8192

const numbered = (count, nth) => Array.from({ length: count }, (_, i) => nth(i))
const exactOrigins = count => numbered(count, i => `https://tenant-${i}.example.net`)
const patterns = count => numbered(count, i => `https://*.customer-${i}.example`)
const sameAsRegExps = count => numbered(count, i => new RegExp(`^https://(?:[a-z0-9-]+\\.)+customer-${i}\\.example$`))

/** Up to fifty members from all over the list, since a search may find the first ones faster. */
const sample = list => list.filter((_, i) => i % Math.ceil(list.length / 50) === 0)

const request = (method, url, headers) => ({ method, url, headers: { Host: 'api.example.com', 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)', Accept: '*/*', Connection: 'keep-alive', ...headers } })
const get = (origin, url = '/users/42') => request('GET', url, origin === undefined ? {} : { Origin: origin })
const put = (origin, url) => request('PUT', url, { Origin: origin })
const preflight = (origin, { url = '/users/42', names = 'content-type,x-requested-with' } = {}) =>
  request('OPTIONS', url, { 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': names, Origin: origin })

const listed = { origin: LIST, methods: METHODS, allowedHeaders: HEADERS, maxAge: 7200 }

/** `options` are those of this plugin; `peerOptions` say the same to @fastify/cors, where it has no such option. */
const configurations = {
  any: { options: {} },
  list: { options: listed },
  origins: { options: { origin: exactOrigins(10_000) } },
  patterns: { options: { origin: patterns(1000) }, peerOptions: { origin: sameAsRegExps(1000) } },
  overlay: { options: listed, overlay: { origin: PARTNERS, exposedHeaders: ['X-Total'] } },
  routes: { options: { origin: LIST }, peerOptions: { origin: LIST, methods: ['GET', 'HEAD', 'POST', 'PUT'] }, routes: 500 },
  credentials: { options: { origin: LIST, credentials: true, methods: METHODS } }
}

const ACAO = 'access-control-allow-origin'
const lists = { 'access-control-allow-methods': METHODS.join(), 'access-control-allow-headers': HEADERS.join(), 'access-control-max-age': '7200' }
const anyone = () => ({ status: 200, headers: { [ACAO]: '*' } })
const reader = ({ headers }) => ({ status: 200, headers: { [ACAO]: headers.Origin, vary: 'Origin' } })
const stranger = () => ({ status: 200, headers: { vary: 'Origin' } })
const partner = ({ headers }) => ({ status: 200, headers: { [ACAO]: headers.Origin, 'access-control-expose-headers': 'X-Total', vary: 'Origin' } })
const accepted = ({ headers }) => ({ status: 204, headers: { [ACAO]: headers.Origin, vary: 'Origin', ...lists } })
const refused = () => ({ status: 403, headers: { vary: 'Origin' } })
/** @fastify/cors tells a refused origin everything except that it is allowed. */
const refusedByPeer = () => ({ status: 204, headers: { vary: 'Origin', ...lists } })
const credentialed = ({ headers }) => ({
  status: 204,
  headers: {
    [ACAO]: headers.Origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': METHODS.join(),
    'access-control-allow-headers': headers['Access-Control-Request-Headers'],
    vary: 'Origin, Access-Control-Request-Headers'
  }
})
const namesCover = asked => value => value.includes('*') || asked.split(',').every(name => value.toLowerCase().includes(name))
const varyHasOrigin = value => value.split(', ').includes('Origin')
const byRoute = ({ headers }) => ({
  status: 204,
  headers: {
    [ACAO]: headers.Origin,
    'access-control-allow-methods': 'GET, HEAD, POST, PUT',
    'access-control-allow-headers': namesCover(headers['Access-Control-Request-Headers']),
    vary: varyHasOrigin
  }
})

/** In the order and spelling of a browser: sorted, lower case, without blanks. */
const longNames = numbered(EIGHT_KB / 8, i => `x-${String(i).padStart(5, '0')}`).join(',')
const longOrigin = `https://${'a.'.repeat(EIGHT_KB / 2 - 8)}example`
const farRoutes = [50, 250, 450].map(i => `/route${i}/42`)

/** @type {Case[]} */
const cases = [
  { name: 'GET under *, without Origin', configuration: 'any', requests: [get()], answer: anyone },
  { name: 'GET under *', configuration: 'any', requests: LIST.map(origin => get(origin)), answer: anyone },
  { name: 'GET under a list of 3, allowed', configuration: 'list', requests: LIST.map(origin => get(origin)), answer: reader },
  { name: 'GET under a list of 3, refused', configuration: 'list', requests: STRANGERS.map(origin => get(origin)), answer: stranger },
  { name: 'GET under a list of 3, without Origin', configuration: 'list', requests: [get()], answer: stranger },
  { name: 'GET under 10,000 origins', configuration: 'origins', requests: sample(exactOrigins(10_000)).map(origin => get(origin)), answer: reader, peerScans: true },
  { name: 'GET under 1,000 patterns', configuration: 'patterns', requests: sample(patterns(1000)).map((pattern, i) => get(pattern.replace('*', i % 2 ? 'eu.shop' : 'www'))), answer: reader, peerScans: true },
  { name: 'GET with config.cors', configuration: 'overlay', requests: PARTNERS.map(origin => get(origin, '/status')), answer: partner },
  { name: 'GET among 500 routes', configuration: 'routes', requests: LIST.map((origin, i) => get(origin, farRoutes[i])), answer: reader },
  { name: 'preflight, explicit lists', configuration: 'list', requests: LIST.map(origin => preflight(origin)), answer: accepted },
  { name: 'preflight, methods by route', configuration: 'routes', requests: LIST.map((origin, i) => preflight(origin, { url: farRoutes[i] })), answer: byRoute },
  { name: 'preflight, any header, credentials', configuration: 'credentials', requests: LIST.map(origin => preflight(origin)), answer: credentialed },
  { name: 'preflight, refused', configuration: 'list', requests: STRANGERS.map(origin => preflight(origin)), answer: refused, peerAnswer: refusedByPeer },
  { name: 'preflight, 8 kB of commas', configuration: 'list', requests: LIST.map(origin => preflight(origin, { names: ','.repeat(EIGHT_KB) })), answer: accepted },
  { name: 'preflight, 8 kB of names to echo', configuration: 'credentials', requests: LIST.map(origin => preflight(origin, { names: longNames })), answer: credentialed },
  { name: 'preflight, 8 kB of Origin', configuration: 'list', requests: [preflight(longOrigin)], answer: refused, peerAnswer: refusedByPeer }
]

module.exports = { cases, configurations, exactOrigins, patterns, sample, get, put, preflight, LIST, PARTNERS, METHODS, HEADERS }
