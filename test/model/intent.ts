import { type Governing, type Placed, governing404, governingAround, governingRoute, routesAt } from './governing'
import { Cache, type Grant, type PageRequest, corsCheck, isSafelistedMethod, pageRequest, readable } from './page'
import { NONE, OWN, type CorsHeaders, type Policy, constantOf, headersOfResponse, isAllowed, isEnforced, isSamePolicy, policyFor, variesByOrigin } from './policy'
import { type Ask, type Context, SENT, type World, handlerName } from './world'

/** What is meant to come of one call. */
export interface Intent {
  readonly preflights: number
  /** Why the page may not read; of several codes any. Empty: it may. */
  readonly codes: readonly string[]
  /** Of the headers that are compared, those that the page may read. */
  readonly readable: readonly string[]
  /** Which route's handler runs. */
  readonly runs: string | undefined
  /** Whether the preflight is refused for its origin: it then gets no header of CORS at all. */
  readonly refusedPreflight: boolean
  readonly preflightStatus: number | undefined
  readonly actual: ActualIntent | undefined
}

/** What the actual request is to find, if it is sent. */
export interface ActualIntent {
  /** `undefined`: nobody governs it. */
  readonly policy: Policy | undefined
  readonly allowed: boolean
  /** The field names in `Vary`, in lower case and sorted; `undefined` where it is not said. */
  readonly vary: readonly string[] | undefined
  /** `undefined` where more than one thing is in the way. */
  readonly status: number | undefined
  /** The handler's own headers of CORS are left alone. */
  readonly leftAlone: boolean
  /** The answer of the server to a method that Node.js does not parse, which is none of the application's. */
  readonly isUnparsed: boolean
}

/** A browser that does what it should, with a server that does what it should. */
export class Intention {
  readonly #world: World
  readonly #cache: Cache
  #now = 0

  constructor (world: World) {
    this.#world = world
    this.#cache = new Cache(world.browser)
  }

