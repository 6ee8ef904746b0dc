import fc from 'fast-check'
import { allRoutes } from './governing'
import type { Ask, Context, OriginOption, Options, Registration, Reply, Route, Router, World } from './world'

/** A few values in each place, so that they often meet. */
const APP = 'https://app.a.test'
const OTHER = 'https://b.test'

/** What is usual comes often. */
function often<T> (weight: number, ...values: readonly T[]): { weight: number, arbitrary: fc.Arbitrary<T> } {
  return { weight, arbitrary: fc.constantFrom(...values) }
}

const entry = fc.constantFrom<string | { readonly regexp: string }>(
  APP, OTHER, 'https://a.test', 'https://app.a.test:8443', 'http://localhost:5173', 'capacitor://localhost',
  'https://*.a.test', 'https://*.a.test:8443', 'https://*.a.test:*', 'http://localhost:*', 'https://a.test:*',
  { regexp: '^https://(?:app|b)\\.(?:a\\.)?test$' }, { regexp: '^https://app\\.a\\.test(?::8443)?$' }, 'null'
)

const fn = fc.record({
  knows: fc.constantFrom<'all' | readonly string[]>('all', [], [APP], [APP, OTHER, 'null'], ['https://evil.test']),
  yes: fc.constantFrom<'true' | 'name'>('true', 'name'),
  no: fc.constantFrom<'false' | 'other' | 'throw'>('false', 'false', 'other', 'throw'),
  async: fc.boolean()
})

const origin = fc.oneof<Array<fc.WeightedArbitrary<OriginOption>>>(
  often<OriginOption>(4, '*', true, false, ['*']),
  often<OriginOption>(3, APP, [APP]),
  { weight: 1, arbitrary: entry },
  { weight: 6, arbitrary: fc.uniqueArray(entry, { minLength: 1, maxLength: 3 }) },
  { weight: 3, arbitrary: fn }
)

const lists = {
  methods: fc.constantFrom<'*' | readonly string[]>('*', ['PUT'], ['DELETE', 'PATCH'], ['GET', 'PUT', 'DELETE', 'PROPFIND']),
  allowedHeaders: fc.constantFrom<'*' | readonly string[]>('*', ['X-One'], ['content-type', 'X-One', 'Accept'], ['Authorization'], ['Accept-Version', 'Content-Type']),
  exposedHeaders: fc.constantFrom<'*' | readonly string[]>('*', ['X-Total'], ['ETag', 'x-other'], [])
}

const common = {
  origin,
  ...lists,
  credentials: fc.boolean(),
  maxAge: fc.constantFrom(0, 3, 600, 86_400),
  enforce: fc.constantFrom<false | 'unsafe' | 'all'>(false, 'unsafe', 'all'),
  vary: fc.constantFrom<readonly string[]>(['X-Tenant'], ['accept-language', 'X-Tenant'], []),
  optionsSuccessStatus: fc.constantFrom(200, 204, 299)
}

/**
 * Removes contradictions, so that the options are valid over and under any others: `*` switches credentials off, credentials
 * need named headers and an `origin` other than `*`, `enforce` needs an `origin`, and any origin switches `enforce` off.
 */
function consistent (options: Options): Options {
  const { exposedHeaders = [], credentials, enforce = false } = options
  const origin = options.origin ?? (enforce === false ? undefined : APP)
  const isStar = origin === '*' || (Array.isArray(origin) && origin.includes('*'))
  const named = origin === undefined ? {} : { origin }
  const open = isStar || origin === true || (credentials === true && origin === undefined) ? { enforce: false as const } : {}
  const lifted = JSON.stringify(origin ?? '').includes('"null"') ? { dangerously: { ...options.dangerously, nullOrigin: true } } : {}
  const all = { ...options, ...named, ...open, ...lifted }
  if (credentials === true) return { ...all, origin: isStar || origin === undefined ? true : origin, exposedHeaders: exposedHeaders === '*' ? ['X-Total'] : exposedHeaders }
  return { ...all, ...(isStar || exposedHeaders === '*') && { credentials: false } }
}

/** Every escape is on, except that `nullOrigin`, which changes responses, varies. Other tests check that errors need them. */
const dangerously = fc.boolean().map(nullOrigin => ({ anyOriginWithCredentials: true, insecureOrigins: true, publicSuffixOrigins: true, unsafeRegex: true, ...nullOrigin && { nullOrigin } }))

