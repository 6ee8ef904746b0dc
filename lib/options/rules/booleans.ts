import { below, problem } from '../problems'
import type { Dangerously } from '../settings'
import { closest } from '../suggest'
import { type Result, type Rule, accept, isBooleanString, judged, refuse, wrongOption, wrongType } from './rule'

type Switch = 'credentials' | 'preflight' | 'preflightContinue'

export function booleanRule (key: Switch): Rule<boolean> {
  return value => booleanAt(`/${key}`, key, value)
}

function booleanAt (pointer: string, key: string, value: unknown): Result<boolean> {
  if (typeof value === 'boolean') return accept(value)
  if (isBooleanString(value)) return refuse(problem('BOOLEAN_STRING', pointer, { value, key }))
  return refuse(wrongType(pointer, 'true or false', value))
}

export const noEscapes: Dangerously = {
  nullOrigin: false,
  anyOriginWithCredentials: false,
  insecureOrigins: false,
  publicSuffixOrigins: false,
  unsafeRegex: false
}

const escapes = Object.keys(noEscapes)

/** `under`: the escapes that hold where this object says nothing. */
export function dangerouslyRule (value: unknown, under: Dangerously): Result<Dangerously> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(wrongOption('dangerously', value))
  const set: Record<string, boolean> = {}
  const problems = Object.entries(value).flatMap(([key, each]) => {
    const pointer = below('/dangerously', key)
    if (!escapes.includes(key)) {
      return [problem('UNKNOWN_OPTION', pointer, { key: `dangerously.${key}`, closest: closest(key, escapes), known: escapes })]
    }
    if (each === undefined) return []
    const result = booleanAt(pointer, key, each)
    if (!result.ok) return result.problems
    set[key] = result.value
    return []
  })
  return judged({ ...under, ...set }, problems)
}
