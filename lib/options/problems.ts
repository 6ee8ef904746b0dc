import type { Dangerously } from './settings'
import { type OptionFacts, optionTexts } from './texts/options'
import { type OriginFacts, originTexts } from './texts/origins'
import type { Text } from './texts/text'

/** The facts of each kind of problem; users see its name as `FST_CORS_` and the key. */
export interface Facts extends OptionFacts, OriginFacts {}

export type Code = keyof Facts

/** The one place for the words of problems. */
const texts: { readonly [C in Code]: Text<Facts[C]> } = { ...optionTexts, ...originTexts }

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
  /** The value stands in the options that an overlay was laid over. */
  readonly inherited?: boolean
}

export function problem<C extends Code> (code: C, pointer: string, facts: Facts[C]): Problem {
  const text = texts[code]
  const say = (part: string | ((facts: Facts[C]) => string)) => typeof part === 'string' ? part : part(facts)
  return {
    code: `FST_CORS_${code}`,
    pointer,
    what: say(text.what),
    why: say(text.why),
    instead: say(text.instead),
    ...text.escape !== undefined && { escape: text.escape }
  }
}

export function escapeOf (code: Code): keyof Dangerously | undefined {
  return texts[code].escape
}

export function isOnlyWithCredentials (code: Code): boolean {
  return texts[code].onlyWithCredentials === true
}

/** Every code that can stand in `error.problems`, for whoever documents them. */
export const problemCodes: readonly string[] = Object.keys(texts).map(code => `FST_CORS_${code}`)

/** The problem as one item of an error's message. */
export function sentence ({ code, pointer, what, why, instead, escape, inherited }: Problem): string {
  const owner = inherited === true ? ' of the options that these are laid over' : ''
  const place = pointer === '' ? '' : ` at ${pointer}${owner}`
  const lift = escape === undefined ? '' : `, or set dangerously.${escape}: true`
  return `${code}${place}: ${what}; ${why}. Write ${instead}${lift}.`
}

/** A JSON pointer to a key below another. */
export function below (pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}
