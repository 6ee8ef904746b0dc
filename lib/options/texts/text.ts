import type { Dangerously } from '../settings'

/** What a person reads of a problem: each part is a clause, and `instead` completes "Write …". */
export interface Text<F> {
  readonly what: string | ((facts: F) => string)
  readonly why: string | ((facts: F) => string)
  readonly instead: string | ((facts: F) => string)
  /** The escape that lifts it. */
  readonly escape?: keyof Dangerously
  /** It is a problem of those alone who share the user's session. */
  readonly onlyWithCredentials?: true
}

/** A value as it would stand in the source of the configuration. */
export function quote (value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

export function quoteAll (values: readonly string[]): string {
  return values.map(quote).join(', ')
}
