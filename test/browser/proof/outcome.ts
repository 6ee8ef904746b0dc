/** What came of one call of `fetch`. */
export type Outcome =
  | {
    readonly kind: 'read'
    readonly status: number
    readonly url: string
    readonly redirected: boolean
    readonly type: string
    /** The names that the page could read, sorted. */
    readonly headers: readonly string[]
    readonly body: string
  }
  | { readonly kind: 'blocked', readonly code: string }

/** What a page, its browser's developer tools and the server saw of a scenario. */
export interface Seen {
  readonly outcomes: readonly Outcome[]
  readonly requests: readonly string[]
}

/** Chromium refuses such a Location before the CORS check, and the standard after it. */
const beforeCheck = ['MissingAllowOriginHeader', 'MultipleAllowOriginValues', 'InvalidAllowOriginValue', 'AllowOriginMismatch', 'WildcardOriginNotAllowed', 'InvalidAllowCredentials']

/**
 * Chromium's tools name no CORS error for what fails outside its CORS code. To whoever asks why, the library
 * gives it the nearest code; what the tools say instead is on the left.
 */
const unnamed: Readonly<Record<string, readonly string[]>> = {
  'net::ERR_TOO_MANY_REDIRECTS': ['InvalidResponse'],
  'net::ERR_INVALID_REDIRECT': ['InvalidResponse', ...beforeCheck],
  'net::ERR_UNSAFE_REDIRECT': ['CorsDisabledScheme', ...beforeCheck],
  origin: ['DisallowedByMode', 'RedirectContainsCredentials']
}

/** Whether a code of the library says what Chromium's tools say. */
export function isSameReason (ofChromium: string, ofLibrary: string | undefined): boolean {
  return ofLibrary !== undefined && (unnamed[ofChromium] ?? [ofChromium]).includes(ofLibrary)
}

/** Of the connection, not of the response: they differ between any two clients. */
const connectionHeaders: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding'])

export function readable (names: readonly string[]): string[] {
  return names.filter(name => !connectionHeaders.has(name)).sort()
}
