import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL } from '../support/exchange'
import { explain, fail, ready, registered } from './outline'

const standard = 'https://fetch.spec.whatwg.org/'
const safelisted = ['cache-control', 'content-language', 'content-length', 'content-type', 'expires', 'last-modified', 'pragma']

async function api (app: FastifyInstance): Promise<void> {
  await app.register(corsPlugin, { origin: [ALLOWED, 'https://*.example.org'], credentials: true, exposedHeaders: ['X-Total'], maxAge: 86_400, paths: ['/users/*'] })
  app.route({ method: ['PUT', 'DELETE'], url: '/users/:id', handler: fail })
}

t.test('the whole explanation of an allowed request', async t => {
  const app = await ready(api)
  t.strictSame(await app.cors.explain({ origin: ALLOWED, method: 'PUT', url: '/users/7?x=1', headers: { 'Content-Type': 'application/json' }, credentials: true }), {
    allowed: true,
    message: `a page of ${ALLOWED} may send PUT /users/7?x=1 and read the answer`,
    preflight: {
      needed: true,
      reasons: ['the method PUT is not safelisted', 'the header content-type: application/json is not a type that forms send'],
      request: {
        method: 'OPTIONS',
        url: '/users/7?x=1',
        headers: { accept: '*/*', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type', origin: ALLOWED }
      },
      response: {
        status: 204,
        headers: {
          'access-control-allow-credentials': 'true',
          'access-control-max-age': '86400',
          'access-control-allow-methods': 'GET, HEAD, POST, DELETE, PUT',
          'access-control-allow-headers': 'content-type',
          'access-control-allow-origin': ALLOWED,
          vary: 'Origin, Access-Control-Request-Headers'
        }
      },
      maxAge: { chromium: 7200, firefox: 86_400, webkit: 600 }
    },
    response: {
      headers: {
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'X-Total',
        'access-control-allow-origin': ALLOWED,
        vary: 'Origin'
      },
      readable: [...safelisted, 'x-total'],
      hidden: ['access-control-allow-credentials', 'access-control-allow-origin', 'access-control-expose-headers', 'vary']
    },
    policy: {
      origin: [ALLOWED, 'https://*.example.org'],
      methods: 'routed',
      allowedHeaders: '*',
      exposedHeaders: ['X-Total'],
      credentials: true,
      maxAge: 86_400,
      enforce: false,
      registration: { prefix: '', plugin: null, paths: ['/users/*'] },
      overlaid: false,
      delegated: false,
      where: 'the registration of the application for /users/*'
    },
    route: { methods: ['PUT', 'DELETE'], url: '/users/:id' },
    steps: [
      { step: 'whether the request is cross-origin', section: `${standard}#main-fetch`, outcome: `yes: it is sent with Origin: ${ALLOWED}` },
      { step: 'whether it needs a preflight', section: `${standard}#http-fetch`, outcome: 'yes: the method PUT is not safelisted; the header content-type: application/json is not a type that forms send' },
      { step: 'the preflight', section: `${standard}#cors-preflight-fetch`, outcome: 'allowed, for 7200 seconds' },
      {
        step: 'which cookies it carries',
        section: `${standard}#http-network-or-cache-fetch`,
        outcome: 'if the page is on another site than this application: only cookies with `SameSite=None; Secure`; where the browser blocks third-party cookies, as private windows do, they must also be `Partitioned`, and set in an answer to a page of the same site as this one'
      },
      { step: 'the CORS check of the response', section: `${standard}#cors-check`, outcome: 'passed' },
      { step: 'what the page may read', section: `${standard}#concept-filtered-response-cors`, outcome: `the body and these headers, if they are sent: ${safelisted.join(', ')}, x-total` }
    ],
    assumptions: []
  })
})

t.test('the whole explanation of a blocked request', async t => {
  const app = await ready(api)
  const message = `the answer to the preflight has no Access-Control-Allow-Origin, so ${EVIL} may not read it`
  const explanation = await app.cors.explain({ origin: EVIL, method: 'DELETE', url: '/users/7' })
  t.strictSame({ ...explanation, policy: undefined }, {
    allowed: false,
    code: 'PreflightMissingAllowOriginHeader',
    message,
    fix: `if its pages may read this, add '${EVIL}' to \`origin\` in the registration of the application for /users/*`,
    link: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS/Errors/CORSMissingAllowOrigin',
    preflight: {
      needed: true,
      reasons: ['the method DELETE is not safelisted'],
      request: { method: 'OPTIONS', url: '/users/7', headers: { accept: '*/*', 'access-control-request-method': 'DELETE', origin: EVIL } },
      response: { status: 403, headers: { vary: 'Origin' } }
    },
    response: null,
    policy: undefined,
    route: { methods: ['PUT', 'DELETE'], url: '/users/:id' },
    steps: [
      { step: 'whether the request is cross-origin', section: `${standard}#main-fetch`, outcome: `yes: it is sent with Origin: ${EVIL}` },
      { step: 'whether it needs a preflight', section: `${standard}#http-fetch`, outcome: 'yes: the method DELETE is not safelisted' },
      { step: 'the preflight', section: `${standard}#cors-preflight-fetch`, outcome: message }
    ],
    assumptions: []
  })
})

t.test('a response that is sent and that the page cannot read', async t => {
  const app = await ready(registered({ origin: ALLOWED, credentials: true, exposedHeaders: ['X-Total'] }))
  const { preflight, response } = await explain(app, { origin: EVIL })
  t.strictSame(preflight, { needed: false, reasons: [] })
  t.strictSame(response, {
    headers: { 'access-control-allow-origin': ALLOWED, 'access-control-allow-credentials': 'true', 'access-control-expose-headers': 'X-Total' },
    readable: [],
    hidden: ['access-control-allow-credentials', 'access-control-allow-origin', 'access-control-expose-headers']
  })
})

t.test('a same-origin request, which needs no CORS', async t => {
  const app = await ready(registered({ origin: false, enforce: 'all' }))
  const { allowed, preflight, response, steps } = await explain(app, { origin: 'https://api.example.com', url: 'https://api.example.com/a', method: 'PUT' })
  t.strictSame({ allowed, preflight, response }, { allowed: true, preflight: { needed: false, reasons: [] }, response: { headers: { vary: 'Origin' }, readable: '*', hidden: [] } })
  t.strictSame(steps.map(({ outcome }) => outcome), ["no: https://api.example.com/a has the page's own origin", 'the body and every header except Set-Cookie'])
})

t.test('how each kind of policy is shown', async t => {
  const forms: ReadonlyArray<readonly [corsPlugin.CorsOptions, object]> = [
    [{}, { origin: '*', methods: 'routed', allowedHeaders: '*', exposedHeaders: [], credentials: false, maxAge: null, enforce: false }],
    [{ origin: true }, { origin: '*' }],
    [{ origin: true, credentials: true, dangerously: { anyOriginWithCredentials: true } }, { origin: '*', credentials: true }],
    [{ origin: false }, { origin: [] }],
    [{ origin: ALLOWED, maxAge: 0 }, { origin: [ALLOWED], maxAge: 0 }],
    [{ origin: ['https://*.example.com', 'http://localhost:*'] }, { origin: ['https://*.example.com', 'http://localhost:*'] }],
    [{ origin: [ALLOWED, /^https:\/\/[a-z]+\.example\.org$/] }, { origin: [ALLOWED, '/^https:\\/\\/[a-z]+\\.example\\.org$/'] }],
    [{ origin: () => true }, { origin: 'function' }],
    [{ methods: '*', allowedHeaders: 'X-A', exposedHeaders: '*' }, { methods: '*', allowedHeaders: ['X-A'], exposedHeaders: '*' }],
    [{ origin: ALLOWED, methods: ['PUT'], allowedHeaders: '*', enforce: 'unsafe' }, { methods: ['PUT'], allowedHeaders: '*', enforce: 'unsafe' }]
  ]
  for (const [options, told] of forms) t.match((await explain(await ready(registered(options)))).policy, told)
})

t.test('overlaid and delegated', async t => {
  const table = [
    [{}, {}, false, false],
    [{}, { cors: true }, false, false],
    [{}, { cors: false }, true, false],
    [{}, { cors: {} }, true, false],
    [{ delegator: () => ({}) }, {}, false, true],
    [{ delegator: () => ({}) }, { cors: {} }, true, true]
  ] as const
  for (const [options, route, overlaid, delegated] of table) {
    t.match((await explain(await ready(registered(options, route)))).policy, { overlaid, delegated })
  }
})

t.test('what the page can read', async t => {
  const any = await ready(registered({ exposedHeaders: '*' }))
  t.equal((await explain(any)).response?.readable, '*')
  const listed = await ready(registered({ origin: ALLOWED, exposedHeaders: ['ETag'] }))
  t.strictSame((await explain(listed)).response?.readable, [...safelisted.slice(0, 4), 'etag', ...safelisted.slice(4)])
})

t.test('how long each browser caches the preflight', async t => {
  const table = [
    [{}, { chromium: 5, firefox: 5, webkit: 5 }],
    [{ maxAge: 0 }, { chromium: 0, firefox: 0, webkit: 0 }],
    [{ maxAge: 3600 }, { chromium: 3600, firefox: 3600, webkit: 600 }]
  ] as const
  for (const [options, maxAge] of table) t.strictSame((await explain(await ready(registered(options)), { method: 'PUT' })).preflight.maxAge, maxAge)
})

t.test('browsers may differ in what they ask and allow', async t => {
  const app = await ready(registered({ allowedHeaders: ['X-A'] }))
  const headers = { 'x-a': '1', 'user-agent': 'x' }
  const chromium = await explain(app, { headers })
  t.strictSame([chromium.allowed, chromium.preflight.reasons], [true, ['the header x-a: it is not safelisted']])
  t.equal(chromium.preflight.request?.headers['access-control-request-headers'], 'x-a')
  t.strictSame(chromium.preflight.maxAge, { chromium: 5, firefox: 0, webkit: 0 })
  const firefox = await explain(app, { headers, browser: 'firefox' })
  t.strictSame([firefox.code, firefox.preflight.maxAge], ['HeaderDisallowedByPreflightResponse', undefined])
})

/** Writes to every property that can be written to. */
function scribble (value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const part of Object.values(value)) scribble(part)
  for (const key of [...Object.keys(value), 'more', '0']) Reflect.set(value, key, 'scribbled')
}

