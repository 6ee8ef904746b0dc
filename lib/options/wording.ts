import { types } from 'node:util'

/** The options in which a value is judged. */
export interface Situation {
  readonly credentials: boolean
  readonly enforce: false | 'unsafe' | 'all'
  /** Whether a delegator has returned them. */
  readonly isDelegated: boolean
}

/** That of a value which is wrong in every situation. */
export const anySituation: Situation = { credentials: false, enforce: false, isDelegated: false }

type Clause<F> = string | ((facts: F, situation: Situation) => string)

/** The words of a problem: each part is a clause, and `instead` completes "Write …". */
export interface Text<F> {
  readonly what: Clause<F>
  readonly why: Clause<F>
  readonly instead: Clause<F>
}

/** The options that make an origin a danger. */
export function trust ({ credentials, enforce }: Situation): string {
  return [...credentials ? ['credentials: true'] : [], ...enforce === false ? [] : [`enforce: ${quote(enforce)}`]].join(' and ')
}

/** What a stranger who gets in may do. */
export function harm ({ credentials }: Situation): string {
  return credentials ? "read with the user's session" : 'send what enforce is there to refuse'
}

/** A string as the source code of the configuration would have it. */
export function quote (value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

export function quoteAll (values: readonly string[]): string {
  return values.map(quote).join(', ')
}

/** The code of one origin, or of a list. */
export function codeOf (origins: readonly string[]): string {
  const [only] = origins
  return origins.length === 1 && only !== undefined ? quote(only) : `[${quoteAll(origins)}]`
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
