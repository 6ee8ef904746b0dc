import type { Context, Options, Registration, Route, Router, World } from './world'

/** A route with the contexts that it is in, the innermost first. */
export interface Placed {
  readonly route: Route
  readonly url: string
  readonly chain: readonly Context[]
}

/** What governs a request: a registration, and the `config.cors` of the route. */
export interface Governing {
  readonly registration: Registration
  readonly overlay: boolean | Options | undefined
  readonly route: Route | undefined
}

export function allRoutes ({ root }: Pick<World, 'root'>): Placed[] {
  const found: Placed[] = []
  const walk = (context: Context, around: readonly Context[], prefix: string) => {
    const chain = [context, ...around]
    const here = prefix + context.prefix
    for (const route of context.routes) {
      for (const url of urlsOf(here, route.url)) found.push({ route, url, chain })
    }
    for (const child of context.children) walk(child, chain, here)
  }
  walk(root, [], '')
  return found
}

/** Fastify serves the index of a prefixed context with and without the slash. */
function urlsOf (prefix: string, url: string): string[] {
  return url === '/' && prefix !== '' ? [prefix, prefix + '/'] : [prefix + url]
}

/** As the router reads a URL: without the query, and with all escapes decoded but those of characters that URLs reserve. */
export function routerPath (url: string, router: Router): string {
  return fold(decodeURI(pathOf(url, router)), router)
}

/** As `paths` are matched: decoded wholly. */
export function policyPath (url: string, router: Router): string {
  return fold(decodeURIComponent(pathOf(url, router)), { ...router, ignoreTrailingSlash: false, ignoreDuplicateSlashes: false })
}

function pathOf (url: string, router: Router): string {
  const [path = ''] = url.replace(/^https?:\/\/[^/]*/, '').split('?')
  return fold(path, { ...router, caseSensitive: true })
}

function fold (path: string, { caseSensitive, ignoreTrailingSlash, ignoreDuplicateSlashes }: Router): string {
  let folded = path
  if (ignoreDuplicateSlashes === true) folded = folded.replace(/\/+/g, '/')
  if (ignoreTrailingSlash === true && folded !== '/' && folded.endsWith('/')) folded = folded.slice(0, -1)
  return caseSensitive === false ? folded.toLowerCase() : folded
}

/** The routes of a method at a URL: of the patterns that match, the most specific; several where they differ by version. */
export function routesAt (world: World, method: string, url: string): Placed[] {
  const path = routerPath(url, world.router)
  const matching = allRoutes(world).filter(placed => serves(placed.route, method) && ranks(placed.url, path, world.router) !== undefined)
  const rankOf = ({ url }: Placed) => ranks(url, path, world.router) ?? ''
  const best = matching.map(rankOf).sort()[0]
  return matching.filter(placed => rankOf(placed) === best)
}

/** Fastify gives every GET route a HEAD route. */
function serves ({ methods }: Route, method: string): boolean {
  return methods.includes(method) || (method === 'HEAD' && methods.includes('GET'))
}

/** How a pattern matches, segment by segment: a letter that sorts first is more specific. `undefined`: not at all. */
function ranks (pattern: string, path: string, router: Router): string | undefined {
  const segments = fold(pattern, { ...router, caseSensitive: true }).split('/')
  const given = path.split('/')
  let rank = ''
  for (const [i, segment] of segments.entries()) {
    const value = given[i]
    if (value === undefined) return undefined
    if (segment === '*') return rank + 'c'
    if (segment.startsWith(':')) {
      // To the router a parameter may be empty.
      rank += 'b'
    } else {
      if (segment !== value) return undefined
      rank += 'a'
    }
  }
  return given.length === segments.length ? rank : undefined
}

/** Child context before parent, in one context the first registered, whose `paths` match. */
export function registrationFor (world: World, chain: readonly Context[], url: string): Registration | undefined {
  for (const { registrations } of chain) {
    for (const registration of registrations) if (isInPaths(registration, url, world.router)) return registration
  }
  return undefined
}

function isInPaths ({ paths }: Registration, url: string, router: Router): boolean {
  if (paths === undefined) return true
  const path = policyPath(url, router)
  return paths.some(pattern => matchesGlob(policyPath(pattern, router), path))
}

function matchesGlob (pattern: string, path: string): boolean {
  if (pattern === '') return path === ''
  if (pattern[0] !== '*') return pattern[0] === path[0] && matchesGlob(pattern.slice(1), path.slice(1))
  for (let i = 0; i <= path.length; i++) if (matchesGlob(pattern.slice(1), path.slice(i))) return true
  return false
}

export function governingRoute (world: World, { route, chain }: Placed, url: string): Governing | undefined {
  const registration = registrationFor(world, chain, url)
  return registration && { registration, overlay: route.cors, route }
}

/** What governs the 404s of the application: they are all the root's. */
export function governing404 (world: World, url: string): Governing | undefined {
  const registration = registrationFor(world, [world.root], url)
  return registration && { registration, overlay: undefined, route: undefined }
}

/** At a URL without any route: the registrations of the contexts whose prefix it has, and how many segments the prefix has. */
export function governingAround (world: World, url: string): Array<{ readonly governing: Governing, readonly depth: number }> {
  const given = routerPath(url, world.router).split('/')
  const found: Array<{ governing: Governing, depth: number }> = []
  const walk = (context: Context, around: readonly Context[], before: string) => {
    const chain = [context, ...around]
    const prefix = before + context.prefix
    const segments = prefix.split('/')
    const isAround = segments.every((segment, i) => given[i] !== undefined && (segment.startsWith(':') || segment === given[i]))
    const registration = context.registrations.length > 0 && isAround ? registrationFor(world, chain, url) : undefined
    if (registration !== undefined) found.push({ governing: { registration, overlay: undefined, route: undefined }, depth: segments.length })
    for (const child of context.children) walk(child, chain, prefix)
  }
  walk(world.root, [], '')
  return found
}
