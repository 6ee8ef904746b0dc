import type { Browser } from './engines'
import { type PageRequest, isCrossOrigin } from './request'
import { siteOf } from './site'

/** Whether a server is on another site than the page, as far as cookies are concerned. */
export function isThirdParty (origin: string, url: string, { cookiesIgnoreScheme }: Browser): boolean {
  const site = (url: string) => cookiesIgnoreScheme ? siteOf(url).replace(/^http:/, 'https:') : siteOf(url)
  return site(origin) !== site(url)
}

/**
 * What has to be true for the cookies of a server to travel with a request to another site; `undefined` for a request to the
 * page's own site or without credentials. No browser blocks such a request, so there is no code for it.
 */
export function sayThirdPartyCookies (request: PageRequest, browser: Browser): string | undefined {
  const { origin, url, credentials } = request
  if (credentials !== 'include' || !isCrossOrigin(request) || !isThirdParty(origin, url, browser)) return undefined
  switch (browser.thirdPartyCookies) {
    case 'sent': return 'only cookies with `SameSite=None; Secure`; where the browser blocks third-party cookies, as private windows do, they must also be `Partitioned`, and set in an answer to a page of the same site as this one'
    case 'kept apart': return `only cookies that the server has set in answers to pages of the same site as this one, ${browser.sendsWithoutSameSite ? 'without `SameSite` or ' : ''}with \`SameSite=None; Secure\`; never those that it set when the user visited it`
    case 'blocked': return 'no cookies, because the browser blocks third-party cookies; to have them, serve the page and the server on one site'
  }
}
