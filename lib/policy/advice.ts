import type { Settings } from '../options/settings'
import { crossProblems } from '../options/parse'
import { needsEncryption } from '../options/exposure'
import { isCorsResponseHeader, isForbiddenRequestHeader } from '../protocol/headers'
import { isForbiddenMethod, isKnownMethod } from '../protocol/methods'
import { FILE, isOpaque, isSerializedOrigin, partsOf, withEncryption } from '../protocol/origin'
import type { AllowOrigin, Policy } from './policy'

/** The part of a preflight, or of the request to come, that a policy does not allow. */
export type PreflightObstacle =
  | { readonly kind: 'origin', readonly origin: string }
  | { readonly kind: 'method', readonly method: string }
  | { readonly kind: 'header', readonly names: readonly string[] }

/** The part of a request that a policy does not allow. A preflight does not say whether the request will have credentials. */
export type Obstacle = PreflightObstacle | { readonly kind: 'credentials' }

/** Says in a clause what is not allowed. */
export function sayObstacle (obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'origin': return 'the origin is not allowed'
    case 'method': return `the method ${obstacle.method} is not allowed`
    case 'header': return sayHeaders(obstacle.names)
    case 'credentials': return 'the request has credentials, and the policy does not allow them'
  }
}

function sayHeaders (names: readonly string[]): string {
  const list = names.join(', ')
  return names.length === 1 ? `the header ${list} is not allowed` : `the headers ${list} are not allowed`
}

/** The option to change. */
export function optionOf ({ kind }: Obstacle, { allow }: Policy): keyof Settings {
  switch (kind) {
    case 'origin': return 'origin'
    case 'method': return 'methods'
    case 'header': return 'allowedHeaders'
    // If any origin is allowed, `credentials: true` is refused until `origin` names the origins.
    case 'credentials': return allow.kind === 'any' ? 'origin' : 'credentials'
  }
}

/** Says what to change so that the request is allowed. `where` says where the options are. */
export function adviceOn (obstacle: Obstacle, policy: Policy, where: string): string {
  switch (obstacle.kind) {
    case 'origin': return onOrigin(obstacle.origin, policy, where)
    case 'method': return onMethod(obstacle.method, policy, where)
    case 'header': return onHeaders(obstacle.names, where)
    case 'credentials': return onCredentials(policy, where)
  }
}

function onOrigin (origin: string, { allow, settings }: Policy, where: string): string {
  if (isOpaque(origin)) return onNull(origin, allow, where)
  if (!isSerializedOrigin(origin)) return 'nothing: browsers do not send an origin like this, so no page was blocked'
  // Where an origin over plain HTTP would be refused at boot, the one to write has https.
  const listed = allow.kind !== 'ask' && needsEncryption(settings) ? withEncryption(origin) : origin
  if (listed !== origin && isListed(listed, allow)) return `open the page at ${listed}, which is a different origin and allowed`
  const served = listed === origin ? '' : 'serve them over https and '
  switch (allow.kind) {
    case 'none': return `CORS is off in ${where}: if pages of ${origin} may call this, ${served}give it \`origin: ['${listed}']\``
    case 'ask': return `let the \`origin\` function in ${where} return true for ${origin}`
    case 'any':
    case 'reflect':
    case 'one':
    case 'set': return onUnlisted(origin, allow, `${served}add '${listed}' to \`origin\` in ${where}`)
  }
}

const sharedBy = {
  null: 'null is the origin of sandboxed frames, of files and of redirected requests: serve the page from a named origin, or allow null, which any site can send,',
  [FILE]: 'file:// is the origin of every page from a file in older web views: serve the page over HTTP or from a custom scheme, or allow file://, which any such file can send,'
}

function onNull (origin: 'null' | typeof FILE, { kind }: AllowOrigin, where: string): string {
  const listed = kind === 'ask' ? 'a function that returns true for it and ' : kind === 'reflect' ? '' : `\`origin: ['${origin}', …]\` and `
  return `${sharedBy[origin]} with ${listed}\`dangerously: { nullOrigin: true }\` in ${where}`
}

function onUnlisted (origin: string, allow: AllowOrigin, change: string): string {
  const add = `if its pages may read this, ${change}`
  const near = lookalikes(origin).find(each => isListed(each, allow))
  return near === undefined ? add : `${add}, or open the page at ${near}, which is a different origin and allowed`
}

function isListed (origin: string, allow: AllowOrigin): boolean {
  return allow.kind === 'set' ? allow.set.has(origin) : allow.kind === 'one' && allow.origin === origin
}

/** Origins that are easily mistaken for this one: with the other scheme, without the port, with or without `www`. */
function lookalikes (origin: string): string[] {
  const { scheme, host, port } = partsOf(origin)
  const ports = [...new Set([port === '' ? '' : `:${port}`, ''])]
  const hosts = [host, host.startsWith('www.') ? host.slice(4) : `www.${host}`, ...twins.get(host) ?? []]
  const schemes = [scheme, scheme === 'https' ? 'http' : 'https']
  return schemes.flatMap(scheme => hosts.flatMap(host => ports.map(port => `${scheme}://${host}${port}`)))
}

/** Two names of the same machine. */
const twins: ReadonlyMap<string, readonly string[]> = new Map([
  ['localhost', ['127.0.0.1']],
  ['127.0.0.1', ['localhost']]
])

function onMethod (method: string, { settings: { methods } }: Policy, where: string): string {
  if (isForbiddenMethod(method)) return `nothing: browsers do not let a script send ${method}, so no page was blocked`
  const upper = method.toUpperCase()
  const isRouted = methods === 'route'
  if (upper !== method && isKnownMethod(upper)) {
    const also = isRouted || methods.includes(upper) ? '' : `, and add '${upper}' to \`methods\` in ${where}`
    return `write the method as ${upper} in the page: methods are case-sensitive${also}`
  }
  return isRouted
    ? `add a route for ${method} at this URL under the same policy, or list ${method} in \`methods\` in ${where}`
    : `add '${method}' to \`methods\` in ${where}, or leave \`methods\` out to allow what the URL serves`
}

function onHeaders (names: readonly string[], where: string): string {
  const forbidden = names.filter(isForbiddenRequestHeader)
  const misplaced = names.filter(isCorsResponseHeader)
  const allowable = names.filter(name => !isForbiddenRequestHeader(name) && !isCorsResponseHeader(name))
  return [
    ...allowable.length === 0 ? [] : [`add ${allowable.join(', ')} to \`allowedHeaders\` in ${where}, or leave \`allowedHeaders\` out to allow any`],
    ...misplaced.length === 0 ? [] : [`let the page leave ${misplaced.join(', ')} out of its request: only a server sends it`],
    ...forbidden.length === 0 ? [] : [`browsers do not let a script send ${forbidden.join(', ')}, so no page was blocked for it`]
  ].join('; ')
}

/** With credentials, more is refused at boot: what else has to change is said too. */
function onCredentials ({ allow, settings }: Policy, where: string): string {
  const options = allow.kind === 'any' ? 'name the origins in `origin` (browsers do not accept * with credentials) and set `credentials: true`' : 'set `credentials: true`'
  const refused = crossProblems({ ...settings, credentials: true }, 'registration').filter(({ code }) => code !== 'FST_CORS_ORIGIN_ANY_WITH_CREDENTIALS')
  return [`${options} in ${where}`, ...refused.map(({ pointer, what, instead }) => `at ${pointer}, since ${what}, write ${instead}`), 'or let the page fetch without credentials'].join(', ')
}
