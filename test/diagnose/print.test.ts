import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER } from '../support/exchange'

const handler = () => ''

async function ready (setUp: (app: FastifyInstance) => unknown): Promise<FastifyInstance> {
  const app = Fastify()
  await setUp(app)
  await app.ready()
  return app
}

function lines (...text: string[]): string {
  return text.join('\n') + '\n'
}

/** What is printed of an application. */
const rows: ReadonlyArray<readonly [it: string, setUp: (app: FastifyInstance) => unknown, text: string]> = [
  ['no route', async app => { await app.register(corsPlugin) }, ''],
  [
    'a policy once, with its routes by URL and methods in their order',
    async app => {
      await app.register(corsPlugin, { origin: [ALLOWED, 'https://*.example.org'], exposedHeaders: ['X-Total', 'ETag'] })
      app.route({ method: ['PUT', 'DELETE'], url: '/users/:id', handler })
      app.get('/users/:id', handler)
      app.post('/b', handler)
      app.get('/a', { config: { cors: true } }, handler)
    },
    lines(
      'the registration of the application',
      '  origin: https://app.example.com, https://*.example.org',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers: X-Total, ETag',
      '  routes:',
      '    /a (GET, HEAD)',
      '    /b (POST)',
      '    /users/:id (GET, HEAD, DELETE, PUT)'
    )
  ],
  [
    'who gets in by a RegExp, in words',
    async app => {
      await app.register(corsPlugin, { origin: [ALLOWED, /^https:\/\/.+\.example\.org$/] })
      app.get('/a', handler)
    },
    lines(
      'the registration of the application',
      '  origin:',
      '    https://app.example.com',
      '    /^https:\\/\\/.+\\.example\\.org$/ (any subdomain of example.org)',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers: none',
      '  routes:',
      '    /a (GET, HEAD)'
    )
  ],
  [
    'every origin of a route, and what is laid over',
    async app => {
      await app.register(corsPlugin)
      app.get('/any', handler)
      app.get('/off', { config: { cors: false } }, handler)
      app.get('/one', { config: { cors: { origin: ALLOWED, exposedHeaders: '*' } } }, handler)
      app.get('/ask', { config: { cors: { origin: () => true } } }, handler)
      app.get('/ask-too', { config: { cors: { origin: () => false } } }, handler)
      app.get('/one-too', { config: { cors: { origin: ALLOWED, exposedHeaders: '*' } } }, handler)
    },
    lines(
      'the registration of the application',
      '  origin: *',
      '  ! any site may read',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers: none',
      '  routes:',
      '    /any (GET, HEAD)',
      '',
      'the registration of the application (overlaid by config.cors)',
      '  origin: a function decides',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers: none',
      '  routes:',
      '    /ask (GET, HEAD)',
      '',
      'the registration of the application (overlaid by config.cors)',
      '  origin: a function decides',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers: none',
      '  routes:',
      '    /ask-too (GET, HEAD)',
      '',
      'the registration of the application (overlaid by config.cors)',
      '  origin: https://app.example.com',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers: *',
      '  routes:',
      '    /one (GET, HEAD)',
      '    /one-too (GET, HEAD)',
      '',
      'the registration of the application (overlaid by config.cors)',
      '  origin: none, CORS is off',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers: none',
      '  routes:',
      '    /off (GET, HEAD)'
    )
  ],
  [
    'a delegator, and contexts',
    async app => {
      await app.register(async function admin (child) {
        await child.register(corsPlugin, { origin: OTHER, delegator: () => ({}) })
        child.get('/', handler)
        child.get('/a', { config: { cors: { maxAge: 5 } } }, handler)
      }, { prefix: '/admin' })
      app.get('/a', handler)
    },
    lines(
      'the registration under /admin of the plugin admin (its delegator may change this for each request)',
      '  origin: https://other.example.com',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers: none',
      '  routes:',
      '    /admin (GET, HEAD)',
      '    /admin/ (GET, HEAD)',
      '',
      'the registration under /admin of the plugin admin (overlaid by config.cors; its delegator may change this for each request)',
      '  origin: https://other.example.com',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers: none',
      '  routes:',
      '    /admin/a (GET, HEAD)',
      '',
      'without a registration',
      '  routes:',
      '    /a (GET, HEAD)'
    )
  ],
  [
    'a route whose URLs have several registrations, or none, once for each',
    async app => {
      await app.register(corsPlugin, { origin: ALLOWED, paths: ['/a/*', '/x'] })
      await app.register(corsPlugin, { origin: OTHER, paths: ['/a*'] })
      for (const url of ['/a/b', '/a/:id', '/:any', '/b', '/x/:id?']) app.put(url, handler)
    },
    lines(
      'the registration of the application for /a*',
      '  origin: https://other.example.com',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers: none',
      '  routes:',
      '    /:any (PUT)',
      '',
      'the registration of the application for /a/*, /x',
      '  origin: https://app.example.com',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers: none',
      '  routes:',
      '    /:any (PUT)',
      '    /a/:id (PUT)',
      '    /a/b (PUT)',
      '    /x/:id? (PUT)',
      '',
      'without a registration',
      '  routes:',
      '    /:any (PUT)',
      '    /b (PUT)',
      '    /x/:id? (PUT)'
    )
  ],
  [
    'an optional parameter at the root',
    async app => {
      await app.register(corsPlugin, { origin: ALLOWED, paths: ['/'] })
      await app.register(corsPlugin, { origin: OTHER, paths: ['/*'] })
      app.put('/:x?', { config: { cors: {} } }, handler)
    },
    lines(
      'the registration of the application for / (overlaid by config.cors)',
      '  origin: https://app.example.com',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers: none',
      '  routes:',
      '    /:x? (PUT)',
      '',
      'the registration of the application for /* (overlaid by config.cors)',
      '  origin: https://other.example.com',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers: none',
      '  routes:',
      '    /:x? (PUT)'
    )
  ],
  [
    'constraints',
    async app => {
      await app.register(corsPlugin, { origin: ALLOWED })
      app.get('/a', handler)
      app.get('/a', { constraints: { version: '2.0.0' } }, handler)
      app.get('/a', { constraints: { host: /^api\./ } }, handler)
    },
    lines(
      'the registration of the application',
      '  origin: https://app.example.com',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers: none',
      '  routes:',
      '    /a (GET, HEAD) {"host":"/^api\\\\./"}',
      '    /a (GET, HEAD) {"version":"2.0.0"}',
      '    /a (GET, HEAD)'
    )
  ],
  [
    'as many origins as are shown',
    async app => {
      await app.register(corsPlugin, { origin: Array.from({ length: 20 }, (_, i) => `https://t${i}.example.com`), credentials: true })
      app.get('/a', handler)
    },
    lines(
      'the registration of the application',
      '  origin:',
      ...Array.from({ length: 20 }, (_, i) => `    https://t${i}.example.com`),
      '  credentials: yes',
      '  enforce: no',
      '  exposed headers: none',
      '  routes:',
      '    /a (GET, HEAD)'
    )
  ],
  [
    'lists that are as long as a line, and longer by one',
    async app => {
      await app.register(corsPlugin, { origin: ALLOWED, exposedHeaders: ['X-A', 'X'.repeat(80 - '  exposed headers: X-A, '.length)] })
      app.get('/a', handler)
      app.get('/b', { config: { cors: { exposedHeaders: ['X-A', 'X'.repeat(81 - '  exposed headers: X-A, '.length)] } } }, handler)
    },
    lines(
      'the registration of the application',
      '  origin: https://app.example.com',
      '  credentials: no',
      '  enforce: no',
      `  exposed headers: X-A, ${'X'.repeat(56)}`,
      '  routes:',
      '    /a (GET, HEAD)',
      '',
      'the registration of the application (overlaid by config.cors)',
      '  origin: https://app.example.com',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers:',
      '    X-A',
      `    ${'X'.repeat(57)}`,
      '  routes:',
      '    /b (GET, HEAD)'
    )
  ],
  [
    'lists that are long',
    async app => {
      await app.register(corsPlugin, { origin: Array.from({ length: 10_000 }, (_, i) => `https://t${i}.example.com`), exposedHeaders: Array.from({ length: 4 }, (_, i) => `X-A-Name-That-Is-Long-${i}`) })
      app.get('/a', handler)
    },
    lines(
      'the registration of the application',
      '  origin:',
      ...Array.from({ length: 20 }, (_, i) => `    https://t${i}.example.com`),
      '    and 9980 more',
      '  credentials: no',
      '  enforce: no',
      '  exposed headers:',
      ...Array.from({ length: 4 }, (_, i) => `    X-A-Name-That-Is-Long-${i}`),
      '  routes:',
      '    /a (GET, HEAD)'
    )
  ]
]

