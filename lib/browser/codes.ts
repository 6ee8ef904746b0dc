/** What the server said where an origin or `true` belongs, if anything, and whose request it is. */
interface Compared { readonly origin: string, readonly value: string | undefined }
interface At { readonly url: string }
interface Item { readonly item: string }
interface Unlisted { readonly allowed: readonly string[], readonly withCredentials: boolean }

interface OriginFacts {
  WildcardOriginNotAllowed: Compared
  MissingAllowOriginHeader: Compared
  MultipleAllowOriginValues: Compared
  InvalidAllowOriginValue: Compared
  AllowOriginMismatch: Compared
  InvalidAllowCredentials: Compared
}

/** The codes of the CORS check, which a preflight's answer has once more under names of its own. */
export type OriginCode = keyof OriginFacts

/**
 * Chromium's `CorsError`, the names that its developer tools show. Left out are those that no answer of a
 * server calls forth: the ones of the private network checks, and what it has given up.
 */
type Facts = OriginFacts & { [C in OriginCode as `Preflight${C}`]: OriginFacts[C] } & {
  DisallowedByMode: At & { readonly origin: string }
  InvalidResponse: At
  CorsDisabledScheme: At
  PreflightInvalidStatus: { readonly status: number }
  PreflightDisallowedRedirect: { readonly status: number, readonly location: string }
  InvalidAllowMethodsPreflightResponse: Item
  InvalidAllowHeadersPreflightResponse: Item
  MethodDisallowedByPreflightResponse: Unlisted & { readonly method: string }
  HeaderDisallowedByPreflightResponse: Unlisted & { readonly name: string }
  RedirectContainsCredentials: At
}

export type CorsCode = keyof Facts

/** Why a browser blocks, as data; `describe` has the words. */
export type Failure<C extends CorsCode = CorsCode> = {
  readonly [K in C]: { readonly ok: false, readonly code: K, readonly facts: Facts[K] }
}[C]

export type Checked<C extends CorsCode = CorsCode> = { readonly ok: true } | Failure<C>

interface Text<F> {
  readonly what: (facts: F) => string
  /** What to change on the server, as an order. */
  readonly fix: (facts: F) => string
  /** The page of MDN below `pages`; empty for the one that lists them all. */
  readonly page: string
}

const pages = 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS/Errors'

function sent (value: string | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value)
}

/** `*` is listed, and yet means nothing to this request. */
function aside ({ allowed, withCredentials }: Unlisted): string {
  if (!allowed.includes('*')) return ''
  return withCredentials ? ', where * is no wildcard since the request has credentials' : ', where * does not stand for it'
}

function unlisted (facts: Unlisted): string {
  const allowed = facts.allowed.length === 0 ? 'nothing' : facts.allowed.join(', ')
  return `the answer to the preflight allows ${allowed}${aside(facts)}, but not`
}

function originTexts (answer: string): { readonly [C in OriginCode]: Text<Compared> } {
  return {
    WildcardOriginNotAllowed: {
      what: ({ origin }) => `${answer} allows * as origin, which does not count for a request of ${origin} with credentials`,
      fix: ({ origin }) => `send Access-Control-Allow-Origin: ${origin}, or let the page leave out the credentials`,
      page: 'CORSNotSupportingCredentials'
    },
    MissingAllowOriginHeader: {
      what: ({ origin }) => `${answer} has no Access-Control-Allow-Origin, so that ${origin} may not read it`,
      fix: ({ origin }) => `send Access-Control-Allow-Origin: ${origin}`,
      page: 'CORSMissingAllowOrigin'
    },
    MultipleAllowOriginValues: {
      what: ({ value }) => `${answer} has several values in Access-Control-Allow-Origin: ${sent(value)}`,
      fix: ({ origin }) => `send the header once, with ${origin} alone; if a proxy adds it too, stop one of the two`,
      page: 'CORSMultipleAllowOriginNotAllowed'
    },
    InvalidAllowOriginValue: {
      what: ({ value }) => `${answer} has an Access-Control-Allow-Origin that is no origin: ${sent(value)}`,
      fix: ({ origin }) => `send Access-Control-Allow-Origin: ${origin}`,
      page: 'CORSAllowOriginNotMatchingOrigin'
    },
    AllowOriginMismatch: {
      what: ({ origin, value }) => `${answer} allows the origin ${sent(value)}, and the request is of ${origin}`,
      fix: ({ origin }) => `allow ${origin}, to the letter; where the header depends on the origin, send Vary: Origin too`,
      page: 'CORSAllowOriginNotMatchingOrigin'
    },
    InvalidAllowCredentials: {
      what: ({ value }) => `${answer} does not allow credentials: Access-Control-Allow-Credentials is ${sent(value)}`,
      fix: () => 'send Access-Control-Allow-Credentials: true, in lower case',
      page: 'CORSMissingAllowCredentials'
    }
  }
}

