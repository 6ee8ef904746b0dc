export type BrowserName = 'standard' | 'chromium' | 'firefox' | 'webkit'

/** https://fetch.spec.whatwg.org/#cors-preflight-fetch, for an answer without a maximum age. */
export const DEFAULT_MAX_AGE = 5

/** One thing that an engine does otherwise than the standard, or that the standard leaves open. */
interface Difference<T> {
  /** The section that it departs from, as a URL. */
  readonly section: string
  /** In a clause. */
  readonly what: string
  readonly standard: T
  readonly chromium: T
  readonly firefox: T
  readonly webkit: T
}

/** The versions in which the differences were seen, all but `maxAgeCap`. */
export const seenIn: Readonly<Record<Exclude<BrowserName, 'standard'>, string>> = {
  chromium: 'Chromium 156', firefox: 'Firefox ESR 153.7', webkit: 'WebKitGTK 2.50.6'
}

const fetchStandard = 'https://fetch.spec.whatwg.org/'
const cookieStandard = 'https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis-20'

/** The types of the values are those of the standard's. */
function differs<T extends boolean | number | string> (section: string, what: string, values: Omit<Difference<T>, 'section' | 'what'>): Difference<T> {
  return { section, what, ...values }
}

/** A difference in the Fetch standard. */
function inFetch<T extends boolean | number | string> (section: string, what: string, values: Omit<Difference<T>, 'section' | 'what'>): Difference<T> {
  return differs(`${fetchStandard}#${section}`, what, values)
}

/** A yes or no that the Fetch standard answers with no; the engines that say yes. */
function only (section: string, what: string, ...engines: readonly BrowserName[]): Difference<boolean> {
  return elsewhere(`${fetchStandard}#${section}`, what, ...engines)
}

/** The same, in another standard. */
function elsewhere (section: string, what: string, ...engines: readonly BrowserName[]): Difference<boolean> {
  const [chromium, firefox, webkit] = (['chromium', 'firefox', 'webkit'] as const).map(name => engines.includes(name))
  return differs<boolean>(section, what, { standard: false, chromium: chromium === true, firefox: firefox === true, webkit: webkit === true })
}

/**
 * Where engines differ from the standard in what a server or a page can observe: `explain` and the browser for tests go by
 * it. Behaviour that no page meets in practice is left out, such as the old client hints (`DPR`, `Save-Data`) that Chromium
 * safelists. The tests run a scenario for each row but `maxAgeCap` in the real engines.
 */
