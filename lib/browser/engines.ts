/** Where browsers differ from each other, or from the standard, in what a server may see. */
export interface Browser {
  /** The most seconds that it keeps an answer to a preflight; the standard sets no limit. */
  readonly maxAgeCap: number
  /** What an `Access-Control-Max-Age` that is no number of seconds stands for. */
  readonly malformedMaxAge: number
  /**
   * Whether it reads numbers as integers of 64 bits. `Access-Control-Max-Age` may then have a sign, where less
   * than 0 stands for 0, and is malformed beyond 64 bits; and a `Range` is not safelisted with a position beyond.
   */
  readonly readsInt64: boolean
  /**
   * Whether `*` in `Access-Control-Allow-Headers` also stands for `Authorization`. The standard says no,
   * and the engines, which may follow it any day, so far send the request (Chromium and Firefox warn).
   * `when asked` is for the request that the preflight was sent for, and not for later ones from the cache.
   */
  readonly wildcardCoversAuthorization: 'never' | 'when asked' | 'always'
  /**
   * Whether the preflight cache keeps one answer for each origin of a page and URL, as a whole: the next one takes
   * its place, and so does a request that it does not cover. By the standard each method and each header has an
   * entry of its own, and a request that fails clears those of its URL; here it does not.
   */
  readonly cachesWholeAnswers: boolean
  /**
   * Whether no two opaque origins are the same to the preflight cache, though all are `null`: a page's in one call
   * of `fetch` and the next, and those that redirects have left without the page's.
   */
  readonly forgetsOpaqueOrigins: boolean
  /** Whether requests with `If-None-Match` and the like are always asked for, whatever the preflight cache has. */
  readonly bypassesCacheIfConditional: boolean
  /**
   * Whether the headers of old client hints are safelisted: `DPR`, `Save-Data`, `Width` and so on. A redirect
   * that leads elsewhere than to the page's own origin then takes away those that tell of the device.
   */
  readonly safelistsClientHints: boolean
  /** Whether it asks no leave for a `User-Agent` of the page's, since it puts its own in the place. */
  readonly ownsUserAgent: boolean
  /** Whether a redirect to the page's own origin fails too if there is a user name or password in its URL. */
  readonly blocksCredentialsInUrls: boolean
  /** Whether an empty `Location` is none; by the standard it is the URL that was asked for. */
  readonly ignoresEmptyLocation: boolean
}

export type BrowserName = 'standard' | 'chromium' | 'firefox' | 'webkit'

export const DEFAULT_MAX_AGE = 5

const standard: Browser = {
  maxAgeCap: Infinity,
  malformedMaxAge: DEFAULT_MAX_AGE,
  readsInt64: false,
  wildcardCoversAuthorization: 'never',
  cachesWholeAnswers: false,
  forgetsOpaqueOrigins: false,
  bypassesCacheIfConditional: false,
  safelistsClientHints: false,
  ownsUserAgent: false,
  blocksCredentialsInUrls: false,
  ignoresEmptyLocation: false
}

/** Chromium's are proved against it; those of the others are what their documentation and sources say. */
export const browsers: { readonly [N in BrowserName]: Browser } = {
  standard,
  chromium: {
    maxAgeCap: 7200,
    malformedMaxAge: DEFAULT_MAX_AGE,
    readsInt64: true,
    wildcardCoversAuthorization: 'when asked',
    cachesWholeAnswers: true,
    forgetsOpaqueOrigins: true,
    bypassesCacheIfConditional: true,
    safelistsClientHints: true,
    ownsUserAgent: true,
    blocksCredentialsInUrls: true,
    ignoresEmptyLocation: true
  },
  firefox: {
    ...standard,
    maxAgeCap: 86_400,
    malformedMaxAge: 0,
    wildcardCoversAuthorization: 'always'
  },
  webkit: {
    ...standard,
    maxAgeCap: 600,
    wildcardCoversAuthorization: 'always',
    cachesWholeAnswers: true
  }
}