const ofResponse = originTexts('the response')
const ofPreflight = originTexts('the answer to the preflight')

/** The one place for the words of the codes. */
const texts: { readonly [C in CorsCode]: Text<Facts[C]> } = {
  ...ofResponse,
  PreflightWildcardOriginNotAllowed: ofPreflight.WildcardOriginNotAllowed,
  PreflightMissingAllowOriginHeader: ofPreflight.MissingAllowOriginHeader,
  PreflightMultipleAllowOriginValues: ofPreflight.MultipleAllowOriginValues,
  PreflightInvalidAllowOriginValue: ofPreflight.InvalidAllowOriginValue,
  PreflightAllowOriginMismatch: ofPreflight.AllowOriginMismatch,
  PreflightInvalidAllowCredentials: ofPreflight.InvalidAllowCredentials,
  DisallowedByMode: {
    what: ({ origin, url }) => `the page of ${origin} has asked for its own origin alone, and ${url} is of another`,
    fix: () => "nothing on the server: let the page fetch with mode 'cors'",
    page: ''
  },
  InvalidResponse: {
    what: ({ url }) => `no response that a browser could use came from ${url}`,
    fix: () => 'let the server answer, and redirect to a valid URL and not in circles',
    page: 'CORSDidNotSucceed'
  },
  CorsDisabledScheme: {
    what: ({ url }) => `${url} is neither http nor https`,
    fix: () => 'serve it over https',
    page: 'CORSRequestNotHttp'
  },
  PreflightInvalidStatus: {
    what: ({ status }) => `the preflight was answered with the status ${status}, and only 200 to 299 will do`,
    fix: ({ status }) => status === 401 || status === 403 || status === 407
      ? 'answer preflights before anything asks who is there: they never carry credentials'
      : 'answer OPTIONS requests at this URL with 204',
    page: 'CORSPreflightDidNotSucceed'
  },
  PreflightDisallowedRedirect: {
    what: ({ status, location }) => `the preflight was redirected (${status}) to ${location}, and it follows no redirects`,
    fix: ({ location }) => `let the page call ${location} at once, or answer preflights before anything redirects`,
    page: 'CORSExternalRedirectNotAllowed'
  },
  InvalidAllowMethodsPreflightResponse: {
    what: ({ item }) => `Access-Control-Allow-Methods has an item that is no method: ${sent(item)}`,
    fix: () => 'list names of methods, separated by commas',
    page: 'CORSInvalidAllowMethod'
  },
  InvalidAllowHeadersPreflightResponse: {
    what: ({ item }) => `Access-Control-Allow-Headers has an item that is no name of a header: ${sent(item)}`,
    fix: () => 'list names of headers, separated by commas',
    page: 'CORSInvalidAllowHeader'
  },
  MethodDisallowedByPreflightResponse: {
    what: facts => `${unlisted(facts)} the method ${facts.method}`,
    fix: ({ method, allowed }) => allowed.includes(method.toUpperCase())
      ? `let the page write the method as ${method.toUpperCase()}: methods are compared to the letter`
      : `add ${method} to Access-Control-Allow-Methods`,
    page: 'CORSMethodNotFound'
  },
  HeaderDisallowedByPreflightResponse: {
    what: facts => `${unlisted(facts)} the header ${facts.name}`,
    fix: ({ name }) => `add ${name} to Access-Control-Allow-Headers`,
    page: 'CORSMissingAllowHeaderFromPreflight'
  },
  RedirectContainsCredentials: {
    what: ({ url }) => `the redirect to ${url} has a user name or password in it`,
    fix: () => 'redirect to the URL without them',
    page: 'CORSExternalRedirectNotAllowed'
  }
}

/** Every code that `describe` knows, for whoever documents them. */
export const corsCodes: readonly string[] = Object.keys(texts)

export interface Description {
  readonly code: CorsCode
  readonly message: string
  readonly fix: string
  readonly link: string
}

export function describe<C extends CorsCode> (failure: Failure<C>): Description {
  const { what, fix, page } = texts[failure.code]
  return {
    code: failure.code,
    message: what(failure.facts),
    fix: fix(failure.facts),
    link: page === '' ? pages : `${pages}/${page}`
  }
}
