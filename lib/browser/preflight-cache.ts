import { isSafelistedMethod } from '../protocol/methods'
import type { Browser } from './engines'
import type { Grant } from './preflight-check'
import { isTainted, serializeOrigin } from './redirect'
import type { PageRequest } from './request'
import { isNonWildcardHeader, unsafeHeaders } from './safelist'

interface Entry {
  readonly partition: string
  readonly origin: string
  readonly url: string
  readonly credentials: boolean
  readonly kind: 'method' | 'header'
  readonly name: string
  /** On the clock of whoever asks, in milliseconds. */
  readonly expires: number
}

/** What preflights have allowed an origin at a URL, up to one moment. */
export interface CachedPreflight {
  /** As the `Origin` header has it. */
  readonly origin: string
  /** With its fragment. */
  readonly url: string
  /** Whether it covers requests with credentials too. */
  readonly credentials: boolean
  readonly methods: readonly string[]
  /** In lower case. */
  readonly headers: readonly string[]
  readonly secondsLeft: number
}

/** The headers of https://fetch.spec.whatwg.org/#http-network-or-cache-fetch that make the cache mode `no-store`. */
const conditional: ReadonlySet<string> = new Set([
  'if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since'
])

/**
 * https://fetch.spec.whatwg.org/#cors-preflight-cache. It has no clock of its own: `now` is milliseconds
 * from any fixed moment. The partition is that of the page's tab, by default as if the page were its top.
 */
export class PreflightCache {
  readonly #browser: Browser
  #entries = new Map<string, Entry>()

  constructor (browser: Browser) {
    this.#browser = browser
  }

  /**
   * https://fetch.spec.whatwg.org/#http-fetch: whether the request may go out without a preflight. A whole answer
   * that does not cover it is dropped, since the one to its own preflight takes the place.
   */
  covers (request: PageRequest, now: number, partition = request.origin): boolean {
    if (this.#isBypassed(request)) return false
    if (this.#browser.forgetsOpaqueOrigins && (request.redirectedFrom.length === 0 || isTainted(request))) {
      this.#remove(({ origin }) => origin === 'null')
    }
    const covered = this.#isCovered(request, this.#matching(request, now, partition))
    if (!covered && this.#browser.cachesWholeAnswers) this.#drop(request, partition)
    return covered
  }

  /** None of these headers is safelisted, so that the request is one to ask leave for. */
  #isBypassed ({ headers }: PageRequest): boolean {
    return this.#browser.bypassesCacheIfConditional && headers.some(([name]) => conditional.has(name.toLowerCase()))
  }

  #isCovered ({ method, headers }: PageRequest, entries: readonly Entry[]): boolean {
    const has = (kind: Entry['kind'], name: string) => entries.some(entry => entry.kind === kind && entry.name === name)
    if (!isSafelistedMethod(method) && !has('method', method) && !has('method', '*')) return false
    const wildcardCovers = (name: string) =>
      this.#browser.wildcardCoversAuthorization === 'always' || !isNonWildcardHeader(name)
    return unsafeHeaders(headers, this.#browser)
      .every(({ name }) => has('header', name) || (wildcardCovers(name) && has('header', '*')))
  }

  /** https://fetch.spec.whatwg.org/#cors-preflight-fetch, the steps after the headers' check. */
  store (request: PageRequest, grant: Grant, now: number, partition = request.origin): void {
    if (this.#browser.cachesWholeAnswers) this.#drop(request, partition)
    const key = { ...keyOf(request, partition), credentials: request.credentials === 'include' }
    const expires = now + grant.maxAge * 1000
    const add = (kind: Entry['kind'], name: string) => {
      // The standard's match takes any stored `*` for a wildcard, those from preflights with credentials
      // too, for which it means nothing anywhere else. Chromium does not, and neither does this.
      if (name === '*' && key.credentials) return
      const entry = { ...key, kind, name }
      this.#entries.set(JSON.stringify(entry), { ...entry, expires })
    }
    for (const method of grant.methods) add('method', method)
    for (const name of grant.headers) add('header', name)
  }

  /** https://fetch.spec.whatwg.org/#concept-cache-clear: a request failed that its entries had let out. */
  clear (request: PageRequest, partition = request.origin): void {
    if (!this.#browser.cachesWholeAnswers) this.#drop(request, partition)
  }

  #drop (request: PageRequest, partition: string): void {
    const key = keyOf(request, partition)
    this.#remove(entry => isSameKey(entry, key))
  }

  #remove (isGone: (entry: Entry) => boolean): void {
    this.#entries = new Map([...this.#entries].filter(([, entry]) => !isGone(entry)))
  }

  clearAll (): void {
    this.#entries.clear()
  }

  /** What has not expired, the oldest first. */
  entries (now: number): CachedPreflight[] {
    const groups = new Map<string, [Entry, ...Entry[]]>()
    for (const entry of this.#entries.values()) {
      if (entry.expires <= now) continue
      const key = JSON.stringify({ ...entry, kind: '', name: '' })
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [entry])
      else group.push(entry)
    }
    return [...groups.values()].map(entries => readable(entries, now))
  }

  /** https://fetch.spec.whatwg.org/#concept-cache-match */
  #matching (request: PageRequest, now: number, partition: string): Entry[] {
    const key = keyOf(request, partition)
    return [...this.#entries.values()].filter(entry => entry.expires > now && isSameKey(entry, key) &&
      (entry.credentials || request.credentials !== 'include'))
  }
}

/** The entries agree in all but what they allow. */
function readable (entries: readonly [Entry, ...Entry[]], now: number): CachedPreflight {
  const [{ origin, url, credentials, expires }] = entries
  const namesOf = (kind: Entry['kind']) => entries.filter(entry => entry.kind === kind).map(({ name }) => name)
  return { origin, url, credentials, methods: namesOf('method'), headers: namesOf('header'), secondsLeft: (expires - now) / 1000 }
}

type Key = Pick<Entry, 'partition' | 'origin' | 'url'>

/** A fragment is part of the URL here, though it is never sent. */
function keyOf (request: PageRequest, partition: string): Key {
  return { partition, origin: serializeOrigin(request), url: request.url + request.fragment }
}

function isSameKey (a: Key, b: Key): boolean {
  return a.partition === b.partition && a.origin === b.origin && a.url === b.url
}
