import { getPublicSuffix } from 'tldts'
import { isLoopback, withoutRootDot } from '../protocol/origin'

/**
 * Whether anyone can get a name under this host: it is a public suffix (https://publicsuffix.org),
 * those of hosting companies included, or a single label, under which no registry is known to rule.
 */
export function isPublicSuffix (host: string): boolean {
  if (isLoopback(host)) return false
  const name = withoutRootDot(host)
  return !name.includes('.') || getPublicSuffix(name, { allowPrivateDomains: true }) === name
}
