import type { UnreadableReason } from '../origins/language'
import type { PatternFault } from '../origins/pattern'
import type { Dangerously, OriginSetting, Settings } from './settings'
import type { Situation } from './wording'
import type * as Texts from './texts'

interface Value { readonly value: string }
interface Fixable extends Value { readonly fix: string }
/** `fix` is the code to write, where it is clear what was meant. */
interface Entry extends Value { readonly fix: string | undefined }
interface Answer { readonly key: string, readonly reason: string, readonly fix: string }
interface Expression { readonly source: string }
/** `fix` is what to write, where there is something that is proved to be narrower and accepted. */
interface Replaceable extends Expression { readonly fix: string | undefined }
interface Open extends Replaceable { readonly witness: string | undefined }

type EntryFacts = { readonly [F in PatternFault as `ORIGIN_${F}`]: Entry }

/** The facts of each kind of problem; users see its name as `FST_CORS_` and the key. */
export interface Facts extends EntryFacts {
  OPTIONS_FUNCTION: object
  DELEGATOR_CALLBACK: object
  UNKNOWN_OPTION: { readonly key: string, readonly closest: string | undefined, readonly known: readonly string[] }
  FOREIGN_OPTION: Answer
  MISPLACED_OPTION: Answer
  WRONG_TYPE: { readonly expects: string, readonly value: unknown, readonly fix: string | undefined }
  BOOLEAN_STRING: { readonly value: string, readonly key: string }
  METHOD_TOKEN: Value
  METHOD_FORBIDDEN: Value
  METHOD_CASE: Fixable
  HEADER_TOKEN: Value
  HEADER_FORBIDDEN_REQUEST: Value
  HEADER_FORBIDDEN_RESPONSE: Value
  HEADER_OF_RESPONSES: Value
  HEADER_OF_REQUESTS: Value
  HEADER_OF_PREFLIGHTS: Value
  EXPOSED_ANY_WITH_CREDENTIALS: object
  VARY_ANY: object
  MAX_AGE: { readonly value: number }
  ENFORCE: { readonly value: unknown }
  STATUS: { readonly value: number }
  CACHE_CONTROL: { readonly value: number | string }
  LOG_LEVEL: Fixable
  PATHS_EMPTY: object
  PATH_RELATIVE: Fixable
  PATH_QUERY: Fixable
  PATH_ENCODING: Fixable
  PREFLIGHT_CONTRADICTION: object
  ORIGIN_EMPTY_LIST: object
  ORIGIN_UNSET: { readonly value: string | undefined }
  ORIGIN_CALLBACK: object
  ORIGIN_NULL: Value
  ORIGIN_ANY_WITH_ENFORCE: { readonly written: string }
  ORIGIN_ANY_WITH_CREDENTIALS: { readonly written: string }
  ORIGIN_REFLECTED_WITH_CREDENTIALS: object
  ORIGIN_INSECURE_WITH_CREDENTIALS: Value
  ORIGIN_PUBLIC_SUFFIX_WITH_CREDENTIALS: { readonly value: string, readonly host: string }
  REGEXP_UNANCHORED: Replaceable
  REGEXP_ALTERNATION: Replaceable
  REGEXP_FLAGS: Replaceable & { readonly flags: string }
  REGEXP_UNREADABLE: Expression & { readonly reason: UnreadableReason }
  REGEXP_NEVER: Replaceable
  REGEXP_NULL: Expression & { readonly origin: string }
  REGEXP_ANY_WITH_CREDENTIALS: Open
  REGEXP_PUBLIC_SUFFIX_WITH_CREDENTIALS: Open
  REGEXP_INSECURE_WITH_CREDENTIALS: Open
}

export type Code = keyof Facts

/** Something that is wrong with a value, as data. */
export interface Problem {
  readonly code: `FST_CORS_${Code}`
  /** JSON pointer (RFC 6901) of the value. */
  readonly pointer: string
  readonly what: string
  readonly why: string
  readonly instead: string
  /** The key of `dangerously` that lifts it. */
  readonly escape?: keyof Dangerously
  /** The value is in the options that an overlay was laid over. */
  readonly inherited?: boolean
}

