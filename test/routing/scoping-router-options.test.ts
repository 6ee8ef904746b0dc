import Fastify from 'fastify'
import type { FastifyServerOptions } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, OTHER, preflight, send } from '../support/exchange'

/** Fastify takes these beside `routerOptions` too, with a deprecation warning. */
function inBothPlaces (options: object): [string, FastifyServerOptions][] {
  return [
    ['in routerOptions', { routerOptions: options } as FastifyServerOptions],
    ['beside it', options as FastifyServerOptions]
  ]
}

const cases: { it: string, options: object, same: string[], other: string[] }[] = [
  { it: 'letters differ by default', options: {}, same: ['/secret/plan'], other: ['/Secret/plan', '/secret/plan/', '/secret//plan', '/secret/plan;x=1'] },
  { it: 'caseSensitive: false', options: { caseSensitive: false }, same: ['/secret/plan', '/SECRET/Plan', '/%53ecret/plan'], other: ['/secret/plan/', '/secret//plan'] },
  { it: 'ignoreTrailingSlash', options: { ignoreTrailingSlash: true }, same: ['/secret/plan', '/secret/plan/', '/secret/plan/?x'], other: ['/Secret/plan', '/secret//plan'] },
  { it: 'ignoreDuplicateSlashes', options: { ignoreDuplicateSlashes: true }, same: ['/secret/plan', '/secret//plan', '//secret///plan'], other: ['/Secret/plan', '/secret/plan/'] },
  { it: 'useSemicolonDelimiter', options: { useSemicolonDelimiter: true }, same: ['/secret/plan', '/secret/plan;x=1'], other: ['/Secret/plan', '/secret/plan/'] },
  { it: 'all at once', options: { caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true }, same: ['/secret/plan', '/SECRET//Plan//', '/secret/plan/'], other: [] }
]

process.on('warning', () => {}) // the older place is deprecated, and used on purpose

for (const { it, options, same, other } of cases) {
  for (const [place, serverOptions] of inBothPlaces(options)) {
    t.test(`${it}, ${place}: a URL is read as the router reads it`, async t => {
      const app = Fastify(serverOptions)
      app.register(corsPlugin, { paths: ['/secret/plan'], origin: [OTHER] })
      app.register(corsPlugin)
      app.get('/secret/plan', () => 'plan')
      app.put('/secret/plan', { config: { cors: { maxAge: 3 } } }, () => 'plan')
      for (const url of same) {
        const answer = await send(app, 'GET', url)
        t.equal(answer.body, 'plan', `GET ${url}`)
        t.strictSame(answer.cors, { 'access-control-allow-origin': OTHER }, `GET ${url}`)
        t.equal((await preflight(app, 'PUT', url)).status, 403, `preflight for ${url}`)
        t.strictSame((await preflight(app, 'PUT', url, { origin: OTHER })).cors, {
          'access-control-allow-origin': OTHER,
          'access-control-allow-methods': 'GET, HEAD, POST, PUT',
          'access-control-allow-headers': '*, Authorization, Content-Type',
          'access-control-max-age': '3'
        }, `preflight for ${url}`)
      }
      for (const url of other) {
        const answer = await send(app, 'GET', url)
        t.equal(answer.status, 404, `GET ${url}`)
        t.strictSame(answer.cors, { 'access-control-allow-origin': '*' }, `GET ${url}`)
      }
    })
  }
}

t.test('routes and paths with a spelling that the router normalises', async t => {
  const app = Fastify({ routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true } })
  app.register(corsPlugin, { paths: ['/API//Users/'], origin: [ALLOWED] })
  app.put('//Api/USERS/', { config: { cors: { maxAge: 2 } } }, () => 'users')
  for (const url of ['/api/users', '/API/users/', '/api//Users']) {
    t.equal((await preflight(app, 'PUT', url)).headers['access-control-max-age'], '2', url)
    t.strictSame((await send(app, 'PUT', url)).cors, { 'access-control-allow-origin': ALLOWED }, url)
  }
})