for (const [it, setUp, text] of rows) {
  t.test(it, async t => { t.equal((await ready(setUp)).cors.print(), text) })
}

t.test('policies that differ in what is not shown are told apart', async t => {
  const many = Array.from({ length: 30 }, (_, i) => `https://t${i}.example.com`)
  const app = await ready(async app => {
    await app.register(corsPlugin)
    app.get('/a', { config: { cors: { origin: [...many, ALLOWED] } } }, handler)
    app.get('/b', { config: { cors: { origin: [...many, EVIL] } } }, handler)
  })
  t.equal(app.cors.print().match(/and 11 more/g)?.length, 2)
})

t.test('a hundred routes under one policy are a hundred lines and one policy', async t => {
  const app = await ready(async app => {
    await app.register(corsPlugin, { origin: ALLOWED, credentials: true })
    for (let i = 0; i < 100; i++) app.get(`/route-${i}`, handler)
  })
  const text = app.cors.print().split('\n')
  t.equal(text.length, 1 + 4 + 1 + 100 + 1)
  t.ok(text.every(line => line.length <= 80))
})

t.test('the text does not depend on the order of registrations and routes', async t => {
  const contexts = [
    (app: FastifyInstance) => app.register(async child => { await child.register(corsPlugin, { origin: ALLOWED }); child.get('/a', handler) }, { prefix: '/one' }),
    (app: FastifyInstance) => app.register(async child => { await child.register(corsPlugin, { origin: OTHER }); child.get('/a', handler) }, { prefix: '/two' }),
    (app: FastifyInstance) => { app.get('/b', handler); app.get('/a', handler) },
    (app: FastifyInstance) => { app.post('/a', handler) }
  ]
  const print = async (order: typeof contexts) => (await ready(async app => { for (const add of order) await add(app) })).cors.print()
  t.equal(await print([...contexts].reverse()), await print(contexts))
})

