import { isSafelistedContentType } from '../protocol/content-type'
import type { Browser } from './engines'
import type { HeaderList } from './header-list'

const MAX_VALUE_LENGTH = 128
const MAX_TOTAL_LENGTH = 1024
const MAX_INT64 = 2n ** 63n - 1n

/** Every character of it is a CORS-unsafe request-header byte, as are the controls but the tab. */
const unsafeCharacters = '"():<>?@[\\]{}\x7f'

/**
 * https://fetch.spec.whatwg.org/#cors-safelisted-request-header. `undefined` for a safelisted header,
 * and otherwise the reason why it is none, as a clause.
 */
export function whyUnsafe (name: string, value: string, browser: Browser): string | undefined {
  const lower = name.toLowerCase()
  const rule = rules.get(lower) ?? (browser.safelistsClientHints ? clientHints.get(lower) : undefined)
  if (rule === undefined) return 'it is not safelisted'
  if (value.length > MAX_VALUE_LENGTH) return `its value is longer than ${MAX_VALUE_LENGTH} bytes`
  return rule(value, browser)
}

type Rule = (value: string, browser: Browser) => string | undefined

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['accept', unsafeByte],
  ['accept-language', unsafeLanguage],
  ['content-language', unsafeLanguage],
  ['content-type', unsafeContentType],
  ['range', unsafeRange]
])

const wholeNumber = unsafeUnless(/^\d+$/, 'a whole number')
const decimalNumber = unsafeUnless(/^\d+(?:\.\d+)?$/, 'a decimal number')

const deviceHints: ReadonlyMap<string, Rule> = new Map([
  ['device-memory', decimalNumber],
  ['downlink', decimalNumber],
  ['dpr', decimalNumber],
  ['ect', unsafeUnless(/^(?:slow-2g|[234]g)$/, 'one of slow-2g, 2g, 3g and 4g')],
  ['rtt', wholeNumber],
  ['viewport-width', wholeNumber],
  ['width', wholeNumber]
])

/** Those that have no name with `Sec-CH-`, and Chromium's `Intervention`. */
const clientHints: ReadonlyMap<string, Rule> = new Map([
  ...deviceHints,
  ['intervention', () => undefined],
  ['save-data', unsafeUnless(/^on$/i, 'on')]
])

/** Whether it is a client hint of the device or its network, in the form without `Sec-CH-`. */
export function isDeviceHint (name: string): boolean {
  return deviceHints.has(name.toLowerCase())
}

function unsafeUnless (pattern: RegExp, what: string): Rule {
  return value => pattern.test(value) ? undefined : `its value is not ${what}`
}

/** https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte */
export function isUnsafeByte (char: string): boolean {
  return (char < ' ' && char !== '\t') || unsafeCharacters.includes(char)
}

function unsafeByte (value: string): string | undefined {
  const found = [...value].find(isUnsafeByte)
  return found === undefined ? undefined : `its value contains ${JSON.stringify(found)}`
}

function unsafeLanguage (value: string): string | undefined {
  const found = /[^0-9A-Za-z *,.;=-]/.exec(value)
  return found === null ? undefined : `its value contains ${JSON.stringify(found[0])}`
}

function unsafeContentType (value: string): string | undefined {
  return unsafeByte(value) ?? (isSafelistedContentType(value) ? undefined : `${value} is not a type that forms send`)
}

/** https://fetch.spec.whatwg.org/#simple-range-header-value, where the first position must be named. */
function unsafeRange (value: string, browser: Browser): string | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(value)
  const [first, last = first] = match === null ? [] : match.slice(1).filter(position => position !== '').map(BigInt)
  if (first === undefined || last === undefined || first > last) return 'its value is not a single range such as bytes=0-99'
  return browser.readsInt64 && last >= MAX_INT64 ? 'a position in its value is beyond an integer of 64 bits' : undefined
}

export interface UnsafeHeader {
  readonly name: string
  readonly why: string
}

/**
 * https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names, each with the reason. Names are in
 * lower case and sorted, and a name with several values has the reason of the first unsafe one.
 */
export function unsafeHeaders (headers: HeaderList, browser: Browser): UnsafeHeader[] {
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
