import { Cookie, CookieJar, MemoryCookieStore, canonicalDomain, cookieCompare, domainMatch, pathMatch } from 'tough-cookie'
import type { Browser } from '../browser/engines'
import { isTrustworthy, siteOf } from '../browser/site'
import { isThirdParty } from '../browser/third-party'

/** A cookie as the browser keeps it. */
export interface StoredCookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  /** Whether it is only sent to that host, since it has no `Domain` attribute. */
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  /** If the server did not say: `None` in Firefox, `Lax` in the others. */
  readonly sameSite: 'Strict' | 'Lax' | 'None'
  /** `undefined` for a cookie that the browser keeps until it closes. */
  readonly expires: Date | undefined
  /**
   * The site of the pages that it goes with, such as `https://example.com`; `undefined` for a cookie that is not partitioned.
   * Cookies are partitioned by the attribute `Partitioned`, and in Firefox if another site than the page's own set them.
   */
  readonly partition: string | undefined
}

interface Jar { readonly store: MemoryCookieStore, readonly jar: CookieJar }

/** Chromium keeps a cookie for 400 days at most. In milliseconds. */
const MAX_LIFETIME = 400 * 86_400_000

/**
 * A browser's cookies, in a jar for each partition. What may travel to another site depends on the engine. tough-cookie parses
 * them and knows domains, paths and prefixes. Expiry and `SameSite` are handled here, since tough-cookie reads the machine's
 * clock and has no default for `SameSite`.
 */
export class Cookies {
  readonly #browser: Browser
  readonly #now: () => number
  /** By partition; that of cookies without one is `undefined`. */
  readonly #jars = new Map<string | undefined, Jar>()

  /** `now` is milliseconds since 1970. */
  constructor (browser: Browser, now: () => number) {
    this.#browser = browser
    this.#now = now
  }

  /** The `Cookie` header of a request from a page of that origin; `undefined` if it carries no cookie. */
  headerFor (origin: string, url: string): string | undefined {
    const isForeign = isThirdParty(origin, url, this.#browser)
    const policy = this.#browser.thirdPartyCookies
    if (isForeign && policy === 'blocked') return undefined
    const shared = isForeign && policy === 'kept apart' ? [] : this.#alive(undefined)
    const sent = [...shared, ...this.#alive(siteOf(origin))]
      .filter(cookie => goesTo(cookie, url) && (!isForeign || this.#levelOf(cookie) === 'None'))
      .sort(cookieCompare)
    return sent.length === 0 ? undefined : sent.map(cookie => cookie.cookieString()).join('; ')
  }

  /** Keeps the cookies that a response may set. It drops the others silently, as a browser does. */
  receive (origin: string, url: string, lines: readonly string[]): void {
    for (const line of lines) {
      try {
        this.store(origin, url, line)
      } catch {}
    }
  }

  /** Throws an Error that says why a browser would not keep the cookie. */
  store (origin: string, url: string, line: string): void {
    const cookie = Cookie.parse(line)
    if (cookie === undefined) throw new Error('it is not a cookie')
    const isForeign = isThirdParty(origin, url, this.#browser)
    const level = this.#levelOf(cookie)
    if (isForeign && this.#browser.thirdPartyCookies === 'blocked') throw new Error('the browser blocks third-party cookies')
    if (cookie.sameSite === 'none' && !cookie.secure && !this.#browser.keepsInsecureNone) throw new Error('SameSite=None needs Secure')
    if (this.#isPartitioned(cookie) && !cookie.secure) throw new Error('Partitioned needs Secure')
    if (level !== 'None' && isForeign) throw new Error(`a request from another site cannot set a cookie with SameSite=${level}`)
    this.#fixExpiry(cookie)
    const isApart = this.#isPartitioned(cookie) || (isForeign && this.#browser.thirdPartyCookies === 'kept apart')
    this.#jarOf(isApart ? siteOf(origin) : undefined).jar.setCookieSync(cookie, url)
  }

  /** The cookies that have not expired, oldest first. */
  list (): StoredCookie[] {
    const all = [...this.#jars.keys()].flatMap(partition => this.#alive(partition).map(cookie => ({ cookie, partition })))
    return all.sort((a, b) => a.cookie.creationIndex - b.cookie.creationIndex)
      .map(({ cookie, partition }) => ({ ...toStoredCookie(cookie), sameSite: this.#levelOf(cookie), partition }))
  }

  clear (): void {
    this.#jars.clear()
  }

  /** https://datatracker.ietf.org/doc/html/draft-cutler-httpbis-partitioned-cookies, which tough-cookie does not know. */
  #isPartitioned ({ extensions }: Cookie): boolean {
    return !this.#browser.ignoresPartitioned && (extensions ?? []).some(each => /^partitioned(?:=|$)/i.test(each))
  }

  #levelOf ({ sameSite }: Cookie): StoredCookie['sameSite'] {
    switch (sameSite) {
      case 'strict': return 'Strict'
      case 'lax': return 'Lax'
      case 'none': return 'None'
      default: return this.#browser.sendsWithoutSameSite ? 'None' : 'Lax'
    }
  }

  #jarOf (partition: string | undefined): Jar {
    const known = this.#jars.get(partition)
    if (known !== undefined) return known
    const store = new MemoryCookieStore()
    const made = { store, jar: new CookieJar(store, { prefixSecurity: 'strict' }) }
    this.#jars.set(partition, made)
    return made
  }

  /** Turns `Max-Age` into a date too, since tough-cookie would count it from the cookie's last use. */
  #fixExpiry (cookie: Cookie): void {
    if (!cookie.isPersistent()) return
    const now = this.#now()
    // It is only undefined for a cookie without `Max-Age` and `Expires`.
    const expires = Number(cookie.expiryTime(new Date(now)))
    cookie.expires = new Date(Math.max(0, Math.min(expires, now + MAX_LIFETIME)))
  }

  /** The cookies of a partition that have not expired, oldest first. */
  #alive (partition: string | undefined): Cookie[] {
    let all: Cookie[] = []
    // The store calls back synchronously.
    this.#jarOf(partition).store.getAllCookies((_error: Error | null, cookies: Cookie[] = []) => { all = cookies })
    return all.filter(({ expires }) => !(expires instanceof Date) || expires.getTime() > this.#now())
  }
}

/** RFC 6265, 5.4, step 1. The jar's own look-up fails for the host `test`. */
function goesTo ({ domain, hostOnly, path, secure }: Cookie, url: string): boolean {
  const { hostname, pathname } = new URL(url)
  const host = canonicalDomain(hostname)
  const isHost = hostOnly === true ? host === domain : domainMatch(host, domain, false) === true
  return isHost && pathMatch(pathname, String(path)) && (!secure || isTrustworthy(url))
}

function toStoredCookie (cookie: Cookie): Omit<StoredCookie, 'sameSite' | 'partition'> {
  return {
    name: cookie.key,
    value: cookie.value,
    // Every cookie in a store has both.
    domain: String(cookie.domain),
    path: String(cookie.path),
    hostOnly: cookie.hostOnly === true,
    secure: cookie.secure,
    httpOnly: cookie.httpOnly,
    expires: cookie.expires instanceof Date ? cookie.expires : undefined
  }
}
