import type { Checked, OriginCode } from './codes'
import { getHeader, type HeaderList } from './header-list'
import { serializeOrigin } from './redirect'
import type { PageRequest } from './request'

/**
 * https://fetch.spec.whatwg.org/#cors-check. The standard says no more than "failure": which of the
 * codes it is follows Chromium.
 */
export function corsCheck (request: PageRequest, headers: HeaderList): Checked<OriginCode> {
  const origin = serializeOrigin(request)
  const value = getHeader(headers, 'access-control-allow-origin')
  const withCredentials = request.credentials === 'include'
  if (value === '*' && !withCredentials) return { ok: true }
  if (value !== origin) return { ok: false, code: whyNot(value), facts: { origin, value } }
  if (!withCredentials) return { ok: true }
  const credentials = getHeader(headers, 'access-control-allow-credentials')
  // It is compared to the letter: `True` is not `true`.
  return credentials === 'true'
    ? { ok: true }
    : { ok: false, code: 'InvalidAllowCredentials', facts: { origin, value: credentials } }
}

function whyNot (value: string | undefined): OriginCode {
  if (value === undefined) return 'MissingAllowOriginHeader'
  if (value === '*') return 'WildcardOriginNotAllowed'
  if (/[ ,]/.test(value)) return 'MultipleAllowOriginValues'
  return value === 'null' || URL.canParse(value) ? 'AllowOriginMismatch' : 'InvalidAllowOriginValue'
}
