import { getPublicSuffix } from 'tough-cookie'
import { isLoopback } from '../protocol/origin'

/** https://html.spec.whatwg.org/#same-site, where `http:` and `https:` are two sites. */
export function isSameSite (origin: string, url: string): boolean {
  if (origin === 'null') return false
  const one = new URL(origin)
  const other = new URL(url)
  return one.protocol === other.protocol && siteOf(one.hostname) === siteOf(other.hostname)
}

/** The registrable domain; of an address, or of a name that nobody can register, the host itself. */
function siteOf (host: string): string {
  // In spite of its name it gives the public suffix with one more label. It throws for a bare `test` unless told not to.
  return getPublicSuffix(host, { ignoreError: true }) ?? host
}

/** https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy, for URLs of a server. */
export function isTrustworthy (url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || isLoopback(hostname)
}
