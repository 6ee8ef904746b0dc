import { valueOf } from './messages'
import type { Answer, Asked } from './messages'
import { OVERLAYS } from './zoo'
import type { Enclosure, Meaning, Options } from './zoo'

/** Who lives behind one port. */
export interface Habitat {
  readonly roots: readonly Enclosure[]
  readonly enclosures: readonly Enclosure[]
}

/** What is wrong with an answer, in words; nothing, as a rule. This knows the options, and nothing of the plugin. */
export function faultsOf (habitat: Habitat, asked: Asked | undefined, answer: Answer): string[] {
  const faults = [...formFaults(answer), ...strangerFaults(habitat, answer)]
  if (asked === undefined) return faults
  if (answer.status >= 500 && !routeOf(answer).endsWith('/fail')) faults.push(`${answer.status}, and nobody was told to fail`)
  // Node.js or Fastify itself refused it before any hook.
  if (valueOf(answer.headers, 'x-route') === undefined) return faults
  const possible = meaningsOf(habitat, asked, answer)
  const why = possible.map(meaning => contradiction(meaning, asked, answer))
  return why.includes(undefined) ? faults : [...faults, ...new Set(why.filter(text => text !== undefined))]
}

const KNOWN_NAMES = new Set([
  'connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding', 'vary', 'x-mark', 'x-route', 'x-asked', 'x-handled', 'allow',
  'access-control-allow-origin', 'access-control-allow-credentials', 'access-control-allow-methods', 'access-control-allow-headers',
  'access-control-max-age', 'access-control-expose-headers', 'cache-control'
])

/** No header twice, no line break in one, none that nobody meant to send, none empty. */
function formFaults ({ status, headers }: Answer): string[] {
  const names = headers.map(([name]) => name.toLowerCase())
  return [
    ...names.filter((name, i) => names.indexOf(name) !== i).map(name => `${name} came twice`),
    ...names.filter(name => !KNOWN_NAMES.has(name)).map(name => `a header that nobody sent: ${JSON.stringify(name)}`),
    ...headers.filter(([, value]) => !/^[\t\x20-\x7e\x80-\xff]+$/.test(value)).map(([name, value]) => `${name} is ${JSON.stringify(value)}`),
    ...varyFaults(headers),
    ...headers.filter(([name, value]) => name.toLowerCase() === 'cache-control' && (value !== 'no-store' || status !== 403)).map(([, value]) => `cache-control is ${value} with ${status}`)
  ]
}

function varyFaults (headers: Answer['headers']): string[] {
  const names = (valueOf(headers, 'vary') ?? '').toLowerCase().split(', ')
  return names.some((name, i) => names.indexOf(name) !== i) ? [`vary repeats itself: ${names.join(', ')}`] : []
}

/** An origin that no policy allows is never in the header, whichever policy answered. */
function strangerFaults ({ roots, enclosures }: Habitat, { headers }: Answer): string[] {
  const origin = valueOf(headers, 'access-control-allow-origin')
  if (origin === undefined || origin === '*') return []
  const all: Meaning[] = [...roots, ...enclosures].flatMap(({ options, means }) => [options, ...['red', 'blue'].map(tenant => means?.(new Map([['x-tenant', tenant]])) ?? false)])
  return [...all, OVERLAYS.own].some(meaning => mayRead(meaning, origin) !== false) ? [] : [`nobody allows ${JSON.stringify(origin)}`]
}

function routeOf ({ headers }: Answer): string {
  return valueOf(headers, 'x-route') ?? ''
}

/** The options that may govern: one, unless a URL can be read in several ways. */
function meaningsOf (habitat: Habitat, asked: Asked, answer: Answer): Options[] {
  const name = (isPreflight(asked) ? valueOf(answer.headers, 'x-asked') : routeOf(answer)) ?? 'none'
  const [first = 'none', overlay] = name.split('/')
  const all = [...habitat.roots, ...habitat.enclosures]
  const found = all.find(enclosure => enclosure.name === first)
  const path = pathOf(asked)
  const isPlain = /^\/[a-z0-9/-]*$/.test(path) && !path.includes('//')
  const around = answering(isPlain ? aroundOf(habitat, asked) : isPreflight(asked) ? all : habitat.roots)
  // At the root, `paths` decide over routes too.
  const candidates = found === undefined || (habitat.roots.includes(found) && !isPlain) ? around : habitat.roots.includes(found) ? [rootOf(habitat, path)] : [found]
  return candidates.map(candidate => overlaid(candidate, overlay, asked))
}

/** RFC 9112, 3.2.2: a request may name the whole URL (absolute-form). */
function pathOf ({ target }: Asked): string {
  return target.replace(/^https?:\/\/[a-z.]+(?=\/)/i, '')
}