t.test('as data', async t => {
  const app = await ready(async app => {
    await app.register(corsPlugin, { origin: [ALLOWED, OTHER], credentials: true, paths: ['/a'] })
    app.get('/a', handler)
    app.put('/a', { constraints: { version: '1.0.0' }, config: { cors: { origin: ALLOWED, enforce: 'all' } } }, handler)
    app.get('/b', handler)
  })
  const policy = { origin: [ALLOWED, OTHER], methods: 'routed', allowedHeaders: '*', exposedHeaders: [], credentials: true, maxAge: null, enforce: false }
  const registration = { prefix: '', plugin: null, paths: ['/a'] }
  t.strictSame(app.cors.print({ json: true }), [
    {
      url: '/a',
      methods: ['PUT'],
      constraints: { version: '1.0.0' },
      policy: { ...policy, origin: [ALLOWED], enforce: 'all' },
      registration,
      delegated: false,
      overlaid: true,
      marks: []
    },
    { url: '/a', methods: ['GET', 'HEAD'], constraints: {}, policy, registration, delegated: false, overlaid: false, marks: [] },
    { url: '/b', methods: ['GET', 'HEAD'], constraints: {}, policy: null, registration: null, delegated: false, overlaid: false, marks: [] }
  ])
  for (const options of [{ json: false }, {}, undefined] as const) t.type(app.cors.print(options), 'string')
})

t.test('what reconfigure has put there is printed, from every context', async t => {
  let inner: FastifyInstance | undefined
  const app = await ready(async app => {
    await app.register(corsPlugin, { origin: ALLOWED })
    await app.register(async child => { inner = child; child.get('/a', handler) })
  })
  app.cors.reconfigure({ origin: EVIL })
  t.match(app.cors.print(), '  origin: https://evil.test\n')
  t.equal(inner?.cors.print(), app.cors.print())
})
