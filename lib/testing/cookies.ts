import { Cookie, CookieJar, MemoryCookieStore, canonicalDomain, cookieCompare, domainMatch, pathMatch } from 'tough-cookie'
import { isTrustworthy } from '../browser/site'

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
  /** `Lax` if the server did not say. */
  readonly sameSite: 'Strict' | 'Lax' | 'None'
  /** `undefined` for a cookie that the browser keeps until it closes. */
  readonly expires: Date | undefined
}

/** Chromium keeps a cookie for 400 days at most. In milliseconds. */
const MAX_LIFETIME = 400 * 86_400_000

/**
 * A browser's cookies, by Chromium's rules: `SameSite=Lax` is the default, and `SameSite=None` needs `Secure`.
 * tough-cookie parses them and knows domains, paths and prefixes. Expiry and `SameSite` are handled here, since
 * tough-cookie reads the machine's clock and has no default for `SameSite`.
 */
export class Cookies {
  readonly #now: () => number
  readonly #store = new MemoryCookieStore()
  readonly #jar = new CookieJar(this.#store, { prefixSecurity: 'strict' })

  /** `now` is milliseconds since 1970. */
  constructor (now: () => number) {
    this.#now = now
  }

  /** The `Cookie` header of a request; `undefined` if it carries no cookie. */
  headerFor (url: string, sameSite: boolean): string | undefined {
    const sent = this.#alive()
      .filter(cookie => goesTo(cookie, url) && (sameSite || sameSiteOf(cookie) === 'None'))
      .sort(cookieCompare)
    return sent.length === 0 ? undefined : sent.map(cookie => cookie.cookieString()).join('; ')
  }

  /** Keeps the cookies that a response may set. It drops the others silently, as a browser does. */
  receive (url: string, lines: readonly string[], sameSite: boolean): void {
    for (const line of lines) {
      try {
        this.store(url, line, sameSite)
      } catch {}
    }
  }

  /** Throws an Error that says why a browser would not keep the cookie. */
  store (url: string, line: string, sameSite: boolean): void {
    const cookie = Cookie.parse(line)
    if (cookie === undefined) throw new Error('it is not a cookie')
    const level = sameSiteOf(cookie)
    if (level === 'None' && !cookie.secure) throw new Error('SameSite=None needs Secure')
    if (level !== 'None' && !sameSite) throw new Error(`a request from another site cannot set a cookie with SameSite=${level}`)
    this.#fixExpiry(cookie)
    this.#jar.setCookieSync(cookie, url)
  }

  /** The cookies that have not expired, oldest first. */
  list (): StoredCookie[] {
    return this.#alive().map(toStoredCookie)
  }

  clear (): void {
    this.#jar.removeAllCookiesSync()
  }

  /** Turns `Max-Age` into a date too, since tough-cookie would count it from the cookie's last use. */
  #fixExpiry (cookie: Cookie): void {
    if (!cookie.isPersistent()) return
    const now = this.#now()
    // It is only undefined for a cookie without `Max-Age` and `Expires`.
    const expires = Number(cookie.expiryTime(new Date(now)))
    cookie.expires = new Date(Math.max(0, Math.min(expires, now + MAX_LIFETIME)))
  }

  /** The cookies that have not expired, oldest first. */
  #alive (): Cookie[] {
    let all: Cookie[] = []
    // The store calls back synchronously.
    this.#store.getAllCookies((_error: Error | null, cookies: Cookie[] = []) => { all = cookies })
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

function sameSiteOf ({ sameSite }: Cookie): StoredCookie['sameSite'] {
  switch (sameSite) {
    case 'strict': return 'Strict'
    case 'none': return 'None'
    default: return 'Lax'
  }
}

function toStoredCookie (cookie: Cookie): StoredCookie {
  return {
    name: cookie.key,
    value: cookie.value,
    // Every cookie in a store has both.
    domain: String(cookie.domain),
    path: String(cookie.path),
    hostOnly: cookie.hostOnly === true,
    secure: cookie.secure,
    httpOnly: cookie.httpOnly,
    sameSite: sameSiteOf(cookie),
    expires: cookie.expires instanceof Date ? cookie.expires : undefined
  }
}
