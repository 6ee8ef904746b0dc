/**
 * Where an engine differs from the Fetch standard in what a server or a page can observe. Each member names the
 * section that it departs from and a source; `differences` below has the values. Behaviour that no page meets in
 * practice is left out, such as the old client hints (`DPR`, `Save-Data`) that Chromium safelists.
 */
export interface Browser {
  /**
   * The most seconds that it keeps the answer to a preflight; the standard sets no limit.
   * https://fetch.spec.whatwg.org/#cors-preflight-fetch, "max-age". Seen in all three engines; also
   * https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Access-Control-Max-Age.
   */
  readonly maxAgeCap: number
  /**
   * The seconds that it reads from an `Access-Control-Max-Age` that is not a number; the standard says 5.
   * https://fetch.spec.whatwg.org/#cors-preflight-fetch, "max-age". Seen in all three engines; the sources are
   * `services/network/cors/preflight_result.cc` (Chromium), `netwerk/protocol/http/nsCORSListenerProxy.cpp` (Firefox)
   * and `Source/WebCore/loader/CrossOriginPreflightResultCache.cpp` (WebKit).
   */
  readonly malformedMaxAge: number
  /**
   * The seconds that it reads from a negative `Access-Control-Max-Age`, such as the -1 that servers send to turn the
   * cache off. By the standard a negative number is malformed. Sources as for `malformedMaxAge`.
   */
  readonly negativeMaxAge: number
  /**
   * Whether `*` in `Access-Control-Allow-Headers` also allows `Authorization`; by the standard it does not.
   * https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name. Seen in all three engines (Chromium and
   * Firefox print a warning). `when asked`: it allows the request that the preflight was sent for, but a later
   * request does not find it in the cache (`CheckIfRequestCanSkipPreflight` in Chromium's
   * `services/network/cors/preflight_cache.cc`).
   */
  readonly wildcardCoversAuthorization: 'never' | 'when asked' | 'always'
  /**
   * Whether the preflight cache holds one answer for each pair of origin and URL. The next answer replaces it, a
   * request that it does not cover removes it, and a failed request leaves it. By the standard each method and each
   * header has its own entry, and a failed request clears those of its URL.
   * https://fetch.spec.whatwg.org/#cors-preflight-cache. Sources: `services/network/cors/preflight_cache.cc`
   * (Chromium) and `Source/WebCore/loader/CrossOriginPreflightResultCache.cpp` (WebKit).
   */
  readonly cachesWholeAnswers: boolean
  /**
   * Whether the preflight cache tells opaque origins apart, so that a sandboxed page sends a preflight for each call
   * of `fetch`. By the standard all of them are the one origin `null`.
   * https://fetch.spec.whatwg.org/#concept-cache-match, "byte-serialized origin". Seen in Chromium, where the key of
   * an entry is a `url::Origin` (`services/network/cors/preflight_cache.cc`); not yet tried in the others.
   */
  readonly forgetsOpaqueOrigins: boolean
  /**
   * Whether requests with `If-None-Match` and the like always send a preflight, whatever the cache holds. The standard
   * only lets them bypass the HTTP cache (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, "no-store").
   * Seen in Chromium; not yet tried in the others.
   */
  readonly bypassesCacheIfConditional: boolean
  /**
   * Whether it drops a `User-Agent` that the page set, and sends its own without a preflight. By the standard pages may
   * set it, with a preflight. Seen in Chromium (https://crbug.com/571722); Firefox and WebKit follow the standard, says
   * https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/User-Agent.
   */
  readonly ownsUserAgent: boolean
}

export type BrowserName = 'standard' | 'chromium' | 'firefox' | 'webkit'

type Differences = { readonly [D in keyof Browser]: Readonly<Record<BrowserName, Browser[D]>> }

/** https://fetch.spec.whatwg.org/#cors-preflight-fetch, for an answer without a maximum age. */
export const DEFAULT_MAX_AGE = 5

/**
 * A row for each difference, a column for each engine. "Seen" means in Chromium 156, Firefox ESR 153.7 and WebKitGTK
 * 2.50.6; what Chromium does is compared with the real one in every run of the tests.
 */
const differences: Differences = {
  maxAgeCap: { standard: Infinity, chromium: 7200, firefox: 86_400, webkit: 600 },
  malformedMaxAge: { standard: DEFAULT_MAX_AGE, chromium: DEFAULT_MAX_AGE, firefox: 0, webkit: DEFAULT_MAX_AGE },
  negativeMaxAge: { standard: DEFAULT_MAX_AGE, chromium: 0, firefox: 0, webkit: 0 },
  wildcardCoversAuthorization: { standard: 'never', chromium: 'when asked', firefox: 'always', webkit: 'always' },
  cachesWholeAnswers: { standard: false, chromium: true, firefox: false, webkit: true },
  forgetsOpaqueOrigins: { standard: false, chromium: true, firefox: false, webkit: false },
  bypassesCacheIfConditional: { standard: false, chromium: true, firefox: false, webkit: false },
  ownsUserAgent: { standard: false, chromium: true, firefox: false, webkit: false }
}

export const browsers: { readonly [N in BrowserName]: Browser } = {
  standard: browserOf('standard'),
  chromium: browserOf('chromium'),
  firefox: browserOf('firefox'),
  webkit: browserOf('webkit')
}

function browserOf (name: BrowserName): Browser {
  return {
    maxAgeCap: differences.maxAgeCap[name],
    malformedMaxAge: differences.malformedMaxAge[name],
    negativeMaxAge: differences.negativeMaxAge[name],
    wildcardCoversAuthorization: differences.wildcardCoversAuthorization[name],
    cachesWholeAnswers: differences.cachesWholeAnswers[name],
    forgetsOpaqueOrigins: differences.forgetsOpaqueOrigins[name],
    bypassesCacheIfConditional: differences.bypassesCacheIfConditional[name],
    ownsUserAgent: differences.ownsUserAgent[name]
  }
}
