import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import fc from 'fast-check'
import corsPlugin from '../..'
import { logLines } from '../support/exchange'

// The test makes the change that an explanation advises, word for word. Then the application has to start, the request has
// to be allowed, and a stranger has to be refused as before.

type Options = Record<string, unknown>

interface Asked {
  readonly origin: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly credentials: boolean
}

const STRANGER = 'https://stranger.example.net'

const options: fc.Arbitrary<Options> = fc.record({
  origin: fc.constantFrom<unknown>('*', false, 'https://one.test', ['https://one.test', 'http://localhost:*'], 'https://*.wild.test', 'http://plain.test', 'https://*.github.io', /^https:\/\/[a-z]+\.wild\.test$/, /^https:\/\/.*open\.test$/),
  methods: fc.constantFrom<unknown>(['PUT'], 'PATCH, DELETE', '*'),
  allowedHeaders: fc.constantFrom<unknown>(['x-one'], 'X-Two, Content-Type', '*', []),
  exposedHeaders: fc.constantFrom<unknown>('*', ['ETag']),
  credentials: fc.boolean(),
  enforce: fc.constantFrom(false, 'unsafe', 'all'),
  dangerously: fc.constantFrom({}, {}, { insecureOrigins: true }, { nullOrigin: true })
}, { requiredKeys: ['origin'] }).filter(made => corsPlugin.check(made).length === 0)

const asked: fc.Arbitrary<Asked> = fc.record({
  origin: fc.constantFrom('https://one.test', 'http://one.test', 'https://a.wild.test', 'http://a.wild.test', 'http://plain.test:443', 'http://localhost:5173', 'http://127.0.0.1:8080', 'chrome-extension://abc', 'null', 'file://', 'https://new.example.org.'),
  method: fc.constantFrom('GET', 'PUT', 'DELETE', 'PATCH', 'patch', 'POST'),
  headers: fc.constantFrom<Record<string, string>>({}, { 'x-one': '1' }, { 'x-two': '2', 'x-three': '3' }, { authorization: 'x' }, { 'content-type': 'application/json' }, { 'access-control-allow-origin': '*' }),
  credentials: fc.boolean()
})

async function boot (given: Options, stream = logLines().stream): Promise<FastifyInstance> {
  const app = Fastify({ logger: { stream } })
  await app.register(corsPlugin, given as corsPlugin.CorsOptions)
  app.route({ method: ['GET', 'PUT', 'DELETE', 'PATCH', 'POST'], url: '/a', handler: () => '' })
  await app.ready()
  return app
}

async function explained (given: Options, { origin, method, headers, credentials }: Asked) {
  const app = await boot(given)
  const explanation = await app.cors.explain({ origin, method, url: 'https://api.test/a', headers, credentials })
  await app.close()
  return explanation
}

function added (value: unknown, items: readonly string[]): unknown {
  if (value === '*' || value === false || value === undefined) return items
  return [...typeof value === 'string' ? value.split(/\s*,\s*/) : [value].flat(), ...items]
}

