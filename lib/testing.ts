import { type BrowserName, browsers } from './browser/engines'
import { type CachedPreflight, PreflightCache } from './browser/preflight-cache'
import type { Agent, SentRequest } from './testing/agent'
import { Clock } from './testing/clock'
import { Cookies, type StoredCookie } from './testing/cookies'
import { type Page, openPage } from './testing/page'
import { type Application, transportTo } from './testing/server'

export type { BrowserName, CachedPreflight, Page, SentRequest, StoredCookie }
export type { Explanation } from './testing/hop'
export type { FetchInit } from './testing/page-fetch'

export interface BrowserOptions {
  /**
   * Whose limits and liberties to model: how long an answer to a preflight is kept, and whether `*` stands for
   * `Authorization`. Cookies are Chromium's in each. Default: `chromium`.
   */
  readonly browser?: BrowserName
}

/** A browser of which the part is there that CORS is about: https://fetch.spec.whatwg.org/. */
export interface TestBrowser {
  /**
   * Opens a page; nothing is sent. Throws a TypeError for what is no URL of a page.
   *
   * @param url the page's URL, or `null` for a sandboxed page, whose origin is opaque
   * @example const page = browser.open('https://app.example.com')
   */
  open (url: string): Page
  /** All that has been sent, preflights and every request of a chain of redirects, the oldest first. */
  readonly sent: readonly SentRequest[]
  /** https://fetch.spec.whatwg.org/#cors-preflight-cache */
  readonly preflightCache: {
    /** What is in it and has not expired. */
    entries (): CachedPreflight[]
    clear (): void
  }
  readonly cookies: {
    /** Those that have not expired, the oldest first. */
    list (): StoredCookie[]
    /**
     * Stores a cookie as if the page of this URL had been served with it. Throws a TypeError with the reason if
     * a browser would not keep it.
     *
     * @param line the value of a `Set-Cookie` header
     * @example browser.cookies.set('https://api.example.com', 'session=1; Secure; HttpOnly; SameSite=None')
     */
    set (url: string, line: string): void
    clear (): void
  }
  /**
   * Moves the browser's clock, by which cookies and answers to preflights expire. It stands still otherwise, from
   * the moment when the browser was created. Throws a TypeError for anything but a number from 0 up.
   */
  advance (seconds: number): void
}

/**
 * Creates a browser for tests, which talks to one server alone: whatever host a URL names, the request goes
 * there, with that host in `Host` and, where the URL is `https:` and the connection plain, with
 * `X-Forwarded-Proto: https`, as from a proxy that ends TLS (turn on `trustProxy` to have it in
 * `request.protocol`).
 *
 * There is no HTTP cache, no compression, no `Referer`, no check of mixed content or of private networks, and no
 * blocking of third-party cookies.
 *
 * Throws a TypeError for a server or an option that it does not know.
 *
 * @param server a Fastify application, which is called through `app.inject` once it is ready, or the address of
 *   any running HTTP/1.1 server, such as `http://127.0.0.1:3000`
 * @example const response = await createBrowser(app).open('https://app.example.com').fetch('https://api.example.com/')
 */
export function createBrowser (server: Application | string, { browser = 'chromium' }: BrowserOptions = {}): TestBrowser {
  if (!Object.hasOwn(browsers, browser)) {
    throw new TypeError(`there is no browser ${JSON.stringify(browser)}, only ${Object.keys(browsers).join(', ')}`)
  }
  const clock = new Clock()
  const cache = new PreflightCache(browsers[browser])
  const cookies = new Cookies(clock)
  const sent: SentRequest[] = []
  const agent: Agent = { transport: transportTo(server), browser: browsers[browser], clock, cache, cookies, sent }
  return {
    open: url => openPage(agent, url),
    sent,
    preflightCache: {
      entries: () => cache.entries(clock.now()),
      clear: () => { cache.clearAll() }
    },
    cookies: {
      list: () => cookies.list(),
      set: (url, line) => { setCookie(cookies, url, line) },
      clear: () => { cookies.clear() }
    },
    advance: seconds => { clock.advance(seconds) }
  }
}

function setCookie (cookies: Cookies, url: string, line: string): void {
  try {
    cookies.store(url, line, true)
  } catch (error) {
    const { message } = error as Error // Nothing else is thrown there.
    throw new TypeError(`a browser would not keep the cookie ${JSON.stringify(line)} of ${url}: ${message}`)
  }
}
