import type { Browser } from '../browser/engines'
import type { CorsCode } from '../browser/codes'
import type { ServerResponse } from '../browser/header-list'
import { serializeOrigin } from '../browser/redirect'
import { unsafeHeaders } from '../browser/safelist'
import type { PageRequest } from '../browser/request'
import { isSafelistedMethod } from '../protocol/methods'

/** The codes that no CORS header fixes. */
const beyondHeaders: ReadonlySet<CorsCode | undefined> = new Set<CorsCode>([
  'InvalidResponse', 'CorsDisabledScheme', 'DisallowedByMode', 'PreflightDisallowedRedirect', 'RedirectContainsCredentials'
])

/** What the request needs from a server. */
interface Needs {
  readonly origin: string
  readonly method: string
  /** The request headers that need permission, in lower case. */
  readonly names: readonly string[]
  readonly credentials: boolean
  readonly preflight: boolean
  /** The CORS headers that the server already sends, which a proxy must not repeat. */
  readonly present: readonly string[]
}

/**
 * For each of the commonest servers, a line of configuration with which this request would pass; none for the origin `null`,
 * since allowing it allows every sandboxed page and every request that was redirected across origins.
 */
export function serverLines (request: PageRequest, code: CorsCode | undefined, response: ServerResponse, browser: Browser): Readonly<Record<string, string>> {
  const { origin, credentials } = request
  if (serializeOrigin(request) === 'null' || beyondHeaders.has(code)) return {}
  // In upper case, since servers know methods by these names: the page has to write it so too.
  const method = request.method.toUpperCase()
  const names = unsafeHeaders(request.headers, browser).map(({ name }) => name)
  const present = response.headers.map(([name]) => name.toLowerCase()).filter(name => name.startsWith('access-control-allow-'))
  const preflight = names.length > 0 || !isSafelistedMethod(method)
  const needs = { origin, method, names, credentials: credentials === 'include', preflight, present: [...new Set(present)] }
  return { nginx: nginx(needs), Express: express(needs), Django: django(needs), 'ASP.NET Core': aspNet(needs), ...s3(needs) }
}

/** Headers in an `if` replace those around it, and without `always` errors would have none. */
function nginx ({ origin, method, names, credentials, preflight, present }: Needs): string {
  const add = (name: string, value: string) => `add_header Access-Control-${name} "${value}" always;`
  const both = [add('Allow-Origin', origin), ...credentials ? [add('Allow-Credentials', 'true')] : []]
  const asked = [add('Allow-Methods', method), ...names.length > 0 ? [add('Allow-Headers', names.join(', '))] : []]
  const answer = preflight ? [`if ($request_method = OPTIONS) { ${[...both, ...asked].join(' ')} return 204; }`] : []
  const hidden = present.map(name => `proxy_hide_header ${name};`)
  return `in the location: ${[...hidden, ...answer, ...both].join(' ')}`
}

const expressMethods = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE']

/** The middleware allows all headers that a preflight asks for. */
function express ({ origin, method, credentials }: Needs): string {
  const options = [
    `origin: '${origin}'`,
    ...expressMethods.includes(method) ? [] : [`methods: ${JSON.stringify([...expressMethods, method])}`],
    ...credentials ? ['credentials: true'] : []
  ]
  return `app.use(cors({ ${options.join(', ')} })) with the package cors, before authentication and routes`
}

const djangoMethods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']
const djangoHeaders = ['accept', 'authorization', 'content-type', 'user-agent', 'x-csrftoken', 'x-requested-with']

/** `HEAD` is not among the defaults of the package, but a browser needs no permission for it. */
function django ({ origin, method, names, credentials }: Needs): string {
  const more = names.filter(name => !djangoHeaders.includes(name))
  const settings = [
    `CORS_ALLOWED_ORIGINS = ["${origin}"]`,
    ...djangoMethods.includes(method) ? [] : [`CORS_ALLOW_METHODS = (*corsheaders.defaults.default_methods, "${method}")`],
    ...more.length === 0 ? [] : [`CORS_ALLOW_HEADERS = (*corsheaders.defaults.default_headers, ${more.map(name => `"${name}"`).join(', ')})`],
    ...credentials ? ['CORS_ALLOW_CREDENTIALS = True'] : []
  ]
  return `${settings.join('; ')} with django-cors-headers, its CorsMiddleware first`
}

function aspNet ({ origin, method, names, credentials, preflight }: Needs): string {
  const calls = [
    `WithOrigins("${origin}")`,
    ...preflight ? [`WithMethods("${method}")`] : [],
    ...names.length === 0 ? [] : [`WithHeaders(${names.map(name => `"${name}"`).join(', ')})`],
    ...credentials ? ['AllowCredentials()'] : []
  ]
  return `app.UseCors(policy => policy.${calls.join('.')}) after UseRouting, before UseAuthentication and UseAuthorization`
}

const s3Methods = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD']

/** A bucket knows no other methods. It allows credentials to each origin that it names. */
function s3 ({ origin, method, names }: Needs): { readonly S3?: string } {
  if (!s3Methods.includes(method)) return {}
  const rule = { AllowedOrigins: [origin], AllowedMethods: [method], ...names.length > 0 && { AllowedHeaders: names } }
  return { S3: `${JSON.stringify([rule])} as the CORS configuration of the bucket` }
}
