import { closest } from '../options/correct'
import { type BrowserName, browsers } from '../browser/engines'
import type { HeaderLines } from '../browser/header-list'
import { type AddressSpace, type Credentials, type PageInit, type PageRequest, addressSpaces, createRequest } from '../browser/request'
import { isOpaque, isSerializedOrigin } from '../protocol/origin'
import { FST_CORS_INVALID_REQUEST } from '../errors'

/**
 * A request as a script in a page would make it with `fetch`.
 *
 * @example
 * await app.cors.explain({ origin: 'https://app.example.com', url: '/users/42', method: 'PUT', headers: { 'content-type': 'application/json' } })
 */
export interface ExplainRequest {
  /** The origin of the page, such as `https://app.example.com`, or the string `null` for a sandboxed frame or a file. */
  readonly origin: string
  /**
   * A path of this application, or an absolute URL. The scheme and host of an absolute URL matter for routes with a host
   * constraint, and for requests from the site itself.
   */
  readonly url: string
  /** The method as the script writes it: `patch` is not normalised to `PATCH` (Fetch, "normalize a method"). Default: `GET`. */
  readonly method?: string | undefined
  /** The headers that the script sets. Forbidden request headers are dropped, as `fetch` does. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | ReadonlyArray<readonly [name: string, value: string]> | undefined
  /** The credentials mode, as in `fetch`; `true` means `include`, and `false` means `omit`. Default: `same-origin`. */
  readonly credentials?: Credentials | boolean | undefined
  /**
   * Whether the script is an `XMLHttpRequest` with a listener on its `upload`, which always needs a preflight (Fetch,
   * "use-CORS-preflight flag"). Default: `false`.
   */
  readonly uploadListener?: boolean | undefined
  /**
   * Where the page was loaded from: the same machine, its network, or anywhere else. Chromium and Firefox ask the user before a page
   * calls an address that is closer to the user than the page, such as a public page that calls `http://localhost`. Default:
   * unknown; then nothing is blocked, and `assumptions` says so.
   */
  readonly pageAddressSpace?: AddressSpace | undefined
  /** The browser to model. Browsers differ in what they accept and cache. Default: `chromium`. */
  readonly browser?: BrowserName | undefined
}

export interface ExplainInput {
  readonly request: PageRequest
  readonly browser: BrowserName
}

// The origin of this application if `url` is a path. A page cannot have this origin, since `.invalid` is reserved (RFC 6761, 6.4).
const HERE = 'https://this-application.invalid'

/** Whether the URL was given as a path. */
export function isHere (url: string): boolean {
  return url.startsWith(HERE)
}

/** The URL as it was given: if that was a path, without the origin. */
export function shownUrl (url: string): string {
  return isHere(url) ? url.slice(HERE.length) : url
}

type Raw = { readonly [K in keyof ExplainRequest]?: unknown }

const keys = ['origin', 'url', 'method', 'headers', 'credentials', 'uploadListener', 'pageAddressSpace', 'browser']

const names = Object.keys(browsers) as BrowserName[] // the keys of a constant

/** Reads the argument of `explain`. Throws `FST_CORS_INVALID_REQUEST`, which lists all that is wrong with it. */
export function readInput (input: unknown): ExplainInput {
  if (typeof input !== 'object' || input === null) {
    throw new FST_CORS_INVALID_REQUEST("write an object, such as { origin: 'https://app.example.com', method: 'PUT', url: '/users/42' }")
  }
  const raw: Raw = input
  const headers = readHeaders(raw.headers)
  const problems = [
    ...unknownKeys(input), originProblem(raw.origin), urlProblem(raw.url), methodProblem(raw.method),
    ...headers.problems, credentialsProblem(raw.credentials), uploadProblem(raw.uploadListener), spaceProblem(raw.pageAddressSpace), browserProblem(raw.browser)
  ].filter(problem => problem !== undefined)
  if (problems.length > 0) throw new FST_CORS_INVALID_REQUEST(problems.join('; '))
  return readValid(raw as ExplainRequest, headers.list) // every key was checked above
}

