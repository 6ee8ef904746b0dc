'use strict'

const ALLOWED = 'https://app.example.com'
const REFUSED = 'https://evil.test'
const LIST = [ALLOWED, 'https://www.example.com', 'https://admin.example.org']
const EIGHT_KB = 8192

const ACAO = 'access-control-allow-origin'
const ACRH = 'access-control-request-headers'

function request (method, headers) {
  return { method, url: '/users/42', headers: { host: 'api.example.com', 'user-agent': 'bench', accept: '*/*', ...headers } }
}

const get = headers => request('GET', headers)
const preflight = headers => request('OPTIONS', { origin: ALLOWED, 'access-control-request-method': 'PUT', ...headers })

const echoed = origin => ({ [ACAO]: origin, vary: 'Origin' })
const explicit = { origin: LIST, methods: ['GET', 'PUT', 'DELETE'], allowedHeaders: ['content-type', 'authorization'], maxAge: 600 }
const explicitAnswer = {
  ...echoed(ALLOWED),
  'access-control-allow-methods': 'GET, PUT, DELETE',
  'access-control-allow-headers': 'content-type, authorization',
  'access-control-max-age': '600'
}
const anyHeader = { origin: LIST, credentials: true, methods: ['GET', 'PUT', 'DELETE'] }

function anyHeaderAnswer (names) {
  return {
    [ACAO]: ALLOWED,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, PUT, DELETE',
    'access-control-allow-headers': names,
    vary: 'Origin, Access-Control-Request-Headers'
  }
}

/** An accepted preflight, with `names` in Access-Control-Request-Headers. */
const explicitWith = (name, names) => ({ name, options: explicit, request: preflight({ [ACRH]: names }), status: 204, headers: explicitAnswer })
const anyHeaderWith = (name, names) => ({ name, options: anyHeader, request: preflight({ [ACRH]: names }), status: 204, headers: anyHeaderAnswer(names) })

/**
 * What is timed. `options` are the plugin's; `peerOptions` say the same to a peer that knows less. `overlay` are the
 * route's own. `routes` is how many there are, if not one. `status` and `headers` are the answer: all of its
 * access-control-* and vary headers.
 */
const cases = [
  { name: 'GET under *', options: { origin: '*' }, request: get({ origin: ALLOWED }), headers: { [ACAO]: '*' } },
  { name: 'GET under *, without Origin', options: { origin: '*' }, request: get(), headers: { [ACAO]: '*' } },
  { name: 'GET under a list of 3, allowed', options: { origin: LIST }, request: get({ origin: ALLOWED }), headers: echoed(ALLOWED) },
  { name: 'GET under a list of 3, refused', options: { origin: LIST }, request: get({ origin: REFUSED }), headers: { vary: 'Origin' } },
  { name: 'GET under a list of 3, without Origin', options: { origin: LIST }, request: get(), headers: { vary: 'Origin' } },
  {
    name: 'GET with config.cors',
    options: { origin: ['https://a.test', 'https://b.test'] },
    overlay: { origin: LIST },
    request: get({ origin: ALLOWED }),
    headers: echoed(ALLOWED)
  },
  { name: 'GET among 500 routes', options: { origin: LIST }, routes: 500, request: get({ origin: ALLOWED }), headers: echoed(ALLOWED) },
  explicitWith('preflight, explicit lists', 'content-type'),
  { name: 'preflight, refused', options: explicit, request: preflight({ origin: REFUSED }), status: 403, headers: { vary: 'Origin' } },
  anyHeaderWith('preflight, any header, credentials', 'content-type,x-request-id'),
  {
    name: 'preflight, methods by route',
    options: { origin: LIST, allowedHeaders: ['content-type'] },
    peerOptions: { origin: LIST, allowedHeaders: ['content-type'], methods: ['GET', 'HEAD', 'POST', 'PUT'] },
    request: preflight(),
    status: 204,
    headers: { ...echoed(ALLOWED), 'access-control-allow-methods': 'GET, HEAD, POST, PUT', 'access-control-allow-headers': 'content-type' }
  }
]

function exact (count) {
  const origin = `https://app${count - 1}.example.com`
  return { name: `${count.toLocaleString('en')} exact origins`, options: { origin: exactOrigins(count) }, request: get({ origin }), headers: echoed(origin) }
}

function exactOrigins (count) {
  return Array.from({ length: count }, (_, i) => `https://app${i}.example.com`)
}

function patterns (count, name = `${count.toLocaleString('en')} patterns`, labels = 'a') {
  const origin = `https://${labels}.app${count - 1}.example.com`
  const all = Array.from({ length: count }, (_, i) => `https://*.app${i}.example.com`)
  return { name, options: { origin: all }, request: get({ origin }), headers: echoed(origin) }
}

/** Exactly 8 KB, with the names in the order and spelling of a browser: sorted, lower case, no blanks. */
const longNames = Array.from({ length: EIGHT_KB / 8 + 1 }, (_, i) => `x-${String(i).padStart(5, '0')}`).join(',').slice(0, EIGHT_KB)
const longOrigin = 'https://'.padEnd(EIGHT_KB, 'a')

/**
 * What must not cost more as configuration grows, or as a stranger sends more: each beside what it is compared with,
 * which is the plugin itself in another case, or the headers written by hand in the same case.
 */
const scale = [
  { each: exact(10_000), base: exact(3) },
  { each: exact(100_000), base: exact(3) },
  { each: patterns(1000), base: patterns(3) },
  { each: patterns(1000, '1,000 patterns, an origin of 60 labels', Array(56).fill('a').join('.')), base: patterns(3) },
  { each: explicitWith('preflight, 8 KB of commas', ','.repeat(EIGHT_KB)), base: explicitWith('preflight, one name', 'content-type') },
  { each: explicitWith('preflight, 8 KB of names', longNames), base: explicitWith('preflight, one name', 'content-type') },
  {
    each: { name: 'GET, 8 KB of Origin', options: { origin: LIST }, request: get({ origin: longOrigin }), headers: { vary: 'Origin' } },
    base: { name: 'GET, refused', options: { origin: LIST }, request: get({ origin: REFUSED }), headers: { vary: 'Origin' } }
  },
  { each: anyHeaderWith('preflight, 8 KB of names to echo', longNames), byHand: true }
]

/** A case by its name. */
function find (name) {
  return [...cases, ...scale.flatMap(({ each, base = each }) => [each, base])].find(each => each.name === name)
}

module.exports = { cases, scale, find, exactOrigins }