// Never empty: the plugin does not promise whether an empty overlay counts as another policy.
const laidOver = fc.record(common, { requiredKeys: [] }).filter(options => Object.keys(options).length > 0).map(consistent)

const delegated = fc.oneof(often<Options | false>(1, false), { weight: 3, arbitrary: laidOver })

const delegator = fc.record({ knows: fc.constantFrom<readonly string[]>([APP], [APP, OTHER], []), gives: delegated, otherwise: delegated, async: fc.boolean() })

const registration: fc.Arbitrary<Registration> = fc.record({
  options: fc.record({ ...common, dangerously }, { requiredKeys: ['origin', 'dangerously'] }).map(consistent),
  delegator: fc.option(delegator, { nil: undefined }),
  isDelegating: fc.integer({ min: 0, max: 5 })
}).map(({ options, delegator, isDelegating }) => ({ ...options, ...isDelegating === 0 && delegator !== undefined && { delegator } }))

/** The broader ones last: what is wholly behind another is refused at boot. */
const PATHS: ReadonlyArray<readonly string[]> = [
  ['/items/7'], ['/v1/items'], ['/items'], ['/it%65ms/*', '/v1/'], ['/files/a/*'], ['/*/7'], ['/items*', '/by/its/versioned'], ['/v1/*'], ['/*/items*'], ['/files*', '/v1*', '/nowhere']
]

/** Those of one context: some for paths, and then perhaps one for all that is left. */
const registrations = fc.oneof(
  { weight: 6, arbitrary: registration.map(registration => [registration]) },
  { weight: 1, arbitrary: fc.constant<Registration[]>([]) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.subarray([...PATHS], { minLength: 1, maxLength: 3 }), fc.array(registration, { minLength: 3, maxLength: 3 }), fc.option(registration, { nil: undefined }))
      .map(([paths, some, rest]) => [...paths.map((paths, i) => ({ ...some[i], paths })), ...rest === undefined ? [] : [rest]])
  }
)

const reply = fc.constantFrom<Reply>(
  'sends', 'sends', 'sends', 'sends later', 'sends own', 'sends own', 'sends raw own', 'sends Vary', 'streams', 'streams own', 'a Response',
  'hijacks', 'hijacks own', 'hijacks with a copy', 'throws', '304')

const cors = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.boolean() },
  { weight: 4, arbitrary: laidOver }
)

const route: fc.Arbitrary<Route> = fc.record({
  methods: fc.constantFrom<readonly string[]>(['GET'], ['PUT'], ['POST', 'DELETE'], ['GET', 'PUT'], ['PATCH'], ['DELETE'], ['POST'], ['OPTIONS', 'PUT']),
  url: fc.constantFrom('/', '/items', '/items', '/items/:id', '/items/7', '/files/*', '/files/a/b'),
  cors,
  reply
}).map(({ cors, ...route }) => ({ ...route, ...cors !== undefined && { cors } }))

/** Routes that a version tells apart have a URL of their own: a request that names one finds no route without. */
const versioned: fc.Arbitrary<Route> = fc.tuple(route, fc.constantFrom('1.0.0', '2.0.0'))
  .map(([route, version]) => ({ ...route, url: '/by/its/versioned', version, methods: route.methods.filter(method => method !== 'OPTIONS') }))

const routes = fc.oneof(
  { weight: 4, arbitrary: fc.array(route, { maxLength: 6, size: 'max' }) },
  { weight: 1, arbitrary: fc.tuple(fc.array(route, { maxLength: 3, size: 'max' }), fc.array(versioned, { minLength: 1, maxLength: 2 })).map(([plain, versioned]) => [...plain, ...versioned]) }
)

const gate = fc.oneof(often<Context['gate']>(9, 'none'), often<Context['gate']>(1, 'before the registrations', 'after the registrations'))

function context (prefix: fc.Arbitrary<string>, children: fc.Arbitrary<Context[]>): fc.Arbitrary<Context> {
  return fc.record({
    prefix,
    registrations,
    routes,
    children,
    first: fc.constantFrom('registrations', 'registrations', 'routes', 'children'),
    awaited: fc.boolean(),
    gate
  })
}