/** Where there is no route, one context may leave a preflight to OPTIONS routes and another one around it have it answered. */
function answering (around: readonly Enclosure[]): Enclosure[] {
  return around.flatMap(enclosure => enclosure.options.preflight === false ? [enclosure, { ...enclosure, options: { ...enclosure.options, preflight: true } }] : [enclosure])
}

function overlaid ({ options, means }: Enclosure, overlay: string | undefined, { headers }: Asked): Options {
  const meaning = means === undefined ? options : means(headers)
  if (meaning === false || overlay === 'off') return { ...options, origin: false }
  const whole = { ...options, ...meaning }
  return overlay === 'own' ? { ...whole, ...OVERLAYS.own } : whole
}

/** A 404 below a prefix ends in the application's own handler; a preflight may be answered for that or for the context. */
function aroundOf (habitat: Habitat, asked: Asked): Enclosure[] {
  const inside = habitat.enclosures.filter(({ name }) => isPreflight(asked) && (pathOf(asked) === `/${name}` || pathOf(asked).startsWith(`/${name}/`)))
  return [...inside, rootOf(habitat, pathOf(asked))]
}

function rootOf ({ roots }: Habitat, path: string): Enclosure {
  const found = roots.find(({ options }) => options.paths === undefined || options.paths.some(glob => path.startsWith(glob.slice(0, -1))))
  if (found === undefined) throw new Error('every habitat has a root for all paths')
  return found
}

export function isPreflight ({ method, headers }: Asked): boolean {
  const requested = headers.get('access-control-request-method')
  return method === 'OPTIONS' && headers.has('origin') && requested !== undefined && /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/.test(requested)
}

/** Why these options do not give this answer. */
function contradiction (meaning: Options, asked: Asked, answer: Answer): string | undefined {
  const origin = asked.headers.get('origin')
  const verdict = origin === undefined ? false : mayRead(meaning, origin)
  const verdicts = verdict === undefined ? [true, false] : [verdict]
  const why = verdicts.map(allowed => isPreflight(asked) && !isLeft(meaning) ? preflightContradiction(meaning, allowed, asked, answer) : actualContradiction(meaning, allowed, asked, answer))
  return why.includes(undefined) ? undefined : why[0]
}

function isLeft (meaning: Options): boolean {
  return meaning.preflight === false
}

function actualContradiction (meaning: Options, allowed: boolean, asked: Asked, answer: Answer): string | undefined {
  const got = corsOf(answer)
  if (isPreflight(asked)) return same({}, got)
  const refused = !allowed && asked.headers.has('origin') && !isOwn(asked) &&
    (meaning.enforce === 'all' || (meaning.enforce === 'unsafe' && (!['GET', 'HEAD', 'OPTIONS'].includes(asked.method) || asked.headers.get('upgrade') === 'websocket')))
  if (refused !== (answer.status === 403)) return `status ${answer.status}, and the request is ${refused ? '' : 'not '}refused`
  if (refused && valueOf(answer.headers, 'x-handled') !== undefined) return 'the handler ran'
  if (meaning.origin === false) {
    // Where CORS is off, what a handler sets is its own.
    return routeOf(answer) !== 'none' && valueOf(answer.headers, 'access-control-allow-origin') === 'https://foreign.test' ? undefined : same({}, got)
  }
  const constant = constantOf(meaning)
  if (!variesRight(meaning, constant, answer)) return `vary is ${String(valueOf(answer.headers, 'vary'))}`
  if (!allowed && constant === undefined) return same({}, got)
  return same({
    'access-control-allow-origin': constant ?? String(asked.headers.get('origin')),
    ...meaning.credentials === true && { 'access-control-allow-credentials': 'true' },
    ...meaning.exposedHeaders !== undefined && { 'access-control-expose-headers': String(meaning.exposedHeaders) }
  }, got)
}

function preflightContradiction (meaning: Options, allowed: boolean, asked: Asked, answer: Answer): string | undefined {
  const got = corsOf(answer)
  if (!allowed) {
    const status = isOwn(asked) ? 204 : 403
    return answer.status === status || (meaning.preflightContinue === true && isOwn(asked)) ? same({}, got) : `a refused preflight has status ${answer.status}`
  }
  if (answer.status !== 204 && meaning.preflightContinue !== true) return `an accepted preflight has status ${answer.status}`
  const { 'access-control-allow-methods': methods = '', ...rest } = got
  const names = asked.headers.get('access-control-request-headers') ?? ''
  const others = names.length > 1024 ? [] : names.split(',').map(name => name.trim()).filter(name => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/^(?:\*|authorization|content-type)$/i.test(name))
  const listed = meaning.cacheControl === undefined ? others : []
  const anyName = meaning.credentials === true ? names.trim() : ['*, Authorization, Content-Type', ...listed].join(', ')
  const allowedHeaders = meaning.allowedHeaders === undefined ? anyName : String(meaning.allowedHeaders)
  return methodFault(meaning, methods, asked) ?? same({
    'access-control-allow-origin': constantOf(meaning) ?? String(asked.headers.get('origin')),
    ...meaning.credentials === true && { 'access-control-allow-credentials': 'true' },
    ...allowedHeaders !== '' && { 'access-control-allow-headers': allowedHeaders },
    ...meaning.maxAge !== undefined && { 'access-control-max-age': String(meaning.maxAge) }
  }, rest)
}

