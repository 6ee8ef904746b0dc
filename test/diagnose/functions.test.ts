import type { FastifyRequest } from 'fastify'
import t from 'tap'
import type corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER } from '../support/exchange'
import { type Row, explain, outline, ready, registered } from './outline'

const APPLICATION = 'the registration of the application'
const MISSING = { allowed: false, code: 'MissingAllowOriginHeader' } as const

type Decide = corsPlugin.OriginFunction

const failing = (origin: Decide) => registered({ origin })
const fixFunction = (what: string, where = APPLICATION) => `fix the function that failed, in ${where}: ${what}`

/** Delegators and `origin` functions, which run. */
const rows: readonly Row[] = [
  { it: 'a function that allows', app: registered({ origin: () => true }), is: { allowed: true, where: APPLICATION, status: 'handler' } },
  { it: 'one that names the origin, later', app: registered({ origin: async origin => origin }), ask: { origin: EVIL }, is: { allowed: true, where: APPLICATION, status: 'handler' } },
  { it: 'one that refuses later', app: failing(async () => OTHER), is: { ...MISSING, fix: `let the \`origin\` function in ${APPLICATION} return true for ${ALLOWED}`, where: APPLICATION, status: 'handler' } },
  { it: 'one that throws', app: failing(() => { throw new Error('no database') }), is: { ...MISSING, fix: fixFunction('no database'), where: APPLICATION, status: 500 } },
  { it: 'one that rejects', app: failing(async () => { throw new Error('no database') }), is: { ...MISSING, fix: fixFunction('no database'), where: APPLICATION, status: 500 } },
  {
    it: 'one that throws nothing',
    // Any thrown value must be reported.
    // eslint-disable-next-line no-throw-literal
    app: failing(() => { throw undefined }),
    is: { ...MISSING, fix: fixFunction('undefined'), where: APPLICATION, status: 500 }
  },
  { it: 'one that answers neither', app: failing(() => 7 as never), is: { ...MISSING, fix: fixFunction('the `origin` function returned number: return `true` to allow the origin, `false` to refuse it, or the origin to allow as a browser writes it, e.g. "https://app.example.com"'), where: APPLICATION, status: 500 } },
  { it: 'one of a route', app: registered({}, { cors: { origin: () => { throw new Error('no database') } } }), is: { ...MISSING, fix: fixFunction('no database', 'config.cors of GET, POST, PUT /a'), where: 'config.cors of GET, POST, PUT /a', status: 500 } },
  {
    it: 'in a preflight',
    app: failing(() => { throw new Error('no database') }),
    ask: { method: 'PUT' },
    is: { allowed: false, code: 'PreflightMissingAllowOriginHeader', fix: fixFunction('no database'), where: APPLICATION, preflight: 500, status: null }
  },
  {
    it: 'in the request, but not in its preflight',
    app: failing((_origin, { method }) => { if (method === 'OPTIONS') return true; throw new Error('no database') }),
    ask: { method: 'PUT' },
    is: { ...MISSING, fix: fixFunction('no database'), where: APPLICATION, preflight: 204, status: 500 }
  },
  {
    it: 'in the request, which is never sent',
    app: failing((_origin, { method }) => { if (method === 'OPTIONS') return false; throw new Error('no database') }),
    ask: { method: 'PUT' },
    is: { allowed: false, code: 'PreflightMissingAllowOriginHeader', fix: `let the \`origin\` function in ${APPLICATION} return true for ${ALLOWED}`, where: APPLICATION, preflight: 403, status: null }
  },
  { it: "for the site's own page, which reads the 500", app: failing(() => { throw new Error('no database') }), ask: { origin: 'https://api.example.com', url: 'https://api.example.com/a', method: 'PUT' }, is: { allowed: true, fix: fixFunction('no database'), where: APPLICATION, status: 500 } },
  { it: 'a delegator that throws, so that the policy is unknown', app: registered({ delegator: () => { throw new Error('no tenant') } }), is: { ...MISSING, fix: fixFunction('no tenant'), where: null, status: 500 } }
]

for (const { it, app: setUp, ask, is } of rows) {
  t.test(it, async t => { t.strictSame(outline(await explain(await ready(setUp), ask)), is) })
}

t.test('the message has the error if the page may read the 500', async t => {
  const { message } = await explain(await ready(failing(() => { throw new Error('no database') })), { origin: 'https://api.example.com', url: 'https://api.example.com/a', method: 'PUT' })
  t.equal(message, 'a page of https://api.example.com may send PUT https://api.example.com/a and read the answer, a 500: no database')
})

t.test('the fix lists all problems of options that a delegator returned', async t => {
  const delegator = (() => ({ maxAge: -1 })) as unknown as Exclude<corsPlugin.CorsOptions['delegator'], undefined>
  const { fix } = await explain(await ready(registered({ delegator })))
  t.match(fix, /^fix the function that failed, in the registration of the application: .*delegator/)
  t.match(fix, 'FST_CORS_MAX_AGE at /maxAge: -1 is not a whole number from 0 to 86400')
})

t.test('they see the request, as far as it is known', async t => {
  const seen: object[] = []
  const origin = (origin: string, { method, url, host, hostname, port, protocol, ip, params, query, body, is404, routeOptions, headers }: FastifyRequest) => {
    seen.push({ origin, method, url, host, hostname, port, protocol, ip, params: { ...params as object }, query: { ...query as object }, body, is404, route: routeOptions.url, headers })
    return true
  }
  const app = await ready(async app => { await registered({ origin })(app); app.put('/users/:id', () => '') })
  await explain(app, { method: 'PUT', url: 'https://api.example.com:8443/users/7?x=1&y=2', headers: [['X-A', '1'], ['x-a', '2']] })
  const known = { origin: ALLOWED, url: '/users/7?x=1&y=2', host: 'api.example.com:8443', hostname: 'api.example.com', port: 8443, protocol: 'https', ip: undefined, query: { x: '1', y: '2' }, body: undefined }
  t.strictSame(seen, [
    { ...known, method: 'OPTIONS', params: {}, is404: true, route: undefined, headers: { accept: '*/*', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a', origin: ALLOWED, host: 'api.example.com:8443' } },
    { ...known, method: 'PUT', params: { id: '7' }, is404: false, route: '/users/:id', headers: { 'x-a': '1, 2', origin: ALLOWED, host: 'api.example.com:8443' } }
  ])
})

t.test('a request that is only explained has an id of its own', async t => {
  const ids: unknown[] = []
  const app = await ready(registered({ origin: (_origin, request) => { ids.push(request.id); return true } }))
  await explain(app)
  t.strictSame(ids, ['fastify-cors-policy'])
})

t.test('the site\'s own page is not refused, with an Origin or without', async t => {
  const app = await ready(registered({ origin: OTHER, enforce: 'all' }))
  for (const method of ['GET', 'POST']) {
    const { allowed, response } = await explain(app, { origin: 'https://site.test', url: 'https://site.test/a', method })
    t.strictSame([allowed, response?.status], [true, undefined], method)
  }
})