const none = fc.constant<Context[]>([])
const inner = context(fc.constantFrom('', '/deep', '/items'), none)
const child = context(fc.constantFrom('', '/v1', '/v1', '/v2', '/v1/items', '/:tenant'), fc.oneof({ weight: 3, arbitrary: none }, { weight: 1, arbitrary: fc.array(inner, { minLength: 1, maxLength: 1 }) }))
  // What is below a prefix that ends in more than a parameter is not told apart from the rest: a row of its own.
  .map(made => made.prefix === '/:tenant' ? { ...made, children: made.children.map(inner => ({ ...inner, prefix: '' })) } : made)
const root = context(fc.constant(''), fc.oneof({ weight: 1, arbitrary: none }, { weight: 2, arbitrary: fc.array(child, { minLength: 1, maxLength: 2 }) }))

const router: fc.Arbitrary<Router> = fc.oneof(often<Router>(5, {}), often<Router>(1, { caseSensitive: false }, { ignoreTrailingSlash: true }, { ignoreDuplicateSlashes: true }, { caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true }))

const path = fc.tuple(
  fc.constantFrom('', '', '', '/v1', '/v1', '/v2', '/v1/deep', '/v1/items', '/V1', '/%761'),
  fc.constantFrom('/items', '/items', '/items', '/items/7', '/items/8', '/items/%37', '/it%65ms', '/items?x=1', '/items/?x=1', '/items/', '//items', '/ITEMS',
    '/items/7%2F8', '/files/a/b', '/files/a%2Fb', '/files/', '/files/x/y?z', '/nowhere', '/nowhere/7', '/', '', '/by/its/versioned', '/%2569tems')
).map(([prefix, rest]) => prefix + rest || '/')

const HEADERS: ReadonlyArray<Readonly<Record<string, string>>> = [
  {}, {}, {}, {}, { 'X-One': '1' }, { 'x-one': '1', 'Content-Type': 'application/json' }, { 'Content-Type': 'application/json' }, { 'content-type': 'text/plain' },
  { Authorization: 'Bearer a' }, { Authorization: 'Bearer a' }, { authorization: 'a', 'X-One': '1' }, { Accept: 'text/html' }, { Accept: '"quoted"' }, { 'Accept-Language': 'en;q=1' }, { Accept: 'a'.repeat(129) },
  { Range: 'bytes=0-' }, { Cookie: 'a=b' }, { 'Sec-Made-Up': '1', 'Accept-Encoding': 'br' }, { 'Content-Type': 'multipart/form-data; boundary=x' }, { 'X-Two': '2' }
]

/** Pages that a policy may allow, that none does, of the API itself, and in a sandbox. */
const page = fc.oneof(
  often(9, APP), often(3, OTHER), often(3, 'https://a.test', 'https://deep.app.a.test', 'https://app.a.test:8443', 'http://app.a.test', 'http://localhost:5173', 'http://localhost', 'capacitor://localhost'),
  often(3, 'https://evil.test', 'https://evila.test', 'https://app.a.test.evil.test', 'https://app.a.test:84'), often(2, 'null'), often(2, 'https://api.test', 'http://api.test'))

/** Either a URL and a method of its own, or those of a route: `aim` says which. */
interface Aimed {
  readonly ask: Ask
  readonly version: string | undefined
  readonly aim: { readonly url: boolean, readonly method: boolean, readonly route: number, readonly spelling: number }
}

const aimed: fc.Arbitrary<Aimed> = fc.record({
  ask: fc.record({
    page,
    url: fc.tuple(fc.constantFrom('https://api.test', 'https://api.test', 'https://api.test', 'http://api.test'), path).map(([host, path]) => host + path),
    method: fc.constantFrom('GET', 'GET', 'GET', 'get', 'HEAD', 'POST', 'POST', 'PUT', 'put', 'DELETE', 'PATCH', 'PATCH', 'patch', 'OPTIONS', 'PROPFIND'),
    headers: fc.constantFrom(...HEADERS),
    credentials: fc.constantFrom<Ask['credentials']>('same-origin', 'same-origin', 'omit', 'include'),
    mode: fc.oneof(often<Ask['mode']>(20, 'cors'), often<Ask['mode']>(1, 'same-origin'), often<Ask['mode']>(2, 'form')),
    wait: fc.constantFrom(0, 0, 0, 2, 4, 700, 8000)
  }),
  version: fc.constantFrom('1.0.0', '2.0.0', undefined),
  aim: fc.record({ url: fc.constantFrom(true, true, true, false), method: fc.constantFrom(true, true, false), route: fc.nat(1000), spelling: fc.nat(9) })
})