t.test('a policy cannot be changed through its explanation', async t => {
  const app = await ready(api)
  const ask = () => app.cors.explain({ origin: ALLOWED, method: 'PUT', url: '/users/7' })
  const first = JSON.stringify([await ask(), app.cors.print({ json: true }), app.cors.print()])
  scribble(await ask())
  scribble(app.cors.print({ json: true }))
  t.equal(JSON.stringify([await ask(), app.cors.print({ json: true }), app.cors.print()]), first)
  app.cors.reconfigure({ origin: EVIL, paths: ['/users/*'] })
})

t.test('neither hooks nor handlers run', async t => {
  const app = await ready(async app => {
    for (const hook of ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'onSend', 'onResponse', 'onError'] as const) app.addHook(hook, fail)
    app.setNotFoundHandler(fail)
    await api(app)
  })
  for (const url of ['/users/7', '/nothing']) for (const method of ['GET', 'PUT']) await t.resolves(explain(app, { url, method }))
})

t.test('for how long an answer spares the same request another preflight', async t => {
  const table = [
    [{ allowedHeaders: ['x-a'] }, { headers: { 'x-a': '1' } }, { chromium: 600, firefox: 600, webkit: 600 }],
    [{ methods: '*' }, { method: 'PUT' }, { chromium: 600, firefox: 0, webkit: 600 }],
    [{}, { headers: { 'if-match': 'x' } }, { chromium: 0, firefox: 0, webkit: 600 }]
  ] as const
  for (const [options, asked, { chromium, firefox, webkit }] of table) {
    const app = await ready(registered({ allowedHeaders: ['if-match'], maxAge: 600, ...options } as corsPlugin.CorsOptions))
    t.strictSame((await explain(app, asked)).preflight.maxAge, { chromium, firefox, webkit })
  }
})

t.test('an upload with a listener needs a preflight', async t => {
  const app = await ready(registered({}))
  const asked = { method: 'POST', headers: { 'content-type': 'text/plain' } }
  t.strictSame((await explain(app, asked)).preflight.needed, false)
  t.strictSame((await explain(app, { ...asked, uploadListener: true })).preflight.reasons, ['a listener watches the upload'])
})
