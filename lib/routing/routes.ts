import FindMyWay from 'find-my-way'
import type { HTTPMethod, Instance } from 'find-my-way'
import { foldSlashes } from '../policy/paths'
import type { RouterOptions } from '../policy/paths'
import type { Declaration } from './recorder'

type Router = Instance<FindMyWay.HTTPVersion.V1>

/** The server's routes once more, by method and URL, so that a preflight finds the route of the request that it announces. */
export interface RouteTable {
  /** Methods that have routes, in the order of `Access-Control-Allow-Methods`. */
  readonly methods: readonly string[]
  readonly hasHosts: boolean
  /** Each finds a list of one declaration, made at boot. */
  readonly routers: readonly Router[]
}

/** Options of the server's router that decide which route a URL means. */
export interface RoutingOptions extends RouterOptions {
  readonly allowUnsafeRegex: boolean
  readonly maxParamLength: number
}

/**
 * A preflight has the host of the request that it announces, so the router decides by host as the server's does. It does not
 * tell the version or what a constraint of the application's own would see. So each distinct set of such constraints has a
 * router of its own: the route that a request reaches is the best match within its own set.
 */
export function routeTable (declarations: readonly Declaration[], options: RoutingOptions): RouteTable {
  const methods = listOrder(new Set(declarations.flatMap(({ methods }) => methods)))
  return {
    methods,
    hasHosts: declarations.some(({ constraints }) => constraints.host !== undefined),
    routers: [...bySet(declarations).values()].map(set => routerOf(set, options))
  }
}

/** Whether the router looks at nothing but method, URL and host. */
export function isKnownByHost ({ constraints }: Declaration): boolean {
  return Object.keys(constraints).every(name => name === 'host')
}

function bySet (declarations: readonly Declaration[]): Map<string, Declaration[]> {
  const sets = new Map<string, Declaration[]>()
  for (const declaration of declarations) {
    const key = setOf(declaration)
    const set = sets.get(key)
    if (set === undefined) sets.set(key, [declaration])
    else set.push(declaration)
  }
  return sets
}

function setOf ({ constraints }: Declaration): string {
  const others = Object.entries(constraints).filter(([name]) => name !== 'host')
  return others.length === 0 ? '' : JSON.stringify(others.map(([name, value]) => [name, String(value)]).sort())
}

function routerOf (declarations: readonly Declaration[], options: RoutingOptions): Router {
  const router: Router = FindMyWay({ ...options })
  for (const declaration of declarations) {
    for (const url of patternsOf(declaration.url, options)) {
      for (const method of declaration.methods) addRoute(router, method, url, declaration)
    }
  }
  return router
}

/** The server's router has accepted the route. If it is there already, Fastify has put it in the place of a HEAD route that it had made. */
function addRoute (router: Router, method: string, url: string, declaration: Declaration): void {
  const { host } = declaration.constraints
  const constraints = (host === undefined ? {} : { host }) as never // the types want a whole set of constraints
  const known = router.findRoute(method as HTTPMethod, url, constraints) as { store: Declaration[] } | null
  if (known === null) router.on(method as HTTPMethod, url, { constraints }, noop, [declaration])
  else known.store[0] = declaration
}

/** The patterns that find-my-way makes of a URL: `/a/:b?` becomes two, and slashes are folded where the options say so. */
function patternsOf (url: string, options: RoutingOptions): string[] {
  const optional = /(\/:[^/()]*)\?(\/?)$/
  const urls = optional.test(url) ? [url.replace(optional, '$1$2'), url.replace(optional, '$2') || '/'] : [url === '*' ? '/*' : url]
  return urls.map(pattern => foldSlashes(pattern, options))
}

/** Which of the routes at one URL a request for this version reaches. */
export function ofVersion (routes: readonly Declaration[], version: string | string[] | undefined): Declaration | undefined {
  const router: Router = FindMyWay()
  for (const route of routes) {
    const { version } = route.constraints
    if (version !== undefined) router.on('GET', '/', { constraints: { version } }, noop, route)
  }
  return (router.find('GET', '/', { version } as never) as { store?: Declaration } | null)?.store // as above
}

const FIRST = ['GET', 'HEAD', 'POST']

/** Those that need permission, in the order of `Access-Control-Allow-Methods`. */
export function unsafeAmong (methods: readonly string[]): string[] {
  return listOrder(methods).slice(FIRST.length)
}

/** The safelisted methods, then the others by name. */
export function listOrder (methods: Iterable<string>): string[] {
  const others = [...methods].filter(method => !FIRST.includes(method)).sort()
  return [...FIRST, ...others]
}

/* c8 ignore next 2: the router wants a handler for each route, and is only asked for their stores. */
function noop (): void {}
