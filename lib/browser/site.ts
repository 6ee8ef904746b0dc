import { getPublicSuffix } from 'tough-cookie'
import { isLoopback } from '../protocol/origin'

/** https://html.spec.whatwg.org/#same-site: `http:` and `https:` are two sites. */
export function isSameSite (origin: string, url: string): boolean {
  return siteOf(origin) === siteOf(url)
}

/** https://html.spec.whatwg.org/#obtain-a-site, serialised, of an origin or a URL; `null` for an opaque origin, which is the site of no URL. */
export function siteOf (url: string): string {
  if (url === 'null') return url
  const { protocol, hostname } = new URL(url)
  return `${protocol}//${siteHost(hostname)}`
}

/**
 * The registrable domain (https://url.spec.whatwg.org/#host-registrable-domain), where a dot at the end makes a difference; for
 * an address or a name that cannot be registered, the host itself.
 */
function siteHost (host: string): string {
  // Despite its name it returns the public suffix with one more label. Without `ignoreError` it throws for a bare `test`.
  const domain = getPublicSuffix(host.replace(/\.$/, ''), { ignoreError: true })
  if (domain === undefined) return host
  return host.endsWith('.') ? `${domain}.` : domain
}

/** https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy, for the URL of a server. */
export function isTrustworthy (url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || isLoopback(hostname)
}
