import { once } from 'node:events'
import http from 'node:http'
import type { FastifyInstance } from 'fastify'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER, listen, portOf } from '../support/exchange'
import { ANSWER_ID, HOST, TENANT, application, cases, kindsOf } from './application'
import type { MadeFor } from './application'
import { CACHE_STATUS, nginx, startCache } from './nginx'
import type { Nginx } from './nginx'

/** Other requests: REQUESTS=100000 SEED=7 npm run test:only test/caches */
const seed = Number(process.env.SEED ?? 1)
const count = Number(process.env.REQUESTS ?? 20_000)

/** So many connections ask at the same time; the requests for one URL come one after the other. */
const LANES = 8

const origins = [ALLOWED, OTHER, 'https://a.example.org', EVIL, 'null', `http://${HOST}`, undefined]
const encodings = ['gzip', 'br', 'identity']
const languages = ['de', 'en']

interface Ask {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

interface Got {
  readonly status: number
  /** All `access-control-*` headers. */
  readonly cors: Readonly<Record<string, string>>
  readonly encoding: string
  readonly cache: string
  readonly answer: number
}

const agent = new http.Agent({ keepAlive: true })
t.teardown(() => { agent.destroy() })

async function fetchFrom (port: number, { method, url, headers }: Ask): Promise<Got> {
  const request = http.request({ agent, host: '127.0.0.1', port, method, path: url, headers: { host: HOST, ...headers } })
  request.end()
  const [response] = await once(request, 'response') as [http.IncomingMessage]
  response.resume()
  await once(response, 'end')
  const all = Object.entries(response.headersDistinct).map(([name, values]) => [name, values?.join(' | ') ?? ''] as const)
  const one = (name: string) => all.find(([key]) => key === name)?.[1] ?? ''
  return {
    status: response.statusCode ?? 0,
    cors: Object.fromEntries(all.filter(([name]) => name.startsWith('access-control-'))),
    encoding: one('content-encoding') || 'identity',
    cache: one(CACHE_STATUS),
    answer: Number(one(ANSWER_ID))
  }
}

/** Numbers from 0 to below `limit` that a seed repeats (mulberry32). */
function numbersFrom (seed: number): (limit: number) => number {
  let state = seed >>> 0
  return limit => {
    state = (state + 0x6D2B79F5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}

const urls = Object.entries(cases).flatMap(([name, policy]) => kindsOf(policy).map(kind => ({
  url: `/${name}/${kind}`,
  name,
  kind,
  policy,
  // Its handler names Origin in Vary itself.
  isConstant: policy.constant === true && kind !== 'own-headers'
})))
type Url = typeof urls[number]

function requests (): { readonly ask: Ask, readonly at: Url }[] {
  const below = numbersFrom(seed)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T // it is within
  return Array.from({ length: count }, () => {
    const at = pick(urls)
    const origin = pick(origins)
    const headers = {
      ...(origin === undefined ? {} : { origin }),
      ...(at.policy.byTenant === true ? { [TENANT]: pick(['red', 'blue', 'green', 'nobody']) } : {}),
      'accept-encoding': pick(encodings),
      'accept-language': pick(languages)
    }
    return { at, ask: { method: below(5) === 0 ? 'HEAD' : 'GET', url: at.url, headers } }
  })
}

/** What the requests for one URL came to. */
interface Tally {
  readonly at: Url
  readonly misses: Got[]
  /** The encodings and languages that were asked for. */
  readonly encodings: Set<string>
  readonly languages: Set<string>
  hits: number
}

/** Who got something else than the application would have answered. */
type Problem = Ask & { readonly got: Got, readonly wanted: Got, readonly madeFor: MadeFor | undefined }

async function run (cache: Nginx, app: FastifyInstance, made: readonly MadeFor[]): Promise<{ tallies: Tally[], problems: Problem[] }> {
  const tallies = new Map(urls.map(at => [at.url, { at, misses: [] as Got[], encodings: new Set<string>(), languages: new Set<string>(), hits: 0 }]))
  const problems: Problem[] = []
  const direct = new Map<string, Got>()
  const fromApplication = async (ask: Ask) => {
    const key = JSON.stringify(ask)
    const known = direct.get(key) ?? await fetchFrom(portOf(app), ask)
    direct.set(key, known)
    return known
  }
  const all = requests()
  await Promise.all(Array.from({ length: LANES }, async (_, lane) => {
    for (const { at, ask } of all) {
      if (urls.indexOf(at) % LANES !== lane) continue
      const got = await fetchFrom(cache.port, ask)
      const wanted = await fromApplication(ask)
      if (!isRight(at, ask, got, wanted, made[got.answer])) problems.push({ ...ask, got, wanted, madeFor: made[got.answer] })
      const tally = tallies.get(at.url) as Tally // there is one for each
      tally.encodings.add(String(ask.headers['accept-encoding']))
      tally.languages.add(String(ask.headers['accept-language']))
      if (got.cache === 'HIT') tally.hits++
      else tally.misses.push(got)
    }
  }))
  return { tallies: [...tallies.values()], problems }
}

function isRight ({ isConstant, policy }: Url, { headers }: Ask, got: Got, wanted: Got, madeFor: MadeFor | undefined): boolean {
  const isMadeForThem = isConstant || madeFor?.origin === headers.origin
  const isMadeForTenant = policy.byTenant !== true || madeFor?.tenant === headers[TENANT]
  // What is not compressed suits everybody.
  const isReadable = got.encoding === 'identity' || got.encoding === headers['accept-encoding']
  return isMadeForThem && isMadeForTenant && isReadable && got.status === wanted.status && JSON.stringify(sorted(got.cors)) === JSON.stringify(sorted(wanted.cors))
}

function sorted (headers: Readonly<Record<string, string>>) {
  return Object.entries(headers).sort(([a], [b]) => a < b ? -1 : 1)
}

/** As many answers as a cache has to fetch where none depends on the origin. */
function neededMisses ({ at, encodings, languages }: Tally): number {
  switch (at.kind) {
    case 'packed-varied': return encodings.size
    case 'language':
    case 'hijacked-bare': return languages.size
    default: return 1
  }
}

// A missing nginx is a failure where all is promised to be there.
const skip = nginx === undefined && process.env.CI === undefined ? 'nginx is not installed (Debian: nginx-light)' : false

t.test('behind a shared cache', { skip }, async t => {
  if (nginx === undefined) throw new Error('nginx is not installed (Debian: nginx-light)')
  const { app, made } = await application()
  t.teardown(() => app.close())
  const cache = await startCache(nginx, portOf(app))
  t.teardown(cache.stop)

  const { tallies, problems } = await run(cache, app, made)
  const hits = tallies.reduce((sum, tally) => sum + tally.hits, 0)
  t.comment(`SEED=${seed} REQUESTS=${count}: ${hits} from the cache, ${made.length} answers made, ${urls.length} URLs`)

  t.strictSame(problems.slice(0, 10), [], 'nobody gets an answer that was made for another origin')

  t.test('a constant header keeps the full hit rate', async t => {
    for (const tally of tallies.filter(({ at }) => at.isConstant)) {
      const misses = tally.misses.length
      // Compression names Accept-Encoding where it compressed alone: then nginx may give all the answer that it did not.
      if (tally.at.kind === 'packed') t.ok(misses <= tally.encodings.size, `${tally.at.url}: ${misses}`)
      else if (tally.encodings.size > 0) t.equal(misses, neededMisses(tally), tally.at.url)
    }
  })

  t.test('every policy is served from the cache', async t => {
    for (const name of Object.keys(cases)) {
      const ofCase = tallies.filter(({ at }) => at.name === name)
      t.ok(ofCase.some(({ hits }) => hits > 0) || count < 20_000, name)
    }
  })

  t.test('preflights are answered by the application, for nginx keeps none', async t => {
    const names = ['list', 'one', 'any', 'enforce-list']
    for (const name of [...names, ...names]) {
      for (const origin of [ALLOWED, EVIL]) {
        const ask = { method: 'OPTIONS', url: `/${name}/json`, headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a' } }
        const before = made.length
        const got = await fetchFrom(cache.port, ask)
        t.equal(got.cache, '')
        t.equal(made.length, before + 1, 'an answer of its own')
        t.strictSame(got.cors, (await fetchFrom(portOf(app), ask)).cors, `${name} ${origin}`)
      }
    }
  })
})

t.test('a refused request does not take the place of the answer for everybody', { skip }, async t => {
  if (nginx === undefined) throw new Error('nginx is not installed (Debian: nginx-light)')
  const app = Fastify()
  app.register(corsPlugin, { origin: '*', paths: ['/open/*'] })
  app.register(corsPlugin, { origin: ALLOWED })
  // Preflights cannot tell the versions apart, so that each request is held to the policy of its own.
  for (const url of ['/open/a', '/a']) {
    app.get(url, () => 'a')
    app.get(url, { constraints: { version: '2.0.0' }, config: { cors: { origin: [OTHER] } } }, () => 'b')
  }
  app.get('/open/off', { config: { cors: false } }, () => 'c')
  app.get('/open/off', { constraints: { version: '2.0.0' } }, () => 'd')
  t.teardown(() => app.close())
  await listen(app)
  const cache = await startCache(nginx, portOf(app))
  t.teardown(cache.stop)
  for (const url of ['/a', '/open/off']) {
    const refused = await fetchFrom(cache.port, { method: 'GET', url, headers: { origin: EVIL, 'content-type': 'application/json' } })
    t.equal(refused.status, 403, url)
    t.equal((await fetchFrom(cache.port, { method: 'GET', url, headers: {} })).status, 200, `${url}, for a request without Origin`)
    t.equal((await fetchFrom(cache.port, { method: 'GET', url, headers: { origin: ALLOWED } })).status, 200, `${url}, for an allowed origin`)
  }
})