t.test('an index route of a prefixed context with ignoreTrailingSlash', async t => {
  const app = Fastify({ routerOptions: { ignoreTrailingSlash: true } })
  app.register(async api => {
    api.register(corsPlugin, { origin: [ALLOWED] })
    api.put('/', { config: { cors: { maxAge: 2 } } }, () => 'index')
  }, { prefix: '/api' })
  for (const url of ['/api', '/api/']) t.equal((await preflight(app, 'PUT', url)).headers['access-control-max-age'], '2', url)
})

t.test('long parameters, unsafe regular expressions and rewritten URLs', async t => {
  const app = Fastify({
    routerOptions: { maxParamLength: 300, allowUnsafeRegex: true },
    rewriteUrl: req => req.url === '/rewritten' ? '/b/aaa' : req.url ?? '/'
  })
  app.register(corsPlugin)
  app.put('/a/:id', { config: { cors: { maxAge: 1 } } }, () => 'a')
  app.put('/b/:id(^(a+)+$)', { config: { cors: { maxAge: 2 } } }, () => 'b')
  t.equal((await preflight(app, 'PUT', '/a/' + 'x'.repeat(250))).headers['access-control-max-age'], '1')
  t.equal((await preflight(app, 'PUT', '/b/aaa')).headers['access-control-max-age'], '2')
  t.equal((await preflight(app, 'PUT', '/rewritten')).headers['access-control-max-age'], '2')
})

t.test('a URL with a parameter over Fastify’s limit has no route for the plugin either', async t => {
  const app = Fastify()
  app.register(corsPlugin)
  app.put('/a/:id', { config: { cors: { maxAge: 1 } } }, () => 'a')
  const url = '/a/' + 'x'.repeat(101)
  t.equal((await send(app, 'PUT', url)).status, 414)
  t.equal((await preflight(app, 'PUT', '/a/' + 'x'.repeat(100))).headers['access-control-max-age'], '1')
  t.equal((await preflight(app, 'PUT', url)).headers['access-control-max-age'], undefined)
})

t.test('an optional parameter makes two routes, at the root too', async t => {
  const app = Fastify()
  app.register(corsPlugin, { origin: false })
  for (const url of ['/:id?', '/b/:id?', '/c/:id?/']) app.put(url, { config: { cors: { origin: ALLOWED } } }, () => 'a')
  for (const url of ['/', '/1', '/b', '/b/1', '/c/', '/c/1/']) {
    t.equal((await preflight(app, 'PUT', url)).headers['access-control-allow-methods'], 'GET, HEAD, POST, PUT', url)
  }
})

t.test('limits and permissions of the router are taken from either place', async t => {
  const long = `/a/${'x'.repeat(150)}`
  for (const [it, options, isFound] of [
    ['the default', {}, false],
    ['a broader limit', { routerOptions: { maxParamLength: 200 } }, true],
    ['a broader limit in the older place', { maxParamLength: 200 }, true]
  ] as const) {
    const app = Fastify(options)
    await app.register(corsPlugin, { origin: ALLOWED })
    app.put('/a/:id', () => 'a')
    const methods = (await preflight(app, 'DELETE', long)).cors['access-control-allow-methods']
    t.equal(methods, isFound ? 'GET, HEAD, POST, PUT' : 'GET, HEAD, POST, DELETE', it)
  }
  for (const [it, options] of [
    ['unsafe RegExps', { routerOptions: { allowUnsafeRegex: true } }], ['unsafe RegExps in the older place', { allowUnsafeRegex: true }]
  ] as const) {
    const app = Fastify(options)
    await app.register(corsPlugin, { origin: ALLOWED })
    app.put('/a/:id((a+)+)', () => 'a')
    t.match((await preflight(app, 'PUT', '/a/aa')).cors, { 'access-control-allow-methods': 'GET, HEAD, POST, PUT' }, it)
  }
})
