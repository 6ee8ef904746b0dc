import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, preflight, send } from '../support/exchange'
import { message } from '../server/message'

// At a URL without a route, a preflight lists the requested method, so its answer depends on more of the request than elsewhere.
// A cache that does not know what an answer depends on gives it to others.

type Options = corsPlugin.CorsOptions

const METHOD = 'Access-Control-Request-Method'
const HEADERS = 'Access-Control-Request-Headers'
const ANY_WITH_CREDENTIALS: Options = { origin: true, credentials: true, dangerously: { anyOriginWithCredentials: true } }

interface Varies {
  /** Of an accepted preflight without a route, of one with a route, of a refused one, and of the actual request. */
  readonly unrouted: string | undefined
  readonly routed: string | undefined
  readonly refused: string | undefined
  readonly actual: string | undefined
}

const rows: ReadonlyArray<readonly [it: string, options: Options, Varies]> = [
  ['any origin', {}, { unrouted: METHOD, routed: undefined, refused: undefined, actual: undefined }],
  ['one origin', { origin: ALLOWED }, { unrouted: METHOD, routed: undefined, refused: 'Origin', actual: undefined }],
  ['a list', { origin: [ALLOWED, OTHER] }, { unrouted: `Origin, ${METHOD}`, routed: 'Origin', refused: 'Origin', actual: 'Origin' }],
  ['any origin, credentials', ANY_WITH_CREDENTIALS, { unrouted: `Origin, ${METHOD}, ${HEADERS}`, routed: `Origin, ${HEADERS}`, refused: undefined, actual: 'Origin' }],
  ['methods by name', { origin: [ALLOWED, OTHER], methods: ['PUT'] }, { unrouted: 'Origin', routed: 'Origin', refused: 'Origin', actual: 'Origin' }],
  ['any method, credentials', { origin: [ALLOWED, OTHER], methods: '*', credentials: true, allowedHeaders: ['x-a'] }, { unrouted: `Origin, ${METHOD}`, routed: `Origin, ${METHOD}`, refused: 'Origin', actual: 'Origin' }],
  ['nobody', { origin: false }, { unrouted: undefined, routed: undefined, refused: undefined, actual: undefined }]
]

/** The names with those of the option `vary` after them. */
const more = (vary: string | undefined, names: readonly string[]) => [...vary === undefined ? [] : [vary], ...names].join(', ') || undefined

for (const names of [[], ['x-tenant'], ['x-tenant', 'accept-language']]) {
  t.test(`what Vary lists, with vary: [${names.join(', ')}]`, async t => {
    for (const [it, options, { unrouted, routed, refused, actual }] of rows) {
      const app = Fastify()
      await app.register(corsPlugin, { ...options, vary: names })
      app.put('/a', () => 'a')
      await app.ready()
      const varies = async (method: string, url: string, origin = ALLOWED) => {
        const asked = { origin, 'access-control-request-method': method, 'access-control-request-headers': 'x-a' }
        const { status, cors: { vary } } = await preflight(app, method, url, { origin, names: 'x-a' })
        t.equal((await app.cors.headersFor(message('OPTIONS', url, asked))).vary, vary, `${it}: headersFor ${method} ${url}`)
        return [status, vary]
      }
      const isOff = options.origin === false
      for (const method of ['PUT', 'PATCH', 'GET']) t.strictSame(await varies(method, '/nothing'), [isOff ? 403 : 204, more(unrouted, names)], `${it}: ${method}, no route`)
      t.strictSame(await varies('PUT', '/a'), [isOff ? 403 : 204, more(routed, names)], `${it}: a route`)
      if (refused !== undefined) for (const url of ['/a', '/nothing']) t.strictSame(await varies('PUT', url, EVIL), [403, more(refused, names)], `${it}: refused at ${url}`)
      for (const url of ['/a', '/nothing']) {
        for (const origin of [ALLOWED, EVIL, undefined]) t.equal((await send(app, 'PUT', url, { origin })).cors.vary, more(actual, names), `${it}: PUT ${url} from ${origin}`)
      }
    }
  })
}

t.test('a name that is in Vary anyway is not repeated', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER], vary: ['origin', 'access-control-request-method', 'X-Tenant'] })
  t.equal((await preflight(app, 'PUT', '/nothing')).cors.vary, 'Origin, Access-Control-Request-Method, X-Tenant')
  t.equal((await send(app, 'PUT', '/nothing')).cors.vary, 'Origin, access-control-request-method, X-Tenant')
})

t.test('below a prefix, and with several registrations that may answer', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER], vary: ['x-root'], paths: ['/root/*', '/v1/*'] })
  for (const [prefix, vary] of [['/v1', 'x-v1'], ['/v2', 'x-v2']] as const) {
    await app.register(async child => { await child.register(corsPlugin, { origin: [ALLOWED], vary: [vary] }); child.put('/a', () => 'a') }, { prefix })
  }
  const vary = async (url: string, origin = ALLOWED) => (await preflight(app, 'PUT', url, { origin })).cors.vary?.split(', ')
  t.strictSame(await vary('/root/nothing'), ['Origin', METHOD, 'x-root'])
  t.strictSame(await vary('/v2/nothing'), [METHOD, 'x-v2'])
  t.strictSame(await vary('/v1/nothing'), [METHOD, 'x-v1', 'Origin', HEADERS], 'the innermost of two')
  t.strictSame(await vary('/v1/nothing', OTHER), ['Origin', METHOD, 'x-root', HEADERS], 'the other of two')
  t.strictSame(await vary('/v1/nothing', EVIL), ['Origin', 'x-v1', METHOD, HEADERS], 'neither')
})

t.test('the vary of a route applies only to its methods', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED, OTHER], vary: ['x-all'] })
  app.put('/a', { config: { cors: { vary: ['x-own'] } } }, () => 'a')
  app.patch('/a', { config: { cors: { vary: [] } } }, () => 'a')
  const vary = async (method: string, url: string, origin = ALLOWED) => (await preflight(app, method, url, { origin })).cors.vary
  t.strictSame([await vary('PUT', '/a'), await vary('PATCH', '/a'), await vary('PUT', '/nothing')], ['Origin, x-own', 'Origin', `Origin, ${METHOD}, x-all`])
  t.strictSame([await vary('PUT', '/a', EVIL), await vary('PATCH', '/a', EVIL), await vary('PUT', '/nothing', EVIL)], ['Origin, x-own', 'Origin', 'Origin, x-all'])
})
