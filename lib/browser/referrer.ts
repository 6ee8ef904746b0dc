import { isHttp } from './request'
import { isTrustworthy } from './site'

const policies = [
  'no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin', 'origin-when-cross-origin',
  'strict-origin-when-cross-origin', 'unsafe-url'
] as const

export type ReferrerPolicy = typeof policies[number]

/** https://w3c.github.io/webappsec-referrer-policy/#default-referrer-policy */
export const DEFAULT_POLICY: ReferrerPolicy = 'strict-origin-when-cross-origin'

/** https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header: the last token that is known. */
export function readPolicies (values: readonly string[]): ReferrerPolicy | undefined {
  const tokens = values.join(',').split(',').map(token => token.trim().toLowerCase())
  return tokens.reduce<ReferrerPolicy | undefined>((last, token) => policies.find(policy => policy === token) ?? last, undefined)
}

/** Where a request says that it comes from; `undefined` if it does not. */
export interface Referrer {
  readonly url: string | undefined
  readonly policy: ReferrerPolicy
}

/** https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer: the value of `Referer`. */
export function refererFor ({ url, policy }: Referrer, target: string): string | undefined {
  // Chromium never names a page that has another scheme than http and https, such as an installed application.
  if (url === undefined || !isHttp(url)) return undefined
  const origin = `${new URL(url).origin}/`
  const full = withoutSecrets(url)
  const isSameOrigin = new URL(target).origin === new URL(url).origin
  const isDowngrade = isTrustworthy(url) && !isTrustworthy(target)
  switch (policy) {
    case 'no-referrer': return undefined
    case 'unsafe-url': return full
    case 'origin': return origin
    case 'same-origin': return isSameOrigin ? full : undefined
    case 'origin-when-cross-origin': return isSameOrigin ? full : origin
    case 'strict-origin': return isDowngrade ? undefined : origin
    case 'no-referrer-when-downgrade': return isDowngrade ? undefined : full
    case 'strict-origin-when-cross-origin':
      if (isSameOrigin) return full
      return isDowngrade ? undefined : origin
  }
}

/** https://w3c.github.io/webappsec-referrer-policy/#strip-url. A URL of more than 4096 characters is cut down to its origin. */
function withoutSecrets (text: string): string {
  const url = new URL(text)
  url.username = ''
  url.password = ''
  url.hash = ''
  return url.href.length > 4096 ? `${url.origin}/` : url.href
}
