import type { EngineName } from '../engine'

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

/** Whether what an engine's tools say of the calls that failed means the same as the library's codes. */
export function isSameReasons (engine: EngineName, said: readonly string[], codes: readonly string[]): boolean {
  switch (engine) {
    case 'chromium': return said.length === codes.length && codes.every((code, i) => (unnamed[said[i] ?? ''] ?? [said[i]]).includes(code))
    case 'firefox': return new RegExp(`^${codes.map(patternOf).join('')}$`).test(said.map(category => `${category} `).join(''))
    case 'webkit': return true // Its tools say nothing that a machine can read.
  }
}

/** The categories of Firefox's messages, by the library's codes. */
const categories: Readonly<Record<string, string>> = {
  WildcardOriginNotAllowed: 'CORSNotSupportingCredentials',
  MissingAllowOriginHeader: 'CORSMissingAllowOrigin2',
  MultipleAllowOriginValues: 'CORS(?:MultipleAllowOriginNotAllowed|AllowOriginNotMatchingOrigin)',
  InvalidAllowOriginValue: 'CORSAllowOriginNotMatchingOrigin',
  AllowOriginMismatch: 'CORSAllowOriginNotMatchingOrigin',
  InvalidAllowCredentials: 'CORSMissingAllowCredentials',
  InvalidResponse: 'CORSDidNotSucceed2',
  CorsDisabledScheme: 'CORSRequestNotHttp',
  PreflightInvalidStatus: 'CORSPreflightDidNotSucceed3',
  PreflightDisallowedRedirect: 'CORS(?:ExternalRedirectNotAllowed|PreflightDidNotSucceed3|AllowOriginNotMatchingOrigin|MissingAllowOrigin2|NotSupportingCredentials|MissingAllowCredentials)',
  InvalidAllowMethodsPreflightResponse: 'CORSInvalidAllowMethod',
  InvalidAllowHeadersPreflightResponse: 'CORS(?:InvalidAllowHeader|MethodNotFound)',
  MethodDisallowedByPreflightResponse: 'CORSMethodNotFound',
  HeaderDisallowedByPreflightResponse: 'CORSMissingAllowHeaderFromPreflight2',
  RedirectContainsCredentials: 'CORSExternalRedirectNotAllowed'
}

/** The categories of a failure, each with a space after it. */
function patternOf (code: string): string {
  const category = categories[code.replace(/^Preflight(?=Missing|Multiple|Wildcard|Allow|InvalidAllow)/, '')]
  switch (code) {
    case 'DisallowedByMode': return ''
    // Firefox says nothing of some schemes, and of a preflight that is redirected it says several things.
    case 'CorsDisabledScheme': return `(?:(?:${category}|CORSDidNotSucceed2) )*`
    case 'PreflightDisallowedRedirect': return `(?:${category} )+(?:CORSDidNotSucceed2 )*`
    // It also refuses some values of Location before the CORS check.
    default: return `(?:${category} )?(?:CORSDidNotSucceed2 )?`
  }
}
