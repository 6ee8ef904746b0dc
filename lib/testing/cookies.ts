import { Cookie, CookieJar, MemoryCookieStore, canonicalDomain, cookieCompare, domainMatch, pathMatch } from 'tough-cookie'
import type { Clock } from './clock'
import { isTrustworthy } from './site'

/** A cookie as the browser keeps it. */
export interface StoredCookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  /** Whether it is for that host alone, for want of a `Domain` attribute. */
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  /** `Lax` also where the server has not said. */
  readonly sameSite: 'Strict' | 'Lax' | 'None'
  /** `undefined` for a cookie that lasts as long as the browser. */
  readonly expires: Date | undefined
}

/** Chromium keeps no cookie for longer than 400 days. */
const MAX_LIFETIME = 400 * 86_400_000

/**
 * The cookies of a browser as Chromium has them: `SameSite=Lax` by default, `SameSite=None` for
 * `Secure` cookies alone. tough-cookie parses them and knows domains, paths and prefixes; time and
 * `SameSite` are kept here, since it reads the machine's clock and has no default.
 */
export class Cookies {
  readonly #clock: Clock
  readonly #store = new MemoryCookieStore()
  readonly #jar = new CookieJar(this.#store, { prefixSecurity: 'strict' })

  constructor (clock: Clock) {
    this.#clock = clock
  }

  /** The `Cookie` header of a request; `undefined` if none of the cookies goes with it. */
  headerFor (url: string, sameSite: boolean): string | undefined {
    const sent = this.#alive()
      .filter(cookie => goesTo(cookie, url) && (sameSite || levelOf(cookie) === 'None'))
      .sort(cookieCompare)
    return sent.length === 0 ? undefined : sent.map(cookie => cookie.cookieString()).join('; ')
  }

  /** Keeps what a response may set, and drops the rest in silence as a browser does. */
  receive (url: string, lines: readonly string[], sameSite: boolean): void {
    for (const line of lines) {
      try {
        this.store(url, line, sameSite)
      } catch {}
    }
  }

  /** Throws an Error with the reason why a browser would not keep the cookie. */
  store (url: string, line: string, sameSite: boolean): void {
    const cookie = Cookie.parse(line)
    if (cookie === undefined) throw new Error('it is no cookie')
    const level = levelOf(cookie)
    if (level === 'None' && !cookie.secure) throw new Error('SameSite=None needs Secure')
    if (level !== 'None' && !sameSite) throw new Error(`a page of another site cannot have SameSite=${level} cookies set`)
    this.#fixExpiry(cookie)
    this.#jar.setCookieSync(cookie, url)
  }

  /** Those that have not expired, the oldest first. */
  list (): StoredCookie[] {
    return this.#alive().map(describe)
  }

  clear (): void {
    this.#jar.removeAllCookiesSync()
  }

  /** `Max-Age` becomes a moment too, since tough-cookie counts it from the cookie's last use. */
  #fixExpiry (cookie: Cookie): void {
    if (!cookie.isPersistent()) return
    const now = this.#clock.now()
    // It is undefined for a cookie without either attribute, and this has one.
    const expires = Number(cookie.expiryTime(new Date(now)))
    cookie.expires = new Date(Math.max(0, Math.min(expires, now + MAX_LIFETIME)))
  }

  /** Those that have not expired, the oldest first. */
  #alive (): Cookie[] {
    let all: Cookie[] = []
    // The store calls back at once.
    this.#store.getAllCookies((_error: Error | null, cookies: Cookie[] = []) => { all = cookies })
    return all.filter(({ expires }) => !(expires instanceof Date) || expires.getTime() > this.#clock.now())
  }
}

/** RFC 6265, 5.4, the first list. A jar's own look-up fails for the host `test`. */
function goesTo ({ domain, hostOnly, path, secure }: Cookie, url: string): boolean {
  const { hostname, pathname } = new URL(url)
  const host = canonicalDomain(hostname)
  const isHost = hostOnly === true ? host === domain : domainMatch(host, domain, false) === true
  return isHost && pathMatch(pathname, String(path)) && (!secure || isTrustworthy(url))
}

function levelOf ({ sameSite }: Cookie): StoredCookie['sameSite'] {
  switch (sameSite) {
    case 'strict': return 'Strict'
    case 'none': return 'None'
    default: return 'Lax'
  }
}

function describe (cookie: Cookie): StoredCookie {
  return {
    name: cookie.key,
    value: cookie.value,
    // Both are set on every cookie of a store.
    domain: String(cookie.domain),
    path: String(cookie.path),
    hostOnly: cookie.hostOnly === true,
    secure: cookie.secure,
    httpOnly: cookie.httpOnly,
    sameSite: levelOf(cookie),
    expires: cookie.expires instanceof Date ? cookie.expires : undefined
  }
}
