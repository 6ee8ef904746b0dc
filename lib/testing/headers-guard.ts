import type { Browser } from '../browser/engines'
import { isForbiddenHeader } from '../browser/request'
import { whyUnsafe } from '../browser/safelist'
import { trimWhitespace } from '../protocol/headers'

/** https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header-name */
const noCorsSafelisted: ReadonlySet<string> = new Set(['accept', 'accept-language', 'content-language', 'content-type'])

/**
 * https://fetch.spec.whatwg.org/#concept-headers-guard: keeps the headers of a request to those that a page may set, now and
 * later. The others are dropped silently. The `Headers` of Node.js do not have the guards of requests.
 */
export function guardHeaders ({ headers, mode }: Request, browser: Browser): void {
  const allows = (name: string, value: string) => mode === 'no-cors' ? isNoCorsSafelisted(name, value, browser) : !isForbiddenHeader(name, value)
  const given = [...headers]
  for (const [name] of given) headers.delete(name)
  for (const method of ['append', 'set'] as const) {
    const change = headers[method].bind(headers)
    const value = (...args: [string, string]) => {
      const [name, added] = args.map(String)
      // The original method reports that arguments are missing.
      if (name === undefined || added === undefined) return change(...args)
      // Otherwise a page could append, piece by piece, a value that it may not set.
      const before = method === 'append' && mode === 'no-cors' ? headers.get(name) : null
      if (allows(name, before === null ? trimWhitespace(added) : `${before}, ${trimWhitespace(added)}`)) change(...args)
    }
    Object.defineProperty(headers, method, { value })
  }
  for (const [name, value] of given) headers.append(name, value)
}

function isNoCorsSafelisted (name: string, value: string, browser: Browser): boolean {
  return noCorsSafelisted.has(name.toLowerCase()) && whyUnsafe(name, value, browser) === undefined
}
