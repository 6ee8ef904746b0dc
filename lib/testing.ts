import { type BrowserName, browsers } from './browser/engines'
import { type CachedPreflight, PreflightCache } from './browser/preflight-cache'
import type { Agent, SentRequest } from './testing/agent'
import { Cookies, type StoredCookie } from './testing/cookies'
import { type Page, type PageOptions, openPage } from './testing/page'
import { type TestedApplication, type TestedServer, type TestedServers, transportTo } from './testing/server'

export type { BrowserName, CachedPreflight, Page, PageOptions, SentRequest, StoredCookie, TestedApplication, TestedServer, TestedServers }
export type { FetchFailure as Explanation } from './testing/hop'
export type { FetchInit } from './testing/page-fetch'

export interface BrowserOptions {
  /**
   * The engine to model: how long it caches the answer to a preflight, say, and which cookies it sends to another site. Default:
   * `chromium`.
   */
  readonly browser?: BrowserName
}

/** A browser, as far as the CORS protocol is concerned: https://fetch.spec.whatwg.org/. */
export interface TestBrowser {
  /**
   * Opens a page, without a request. Throws a TypeError for what is not the URL of a page.
   *
   * @param url the page's URL, or `null` for a sandboxed page, which has an opaque origin
   * @param options where the page was loaded from, if the local network matters
   * @example const page = browser.open('https://app.example.com')
   */
  open (url: string, options?: PageOptions): Page
  /** All requests that it has sent, oldest first: preflights, and every request of a chain of redirects. */
  readonly sent: readonly SentRequest[]
  /** https://fetch.spec.whatwg.org/#cors-preflight-cache */
  readonly preflightCache: {
    /** The entries that have not expired. */
    entries (): CachedPreflight[]
    clear (): void
  }
  readonly cookies: {
    /** The cookies that have not expired, oldest first. */
    list (): StoredCookie[]
    /**
     * Stores a cookie as if the response for the page at this URL had set it. Throws a TypeError with the reason if a
     * browser would not keep it.
     *
     * @param line the value of a `Set-Cookie` header
     * @example browser.cookies.set('https://api.example.com', 'session=1; Secure; HttpOnly; SameSite=None')
     */
    set (url: string, line: string): void
    clear (): void
  }
  /**
   * Advances the browser's clock, which expires cookies and the answers to preflights. Otherwise the clock stands still,
   * at the time when the browser was created. Throws a TypeError for anything but a finite number of seconds, 0 or more.
   */
  advance (seconds: number): void
}

/**
 * Creates a browser for tests, which talks to one server or to a server for each origin. If there is one server, the request
 * goes to it whatever host a URL names, with the URL's host in `Host`. If the URL starts with `https:` and the connection is
 * not encrypted, it also has `X-Forwarded-Proto: https`, as from a proxy that terminates TLS (with `trustProxy`,
 * `request.protocol` follows it).
 *
 * Not modelled: the HTTP cache, and the old client hints (`DPR`, `Save-Data` and so on),
 * which Chromium sends without a preflight.
 *
 * Throws a TypeError for an unknown kind of server, a key that is not an origin, or an unknown option.
 *
 * @param server a Fastify application, which is called through `app.inject` once it is ready, or the address of any
 *   running HTTP/1.1 server, such as `http://127.0.0.1:3000`, or an object with one of them for each origin
 * @example const response = await createBrowser(app).open('https://app.example.com').fetch('https://api.example.com/')
 */
export function createBrowser (server: TestedServer | TestedServers, { browser = 'chromium' }: BrowserOptions = {}): TestBrowser {
  if (!Object.hasOwn(browsers, browser)) {
    throw new TypeError(`there is no browser ${JSON.stringify(browser)}, only ${Object.keys(browsers).join(', ')}`)
  }
  // The clock only moves with `advance`, so that nothing expires early on a slow machine.
  let time = Date.now()
  const now = () => time
  const cache = new PreflightCache(browsers[browser])
  const cookies = new Cookies(browsers[browser], now)
  const sent: SentRequest[] = []
  const agent: Agent = { transport: transportTo(server), browser: browsers[browser], now, cache, cookies, sent }
  return {
    open: (url, options) => openPage(agent, url, options),
    sent,
    preflightCache: {
      entries: () => cache.entries(now()),
      clear: () => { cache.clearAll() }
    },
    cookies: {
      list: () => cookies.list(),
      set: (url, line) => { setCookie(cookies, url, line) },
      clear: () => { cookies.clear() }
    },
    advance: seconds => { time += milliseconds(seconds) }
  }
}

function milliseconds (seconds: number): number {
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000
  throw new TypeError(`advance needs a number of seconds that is 0 or more, not ${String(seconds)}`)
}

function setCookie (cookies: Cookies, url: string, line: string): void {
  try {
    cookies.store(new URL(url).origin, url, line)
  } catch (error) {
    const { message } = error as Error // `store` throws nothing else.
    throw new TypeError(`a browser would not keep the cookie ${JSON.stringify(line)} of ${url}: ${message}`)
  }
}
