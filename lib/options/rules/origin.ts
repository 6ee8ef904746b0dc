import { types } from 'node:util'
import { originSet } from '../../origins/set'
import { type OriginPattern, parseEntry } from '../../origins/pattern'
import type { Origin } from '../../protocol/origin'
import { type Concern, concern, withConcerns } from '../concerns'
import { type Problem, below, problem } from '../problems'
import type { Dangerously, OriginFunction, OriginSetting } from '../settings'
import { entryFault, originConcern, patternConcern } from './origin-entry'
import { regExpConcerns } from './origin-regexp'
import { type Result, accept, isBooleanString, refuse, wrongOption, wrongType } from './rule'

const anyWritten = "origin '*'"

export function originRule (value: unknown, dangerously: Dangerously): Result<OriginSetting> {
  if (value === false) return accept({ kind: 'none' })
  if (value === true) return accept(anyOrigin(concern('ORIGIN_REFLECTED_WITH_CREDENTIALS', '/origin', {})))
  if (isOriginFunction(value)) return accept({ kind: 'ask', decide: value })
  if (isBooleanString(value)) return refuse(problem('BOOLEAN_STRING', '/origin', { value, key: 'origin' }))
  if (Array.isArray(value) && value.length === 0) return refuse(problem('ORIGIN_EMPTY_LIST', '/origin', {}))
  if (Array.isArray(value)) return listResult(value, i => below('/origin', i), dangerously)
  if (typeof value === 'string' || types.isRegExp(value)) return listResult([value], () => '/origin', dangerously)
  return refuse(wrongOption('origin', value))
}

/** What holds where no origin is named. */
export const defaultOrigin = anyOrigin(concern('ORIGIN_ANY_WITH_CREDENTIALS', '/origin', { written: `${anyWritten} (the default)` }))

function anyOrigin (...concerns: Concern[]): OriginSetting {
  return withConcerns({ kind: 'any' }, concerns)
}

function isOriginFunction (value: unknown): value is OriginFunction {
  return typeof value === 'function'
}

/** A list while it is read, item by item. */
interface Reading {
  readonly exact: Set<Origin>
  readonly patterns: OriginPattern[]
  readonly regexps: RegExp[]
  readonly concerns: Concern[]
  readonly problems: Problem[]
  any: boolean
  allowNull: boolean
}

function listResult (items: readonly unknown[], pointerOf: (index: number) => string, dangerously: Dangerously): Result<OriginSetting> {
  const list: Reading = { exact: new Set(), patterns: [], regexps: [], concerns: [], problems: [], any: false, allowNull: false }
  for (const [i, item] of items.entries()) {
    if (typeof item === 'string') readText(list, item, pointerOf(i))
    else if (types.isRegExp(item)) readRegExp(list, item, pointerOf(i), dangerously)
    else list.problems.push(wrongType(pointerOf(i), 'an origin, a pattern or a RegExp', item))
  }
  return list.problems.length === 0 ? accept(withConcerns(settingOf(list), list.concerns)) : refuse(...list.problems)
}

function settingOf ({ exact, patterns, regexps, any, allowNull }: Reading): OriginSetting {
  if (any) return { kind: 'any' }
  const [only] = exact
  const single = exact.size === 1 && patterns.length === 0 && regexps.length === 0 && !allowNull
  if (single && only !== undefined) return { kind: 'one', origin: only }
  return { kind: 'set', set: originSet({ exact, patterns, regexps, allowNull }) }
}

function readText (list: Reading, text: string, pointer: string): void {
  if (text === '*') {
    list.any = true
    list.concerns.push(concern('ORIGIN_ANY_WITH_CREDENTIALS', pointer, { written: anyWritten }))
  } else if (text === 'null') {
    list.allowNull = true
    list.concerns.push(concern('ORIGIN_NULL', pointer, {}))
  } else {
    readEntry(list, text, pointer)
  }
}

function readEntry (list: Reading, text: string, pointer: string): void {
  const entry = parseEntry(text)
  switch (entry.kind) {
    case 'exact':
      list.exact.add(entry.origin)
      list.concerns.push(...originConcern(entry.origin, pointer))
      break
    case 'pattern':
      list.patterns.push(entry.pattern)
      list.concerns.push(...patternConcern(entry.pattern, pointer))
      break
    case 'fault':
      list.problems.push(entryFault(text, entry.fault, pointer))
  }
}

function readRegExp (list: Reading, regexp: RegExp, pointer: string, dangerously: Dangerously): void {
  const found = regExpConcerns(regexp, pointer, dangerously.unsafeRegex)
  list.regexps.push(regexp)
  list.concerns.push(...found.concerns)
  if (found.matchesNull) list.allowNull = true
}
