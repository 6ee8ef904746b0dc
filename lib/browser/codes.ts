/** The request's origin and the header's value. If redirects across origins made the origin `null`, also the URL that they led to. */
interface Compared { readonly origin: string, readonly value: string | undefined, readonly redirectedTo?: string }
interface At { readonly url: string }
interface PageAt extends At { readonly origin: string }
interface Item { readonly item: string }
interface Unlisted { readonly allowed: readonly string[], readonly withCredentials: boolean }

interface OriginCodeFacts {
  WildcardOriginNotAllowed: Compared
  MissingAllowOriginHeader: Compared
  MultipleAllowOriginValues: Compared
  InvalidAllowOriginValue: Compared
  AllowOriginMismatch: Compared
  InvalidAllowCredentials: Compared
}

/** The codes of the CORS check. The check of a preflight's answer has the same ones, prefixed with `Preflight`. */
export type CorsCheckCode = keyof OriginCodeFacts

/**
 * Chromium's `CorsError` (`services/network/public/mojom/cors.mojom`), the names that its developer tools show, without
 * those that it no longer uses. `mixed-content` is its tools' name for a reason outside CORS.
 */
type CodeFacts = OriginCodeFacts & { [C in CorsCheckCode as `Preflight${C}`]: OriginCodeFacts[C] } & {
  DisallowedByMode: PageAt
  InvalidResponse: At
  CorsDisabledScheme: At
  PreflightInvalidStatus: { readonly status: number }
  PreflightDisallowedRedirect: { readonly status: number, readonly location: string }
  InvalidAllowMethodsPreflightResponse: Item
  InvalidAllowHeadersPreflightResponse: Item
  MethodDisallowedByPreflightResponse: Unlisted & { readonly method: string }
  HeaderDisallowedByPreflightResponse: Unlisted & { readonly name: string }
  RedirectContainsCredentials: At
  'mixed-content': PageAt
  LocalNetworkAccessPermissionDenied: PageAt
  InsecureLocalNetwork: PageAt
}

export type CorsCode = keyof CodeFacts

/** Why a browser blocks a request, as data; `describeFailure` has the words. */
export type Failure<C extends CorsCode = CorsCode> = {
  readonly [K in C]: { readonly ok: false, readonly code: K, readonly facts: CodeFacts[K] }
}[C]

export type Checked<C extends CorsCode = CorsCode> = { readonly ok: true } | Failure<C>

interface CodeText<F> {
  readonly what: (facts: F) => string
  /** What to change on the server, in the imperative. */
  readonly fix: (facts: F) => string
  /** MDN's page, below `pages`; empty for the page that lists them all; a URL where CORS is not the cause. */
  readonly page: string
}

const pages = 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS/Errors'

function quoted (value: string | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value)
}

/** A list can contain `*` and still not allow the request. */
function ignoredWildcard ({ allowed, withCredentials }: Unlisted, item: string): string {
  if (!allowed.includes('*')) return ''
  return withCredentials ? '; * is not a wildcard for a request with credentials' : `; * does not include ${item}`
}

function notAllowed (kind: string, item: string, facts: Unlisted): string {
  const listed = facts.allowed.length === 0 ? 'nothing' : facts.allowed.join(', ')
  return `the answer to the preflight does not allow the ${kind} ${item}: it lists ${listed}${ignoredWildcard(facts, item)}`
}

/** How to allow the origin. Any site can have the origin null, so a fix never says to allow it. */
function allowing ({ origin, redirectedTo }: Compared, allow: (origin: string) => string): string {
  if (redirectedTo !== undefined) return `let the page call ${redirectedTo} itself: with a redirect from one origin to another, its origin becomes null`
  return origin === 'null' ? 'serve the page from an origin of its own: sandboxed frames and files have the origin null, which any site can have' : allow(origin)
}

function originCodeTexts (answer: string): { readonly [C in CorsCheckCode]: CodeText<Compared> } {
  return {
    WildcardOriginNotAllowed: {
      what: ({ origin }) => `${answer} allows any origin with *, which does not allow ${origin} to use credentials`,
      fix: facts => `${allowing(facts, origin => `send Access-Control-Allow-Origin: ${origin}`)}, or let the page fetch without credentials`,
      page: 'CORSNotSupportingCredentials'
    },
    MissingAllowOriginHeader: {
      what: ({ origin }) => `${answer} has no Access-Control-Allow-Origin, so ${origin} may not read it`,
      fix: facts => allowing(facts, origin => `send Access-Control-Allow-Origin: ${origin}`),
      page: 'CORSMissingAllowOrigin'
    },
    MultipleAllowOriginValues: {
      what: ({ value }) => `${answer} has several values in Access-Control-Allow-Origin: ${quoted(value)}`,
      fix: facts => allowing(facts, origin => `send the header once, with the value ${origin}; if a proxy adds it too, remove one of the two`),
      page: 'CORSMultipleAllowOriginNotAllowed'
    },
    InvalidAllowOriginValue: {
      what: ({ value }) => `${answer} has an Access-Control-Allow-Origin that is not an origin: ${quoted(value)}`,
      fix: facts => allowing(facts, origin => `send Access-Control-Allow-Origin: ${origin}`),
      page: 'CORSAllowOriginNotMatchingOrigin'
    },
    AllowOriginMismatch: {
      what: ({ origin, value }) => `${answer} allows the origin ${quoted(value)}, but the request comes from ${origin}`,
      fix: facts => allowing(facts, origin => `allow exactly ${origin}; if the header depends on the origin, send Vary: Origin too`),
      page: 'CORSAllowOriginNotMatchingOrigin'
    },
    InvalidAllowCredentials: {
      what: ({ value }) => `${answer} does not allow credentials: Access-Control-Allow-Credentials is ${quoted(value)}`,
      fix: () => 'send Access-Control-Allow-Credentials: true, in lower case',
      page: 'CORSMissingAllowCredentials'
    }
  }
}

