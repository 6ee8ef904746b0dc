import type { Checked, CorsCheckCode } from './codes'
import { type HeaderLines, getHeader } from './header-list'
import { isTainted, serializeOrigin } from './redirect'
import type { PageRequest } from './request'

/**
 * https://fetch.spec.whatwg.org/#cors-check. The standard only says "failure"; which code stands for which failure
 * follows Chromium.
 */
export function corsCheck (request: PageRequest, headers: HeaderLines, origin = serializeOrigin(request)): Checked<CorsCheckCode> {
  const value = getHeader(headers, 'access-control-allow-origin')
  const withCredentials = request.credentials === 'include'
  if (value === '*' && !withCredentials) return { ok: true }
  if (value !== origin) return { ok: false, code: codeFor(value), facts: { origin, value, ...isTainted(request) && { redirectedTo: request.url } } }
  if (!withCredentials) return { ok: true }
  const credentials = getHeader(headers, 'access-control-allow-credentials')
  // The comparison is case-sensitive: `True` does not count.
  return credentials === 'true'
    ? { ok: true }
    : { ok: false, code: 'InvalidAllowCredentials', facts: { origin, value: credentials } }
}

function codeFor (value: string | undefined): CorsCheckCode {
  if (value === undefined) return 'MissingAllowOriginHeader'
  if (value === '*') return 'WildcardOriginNotAllowed'
  if (/[ ,]/.test(value)) return 'MultipleAllowOriginValues'
  return value === 'null' || URL.canParse(value) ? 'AllowOriginMismatch' : 'InvalidAllowOriginValue'
}
