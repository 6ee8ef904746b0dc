import { isSafelistedMethod } from '../protocol/methods'
import { type Browser, DEFAULT_MAX_AGE } from './engines'
import type { Failure } from './codes'
import { corsCheck } from './cors-check'
import { type HeaderList, type ServerResponse, getList, valuesOf } from './header-list'
import { isRedirect, readLocation } from './redirect'
import type { PageRequest } from './request'
import { isNonWildcardHeader, unsafeHeaders } from './safelist'

/** What a preflight has allowed, in the form in which a browser keeps it. */
export interface Grant {
  readonly methods: readonly string[]
  /** In lower case. */
  readonly headers: readonly string[]
  /** Seconds, the browser's limit applied. */
  readonly maxAge: number
}

export type PreflightVerdict = Failure | { readonly ok: true, readonly grant: Grant }

/** https://fetch.spec.whatwg.org/#cors-preflight-fetch, steps 6 to 8, in Chromium's order. */
export function checkPreflight (request: PageRequest, response: ServerResponse, browser: Browser): PreflightVerdict {
  const failed = checkAnswer(request, response, browser) ?? checkLists(response.headers)
  if (failed !== undefined) return failed
  const grant = readGrant(response.headers, browser)
  return checkMethod(request, grant) ?? checkHeaders(request, grant, browser) ?? { ok: true, grant }
}

function checkAnswer (request: PageRequest, { status, headers }: ServerResponse, browser: Browser): Failure | undefined {
  const location = readLocation(headers, browser)
  if (isRedirect(status) && location !== undefined) {
    return { ok: false, code: 'PreflightDisallowedRedirect', facts: { status, location } }
  }
  const checked = corsCheck(request, headers)
  if (!checked.ok) return { ok: false, code: `Preflight${checked.code}`, facts: checked.facts }
  // https://fetch.spec.whatwg.org/#ok-status
  if (status < 200 || status > 299) return { ok: false, code: 'PreflightInvalidStatus', facts: { status } }
  return undefined
}

function checkLists (headers: HeaderList): Failure | undefined {
  const method = getList(headers, 'access-control-allow-methods')?.malformed
  if (method !== undefined) return { ok: false, code: 'InvalidAllowMethodsPreflightResponse', facts: { item: method } }
  const name = getList(headers, 'access-control-allow-headers')?.malformed
  if (name !== undefined) return { ok: false, code: 'InvalidAllowHeadersPreflightResponse', facts: { item: name } }
  return undefined
}

function readGrant (headers: HeaderList, browser: Browser): Grant {
  const names = getList(headers, 'access-control-allow-headers')?.items ?? []
  return {
    methods: getList(headers, 'access-control-allow-methods')?.items ?? [],
    headers: names.map(name => name.toLowerCase()),
    maxAge: Math.min(readMaxAge(headers, browser), browser.maxAgeCap)
  }
}

/** One line of digits; several lines are as malformed as letters. */
function readMaxAge (headers: HeaderList, browser: Browser): number {
  const [value, ...more] = valuesOf(headers, 'access-control-max-age')
  if (value === undefined) return DEFAULT_MAX_AGE
  const seconds = more.length > 0 ? undefined : browser.readsInt64 ? readInt64(value) : readDigits(value)
  return seconds ?? browser.malformedMaxAge
}

function readDigits (value: string): number | undefined {
  return /^\d+$/.test(value) ? Number(value) : undefined
}

function readInt64 (value: string): number | undefined {
  if (!/^[+-]?\d+$/.test(value)) return undefined
  const seconds = BigInt(value.replace('+', ''))
  return seconds === BigInt.asIntN(64, seconds) ? Math.max(0, Number(seconds)) : undefined
}

/** Methods are compared to the letter: a list with `PATCH` does not allow `patch`. */
function checkMethod ({ method, credentials }: PageRequest, { methods }: Grant): Failure | undefined {
  const withCredentials = credentials === 'include'
  if (isSafelistedMethod(method) || methods.includes(method)) return undefined
  if (!withCredentials && methods.includes('*')) return undefined
  return { ok: false, code: 'MethodDisallowedByPreflightResponse', facts: { method, allowed: methods, withCredentials } }
}

/** Names of headers are compared in any case of letters. */
function checkHeaders (request: PageRequest, grant: Grant, browser: Browser): Failure | undefined {
  const withCredentials = request.credentials === 'include'
  const wildcard = !withCredentials && grant.headers.includes('*')
  const isCovered = (name: string) => browser.wildcardCoversAuthorization !== 'never' || !isNonWildcardHeader(name)
  const refused = unsafeHeaders(request.headers, browser)
    .find(({ name }) => !grant.headers.includes(name) && !(wildcard && isCovered(name)))
  if (refused === undefined) return undefined
  const facts = { name: refused.name, allowed: grant.headers, withCredentials }
  return { ok: false, code: 'HeaderDisallowedByPreflightResponse', facts }
}