/** The options and the request after the change that a fix advises; `undefined` if it offers no value. */
function followed (given: Options, request: Asked, fix: string): { readonly given: Options, readonly request: Asked } | undefined {
  let [options, asked] = [given, request]
  const served = fix.includes('serve them over https')
  for (const [, origin] of fix.matchAll(/(?:add |`origin: \[)'([^']+:\/\/[^']*)'(?:, …\]`| to `origin`|\]`)/g)) {
    options = { ...options, origin: added(options.origin, [origin as string]) }
    if (served) asked = { ...asked, origin: origin as string }
  }
  if (fix.includes("`origin: ['null', …]`")) options = { ...options, origin: added(options.origin, ['null']) }
  if (fix.includes('`dangerously: { nullOrigin: true }`')) options = { ...options, dangerously: { ...options.dangerously as object, nullOrigin: true } }
  for (const [, method] of fix.matchAll(/add '([A-Za-z]+)' to `methods`/g)) options = { ...options, methods: added(options.methods, [method as string]) }
  for (const [, names] of fix.matchAll(/add ([a-z, -]+) to `allowedHeaders`/g)) options = { ...options, allowedHeaders: added(options.allowedHeaders, (names as string).split(', ')) }
  for (const [, method] of fix.matchAll(/write the method as ([A-Z]+)/g)) asked = { ...asked, method: method as string }
  for (const [, name] of fix.matchAll(/leave ([a-z-]+) out of its request/g)) asked = { ...asked, headers: Object.fromEntries(Object.entries(asked.headers).filter(([key]) => key !== name)) }
  const [, page] = /^open the page at (\S+), which is a different origin and allowed/.exec(fix) ?? []
  if (page !== undefined) asked = { ...asked, origin: page }
  if (fix.includes('set `credentials: true`')) options = { ...options, credentials: true }
  if (fix.includes('name the origins in `origin`')) {
    if (!request.origin.startsWith('https:')) return undefined // which of them is for the reader to say
    options = { ...options, origin: [request.origin] }
  }
  for (const [, value] of fix.matchAll(/at \/origin, since .*?, write ('[^']+'|\/\^.*?\$\/)(?:, | or |$)/g)) {
    // eslint-disable-next-line no-new-func -- the code of a literal, which the text offers
    options = { ...options, origin: new Function(`return (${value as string})`)() as unknown }
  }
  return options === given && asked === request ? undefined : { given: options, request: asked }
}

const counts = { followed: 0, without: 0 }

/** What an explanation says, or a line of the log. */
type Adviser = (given: Options, request: Asked) => Promise<{ readonly allowed: boolean | undefined, readonly fix?: string | undefined }>

async function follow (advised: Adviser, given: Options, request: Asked): Promise<void> {
  let [options, asked] = [given, request]
  // An origin has to be allowed before the browser looks at methods, headers and credentials: each explanation has one step.
  for (let step = 0; step < 4; step++) {
    const { allowed, fix } = await advised(options, asked)
    if (allowed) return
    const next = followed(options, asked, String(fix))
    if (next === undefined) {
      counts.without++
      if (!/name the origins|one by one|a domain of your own|serve the page|in which every domain|the names that|for every host/.test(String(fix))) throw new Error(`no value is offered, nor words for it: ${String(fix)}`)
      return
    }
    counts.followed++
    const [problem] = corsPlugin.check(next.given)
    if (problem !== undefined) {
      if (/, since .*, write /.test(String(fix))) return // in words
      throw new Error(`"${String(fix)}" leads to ${problem.what}`)
    }
    if (options.origin !== '*' && (await explained(next.given, { ...next.request, origin: STRANGER })).allowed) throw new Error(`"${String(fix)}" lets in a stranger`)
    options = next.given
    asked = next.request
  }
  throw new Error(`after four changes, ${JSON.stringify(asked)} is still refused: ${String((await advised(options, asked)).fix)}`)
}

/** What the log says of the requests that a browser sends. Of an allowed response that it has nothing to say. */
async function logged (given: Options, request: Asked): Promise<{ readonly allowed: boolean, readonly fix?: string | undefined }> {
  const { lines, stream } = logLines()
  const refusals = () => lines.filter(({ fix }) => fix !== undefined)
  const app = await boot(given, stream)
  const { origin, method, headers, credentials } = request
  const names = Object.keys(headers).sort().join()
  const send = async (method: 'OPTIONS' | 'GET', own: Readonly<Record<string, string>>) => await app.inject({ method, url: '/a', headers: { host: 'api.test', 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'cross-site', origin, ...own } })
  if (!isSimple(request)) await send('OPTIONS', { 'access-control-request-method': method, ...names === '' ? {} : { 'access-control-request-headers': names } })
  if (refusals().length === 0) await send(method as 'GET', { ...headers, ...credentials ? { cookie: 'a=1' } : {} })
  await app.close()
  const [line] = refusals()
  // Where CORS is off, the handler may set headers, so the log says nothing of a response. Node.js refuses `patch` before any hook.
  if (line === undefined && given.origin !== false && method !== 'patch' && (await explained(given, request)).allowed !== true) throw new Error(`the log does not say that ${JSON.stringify(request)} is refused`)
  return { allowed: line === undefined, fix: line?.fix as string | undefined }
}

function isSimple ({ method, headers }: Asked): boolean {
  return ['GET', 'POST'].includes(method) && Object.keys(headers).length === 0
}

t.test('a change that an explanation advises lets the page in, and no one else', async t => {
  await fc.assert(fc.asyncProperty(options, asked, async (given, request) => { await follow(explained, given, request) }), { seed: 11, numRuns: 150 })
  t.ok(counts.followed > 100, JSON.stringify(counts))
})

t.test('so does a change that the log advises', async t => {
  counts.followed = 0
  await fc.assert(fc.asyncProperty(options, asked, async (given, request) => { await follow(logged, given, request) }), { seed: 11, numRuns: 100 })
  t.ok(counts.followed > 50, JSON.stringify(counts))
})
