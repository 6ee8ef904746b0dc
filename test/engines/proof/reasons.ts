import type { EngineName } from '../engine'
import type { Failure } from './testing'

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
export function isSameReasons (engine: EngineName, said: readonly string[], failed: readonly Failure[]): boolean {
  switch (engine) {
    case 'chromium': return said.length === failed.length && failed.every(({ code }, i) => (unnamed[said[i] ?? ''] ?? [said[i]]).includes(code))
    case 'firefox': return new RegExp(`^${failed.map(patternOf).join('')}$`).test(said.map(category => `${category} `).join(''))
    case 'webkit': return true // Its tools say nothing that a machine can read.
  }
}

/** The categories of Firefox's messages, by the library's codes. */
const categories: Readonly<Record<string, string>> = {
  WildcardOriginNotAllowed: 'CORSNotSupportingCredentials',
  MissingAllowOriginHeader: 'CORSMissingAllowOrigin2',
  MultipleAllowOriginValues: '(?:CORSMultipleAllowOriginNotAllowed|CORSAllowOriginNotMatchingOrigin)',
  InvalidAllowOriginValue: 'CORSAllowOriginNotMatchingOrigin',
  AllowOriginMismatch: 'CORSAllowOriginNotMatchingOrigin',
  InvalidAllowCredentials: 'CORSMissingAllowCredentials',
  PreflightInvalidStatus: 'CORSPreflightDidNotSucceed3',
  InvalidAllowMethodsPreflightResponse: 'CORSInvalidAllowMethod',
  // It first looks for the method in the other list.
  InvalidAllowHeadersPreflightResponse: 'CORS(?:InvalidAllowHeader|MethodNotFound)',
  MethodDisallowedByPreflightResponse: 'CORSMethodNotFound',
  HeaderDisallowedByPreflightResponse: 'CORSMissingAllowHeaderFromPreflight2'
}

/** Its message for whatever stops a request before its answer has begun. */
const STOPPED = 'CORSDidNotSucceed2 '

/** The categories of a failure, each with a space after it. */
function patternOf ({ code, redirected }: Failure): string {
  switch (code) {
    case 'DisallowedByMode': return ''
    case 'CorsDisabledScheme': return `(?:${STOPPED})?`
    case 'InvalidResponse':
    case 'RedirectContainsCredentials': return STOPPED
    // The redirect, what the CORS check of that answer says, or both.
    case 'PreflightDisallowedRedirect': return `(?:CORSExternalRedirectNotAllowed )?CORS(?:PreflightDidNotSucceed3|\\w+Credentials|\\w+Origin\\w*) (?:${STOPPED}){1,2}`
    default: return code.includes('Preflight') ? categoryOf(code) + STOPPED : redirected ? redirectOf(categoryOf(code)) : categoryOf(code)
  }
}

/** Some values of Location stop it before the CORS check. */
function redirectOf (category: string): string {
  return `(?:${category}(?:${STOPPED})?|${STOPPED})`
}

function categoryOf (code: string): string {
  return `${categories[code.replace(/^Preflight(?=Missing|Multiple|Wildcard|Allow|InvalidAllow)/, '')]} `
}
