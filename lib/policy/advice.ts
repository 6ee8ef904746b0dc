import type { Settings } from '../options/settings'
import { isSerializedOrigin, partsOf } from '../protocol/origin'
import type { AllowOrigin, Policy } from './policy'

/** What of a preflight, and of the request that it announces, a policy does not allow. */
export type PreflightObstacle =
  | { readonly kind: 'origin', readonly origin: string }
  | { readonly kind: 'method', readonly method: string }
  | { readonly kind: 'header', readonly name: string }

/** What of a request a policy does not allow. A preflight does not say whether there will be credentials. */
export type Obstacle = PreflightObstacle | { readonly kind: 'credentials' }

/** The obstacle as a clause. */
export function sayObstacle (obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'origin': return 'the origin is not allowed'
    case 'method': return `the method ${obstacle.method} is not allowed`
    case 'header': return `the header ${obstacle.name} is not allowed`
    case 'credentials': return 'the request has credentials, and the policy does not allow them'
  }
}

/** The option that refuses. */
export function optionOf ({ kind }: Obstacle, { allow }: Policy): keyof Settings {
  switch (kind) {
    case 'origin': return 'origin'
    case 'method': return 'methods'
    case 'header': return 'allowedHeaders'
    // Where any origin is allowed, the origins have to be named before anything else.
    case 'credentials': return allow.kind === 'any' ? 'origin' : 'credentials'
  }
}

/** What to change, in the words of the options; `where` says whose options they are. */
export function adviceOn (obstacle: Obstacle, policy: Policy, where: string): string {
  switch (obstacle.kind) {
    case 'origin': return onOrigin(obstacle.origin, policy.allow, where)
    case 'method': return onMethod(obstacle.method, policy, where)
    case 'header': return `add ${obstacle.name} to \`allowedHeaders\` in ${where}, or leave \`allowedHeaders\` out to allow any`
    case 'credentials': return onCredentials(policy.allow, where)
  }
}

function onOrigin (origin: string, allow: AllowOrigin, where: string): string {
  if (origin === 'null') return onNull(allow, where)
  if (origin.startsWith('file:')) {
    return 'pages from files cannot be told from each other, so none can be allowed: serve the page over HTTP or, in the web view of an application, from a scheme of its own'
  }
  if (!isSerializedOrigin(origin)) return 'nothing: no browser writes an origin like this, so no page has been blocked'
  switch (allow.kind) {
    case 'none': return `CORS is off in ${where}: if pages of ${origin} may call this, give it \`origin: ['${origin}']\``
    case 'ask': return `let the \`origin\` function in ${where} return true for ${origin}`
    case 'any':
    case 'reflect':
    case 'one':
    case 'set': return onUnlisted(origin, allow, where)
  }
}

function onNull ({ kind }: AllowOrigin, where: string): string {
  const listed = kind === 'ask' ? 'a function that returns true for it and ' : kind === 'reflect' ? '' : "`origin: ['null', …]` and "
  return 'null is the origin of sandboxed frames, of files and of redirected requests: serve the page from an origin of its own' +
    `, or allow null, whoever may then use it, with ${listed}\`dangerously: { nullOrigin: true }\` in ${where}`
}

function onUnlisted (origin: string, allow: AllowOrigin, where: string): string {
  const add = `if its pages may read this, add '${origin}' to \`origin\` in ${where}`
  const near = lookalikes(origin).find(each => isListed(each, allow))
  return near === undefined ? add : `${add}; it allows ${near}, which is another origin: or open the page there`
}

function isListed (origin: string, allow: AllowOrigin): boolean {
  return allow.kind === 'set' ? allow.set.has(origin) : allow.kind === 'one' && allow.origin === origin
}

/** The origins that people take for the same: of the other scheme, without the port, with or without `www`. */
function lookalikes (origin: string): string[] {
  const { scheme, host, port } = partsOf(origin)
  const ports = [...new Set([port === '' ? '' : `:${port}`, ''])]
  const hosts = [host, host.startsWith('www.') ? host.slice(4) : `www.${host}`, ...twins.get(host) ?? []]
  const schemes = [scheme, scheme === 'https' ? 'http' : 'https']
  return schemes.flatMap(scheme => hosts.flatMap(host => ports.map(port => `${scheme}://${host}${port}`)))
}

/** Two names of one machine. */
const twins: ReadonlyMap<string, readonly string[]> = new Map([
  ['localhost', ['127.0.0.1']],
  ['127.0.0.1', ['localhost']]
])

function onMethod (method: string, { settings: { methods } }: Policy, where: string): string {
  const upper = method.toUpperCase()
  const isRouted = methods === 'route'
  if (upper !== method && (isRouted || methods.includes(upper))) {
    return `let the page write the method as ${upper}: methods are compared to the letter`
  }
  return isRouted
    ? `add a route for ${method} at this URL under the same policy, or list ${method} in \`methods\` in ${where}`
    : `add '${method}' to \`methods\` in ${where}, or leave \`methods\` out to allow what the URL serves`
}

function onCredentials (allow: AllowOrigin, where: string): string {
  const options = allow.kind === 'any' ? 'name the origins in `origin` (a browser takes no * here) and set `credentials: true`' : 'set `credentials: true`'
  return `${options} in ${where}, or let the page fetch without credentials`
}
