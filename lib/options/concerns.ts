import { type Code, type Facts, type Problem, escapeOf, isOnlyWithCredentials, problem } from './problems'
import type { Dangerously, OriginSetting } from './settings'

/** A finding about an origin that is a problem in some company: with credentials, or without its escape. */
export interface Concern {
  readonly escape: keyof Dangerously | undefined
  readonly onlyWithCredentials: boolean
  /** Words are made only for those that are raised. */
  problem (): Problem
}

/**
 * What was found when an origin setting was parsed. An overlay that only adds credentials is held
 * to it without parsing the origins again, and the settings stay free of it.
 */
const concernsOf = new WeakMap<OriginSetting, readonly Concern[]>()

export function concern<C extends Code> (code: C, pointer: string, facts: Facts[C]): Concern {
  return {
    escape: escapeOf(code),
    onlyWithCredentials: isOnlyWithCredentials(code),
    problem: () => problem(code, pointer, facts)
  }
}

/** Puts the concerns down for a setting, which it returns. */
export function withConcerns (setting: OriginSetting, concerns: readonly Concern[]): OriginSetting {
  concernsOf.set(setting, concerns)
  return setting
}

/** The concerns about a setting that neither an escape lifts nor the absence of credentials. */
export function raised (setting: OriginSetting, credentials: boolean, dangerously: Dangerously): Problem[] {
  return (concernsOf.get(setting) ?? [])
    .filter(({ escape, onlyWithCredentials }) => (credentials || !onlyWithCredentials) && (escape === undefined || !dangerously[escape]))
    .map(each => each.problem())
}
