import { isSafelistedMethod } from '../protocol/methods'
import type { Browser } from './browsers'
import { type Grant, isCoveredByWildcard } from './preflight-check'
import { serializeOrigin } from './redirect'
import type { PageRequest } from './request'
import { unsafeHeaders } from './safelist'

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

  /** https://fetch.spec.whatwg.org/#http-fetch: whether the request may go out without a preflight. */
  covers (request: PageRequest, now: number, partition = request.origin): boolean {
    const entries = this.#matching(request, now, partition)
    const has = (kind: Entry['kind'], name: string) => entries.some(entry => entry.kind === kind && entry.name === name)
    const { method, headers } = request
    if (!isSafelistedMethod(method) && !has('method', method) && !has('method', '*')) return false
    return unsafeHeaders(headers)
      .every(({ name }) => has('header', name) || (isCoveredByWildcard(name, this.#browser) && has('header', '*')))
  }

  /** https://fetch.spec.whatwg.org/#cors-preflight-fetch, the steps after the headers' check. */
  store (request: PageRequest, grant: Grant, now: number, partition = request.origin): void {
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
    const key = keyOf(request, partition)
    this.#entries = new Map([...this.#entries].filter(([, entry]) => !isSameKey(entry, key)))
  }

  /** https://fetch.spec.whatwg.org/#concept-cache-match */
  #matching (request: PageRequest, now: number, partition: string): Entry[] {
    const key = keyOf(request, partition)
    return [...this.#entries.values()].filter(entry => entry.expires > now && isSameKey(entry, key) &&
      (entry.credentials || request.credentials !== 'include'))
  }
}

type Key = Pick<Entry, 'partition' | 'origin' | 'url'>

function keyOf (request: PageRequest, partition: string): Key {
  return { partition, origin: serializeOrigin(request), url: request.url }
}

function isSameKey (a: Key, b: Key): boolean {
  return a.partition === b.partition && a.origin === b.origin && a.url === b.url
}