function methodFault ({ methods, credentials }: Options, got: string, asked: Asked): string | undefined {
  const requested = String(asked.headers.get('access-control-request-method'))
  if (methods === '*') return got === (credentials === true ? requested : '*') ? undefined : `methods are ${got}`
  if (methods !== undefined) return got === String(methods) ? undefined : `methods are ${got}`
  const list = got.split(', ')
  const isRight = ['GET', 'HEAD', 'POST'].every(name => list.includes(name)) && new Set(list).size === list.length &&
    list.every(name => ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', requested].includes(name))
  return isRight ? undefined : `methods are ${got}`
}

function variesRight ({ delegator, enforce }: Options, constant: string | undefined, answer: Answer): boolean {
  const vary = (valueOf(answer.headers, 'vary') ?? '').toLowerCase()
  return vary.split(', ').includes('origin') === (constant === undefined || delegator !== undefined || enforce === 'all')
}

function constantOf ({ origin = '*', credentials }: Options): string | undefined {
  if (origin === '*' || (origin === true && credentials !== true)) return '*'
  const [only, ...others] = [origin].flat()
  return typeof only === 'string' && !only.includes('*') && others.length === 0 ? only : undefined
}

function isOwn ({ headers }: Asked): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  return headers.get('origin') === `http://${(headers.get('host') ?? '').toLowerCase().replace(/:80$/, '')}`
}

/** Whether the origin may read; `undefined` where a text is an odd origin, if it is one. */
export function mayRead (meaning: Meaning, origin: string): boolean | undefined {
  if (meaning === false || meaning.origin === false) return false
  const { origin: allowed = '*', credentials, dangerously } = meaning
  if (allowed === '*' || (allowed === true && credentials !== true)) return true
  if (allowed === true) return origin === 'null' || origin === 'file://' ? dangerously?.nullOrigin === true : isOrigin(origin)
  if (typeof allowed === 'function') return undefined
  return [allowed].flat().some(entry => expressionOf(entry).test(origin)) && isOrigin(origin) !== false
}

function expressionOf (entry: string | RegExp): RegExp {
  if (entry instanceof RegExp) return new RegExp(`^(?:${entry.source})$`)
  const text = entry.replace(/[.[\]]/g, '\\$&').replace('://*\\.', '://(?:[a-z0-9_-]+\\.)+').replace(/:\*$/, '(?::[1-9][0-9]{0,4})?')
  return new RegExp(`^${text}$`)
}

// The hosts of http and its like are names, maybe with the root dot, or addresses. Those of other schemes are opaque.
const LOOSE = /^(?:(?:https?|wss?|ftp):\/\/(?:[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?|\[[0-9a-f:]{2,39}\])|(?!file:)[a-z][a-z0-9+.-]*:\/\/[a-z0-9._-]+)(?::[1-9][0-9]{0,4})?$/
const PLAIN = /^https?:\/\/(?:[a-z][a-z0-9-]{0,60}\.)*[a-z]{2,10}(?::[1-9][0-9]{0,3})?$/

/** DNS has no longer name. */
const MAX_HOST_LENGTH = 253

/** Whether a text is an origin as a browser writes it (URL, "serialization of an origin"). */
function isOrigin (text: string): boolean | undefined {
  if (text.length > 320 || !LOOSE.test(text) || text.replace(/^.*\/\/|:\d+$/g, '').length > MAX_HOST_LENGTH) return false
  if (/^(?:https?|wss?|ftp):/.test(text) && URL.canParse(text) && /:(?:80|443|21)$/.test(text) && new URL(text).port === '') return false
  if (Number(/:(\d+)$/.exec(text)?.[1] ?? 0) > 65535) return false
  return PLAIN.test(text) && text.length < 240 && new URL(text).origin === text ? true : undefined
}

function corsOf ({ headers }: Answer): Record<string, string> {
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value] as const).filter(([name]) => name.startsWith('access-control-')))
}

function same (wanted: Record<string, string>, got: Record<string, string>): string | undefined {
  const [a, b] = [wanted, got].map(headers => JSON.stringify(Object.entries(headers).sort()))
  return a === b ? undefined : `CORS headers are ${String(b)} and not ${String(a)}`
}