/** The same request again is what the preflight cache is for. */
const asks = (count: number) => fc.array(fc.oneof({ weight: 3, arbitrary: aimed }, often(1, 'again'), often(1, 'by another method')), { minLength: count, maxLength: count })

function take (root: Context, all: ReadonlyArray<Aimed | string>): Ask[] {
  const made: Ask[] = []
  for (const one of all) {
    const last = made.at(-1)
    if (typeof one !== 'string') made.push(fit(root, one))
    else if (last !== undefined) made.push(one === 'again' || last.mode === 'form' ? { ...last, wait: 1 } : { ...last, wait: 0, method: last.method === 'PUT' ? 'DELETE' : 'PUT' })
  }
  return made
}

function fit (root: Context, { ask, version, aim }: Aimed): Ask {
  const routes = allRoutes({ root })
  const placed = aim.url ? routes[aim.route % routes.length] : undefined
  const url = placed === undefined ? ask.url : new URL(ask.url).origin + spell(placed.url, aim.spelling)
  const method = placed !== undefined && aim.method ? placed.route.methods[aim.route % placed.route.methods.length] ?? ask.method : ask.method
  if (ask.mode === 'form') {
    const isPost = method === 'POST' || method === 'PUT'
    const headers: Record<string, string> = isPost ? { 'content-type': 'text/plain' } : {}
    return { ...ask, url, method: isPost ? 'POST' : 'GET', headers }
  }
  const headers = url.includes('versioned') && version !== undefined ? { ...ask.headers, 'accept-version': version } : ask.headers
  return { ...ask, url, method, headers }
}

/** A URL of a pattern, in one of its spellings. */
function spell (pattern: string, spelling: number): string {
  const url = pattern.replace(/:[a-z]+/g, spelling % 3 === 0 ? '8' : '7').replace('*', spelling % 2 === 0 ? 'a/b' : 'x%2Fy')
  switch (spelling) {
    case 6: return url.replace('items', 'i%74ems')
    case 7: return url + '?x=1'
    case 8: return url.replace('7', '%37')
    default: return url || '/'
  }
}

export function worlds (asksEach: number): fc.Arbitrary<World> {
  return fc.record({ browser: fc.constantFrom('standard', 'chromium'), router, root, asks: asks(asksEach) })
    .map(({ browser, router, root, asks }) => {
      const world = bootable({ browser, router, root, asks: [] })
      return { ...world, asks: take(world.root, asks) }
    })
}

/** Removes a second route of one method at one URL, and hooks that stop preflights, which the README says to avoid. */
export function bootable (world: World): World {
  const taken = new Map<string, Route>()
  for (const { route, url } of allRoutes(world)) {
    const key = url.replace(/\/+$/, '')
    for (const method of route.methods) {
      const spot = `${method} ${key} ${route.version ?? ''}`
      if (!taken.has(spot)) taken.set(spot, route)
    }
  }
  const isFirst = (route: Route) => [...taken.values()].filter(one => one === route).length >= route.methods.length
  const hasVersions = allRoutes(world).some(({ route }) => route.version !== undefined)
  const isAllGoverned = world.root.registrations.some(({ paths }) => paths === undefined)
  const trim = (context: Context, isGoverned: boolean, isRoot: boolean): Context => {
    const governs = isGoverned || context.registrations.some(({ paths }) => paths === undefined)
    return {
      ...context,
      // What no route of a version takes would fall through to a route below.
      prefix: hasVersions ? context.prefix.replace(':tenant', 'v3') : context.prefix,
      // What is inside a context made before the hook does not have it.
      first: context.gate !== 'none' && context.first === 'children' ? 'registrations' : context.first,
      gate: isRoot && context.gate !== 'none' ? context.registrations.length > 0 ? 'after the registrations' : 'none' : context.gate,
      routes: context.routes.filter(isFirst).flatMap(route => {
        // Where nobody governs, an OPTIONS route answers preflights itself.
        const methods = isAllGoverned ? route.methods : route.methods.filter(method => method !== 'OPTIONS')
        const { cors, ...rest } = route
        return [governs ? { ...route, methods } : { ...rest, methods }]
      }),
      children: context.children.map(child => trim(child, governs, false))
    }
  }
  return { ...world, root: trim(world.root, false, true) }
}