export const differences = {
  // The standard sets no limit. Sources of this row and the next two: services/network/cors/preflight_result.cc (Chromium),
  // netwerk/protocol/http/nsCORSListenerProxy.cpp (Firefox), Source/WebCore/loader/CrossOriginPreflightResultCache.cpp (WebKit).
  maxAgeCap: inFetch<number>('cors-preflight-fetch', 'the most seconds for which it keeps the answer to a preflight',
    { standard: Infinity, chromium: 7200, firefox: 86_400, webkit: 600 }),
  malformedMaxAge: inFetch<number>('cors-preflight-fetch', 'the seconds that it reads from an `Access-Control-Max-Age` that is not a number',
    { standard: DEFAULT_MAX_AGE, chromium: DEFAULT_MAX_AGE, firefox: 0, webkit: DEFAULT_MAX_AGE }),
  // Servers send -1 to turn the cache off. By the standard a negative number is malformed.
  negativeMaxAge: inFetch<number>('cors-preflight-fetch', 'the seconds that it reads from a negative `Access-Control-Max-Age`',
    { standard: DEFAULT_MAX_AGE, chromium: 0, firefox: 0, webkit: 0 }),
  // All three allow the request that was asked about; Chromium and Firefox print a warning.
  wildcardCoversAuthorization: only('cors-non-wildcard-request-header-name', 'it takes the `*` of `Access-Control-Allow-Headers` for `Authorization` too', 'chromium', 'firefox', 'webkit'),
  // `CheckIfRequestCanSkipPreflight` in Chromium's services/network/cors/preflight_cache.cc is stricter than its check of an answer.
  keptWildcard: inFetch<'not for Authorization' | 'for all' | 'for nothing'>('concept-cache-match', 'what a `*` that it keeps stands for',
    { standard: 'not for Authorization', chromium: 'not for Authorization', firefox: 'for nothing', webkit: 'for all' }),
  // By the letter of the standard, a `*` that was kept with credentials counts even for requests with credentials. No engine goes so far.
  keepsWildcardWithCredentials: only('concept-cache-match', 'a `*` in the answer to a preflight with credentials counts for later requests without', 'webkit'),
  keepsCredentialsApart: only('concept-cache-match', 'an answer that it keeps for requests with credentials does not count for those without', 'firefox'),
  // By the standard each method and each header has its own entry, and a failed request clears those of its URL.
  cachesWholeAnswers: only('cors-preflight-cache', 'it keeps one answer for each page and URL: the next replaces it, a request that it does not cover removes it, a failure leaves it', 'chromium', 'webkit'),
  keepsRefusals: only('cors-preflight-fetch', 'it keeps an answer that does not allow the method or the headers that were asked about', 'webkit'),
  // The methods that it looks for are all but GET and POST.
  looksUpHead: only('cors-preflight-fetch', 'it finds the answer for a HEAD request only if HEAD is listed', 'firefox'),
  // In Chromium the key of an entry is a `url::Origin`.
  forgetsOpaqueOrigins: only('concept-cache-match', 'a sandboxed page sends a preflight for each call of `fetch`', 'chromium'),
  asksInModes: inFetch<string>('concept-request-cache-mode', 'the cache modes in which it always sends a preflight; `If-None-Match` and the like make the mode `no-store`',
    { standard: 'none', chromium: 'no-store, reload, no-cache', firefox: 'no-store, reload', webkit: 'none' }),
  dropsNoStore: only('concept-request-cache-mode', 'it does not keep the answer to a preflight in the cache mode `no-store`', 'chromium'),
  // https://crbug.com/571722
  ownsUserAgent: only('forbidden-request-header', 'it drops a `User-Agent` that the page sets', 'chromium'),
  asksForHighBytes: only('cors-safelisted-request-header', 'bytes from 0x80 in `Accept` and `Content-Type` are not safelisted', 'firefox'),
  asksForCommaInType: only('cors-safelisted-request-header', 'a `Content-Type` with a comma in a parameter is not safelisted', 'firefox'),
  readsRangeLoosely: only('simple-range-header-value', '`Range: Bytes=0-1` and `Range: bytes=+0-1` are safelisted', 'webkit'),
  asksAgainAfterRedirect: only('http-redirect-fetch', 'once a request has needed a preflight, it needs one at each URL that it is redirected to', 'firefox', 'webkit'),
  asksForDroppedHeaders: inFetch<'no' | 'yes' | 'without their names'>('http-redirect-fetch', 'after a redirect it needs a preflight for the headers that the redirect removed too',
    { standard: 'no', chromium: 'no', firefox: 'without their names', webkit: 'yes' }),
  asksFromPageOrigin: only('concept-request-tainted-origin', 'after a redirect from another origin to a third, the preflight has the origin of the page, and passes the CORS check at that origin; the request has `null`', 'firefox'),
  // `shouldRedirectAsGET` in Source/WebKit/NetworkProcess/soup/NetworkDataTaskSoup.cpp.
  redirectsDeleteAsGet: only('http-redirect-fetch', 'a DELETE that is redirected to another origin becomes a GET', 'webkit'),
  // Firefox starts from the page's request each time: `FetchDriver::AsyncOnChannelRedirect` in dom/fetch/FetchDriver.cpp.
  restoredHeaders: inFetch<'none' | 'those of the body' | 'all'>('http-redirect-fetch', 'which of the headers that one redirect removed are back after the next, `Authorization` included',
    { standard: 'none', chromium: 'none', firefox: 'all', webkit: 'those of the body' }),
  keepsOriginHeader: only('append-a-request-origin-header', "a request to the page's own origin keeps its `Origin` when a redirect turns it into a GET", 'webkit'),
  dropsFetchMetadata: only('http-network-or-cache-fetch', "a request that is redirected from the page's own origin to another has no `Sec-Fetch` headers; its preflight has them", 'webkit'),
  blocksMixedLoopback: elsewhere('https://w3c.github.io/webappsec-mixed-content/#should-block-fetch', 'an https page may not call http on the machine of the browser either', 'webkit'),
  asksForLocalNetwork: elsewhere('https://wicg.github.io/local-network-access/', 'a page that was loaded from a public address needs the permission of the user to call a loopback or private one', 'chromium', 'firefox'),
  localNetworkNeedsHttps: elsewhere('https://wicg.github.io/local-network-access/', 'only a page that was loaded over https can get that permission', 'chromium'),
  // What blocks them is up to the browser. Firefox: Total Cookie Protection. WebKit: tracking prevention, which Safari has on.
  thirdPartyCookies: differs<'sent' | 'kept apart' | 'blocked'>(`${cookieStandard}#section-7.1`, 'what it does by default with the cookies of a server on another site than the page',
    { standard: 'sent', chromium: 'sent', firefox: 'kept apart', webkit: 'blocked' }),
  sendsWithoutSameSite: elsewhere(`${cookieStandard}#section-5.6.7`, 'it sends a cookie without `SameSite` to another site', 'firefox'),
  keepsInsecureNone: elsewhere(`${cookieStandard}#section-5.7`, 'it keeps a cookie with `SameSite=None` and without `Secure`', 'webkit'),
  cookiesIgnoreScheme: elsewhere(`${cookieStandard}#section-5.2`, 'for cookies, http and https are one site', 'firefox', 'webkit'),
  ignoresPartitioned: elsewhere('https://datatracker.ietf.org/doc/html/draft-cutler-httpbis-partitioned-cookies', 'it ignores the attribute `Partitioned` of a cookie', 'webkit')
}

export type Browser = { readonly [D in keyof typeof differences]: (typeof differences)[D]['standard'] }

/** All browsers, by name. */
export const browsers: Readonly<Record<BrowserName, Browser>> = {
  standard: browserOf('standard'),
  chromium: browserOf('chromium'),
  firefox: browserOf('firefox'),
  webkit: browserOf('webkit')
}

function browserOf (name: BrowserName): Browser {
  const column = Object.entries(differences).map(([key, difference]) => [key, difference[name]])
  return Object.fromEntries(column) as Browser // the keys and the values of the table
}
