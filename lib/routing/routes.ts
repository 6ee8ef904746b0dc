import FindMyWay from 'find-my-way'
import type { HTTPMethod, Instance } from 'find-my-way'
import { foldSlashes, withoutOptional } from './paths'
import type { RouterOptions } from './paths'
import type { KnownRoute } from './recorder'

type Router = Instance<FindMyWay.HTTPVersion.V1>

/** A copy of the server's routes, in which a preflight finds the route of the request to come by its method and URL. */
export interface RouteTable {
  /** The methods that have routes, and the safelisted ones, in the order of `Access-Control-Allow-Methods`. */
  readonly methods: readonly string[]
  readonly hasHosts: boolean
  /** The routers that have the routes of all methods but HEAD. The store of each route is a list with one route: `routesAt` can return it without making a list. */
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
export function routeTable (routes: readonly KnownRoute[], options: RoutingOptions): RouteTable {
  const methods = listOrder(new Set(routes.flatMap(({ methods }) => methods)))
  let heads: readonly Router[] | undefined
  return {
    methods,
    hasHosts: routes.some(({ host }) => host !== undefined),
    routers: routersOf(routes, options, method => method !== 'HEAD'),
    headRouters: () => {
      heads ??= routersOf(routes, options, method => method === 'HEAD')
      return heads
    }
  }
}

/** The routers with the routes of some methods. */
function routersOf (routes: readonly KnownRoute[], options: RoutingOptions, isMeant: (method: string) => boolean): Router[] {
  const sets = new Map<string, Router[]>()
  for (const route of routes) {
    const methods = route.methods.filter(isMeant)
    if (methods.length === 0) continue
    const key = setOf(route)
    const routers = sets.get(key) ?? []
    sets.set(key, routers)
    for (const url of patternsOf(route.url, options)) {
      for (const method of methods) addRoute(routers, options, method, url, route)
    }
  }
  return [...sets.values()].flat()
}

/** Whether method, URL and host are enough to find the route. */
export function isKnownByHost ({ version, custom }: KnownRoute): boolean {
  return version === undefined && custom.length === 0
}

/** A text for the constraints other than the host. Different values may have the same text: `addRoute` keeps their routes apart. */
function setOf ({ version, custom }: KnownRoute): string {
  if (version === undefined && custom.length === 0) return ''
  return JSON.stringify([['version', constraintText(version)], ...custom.map(([name, value]) => [name, constraintText(value)])].sort())
}

/** The value of a constraint as a text, even if it is an object that has none. */
export function constraintText (value: unknown): string {
  try {
    return String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}

export function constraintTexts (constraints: KnownRoute['constraints']): Record<string, string> {
  return Object.fromEntries(Object.entries(constraints).map(([name, value]) => [name, constraintText(value)]))
}

/** Adds a route to the first router of its set that has no other route in this place. The server's router has accepted the route. */
function addRoute (routers: Router[], options: RoutingOptions, method: string, url: string, route: KnownRoute): void {
  const { host } = route
  const constraints = (host === undefined ? {} : { host }) as never // the types require every constraint
  for (const router of routers) {
    if (canAdd(router, method, url, constraints, route)) return
    // `*` is a place of its own, which is tried after `/*`, but the router looks it up under that name.
    const known = router.findRoute(method as HTTPMethod, url === '*' ? '/*' : url, constraints) as { store: KnownRoute[] } | null
    if (known === null || !isReplaced(known.store[0] as KnownRoute, route)) continue // each store has one route
    known.store[0] = route
    return
  }
  const another = FindMyWay({ ...options })
  another.on(method as HTTPMethod, url, { constraints }, noop, [route])
  routers.push(another)
}

/** Adds the route, unless the router has one in this place. To look for that first would take as long as to add the route. */
function canAdd (router: Router, method: string, url: string, constraints: never, route: KnownRoute): boolean {
  try {
    router.on(method as HTTPMethod, url, { constraints }, noop, [route])
    return true
  } catch {
    return false
  }
}

/** Whether a route is a HEAD route of Fastify's that the later one replaces: one with the very same constraints. */
function isReplaced ({ custom }: KnownRoute, { constraints }: KnownRoute): boolean {
  return custom.every(([name, value]) => Object.is(value, constraints[name]))
}

/** The patterns that find-my-way makes from a URL: the options may fold slashes. */
function patternsOf (url: string, options: RoutingOptions): string[] {
  return withoutOptional(url).map(pattern => foldSlashes(pattern, options))
}

/** The one of the routes at a URL that a request for this version reaches. */
export function ofVersion (routes: readonly KnownRoute[], version: string | string[] | undefined): KnownRoute | undefined {
  const router: Router = FindMyWay()
  for (const route of routes) {
    const { version } = route
    if (version !== undefined) router.on('GET', '/', { constraints: { version } }, noop, route)
  }
  return (router.find('GET', '/', { version } as never) as { store?: KnownRoute } | null)?.store // as above
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
