import { types } from 'node:util'

/** The words of a problem: each part is a clause, and `instead` completes "Write …". */
export interface Text<F> {
  readonly what: string | ((facts: F) => string)
  readonly why: string | ((facts: F) => string)
  readonly instead: string | ((facts: F) => string)
}

/** A string as the source code of the configuration would have it. */
export function quote (value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

export function quoteAll (values: readonly string[]): string {
  return values.map(quote).join(', ')
}

/** `a, b or c` */
export function listed (words: readonly string[], conjunction: 'and' | 'or'): string {
  return `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`
}

export function describe (value: unknown): string {
  if (typeof value === 'string') return `the string '${shortened(value)}'`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  if (typeof value === 'function') return 'a function'
  if (types.isRegExp(value)) return 'a RegExp'
  if (types.isPromise(value)) return 'a promise'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

export function shortened (text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
