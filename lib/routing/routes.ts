import FindMyWay from 'find-my-way'
import type { HTTPMethod, Instance } from 'find-my-way'
import { foldSlashes } from '../policy/paths'
import type { RouterOptions } from '../policy/paths'
import type { Declaration } from './recorder'

type Router = Instance<FindMyWay.HTTPVersion.V1>

/** A copy of the server's routes, in which a preflight finds the route of the request to come by its method and URL. */
export interface RouteTable {
  /** The methods that have routes, and the safelisted ones, in the order of `Access-Control-Allow-Methods`. */
  readonly methods: readonly string[]
  readonly hasHosts: boolean
  /** The routers that have the routes of all methods but HEAD. The store of each route is a list with one declaration: `routesAt` can return it without making a list. */
  readonly routers: readonly Router[]
  /** Those for HEAD, made at the first call: browsers hardly ever ask about HEAD, and Fastify has a HEAD route for each GET route. */
  readonly headRouters: () => readonly Router[]
}

/** The options of the server's router that decide which route a URL reaches. */
export interface RoutingOptions extends RouterOptions {
  readonly allowUnsafeRegex: boolean
  readonly maxParamLength: number
}

/**
 * A preflight has the same host as the request to come, so the host decides here as in the server's router. It does not have
 * the version, nor what a custom constraint reads from the request. So there is one router for each distinct set of such
 * constraints: each finds the route that a request with these values reaches.
 */
export function routeTable (declarations: readonly Declaration[], options: RoutingOptions): RouteTable {
  const methods = listOrder(new Set(declarations.flatMap(({ methods }) => methods)))
  let heads: readonly Router[] | undefined
  return {
    methods,
    hasHosts: declarations.some(({ host }) => host !== undefined),
    routers: routersOf(declarations, options, method => method !== 'HEAD'),
    headRouters: () => {
      heads ??= routersOf(declarations, options, method => method === 'HEAD')
      return heads
    }
  }
}

/** The routers with the routes of some methods. */
function routersOf (declarations: readonly Declaration[], options: RoutingOptions, isMeant: (method: string) => boolean): Router[] {
  const sets = new Map<string, Router[]>()
  for (const declaration of declarations) {
    const methods = declaration.methods.filter(isMeant)
    if (methods.length === 0) continue
    const key = setOf(declaration)
    const routers = sets.get(key) ?? []
    sets.set(key, routers)
    for (const url of patternsOf(declaration.url, options)) {
      for (const method of methods) addRoute(routers, options, method, url, declaration)
    }
  }
  return [...sets.values()].flat()
}

/** Whether method, URL and host are enough to find the route. */
export function isKnownByHost ({ version, custom }: Declaration): boolean {
  return version === undefined && custom.length === 0
}

/** A text for the constraints other than the host. Different values may have the same text: `addRoute` keeps their routes apart. */
function setOf ({ version, custom }: Declaration): string {
  if (version === undefined && custom.length === 0) return ''
  return JSON.stringify([['version', textOf(version)], ...custom.map(([name, value]) => [name, textOf(value)])].sort())
}

/** The value of a constraint as a text, even if it is an object that has none. */
export function textOf (value: unknown): string {
  try {
    return String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}

/** Adds a route to the first router of its set that has no other route in this place. The server's router has accepted the route. */
function addRoute (routers: Router[], options: RoutingOptions, method: string, url: string, declaration: Declaration): void {
  const { host } = declaration
  const constraints = (host === undefined ? {} : { host }) as never // the types require every constraint
  for (const router of routers) {
    if (canAdd(router, method, url, constraints, declaration)) return
    // `*` is a place of its own, which is tried after `/*`, but the router looks it up under that name.
    const known = router.findRoute(method as HTTPMethod, url === '*' ? '/*' : url, constraints) as { store: Declaration[] } | null
    if (known === null || !isReplaced(known.store[0] as Declaration, declaration)) continue // each store has one declaration
    known.store[0] = declaration
    return
  }
  const another = FindMyWay({ ...options })
  another.on(method as HTTPMethod, url, { constraints }, noop, [declaration])
  routers.push(another)
}

/** Adds the route, unless the router has one in this place. To look for that first would take as long as to add the route. */
function canAdd (router: Router, method: string, url: string, constraints: never, declaration: Declaration): boolean {
  try {
    router.on(method as HTTPMethod, url, { constraints }, noop, [declaration])
    return true
  } catch {
    return false
  }
}

/** Whether a route is a HEAD route of Fastify's that the later one replaces: one with the very same constraints. */
function isReplaced ({ custom }: Declaration, { constraints }: Declaration): boolean {
  return custom.every(([name, value]) => Object.is(value, constraints[name]))
}

/** The patterns that find-my-way makes from a URL: `/a/:b?` becomes two, and the options may fold slashes. */
function patternsOf (url: string, options: RoutingOptions): string[] {
  const optional = /(\/:[^/()]*)\?(\/?)$/
  const urls = optional.test(url) ? [url.replace(optional, '$1$2'), url.replace(optional, '$2') || '/'] : [url]
  return urls.map(pattern => foldSlashes(pattern, options))
}

/** The one of the routes at a URL that a request for this version reaches. */
export function ofVersion (routes: readonly Declaration[], version: string | string[] | undefined): Declaration | undefined {
  const router: Router = FindMyWay()
  for (const route of routes) {
    const { version } = route
    if (version !== undefined) router.on('GET', '/', { constraints: { version } }, noop, route)
  }
  return (router.find('GET', '/', { version } as never) as { store?: Declaration } | null)?.store // as above
}

const FIRST = ['GET', 'HEAD', 'POST']

/** The methods that are not safelisted, in the order of `Access-Control-Allow-Methods`. */
export function unsafeAmong (methods: readonly string[]): string[] {
  return listOrder(methods).slice(FIRST.length)
}

/** The safelisted methods, then the others by name. */
export function listOrder (methods: Iterable<string>): string[] {
  const others = [...methods].filter(method => !FIRST.includes(method)).sort()
  return [...FIRST, ...others]
}

/* c8 ignore next 2: the router requires a handler for each route, and only their stores are used. */
function noop (): void {}
