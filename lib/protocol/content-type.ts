import { trimWhitespace } from './headers'

const SAFELISTED = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'])

/**
 * Whether a browser may send this `Content-Type` without a preflight: Fetch, "CORS-safelisted
 * request-header", goes by the essence of the MIME type, parameters aside.
 */
export function isSafelistedContentType (value: string): boolean {
  const end = value.indexOf(';')
  const essence = end === -1 ? value : value.slice(0, end)
  return SAFELISTED.has(trimWhitespace(essence).toLowerCase())
}
