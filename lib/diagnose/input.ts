import { closest } from '../options/correct'
import { type BrowserName, browsers } from '../browser/engines'
import type { HeaderLines } from '../browser/header-list'
import { type Credentials, type PageInit, type PageRequest, createRequest } from '../browser/request'
import { FILE, isSerializedOrigin } from '../protocol/origin'
import { FST_CORS_INVALID_REQUEST } from '../errors'

/** A request of a page, as a script would make it. */
export interface ExplainRequest {
  /** The page's origin, such as `https://app.example.com`, or `null` for a sandboxed frame or a file. */
  readonly origin: string
  /** A path of this application, or absolute: its host and scheme then count, for routes with a host and for the site's own pages. */
  readonly url: string
  /** As the script writes it: `patch` is not `PATCH`. Default: `GET`. */
  readonly method?: string | undefined
  /** What the script sets; what it may not set is dropped, as `fetch` does. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | ReadonlyArray<readonly [name: string, value: string]> | undefined
  /** As `fetch` takes it, or `true` for `include` and `false` for `omit`. Default: `same-origin`. */
  readonly credentials?: Credentials | boolean | undefined
  /** Whose verdict it is. Default: `chromium`. */
  readonly browser?: BrowserName | undefined
}

export interface ExplainInput {
  readonly request: PageRequest
  readonly browser: BrowserName
}

// A path is one of this application, wherever it runs: no page has this origin (RFC 6761, 6.4).
const HERE = 'https://this-application.invalid'

/** A path is shown as it was written. */
export function shownUrl (url: string): string {
  return url.startsWith(HERE) ? url.slice(HERE.length) : url
}

type Raw = { readonly [K in keyof ExplainRequest]?: unknown }

const keys = ['origin', 'url', 'method', 'headers', 'credentials', 'browser']

const names = Object.keys(browsers) as BrowserName[] // the keys of a constant

/** Reads what was asked for. Throws `FST_CORS_INVALID_REQUEST` with all that is wrong. */
export function readInput (input: unknown): ExplainInput {
  if (typeof input !== 'object' || input === null) {
    throw new FST_CORS_INVALID_REQUEST("write an object, such as { origin: 'https://app.example.com', method: 'PUT', url: '/users/42' }")
  }
  const raw: Raw = input
  const headers = readHeaders(raw.headers)
  const problems = [
    ...unknownKeys(input), originProblem(raw.origin), urlProblem(raw.url), methodProblem(raw.method),
    ...headers.problems, credentialsProblem(raw.credentials), browserProblem(raw.browser)
  ].filter(problem => problem !== undefined)
  if (problems.length > 0) throw new FST_CORS_INVALID_REQUEST(problems.join('; '))
  return readValid(raw as ExplainRequest, headers.list) // found to be one
}

function readValid ({ origin, url, method, credentials = 'same-origin', browser = 'chromium' }: ExplainRequest, headers: HeaderLines): ExplainInput {
  const mode = typeof credentials === 'string' ? credentials : credentials ? 'include' : 'omit'
  return { request: createRequest({ origin, url: absolute(url), ...method !== undefined && { method }, headers, credentials: mode }), browser }
}

/** A path that begins with two slashes is no host of another server here. */
function absolute (url: string): string {
  return url.startsWith('/') ? HERE + url : url
}

/** What `fetch` throws at a page that asks for this. */
function refusal (init: Partial<PageInit>): string | undefined {
  try {
    createRequest({ origin: HERE, url: HERE, ...init })
    return undefined
  } catch (error) {
    return (error as Error).message // a TypeError, which is all that it throws
  }
}

function unknownKeys (input: object): string[] {
  return Object.keys(input).filter(key => !keys.includes(key))
    .map(key => `\`${key}\` is no part of a request; write ${closest(key, keys) ?? `one of ${keys.join(', ')}`}`)
}

function originProblem (origin: unknown): string | undefined {
  if (origin === 'null' || origin === FILE || (typeof origin === 'string' && isSerializedOrigin(origin))) return undefined
  if (typeof origin !== 'string') return `\`origin\` is ${kindOf(origin)}; write the origin of the page, such as 'https://app.example.com'`
  const written = URL.canParse(origin) ? new URL(origin).origin : 'null'
  return `\`origin\` is no origin as a browser writes it: '${origin}'${written === 'null' ? '' : `; write '${written}'`}`
}

function urlProblem (url: unknown): string | undefined {
  if (typeof url !== 'string') return `\`url\` is ${kindOf(url)}; write a path of this application, such as '/users/42', or an absolute URL`
  if (!/^(https?:\/)?\//i.test(url) || !URL.canParse(absolute(url))) return `\`url\` is neither a path that starts with / nor an absolute http or https URL: '${url}'`
  if (!isDecodable(absolute(url))) return `\`url\` has an escape that is none, which is answered with 400 before any policy: '${url}'`
  return refusal({ url: absolute(url) })
}

function isDecodable (url: string): boolean {
  try {
    return decodeURIComponent(new URL(url).pathname) !== ''
  } catch {
    return false
  }
}

function methodProblem (method: unknown): string | undefined {
  if (method === undefined) return undefined
  return typeof method === 'string' ? refusal({ method }) : `\`method\` is ${kindOf(method)}; write a method, such as 'PUT'`
}

function credentialsProblem (credentials: unknown): string | undefined {
  const isOne = credentials === undefined || typeof credentials === 'boolean' || ['omit', 'same-origin', 'include'].includes(credentials as string)
  return isOne ? undefined : "`credentials` is none of 'omit', 'same-origin', 'include', true and false"
}

function browserProblem (browser: unknown): string | undefined {
  return browser === undefined || names.includes(browser as BrowserName) ? undefined : `\`browser\` is none of ${names.join(', ')}`
}

function readHeaders (headers: unknown): { readonly list: HeaderLines, readonly problems: ReadonlyArray<string | undefined> } {
  const list = headers === undefined ? [] : listOf(headers)
  if (list.every(isPair)) return { list, problems: list.map(pair => refusal({ headers: [pair] })) }
  return { list: [], problems: ["`headers` is neither an object of texts nor a list of pairs; write { 'content-type': 'application/json' }"] }
}

function listOf (headers: unknown): unknown[] {
  if (isIterable(headers)) return [...headers]
  return typeof headers === 'object' && headers !== null ? Object.entries(headers) : [headers]
}

function isIterable (value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}

function isPair (value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every(each => typeof each === 'string')
}

function kindOf (value: unknown): string {
  return value === undefined ? 'missing' : value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`
}
