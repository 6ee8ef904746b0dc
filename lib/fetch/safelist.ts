import { isSafelistedContentType } from '../protocol/content-type'
import type { HeaderList } from './header-list'

const MAX_VALUE_LENGTH = 128
const MAX_TOTAL_LENGTH = 1024

/** Every character of it is a CORS-unsafe request-header byte, as are the controls but the tab. */
const unsafeCharacters = '"():<>?@[\\]{}\x7f'

/**
 * https://fetch.spec.whatwg.org/#cors-safelisted-request-header. `undefined` for a safelisted header,
 * and otherwise the reason why it is none, as a clause.
 */
export function whyUnsafe (name: string, value: string): string | undefined {
  const rule = rules.get(name.toLowerCase())
  if (rule === undefined) return 'it is not safelisted'
  if (value.length > MAX_VALUE_LENGTH) return `its value is longer than ${MAX_VALUE_LENGTH} bytes`
  return rule(value)
}

const rules: ReadonlyMap<string, (value: string) => string | undefined> = new Map([
  ['accept', unsafeByte],
  ['accept-language', unsafeLanguage],
  ['content-language', unsafeLanguage],
  ['content-type', unsafeContentType],
  ['range', unsafeRange]
])

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
function unsafeRange (value: string): string | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(value) ?? []
  const simple = first !== undefined && (last === undefined || last === '' || BigInt(first) <= BigInt(last))
  return simple ? undefined : 'its value is not a single range such as bytes=0-99'
}

export interface UnsafeHeader {
  readonly name: string
  readonly why: string
}

/**
 * https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names, each with the reason. Names are in
 * lower case and sorted, and a name with several values has the reason of the first unsafe one.
 */
export function unsafeHeaders (headers: HeaderList): UnsafeHeader[] {
  const judged = headers.map(([name, value]) => ({ name: name.toLowerCase(), value, why: whyUnsafe(name, value) }))
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