  /** `undefined`: which of several policies answers is not promised. Such a call is not made. */
  next (ask: Ask): Intent | undefined {
    const request = pageRequest(ask)
    const asked = askedOf(this.#world, request)
    if (asked === undefined) return undefined
    this.#now += ask.wait
    if (ask.mode === 'same-origin' && !request.isOwn) return blocked(['DisallowedByMode'])
    // https://w3c.github.io/webappsec-mixed-content/#should-block-fetch; the form is sent.
    if (ask.mode !== 'form' && ask.page.startsWith('https:') && ask.url.startsWith('http:')) return blocked(['mixed-content'])
    let preflights = 0
    // The cache is looked at in every call: Chromium forgets then.
    const isCached = ask.mode !== 'form' && this.#cache.covers(request, this.#now)
    if (ask.mode !== 'form' && request.needsPreflight && !isCached) {
      preflights = 1
      if (asked.grant === undefined) {
        this.#cache.fail(request)
        return { ...blocked(asked.codes), preflights, refusedPreflight: asked.refused, preflightStatus: asked.status }
      }
      this.#cache.store(request, asked.grant, this.#now)
    }
    const intent = { ...actual(this.#world, ask, request), preflights, preflightStatus: asked.status }
    if (intent.codes.length > 0) this.#cache.fail(request)
    return intent
  }
}

function blocked (codes: readonly string[]): Intent {
  return { preflights: 0, codes, readable: [], runs: undefined, refusedPreflight: false, preflightStatus: undefined, actual: undefined }
}

/** Who may answer a preflight, and what for. */
interface Asked {
  readonly grant: Grant | undefined
  readonly codes: readonly string[]
  readonly refused: boolean
  readonly status: number | undefined
}

interface Answer {
  readonly depth: number
  /** The server has nothing against it. */
  readonly accepts: boolean
  readonly throws: boolean
  readonly allows: boolean
  readonly code: string | undefined
  readonly status: number
  readonly grant: Grant
}

/** Of several policies, the one that accepts. If several do and their answers differ, the outcome is not promised. */
function askedOf (world: World, request: PageRequest): Asked | undefined {
  if (!request.needsPreflight) return { grant: undefined, codes: [], refused: false, status: undefined }
  const answers = candidates(world, request).map(candidate => answer(world, candidate, request))
  if (answers.length > 1 && answers.some(({ throws }) => throws)) return undefined
  const willing = answers.filter(({ accepts }) => accepts)
  const accepting = willing.filter(({ depth }) => depth === willing[0]?.depth)
  if (accepting.length === 0) {
    const allowing = answers.filter(({ allows }) => allows)
    const codes = allowing.map(({ code }) => String(code)) // it does not accept, so that there is one
    const status = answers.length === 0 ? unansweredStatus(world) : same(answers.map(({ status }) => status))
    return { grant: undefined, codes: codes.length > 0 ? codes : ['PreflightMissingAllowOriginHeader'], refused: codes.length === 0, status }
  }
  const [first, ...others] = accepting
  if (first === undefined || others.some(other => JSON.stringify(other) !== JSON.stringify(first))) return undefined
  return { grant: first.code === undefined ? first.grant : undefined, codes: first.code === undefined ? [] : [first.code], refused: false, status: first.status }
}

/** An ungoverned preflight is handled like any other request. */
function unansweredStatus ({ root }: World): number {
  return root.gate === 'none' ? 404 : 401
}

/** What all are; `undefined` if they differ. */
function same<T> ([first, ...others]: readonly T[]): T | undefined {
  return others.every(other => other === first) ? first : undefined
}

interface Candidate {
  readonly governing: Governing
  /** How far inside: of those around a URL without a route, the innermost answers that accepts. */
  readonly depth: number
}

/** The route's own policy. If the URL has only other methods, any of their policies; without a route, those around it, innermost first. */
function candidates (world: World, { method, url }: PageRequest): Candidate[] {
  const own = routesAt(world, method, url)
  if (own.length > 0) return governed(world, own, url)
  const others = otherRoutes(world, url)
  if (others.length > 0) return governed(world, others, url)
  return distinct(governingAround(world, url))
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** An OPTIONS route is there for its own requests: it says nothing of who may use another method. */
function otherRoutes (world: World, url: string): Placed[] {
  return METHODS.filter(method => method !== 'OPTIONS').flatMap(method => routesAt(world, method, url))
}

function governed (world: World, routes: readonly Placed[], url: string): Candidate[] {
  return distinct(routes.map(placed => governingRoute(world, placed, url))
    .filter(governing => governing !== undefined)
    .map(governing => ({ governing, depth: 0 })))
}

/** Each policy once, as far inside as it is found. */
function distinct (all: readonly Candidate[]): Candidate[] {
  const sorted = [...all].sort((a, b) => b.depth - a.depth)
  return sorted.filter((one, i) => !sorted.slice(0, i).some(other => isSamePolicy(one.governing, other.governing)))
}

/** docs/responses.md, "Accepted preflights", and https://fetch.spec.whatwg.org/#cors-preflight-fetch. */
function answer (world: World, { governing, depth }: Candidate, request: PageRequest): Answer {
  const policy = policyFor(governing, request.origin)
  const { options } = policy
  const allowed = isAllowed(policy, request.origin)
  const withCredentials = options.credentials === true
  const grant = {
    methods: grantedMethods(world, governing, policy, request),
    headers: grantedHeaders(policy, request),
    maxAge: options.maxAge ?? 5
  }
  const headers = { allowOrigin: constantOf(policy) ?? request.origin, allowCredentials: withCredentials, expose: [] }
  const code = allowed !== true ? 'PreflightMissingAllowOriginHeader' : checkPreflight(headers, grant, request)
  const lists = allowed === true && checkLists(grant, { ...request, withCredentials: false }) === undefined
  const status = allowed === true ? options.optionsSuccessStatus ?? 204 : allowed === 'throws' ? 500 : 403
  return { depth, accepts: lists, throws: allowed === 'throws', allows: allowed === true, code, status, grant }
}

function checkPreflight (headers: CorsHeaders, grant: Grant, request: PageRequest): string | undefined {
  const failed = corsCheck(headers, request)
  return failed === undefined ? checkLists(grant, request) : 'Preflight' + failed
}

function checkLists ({ methods, headers }: Grant, { method, unsafe, withCredentials }: PageRequest): string | undefined {
  const any = (list: readonly string[]) => list.includes('*') && !withCredentials
  if (!isSafelistedMethod(method) && !methods.includes(method) && !any(methods)) return 'MethodDisallowedByPreflightResponse'
  const missing = unsafe.find(name => !headers.includes(name) && !(any(headers) && name !== 'authorization'))
  return missing === undefined ? undefined : 'HeaderDisallowedByPreflightResponse'
}

function grantedMethods (world: World, governing: Governing, { options }: Policy, { method, url }: PageRequest): readonly string[] {
  const { methods, credentials } = options
  if (methods === '*') return credentials === true ? [method] : ['*']
  if (methods !== undefined) return methods
  const routed = METHODS.filter(each => governed(world, routesAt(world, each, url), url).some(other => isSamePolicy(other.governing, governing)))
  const isRouted = routesAt(world, method, url).length > 0 || otherRoutes(world, url).length > 0
  return ['GET', 'HEAD', 'POST', ...routed, ...isRouted ? [] : [method]]
}

function grantedHeaders ({ options: { allowedHeaders = '*', credentials } }: Policy, { unsafe }: PageRequest): readonly string[] {
  if (allowedHeaders !== '*') return allowedHeaders.map(name => name.toLowerCase())
  return credentials === true ? unsafe : ['*', 'authorization']
}

/** What the actual request meets: hooks, the handler or the 404, and at last the browser's check. */
function actual (world: World, ask: Ask, request: PageRequest): Intent {
  const { method, url } = request
  const route = routeOf(world, ask, request)
  const governing = route === undefined ? governing404(world, url) : governingRoute(world, route, url)
  const origin = request.sendsOrigin && !(ask.mode === 'form' && method === 'GET') ? request.origin : undefined
  const policy = governing && policyFor(governing, origin)
  const allowed = policy !== undefined && origin !== undefined ? isAllowed(policy, origin) : false
  const isUnparsed = method === 'patch'
  const isGated = isGatedBy(route?.chain ?? [world.root], ask)
  const isRefused = policy !== undefined && origin !== undefined && !request.isOwn && allowed === false && isEnforced(policy, method)
  const isStopped = origin !== undefined && !request.isOwn && allowed !== 'throws' && route !== undefined &&
    isHeld(world, governing, policy, allowed, request)
  const obstacles = [...isUnparsed ? [400] : [], ...allowed === 'throws' ? [500] : [], ...isGated ? [401] : [], ...isRefused || isStopped ? [403] : []]
  const fails = obstacles.length > 0
  const reply = fails ? undefined : route?.route.reply
  const setsOwn = reply?.endsWith('own') === true
  const headers = isUnparsed ? NONE : headersOfResponse(policy, request.origin, setsOwn ? OWN : NONE)
  const code = request.isOwn ? undefined : corsCheck(headers, request)
  const sent = reply === undefined || reply === 'throws' ? [] : [...Object.keys(SENT), ...setsOwn ? ['x-own'] : []]
  return {
    preflights: 0,
    codes: code === undefined ? [] : [code],
    readable: code === undefined ? readable(sent, headers, request) : [],
    runs: fails || route === undefined ? undefined : handlerName(method, route.url, route.route.version),
    refusedPreflight: false,
    preflightStatus: undefined,
    actual: { policy, status: fails ? same(obstacles) : statusOf(reply), allowed: allowed === true, vary: varyOf(policy, reply, setsOwn), leftAlone: policy === undefined || policy.isOff, isUnparsed }
  }
}

function routeOf (world: World, { headers }: Ask, { method, url }: PageRequest): Placed | undefined {
  return routesAt(world, method, url).find(({ route }) => route.version === undefined || route.version === headers['accept-version'])
}

/** docs/routes.md, "Requests that are held": a browser has sent a preflight, which another policy may have accepted. */
function isHeld (world: World, governing: Governing | undefined, policy: Policy | undefined, allowed: boolean, request: PageRequest): boolean {
  const { method } = request
  const unsafe = request.unsafe.filter(name => name === 'content-type' || name === 'accept-version')
  if (isSafelistedMethod(method) && unsafe.length === 0) return false
  if (candidates(world, request).every(other => governing !== undefined && isSamePolicy(other.governing, governing))) return false
  if (!allowed || policy === undefined || governing === undefined) return true
  const grant = { methods: policy.options.methods === undefined ? [method] : grantedMethods(world, governing, policy, request), headers: grantedHeaders(policy, request), maxAge: 0 }
  return checkLists(grant, { ...request, unsafe, withCredentials: false }) !== undefined
}

function statusOf (reply: string | undefined): number {
  return reply === undefined ? 404 : reply === 'throws' ? 500 : reply === '304' ? 304 : 200
}

/** The 401 of a hook, in whichever context around the route. */
function isGatedBy (chain: readonly Context[], { headers }: Ask): boolean {
  const isKnown = Object.keys(headers).some(name => name.toLowerCase() === 'authorization')
  return !isKnown && chain.some(({ gate }) => gate !== 'none')
}

function varyOf (policy: Policy | undefined, reply: string | undefined, setsOwn: boolean): string[] {
  const own = setsOwn ? ['accept-language'] : reply === 'sends Vary' ? ['accept', 'origin'] : []
  const governed = policy === undefined ? [] : [...variesByOrigin(policy) ? ['origin'] : [], ...(policy.options.vary ?? []).map(name => name.toLowerCase())]
  return [...new Set([...own, ...governed])].sort()
}