interface Condition {
  /** The key of `dangerously` that lifts the problem. */
  readonly escape?: keyof Dangerously
  /** It is a problem only where one of these options is set: the origins share the user's session, or keep strangers out. */
  readonly onlyWith?: ReadonlyArray<'credentials' | 'enforce'>
}

/** Problems that depend on other options. All others are problems whatever else is given. */
const conditions = {
  ORIGIN_NULL: { escape: 'nullOrigin' },
  ORIGIN_ANY_WITH_CREDENTIALS: { onlyWith: ['credentials'] },
  ORIGIN_ANY_WITH_ENFORCE: { onlyWith: ['enforce'] },
  ORIGIN_REFLECTED_WITH_CREDENTIALS: { escape: 'anyOriginWithCredentials', onlyWith: ['credentials'] },
  ORIGIN_INSECURE_WITH_CREDENTIALS: { escape: 'insecureOrigins', onlyWith: ['credentials', 'enforce'] },
  ORIGIN_PUBLIC_SUFFIX_WITH_CREDENTIALS: { escape: 'publicSuffixOrigins', onlyWith: ['credentials', 'enforce'] },
  REGEXP_UNANCHORED: { escape: 'unsafeRegex' },
  REGEXP_ALTERNATION: { escape: 'unsafeRegex' },
  REGEXP_FLAGS: { escape: 'unsafeRegex' },
  REGEXP_UNREADABLE: { escape: 'unsafeRegex' },
  REGEXP_NULL: { escape: 'nullOrigin' },
  REGEXP_ANY_WITH_CREDENTIALS: { escape: 'anyOriginWithCredentials', onlyWith: ['credentials', 'enforce'] },
  REGEXP_PUBLIC_SUFFIX_WITH_CREDENTIALS: { escape: 'publicSuffixOrigins', onlyWith: ['credentials', 'enforce'] },
  REGEXP_INSECURE_WITH_CREDENTIALS: { escape: 'insecureOrigins', onlyWith: ['credentials', 'enforce'] },
} satisfies { readonly [C in Code]?: Condition }

type ConcernCode = keyof typeof conditions

export function escapeOf (code: Code): keyof Dangerously | undefined {
  const all: { readonly [C in Code]?: Condition } = conditions
  return all[code]?.escape
}

/** Valid options need no words. */
function texts (): typeof Texts {
  return require('./texts')
}

export function problem<C extends Code> (code: C, pointer: string, facts: Facts[C], situation?: Situation): Problem {
  const escape = escapeOf(code)
  return { code: `FST_CORS_${code}`, pointer, ...texts().textOf(code, facts, situation), ...escape !== undefined && { escape } }
}

/** What may be a problem of an origin setting, depending on other options. */
export interface Concern {
  readonly code: ConcernCode
  /** Looked for only where the other options make it a problem; `undefined` if there is none after all. */
  find (settings: Settings, isDelegated: boolean): Problem | undefined
}

/** `facts` may depend on the other options: what is offered has to be accepted beside them. */
export function concern<C extends ConcernCode> (code: C, pointer: string, facts: (settings: Settings) => Facts[C] | undefined): Concern {
  return {
    code,
    find (settings, isDelegated) {
      const found = facts(settings)
      return found === undefined ? undefined : problem(code, pointer, found, { ...settings, isDelegated })
    }
  }
}

/**
 * The concerns about each origin setting. An overlay that only adds credentials is held to them without parsing the
 * origins again, and the settings that policies are compiled from do not carry them.
 */
const concernsOf = new WeakMap<OriginSetting, readonly Concern[]>()

/** Keeps the concerns about a setting, and returns the setting. */
export function withConcerns (setting: OriginSetting, concerns: readonly Concern[]): OriginSetting {
  concernsOf.set(setting, concerns)
  return setting
}

/** The concerns that are problems in these settings. */
export function raised (settings: Settings, isDelegated: boolean): Problem[] {
  const { origin, dangerously } = settings
  const concerns = concernsOf.get(origin) ?? []
  return concerns.filter(stands).map(each => each.find(settings, isDelegated)).filter(each => each !== undefined)

  function stands ({ code }: Concern): boolean {
    const { escape, onlyWith }: Condition = conditions[code]
    return (onlyWith?.some(key => settings[key] !== false) ?? true) && (escape === undefined || !dangerously[escape])
  }
}

/** A JSON pointer to a key below another. */
export function below (pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}