function readValid ({ origin, url, method, credentials = 'same-origin', uploadListener = false, pageAddressSpace, browser = 'chromium' }: ExplainRequest, headers: HeaderLines): ExplainInput {
  const mode = typeof credentials === 'string' ? credentials : credentials ? 'include' : 'omit'
  return { request: createRequest({ origin, url: absolute(url), ...method !== undefined && { method }, headers, credentials: mode, uploadListener, pageAddressSpace }), browser }
}

/** A path that begins with two slashes is a path here too, and not the host of another server. */
function absolute (url: string): string {
  return url.startsWith('/') ? HERE + url : url
}

/** The message of the error that `fetch` throws for this request. */
function fetchError (init: Partial<PageInit>): string | undefined {
  try {
    createRequest({ origin: HERE, url: HERE, ...init })
    return undefined
  } catch (error) {
    return (error as Error).message // `createRequest` throws only TypeErrors
  }
}

function unknownKeys (input: object): string[] {
  return Object.keys(input).filter(key => !keys.includes(key))
    .map(key => `\`${key}\` is not a key of a request; write ${closest(key, keys) ?? `one of ${keys.join(', ')}`}`)
}

function originProblem (origin: unknown): string | undefined {
  if (isOpaque(origin) || (typeof origin === 'string' && isSerializedOrigin(origin))) return undefined
  if (typeof origin !== 'string') return `\`origin\` is ${sayKind(origin)}; write the origin of the page, such as 'https://app.example.com'`
  const written = URL.canParse(origin) ? new URL(origin).origin : 'null'
  return `\`origin\` is not an origin as browsers send it: '${origin}'${written === 'null' ? '' : `; write '${written}'`}`
}

function urlProblem (url: unknown): string | undefined {
  if (typeof url !== 'string') return `\`url\` is ${sayKind(url)}; write a path of this application, such as '/users/42', or an absolute URL`
  if (!/^(https?:\/)?\//i.test(url) || !URL.canParse(absolute(url))) return `\`url\` is neither a path that starts with / nor an absolute http or https URL: '${url}'`
  if (!isDecodableUrl(absolute(url))) return `\`url\` has an invalid percent escape, which the server answers with 400: '${url}'`
  return fetchError({ url: absolute(url) })
}

function isDecodableUrl (url: string): boolean {
  try {
    return decodeURIComponent(new URL(url).pathname) !== ''
  } catch {
    return false
  }
}

function methodProblem (method: unknown): string | undefined {
  if (method === undefined) return undefined
  return typeof method === 'string' ? fetchError({ method }) : `\`method\` is ${sayKind(method)}; write a method, such as 'PUT'`
}

function credentialsProblem (credentials: unknown): string | undefined {
  const isOne = credentials === undefined || typeof credentials === 'boolean' || ['omit', 'same-origin', 'include'].includes(credentials as string)
  return isOne ? undefined : "`credentials` is not valid; write 'omit', 'same-origin', 'include', true or false"
}

function uploadProblem (uploadListener: unknown): string | undefined {
  return uploadListener === undefined || typeof uploadListener === 'boolean' ? undefined : '`uploadListener` is not valid; write true or false'
}

function spaceProblem (space: unknown): string | undefined {
  const isOne = space === undefined || addressSpaces.some(each => each === space)
  return isOne ? undefined : `\`pageAddressSpace\` is not valid; write one of ${addressSpaces.join(', ')}`
}

function browserProblem (browser: unknown): string | undefined {
  return browser === undefined || names.includes(browser as BrowserName) ? undefined : `\`browser\` is not valid; write one of ${names.join(', ')}`
}

function readHeaders (headers: unknown): { readonly list: HeaderLines, readonly problems: ReadonlyArray<string | undefined> } {
  const list = headers === undefined ? [] : headerEntries(headers)
  if (list.every(isPair)) return { list, problems: list.map(pair => fetchError({ headers: [pair] })) }
  return { list: [], problems: ["`headers` is neither an object of strings nor a list of pairs of strings; write { 'content-type': 'application/json' }"] }
}

function headerEntries (headers: unknown): unknown[] {
  if (isIterable(headers)) return [...headers]
  return typeof headers === 'object' && headers !== null ? Object.entries(headers) : [headers]
}

function isIterable (value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}

function isPair (value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every(each => typeof each === 'string')
}

function sayKind (value: unknown): string {
  return value === undefined ? 'missing' : value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`
}
