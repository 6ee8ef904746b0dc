/** The result of one call of `fetch`. */
export type Outcome =
  | {
    readonly kind: 'read'
    readonly status: number
    readonly url: string
    readonly redirected: boolean
    readonly type: string
    /** The names of the headers that the page could read, sorted. */
    readonly headers: readonly string[]
    readonly body: string
  }
  | { readonly kind: 'blocked', readonly code: string }

/** What a page, its browser's developer tools and the server saw of a scenario. */
export interface Seen {
  readonly outcomes: readonly Outcome[]
  readonly requests: readonly string[]
}

/** Chromium refuses some values of Location before the CORS check, and the standard after it. */
const beforeCheck = ['MissingAllowOriginHeader', 'MultipleAllowOriginValues', 'InvalidAllowOriginValue', 'AllowOriginMismatch', 'WildcardOriginNotAllowed', 'InvalidAllowCredentials']

/**
 * What fails outside Chromium's CORS code has no CORS error in its developer tools. The library uses the closest code.
 * The keys are what the tools say instead.
 */
const unnamed: Readonly<Record<string, readonly string[]>> = {
  'net::ERR_TOO_MANY_REDIRECTS': ['InvalidResponse'],
  'net::ERR_INVALID_REDIRECT': ['InvalidResponse', ...beforeCheck],
  'net::ERR_UNSAFE_REDIRECT': ['CorsDisabledScheme', ...beforeCheck],
  origin: ['DisallowedByMode', 'RedirectContainsCredentials']
}

/** Whether the library's code means the same as what Chromium's tools say. */
export function isSameReason (ofChromium: string, ofLibrary: string | undefined): boolean {
  return ofLibrary !== undefined && (unnamed[ofChromium] ?? [ofChromium]).includes(ofLibrary)
}

/** These headers describe the connection rather than the response, and differ between any two clients. */
const connectionHeaders: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding'])

export function readable (names: readonly string[]): string[] {
  return names.filter(name => !connectionHeaders.has(name)).sort()
}