const ofPreflight = originCodeTexts('the answer to the preflight')

/** The words of each code, in one place. */
export const codeTexts: { readonly [C in CorsCode]: CodeText<CodeFacts[C]> } = {
  ...originCodeTexts('the response'),
  PreflightWildcardOriginNotAllowed: ofPreflight.WildcardOriginNotAllowed,
  PreflightMissingAllowOriginHeader: ofPreflight.MissingAllowOriginHeader,
  PreflightMultipleAllowOriginValues: ofPreflight.MultipleAllowOriginValues,
  PreflightInvalidAllowOriginValue: ofPreflight.InvalidAllowOriginValue,
  PreflightAllowOriginMismatch: ofPreflight.AllowOriginMismatch,
  PreflightInvalidAllowCredentials: ofPreflight.InvalidAllowCredentials,
  DisallowedByMode: {
    what: ({ origin, url }) => `the page of ${origin} fetched with mode 'same-origin', but ${url} has another origin`,
    fix: () => "change nothing on the server: let the page fetch with mode 'cors'",
    page: ''
  },
  InvalidResponse: {
    what: ({ url }) => `${url} gave no response that a browser can use`,
    fix: () => 'make the server answer; a redirect must lead to a valid URL and must not loop',
    page: 'CORSDidNotSucceed'
  },
  CorsDisabledScheme: {
    what: ({ url }) => `${url} is neither http nor https`,
    fix: () => 'serve it over https',
    page: 'CORSRequestNotHttp'
  },
  PreflightInvalidStatus: {
    what: ({ status }) => `the preflight got the status ${status}, but only 200 to 299 pass`,
    fix: ({ status }) => status === 401 || status === 403 || status === 407
      ? 'answer preflights before authentication: they never carry credentials'
      : 'answer OPTIONS requests at this URL with 204',
    page: 'CORSPreflightDidNotSucceed'
  },
  PreflightDisallowedRedirect: {
    what: ({ status, location }) => `the preflight was redirected (${status}) to ${location}, but a preflight does not follow redirects`,
    fix: ({ location }) => `let the page call ${location} directly, or answer preflights before anything redirects`,
    page: 'CORSExternalRedirectNotAllowed'
  },
  InvalidAllowMethodsPreflightResponse: {
    what: ({ item }) => `Access-Control-Allow-Methods has an item that is not a method: ${quoted(item)}`,
    fix: () => 'list method names, separated by commas',
    page: 'CORSInvalidAllowMethod'
  },
  InvalidAllowHeadersPreflightResponse: {
    what: ({ item }) => `Access-Control-Allow-Headers has an item that is not a header name: ${quoted(item)}`,
    fix: () => 'list header names, separated by commas',
    page: 'CORSInvalidAllowHeader'
  },
  MethodDisallowedByPreflightResponse: {
    what: facts => notAllowed('method', facts.method, facts),
    fix: ({ method, allowed }) => allowed.includes(method.toUpperCase())
      ? `let the page write the method as ${method.toUpperCase()}: methods are case-sensitive`
      : `add ${method} to Access-Control-Allow-Methods`,
    page: 'CORSMethodNotFound'
  },
  HeaderDisallowedByPreflightResponse: {
    what: facts => notAllowed('header', facts.name, facts),
    fix: ({ name }) => `add ${name} to Access-Control-Allow-Headers`,
    page: 'CORSMissingAllowHeaderFromPreflight'
  },
  RedirectContainsCredentials: {
    what: ({ url }) => `the redirect to ${url} has a user name or password in its URL`,
    fix: () => 'redirect to the URL without them',
    page: 'CORSExternalRedirectNotAllowed'
  },
  'mixed-content': {
    what: ({ origin, url }) => `the page of ${origin} was loaded over https, and ${url} is http: the browser blocks this mixed content and sends nothing`,
    fix: () => 'serve it over https',
    page: 'https://developer.mozilla.org/en-US/docs/Web/Security/Mixed_content'
  },
  LocalNetworkAccessPermissionDenied: {
    what: ({ origin, url }) => `the page of ${origin} calls ${url}, which is closer to the user than the page: the browser blocks this until the user allows it`,
    fix: () => 'change nothing on the server: the user has to allow the page to reach the local network, or the page has to be loaded from there',
    page: 'https://developer.chrome.com/blog/local-network-access'
  },
  InsecureLocalNetwork: {
    what: ({ origin, url }) => `the page of ${origin} was not loaded over https, so the browser does not let it call ${url}, which is closer to the user than the page`,
    fix: () => 'serve the page over https: then the browser asks the user',
    page: 'https://developer.chrome.com/blog/local-network-access'
  }
}

/** Whether the network that the page and the server are on causes a failure, whatever the server answers. */
export function isOfNetwork ({ code }: Pick<Failure, 'code'>): boolean {
  return code === 'mixed-content' || code === 'LocalNetworkAccessPermissionDenied' || code === 'InsecureLocalNetwork'
}

export interface Description {
  readonly code: CorsCode
  readonly message: string
  readonly fix: string
  readonly link: string
}

export function describeFailure<C extends CorsCode> (failure: Failure<C>): Description {
  const { what, fix, page } = codeTexts[failure.code]
  return {
    code: failure.code,
    message: what(failure.facts),
    fix: fix(failure.facts),
    link: page === '' ? pages : page.startsWith('https:') ? page : `${pages}/${page}`
  }
}
