import { isSafelistedMethod } from '../protocol/methods'
import type { Browser } from './engines'
import { type Grant, askedHeaders, preflightReasons } from './preflight'
import { isTainted, preflightOrigin } from './redirect'
import { type PageRequest, cacheModeOf, needsPreflight } from './request'
import { isNonWildcardHeader } from './safelist'

interface CacheEntry {
  readonly partition: string
  readonly origin: string
  readonly url: string
  readonly credentials: boolean
  /** `answer`: that there was one, whatever it listed. */
  readonly kind: 'method' | 'header' | 'answer'
  readonly name: string
  /** Milliseconds, on the caller's clock. */
  readonly expires: number
}

type CacheKey = Pick<CacheEntry, 'partition' | 'origin' | 'url'>

/** What preflights have allowed an origin at a URL, with one time of expiry. */
export interface CachedPreflight {
  /** As in the `Origin` header. */
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

/**
 * https://fetch.spec.whatwg.org/#cors-preflight-cache. It has no clock of its own: `now` is milliseconds since any fixed
 * moment. Each page is taken to be at the top of its tab, so that its origin is the partition.
 */
export class PreflightCache {
  readonly #browser: Browser
  #entries = new Map<string, CacheEntry>()

  constructor (browser: Browser) {
    this.#browser = browser
  }

  /**
   * https://fetch.spec.whatwg.org/#http-fetch: whether the request may be sent without a preflight. Where a browser caches
   * whole answers, one that does not cover the request is removed: the answer to its own preflight will replace it.
   */
  covers (request: PageRequest, now: number): boolean {
    if (this.#browser.forgetsOpaqueOrigins && (request.redirectedFrom.length === 0 || isTainted(request))) {
      this.#remove(({ origin }) => origin === 'null')
    }
    if (preflightReasons(request, this.#browser).length === 0) return true
    if (this.#browser.asksInModes.includes(cacheModeOf(request))) return false
    const covered = this.#isCovered(request, this.#matching(request, now))
    if (!covered && this.#browser.cachesWholeAnswers) this.#drop(request)
    return covered
  }

  #isCovered (request: PageRequest, entries: readonly CacheEntry[]): boolean {
    const { keptWildcard, looksUpHead, asksAgainAfterRedirect } = this.#browser
    const has = (kind: CacheEntry['kind'], name: string) => entries.some(entry => entry.kind === kind && entry.name === name)
    if (asksAgainAfterRedirect && !has('answer', '')) return false
    const hasWildcard = (kind: CacheEntry['kind']) => has(kind, '*') && keptWildcard !== 'for nothing' && request.credentials !== 'include'
    const { method } = request
    const needsNoEntry = isSafelistedMethod(method) && !needsPreflight(request) && !(looksUpHead && method === 'HEAD')
    if (!needsNoEntry && !has('method', method) && !hasWildcard('method')) return false
    const isCoveredByWildcard = (name: string) => hasWildcard('header') && (keptWildcard === 'for all' || !isNonWildcardHeader(name))
    return askedHeaders(request, this.#browser).every(({ name }) => has('header', name) || isCoveredByWildcard(name))
  }

  /** https://fetch.spec.whatwg.org/#cors-preflight-fetch, the steps after the check of the headers. */
  store (request: PageRequest, grant: Grant, now: number): void {
    if (this.#browser.dropsNoStore && cacheModeOf(request) === 'no-store') return
    if (this.#browser.cachesWholeAnswers) this.#drop(request)
    const { keepsWildcardWithCredentials } = this.#browser
    const key = { ...this.#keyOf(request), credentials: request.credentials === 'include' }
    const expires = now + grant.maxAge * 1000
    const add = (kind: CacheEntry['kind'], name: string) => {
      // To the letter, the standard takes every stored `*` for a wildcard, even one from a preflight with credentials,
      // where `*` means nothing.
      if (name === '*' && key.credentials && !keepsWildcardWithCredentials) return
      const entry = { ...key, kind, name }
      this.#entries.set(JSON.stringify(entry), { ...entry, expires })
    }
    for (const method of grant.methods) add('method', method)
    for (const name of grant.headers) add('header', name)
    if (this.#browser.asksAgainAfterRedirect) add('answer', '')
  }

  /** https://fetch.spec.whatwg.org/#concept-cache-clear: called when a request that needs permission has failed. */
  clear (request: PageRequest): void {
    if (!this.#browser.cachesWholeAnswers) this.#drop(request)
  }

  #drop (request: PageRequest): void {
    const key = this.#keyOf(request)
    this.#remove(entry => isSameKey(entry, key))
  }

  #remove (isGone: (entry: CacheEntry) => boolean): void {
    this.#entries = new Map([...this.#entries].filter(([, entry]) => !isGone(entry)))
  }

  clearAll (): void {
    this.#entries.clear()
  }

  /** What has not expired, oldest first. */
  entries (now: number): CachedPreflight[] {
    const groups = new Map<string, [CacheEntry, ...CacheEntry[]]>()
    for (const entry of this.#entries.values()) {
      if (entry.expires <= now) continue
      const key = JSON.stringify({ ...entry, kind: '', name: '' })
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [entry])
      else group.push(entry)
    }
    return [...groups.values()].map(entries => joinEntries(entries, now))
  }

  /** https://fetch.spec.whatwg.org/#concept-cache-match */
  #matching (request: PageRequest, now: number): CacheEntry[] {
    const key = this.#keyOf(request)
    const include = request.credentials === 'include'
    const isFor = ({ credentials }: CacheEntry) => credentials === include || (credentials && !this.#browser.keepsCredentialsApart)
    return [...this.#entries.values()].filter(entry => entry.expires > now && isSameKey(entry, key) && isFor(entry))
  }

  /** The fragment belongs to the key, although it is never sent. */
  #keyOf (request: PageRequest): CacheKey {
    return { partition: request.origin, origin: preflightOrigin(request, this.#browser), url: request.url + request.fragment }
  }
}

/** The entries differ only in the method or header that they allow. */
function joinEntries (entries: readonly [CacheEntry, ...CacheEntry[]], now: number): CachedPreflight {
  const [{ origin, url, credentials, expires }] = entries
  const names = (kind: CacheEntry['kind']) => entries.filter(entry => entry.kind === kind).map(({ name }) => name)
  return { origin, url, credentials, methods: names('method'), headers: names('header'), secondsLeft: (expires - now) / 1000 }
}

function isSameKey (a: CacheKey, b: CacheKey): boolean {
  return a.partition === b.partition && a.origin === b.origin && a.url === b.url
}
