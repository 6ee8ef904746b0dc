import { isSafelistedContentType } from '../protocol/headers'
import type { Browser } from './engines'
import type { HeaderLines } from './header-list'

const MAX_VALUE_LENGTH = 128
const MAX_TOTAL_LENGTH = 1024

/** The CORS-unsafe request-header bytes, except the control characters, which are unsafe too (other than the tab). */
const unsafeCharacters = '"():<>?@[\\]{}\x7f'

/** Why a value is not safelisted, as a clause; `undefined` if it is. */
type ValueRule = (value: string, browser: Browser) => string | undefined

/** The headers that are safelisted if their value is. */
const valueRules: ReadonlyMap<string, ValueRule> = new Map([
  ['accept', unsafeByte],
  ['accept-language', unsafeLanguage],
  ['content-language', unsafeLanguage],
  ['content-type', unsafeContentType],
  ['range', unsafeRange]
])

/**
 * https://fetch.spec.whatwg.org/#cors-safelisted-request-header: the reason, as a clause, why a header is not safelisted;
 * `undefined` if it is.
 */
export function whyUnsafe (name: string, value: string, browser: Browser): string | undefined {
  const rule = valueRules.get(name.toLowerCase())
  if (rule === undefined) return 'it is not safelisted'
  return value.length > MAX_VALUE_LENGTH ? `its value is longer than ${MAX_VALUE_LENGTH} bytes` : rule(value, browser)
}

/** https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte */
function unsafeByte (value: string, browser: Browser): string | undefined {
  const isUnsafe = (char: string) => (char < ' ' && char !== '\t') || unsafeCharacters.includes(char) || (char > '\x7f' && browser.asksForHighBytes)
  const found = [...value].find(isUnsafe)
  return found === undefined ? undefined : `its value contains ${JSON.stringify(found)}`
}

function unsafeLanguage (value: string): string | undefined {
  const found = /[^0-9A-Za-z *,.;=-]/.exec(value)
  return found === null ? undefined : `its value contains ${JSON.stringify(found[0])}`
}

function unsafeContentType (value: string, browser: Browser): string | undefined {
  const isSafelisted = isSafelistedContentType(value) && !(value.includes(',') && browser.asksForCommaInType)
  return unsafeByte(value, browser) ?? (isSafelisted ? undefined : `${value} is not a type that forms send`)
}

/** https://fetch.spec.whatwg.org/#simple-range-header-value, which must have a first position. */
function unsafeRange (value: string, browser: Browser): string | undefined {
  const [, first, last] = (browser.readsRangeLoosely ? /^bytes=\+?(\d+)-\+?(\d*)$/i : /^bytes=(\d+)-(\d*)$/).exec(value) ?? []
  // Positions have any number of digits: as numbers, two that differ could be equal.
  const isRange = first !== undefined && last !== undefined && (last === '' || BigInt(first) <= BigInt(last))
  return isRange ? undefined : 'its value is not a single range such as bytes=0-99'
}

export interface UnsafeHeader {
  readonly name: string
  /** As a clause. */
  readonly why: string
}

/**
 * https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names, each with the reason. The names are in lower case and
 * sorted; a name with several values has the reason of its first unsafe value.
 */
export function unsafeHeaders (headers: HeaderLines, browser: Browser): UnsafeHeader[] {
  const judged = headers
    .map(([name, value]) => ({ name: name.toLowerCase(), value, why: whyUnsafe(name, value, browser) }))
    .filter(({ name }) => !(browser.ownsUserAgent && name === 'user-agent'))
  const total = judged.reduce((sum, { value, why }) => why === undefined ? sum + value.length : sum, 0)
  const tooMany = total > MAX_TOTAL_LENGTH
    ? `the safelisted headers are longer than ${MAX_TOTAL_LENGTH} bytes together`
    : undefined
  const found = new Map<string, string>()
  for (const { name, why } of judged) {
    const reason = why ?? tooMany
    if (reason !== undefined && !found.has(name)) found.set(name, reason)
  }
  return [...found].map(([name, why]) => ({ name, why })).sort((a, b) => a.name < b.name ? -1 : 1)
}

/** https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name */
export function isNonWildcardHeader (name: string): boolean {
  return name.toLowerCase() === 'authorization'
}
