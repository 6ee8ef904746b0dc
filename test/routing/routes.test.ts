import { METHODS } from 'node:http'
import Fastify from 'fastify'
import type { FastifyInstance, HTTPMethods } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, preflight } from '../support/exchange'
import type { KnownRoute } from '../../lib/routing/recorder'
import { type RouteTable, ofVersion, routeTable } from '../../lib/routing/routes'

const options = { caseSensitive: true, ignoreTrailingSlash: false, ignoreDuplicateSlashes: false, useSemicolonDelimiter: false, allowUnsafeRegex: false, maxParamLength: 100 }

function route (constraints: Readonly<Record<string, unknown>>): KnownRoute {
  const instance = {} as FastifyInstance // it is not read
  return { instance, methods: ['GET'], url: '/a', isPrefixIndex: false, constraints, host: constraints['host'], version: constraints['version'], custom: [], config: {}, overlay: undefined }
}

function storesOf (routers: RouteTable['routers'], host: string): unknown[] {
  return routers.map(router => router.find('GET', '/a', { host } as never) as { store?: unknown } | null).filter(found => found !== null).map(({ store }) => store)
}

t.test('a host constraint is compared as the router does, whatever the flags of a RegExp', async t => {
  const rows: ReadonlyArray<readonly [wanted: unknown, host: string, found: boolean]> = [
    ['a.test', 'a.test', true], ['a.test', 'b.test', false], [/^a\.test$/, 'A.test', false], [/^a\.test$/i, 'A.test', true],
    [/test/g, 'a.test', true], [/test/y, 'a.test', true], [/^b/gy, 'a.test', false]
  ]
  for (const [wanted, host, found] of rows) {
    const only = route({ host: wanted })
    const { routers, hasHosts } = routeTable([only], options)
    t.equal(routers.length, 1)
    t.equal(hasHosts, true)
    for (let i = 0; i < 3; i++) t.strictSame(storesOf(routers, host), found ? [[only]] : [], `${String(wanted)} ${host}`)
  }
})

t.test('the route of a version', async t => {
  const [plain, one, two] = [route({}), route({ version: '1.2.0' }), route({ version: '2.0.0' })]
  t.equal(ofVersion([plain, one, two], '1.2.0'), one)
  t.equal(ofVersion([plain, one, two], '1.x'), one)
  t.equal(ofVersion([plain, one, two], '2.x'), two)
  t.equal(ofVersion([plain, one, two], '3.x'), undefined)
  t.equal(ofVersion([plain], '1.x'), undefined)
  t.equal(ofVersion([plain], undefined), undefined)
})

t.test('an own HEAD route takes the place of the one that Fastify has added to a GET route, where a version of Fastify lets it', async t => {
  for (const [added, own, routing] of [['/a', '/a', options], ['/a/', '/a', { ...options, ignoreTrailingSlash: true }], ['/a', '//a', { ...options, ignoreDuplicateSlashes: true }], ['/A', '/a', { ...options, caseSensitive: false }], ['*', '*', options], ['/a/:b?', '/a/:b?', options], ['/a/:b?', '/a', options]] as const) {
    const [get, head] = [{ ...route({}), methods: ['GET', 'HEAD'], url: added }, { ...route({}), methods: ['HEAD'], url: own }]
    const { routers, headRouters } = routeTable([get, head], routing)
    const found = (method: 'GET' | 'HEAD') => ((method === 'HEAD' ? headRouters() : routers)[0]?.find(method, '/a', undefined as never) as { store?: unknown } | null)?.store // the types require every constraint
    t.strictSame([found('GET'), found('HEAD')], [[get], [head]], `${added} and ${own}`)
  }
})

t.test('an own HEAD route at one of the two URLs of an optional parameter leaves the other to Fastify’s', async t => {
  const [get, head] = [{ ...route({}), methods: ['GET', 'HEAD'], url: '/a/:b?' }, { ...route({}), methods: ['HEAD'] }]
  const [router] = routeTable([get, head], options).headRouters()
  const found = (url: string) => (router?.find('HEAD', url, undefined as never) as { store?: unknown } | null)?.store // as above
  t.strictSame([found('/a'), found('/a/1')], [[head], [get]])
})

t.test('an answer lists every method of a route, also if it has all that Node.js parses', async t => {
  const app = Fastify()
  const unsafe = METHODS.filter(method => !['GET', 'HEAD', 'POST', 'OPTIONS', 'CONNECT'].includes(method)).sort()
  for (const method of unsafe) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method)
  await app.register(corsPlugin, { origin: [ALLOWED] })
  for (const method of unsafe) app.route({ method: method as HTTPMethods, url: '/all', handler: () => 'all' }) // some are not in its types
  app.delete('/one', () => 'one')
  t.equal((await preflight(app, 'PUT', '/all')).cors['access-control-allow-methods'], ['GET', 'HEAD', 'POST', ...unsafe].join(', '))
  t.equal((await preflight(app, 'DELETE', '/one')).cors['access-control-allow-methods'], 'GET, HEAD, POST, DELETE')
})
