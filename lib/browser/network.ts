import { isIPv4, isLoopback, withoutRootDot } from '../protocol/origin'
import type { Failure } from './codes'
import type { Browser } from './engines'
import { type AddressSpace, type PageRequest, isCrossOrigin } from './request'

/** https://w3c.github.io/webappsec-mixed-content/#should-block-fetch: an https page may not call http, except on its own machine. */
export function checkMixedContent ({ origin, url }: PageRequest, browser: Browser): Failure | undefined {
  if (!origin.startsWith('https:') || !url.startsWith('http:') || (isLoopback(hostOf(url)) && !browser.blocksMixedLoopback)) return undefined
  return { ok: false, code: 'mixed-content', facts: { origin, url } }
}

/**
 * https://wicg.github.io/local-network-access/: a page that was loaded from farther away needs the user's permission. A page
 * without an address space may be anywhere, so it is not blocked.
 */
export function checkLocalNetwork (request: PageRequest, browser: Browser): Failure | undefined {
  const { origin, url, pageAddressSpace } = request
  if (!browser.asksForLocalNetwork || pageAddressSpace === undefined || !isCrossOrigin(request)) return undefined
  if (distances[pageAddressSpace] <= distances[addressSpaceOf(url) ?? 'public']) return undefined
  const isInsecure = !origin.startsWith('https:') && browser.localNetworkNeedsHttps
  return { ok: false, code: isInsecure ? 'InsecureLocalNetwork' : 'LocalNetworkAccessPermissionDenied', facts: { origin, url } }
}

const distances: Readonly<Record<AddressSpace, number>> = { loopback: 0, local: 1, public: 2 }

/** The address space of a URL, if its host shows it: a name may stand for any address. */
export function addressSpaceOf (url: string): AddressSpace | undefined {
  const host = withoutRootDot(hostOf(url))
  if (isLoopback(host)) return 'loopback'
  if (host.endsWith('.local') || /^\[f(?:[cd]|e[89ab])/.test(host)) return 'local'
  if (!isIPv4(host)) return undefined
  return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.)/.test(host) ? 'local' : 'public'
}

function hostOf (url: string): string {
  return new URL(url).hostname
}
