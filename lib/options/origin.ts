import { types } from 'node:util'
import { type OriginPattern, parseEntry } from '../origins/pattern'
import type * as PublicSuffix from '../origins/public-suffix'
import { type OriginMatcher, originSet } from '../origins/set'
import { type Origin, FILE, isInsecureScheme, isLoopback, partsOf } from '../protocol/origin'
import { callsSecondParameter } from './callbacks'
import { declared } from './checks'
import type * as Correct from './correct'
import { type Concern, type Problem, below, concern, problem, withConcerns } from './problems'
import type * as RegExps from './regexps'
import { type Result, accept, isBooleanString, refuse, wrongOption, wrongType } from './rule'
import type { Exposure, OriginFunction, OriginSetting } from './settings'

/** Only a wrong entry needs a correction. */
function correct (): typeof Correct {
  return require('./correct')
}

/** Only a RegExp needs to be judged. */
function regExps (): typeof RegExps {
  return require('./regexps')
}

/** The list takes 7 ms to load, and only patterns with credentials are looked up in it. */
function publicSuffix (): typeof PublicSuffix {
  return require('../origins/public-suffix')
}

export function originRule (value: unknown, exposure: Exposure): Result<OriginSetting> {
  if (value === false) return accept({ kind: 'none' })
  if (value === true) return accept(anyOrigin(concern('ORIGIN_REFLECTED_WITH_CREDENTIALS', '/origin', () => ({})), enforcedConcern('/origin', 'origin: true')))
  if (isOriginFunction(value)) return functionResult(value)
  if (value === undefined) return refuse(problem('ORIGIN_UNSET', '/origin', { value }))
  if (isBooleanString(value)) return refuse(problem('BOOLEAN_STRING', '/origin', { value, key: 'origin' }))
  if (Array.isArray(value) && value.length === 0) return refuse(problem('ORIGIN_EMPTY_LIST', '/origin', {}))
  if (Array.isArray(value)) return listResult(value, i => below('/origin', i), exposure)
  if (typeof value === 'string' || types.isRegExp(value)) return listResult([value], () => '/origin', exposure)
  return refuse(wrongOption('origin', value))
}

/** What holds where no origin is named. */
export const defaultOrigin = anyOrigin(...anyConcerns('/origin', ' (the default)'))

function anyOrigin (...concerns: Concern[]): OriginSetting {
  return withConcerns({ kind: 'any' }, concerns)
}

function anyConcerns (pointer: string, note = ''): Concern[] {
  const written = `origin '${declared.origin.default}'${note}`
  return [concern('ORIGIN_ANY_WITH_CREDENTIALS', pointer, () => ({ written })), enforcedConcern(pointer, written)]
}

function enforcedConcern (pointer: string, written: string): Concern {
  return concern('ORIGIN_ANY_WITH_ENFORCE', pointer, () => ({ written }))
}

function functionResult (decide: OriginFunction): Result<OriginSetting> {
  return callsSecondParameter(decide) ? refuse(problem('ORIGIN_CALLBACK', '/origin', {})) : accept({ kind: 'ask', decide })
}

function isOriginFunction (value: unknown): value is OriginFunction {
  return typeof value === 'function'
}

/** A list while it is read, item by item. */
interface Reading {
  readonly exact: Set<Origin>
  readonly patterns: OriginPattern[]
  readonly regexps: OriginMatcher[]
  readonly concerns: Concern[]
  readonly problems: Problem[]
  any: boolean
  allowNull: boolean
}

function listResult (items: readonly unknown[], pointerOf: (index: number) => string, exposure: Exposure): Result<OriginSetting> {
  const list: Reading = { exact: new Set(), patterns: [], regexps: [], concerns: [], problems: [], any: false, allowNull: false }
  for (const [i, item] of items.entries()) {
    if (typeof item === 'string') readText(list, item, pointerOf(i), exposure)
    else if (types.isRegExp(item)) readRegExp(list, item, pointerOf(i), exposure)
    else if (item === undefined) list.problems.push(problem('ORIGIN_UNSET', pointerOf(i), { value: item }))
    else list.problems.push(wrongType(pointerOf(i), declared.origin.items.expects, item))
  }
  if (list.problems.length === 0) return accept(withConcerns(settingOf(list), list.concerns))
  return { ...refuse(...list.problems), meant: withConcerns({ kind: 'none' }, list.concerns) }
}

function settingOf ({ exact, patterns, regexps, any, allowNull }: Reading): OriginSetting {
  if (any) return { kind: 'any' }
  const [only] = exact
  const single = exact.size === 1 && patterns.length === 0 && regexps.length === 0 && !allowNull
  if (single && only !== undefined) return { kind: 'one', origin: only }
  return { kind: 'set', set: originSet({ exact, patterns, regexps, allowNull }) }
}

function readText (list: Reading, text: string, pointer: string, exposure: Exposure): void {
  if (text === '*') {
    list.any = true
    list.concerns.push(...anyConcerns(pointer))
  } else if (text === 'null') {
    list.allowNull = true
    list.concerns.push(nullConcern(text, pointer))
  } else if (text === FILE) {
    list.exact.add(FILE as Origin) // no form that `parseOrigin` accepts, but some browsers send it
    list.concerns.push(nullConcern(text, pointer))
  } else if (isUnset(text)) {
    list.problems.push(problem('ORIGIN_UNSET', pointer, { value: text }))
  } else {
    readEntry(list, text, pointer, exposure)
  }
}

/** What an unset environment variable leaves, as it is or put into a template. */
function isUnset (text: string): boolean {
  return /^\s*(?:undefined\s*)?$|^[a-z]+:\/\/(?:undefined|[^/:]*:undefined)(?:[:/]|$)/.test(text)
}

function nullConcern (value: string, pointer: string): Concern {
  return concern('ORIGIN_NULL', pointer, () => ({ value }))
}

function readEntry (list: Reading, text: string, pointer: string, exposure: Exposure): void {
  const entry = parseEntry(text)
  switch (entry.kind) {
    case 'exact':
      list.exact.add(entry.origin)
      list.concerns.push(...insecure(entry.origin, partsOf(entry.origin), pointer))
      break
    case 'pattern':
      list.patterns.push(entry.pattern)
      list.concerns.push(...insecure(text, entry.pattern, pointer), ...openToAll(entry.pattern, pointer))
      break
    case 'fault':
      list.problems.push(problem(`ORIGIN_${entry.fault}`, pointer, { value: text, fix: correct().originFix(text, entry.fault, exposure) }))
  }
}

/** Most of a hundred thousand origins have no concern: they share this. */
const none: readonly Concern[] = []

function insecure (value: string, { scheme, host }: { readonly scheme: string, readonly host: string }, pointer: string): readonly Concern[] {
  if (!isInsecureScheme(scheme) || isLoopback(host)) return none
  return [concern('ORIGIN_INSECURE_WITH_CREDENTIALS', pointer, () => ({ value }))]
}

function openToAll (pattern: OriginPattern, pointer: string): readonly Concern[] {
  switch (pattern.kind) {
    case 'ports': return none
    case 'subdomains':
    case 'subdomains-and-ports': {
      const { text: value, host } = pattern
      return [concern('ORIGIN_PUBLIC_SUFFIX_WITH_CREDENTIALS', pointer, () => publicSuffix().isPublicSuffix(host) ? { value, host } : undefined)]
    }
  }
}

function readRegExp (list: Reading, regexp: RegExp, pointer: string, exposure: Exposure): void {
  const { matcher, concerns, problems, matchesNull } = regExps().judge(regexp, pointer, exposure)
  list.regexps.push(matcher)
  list.concerns.push(...concerns)
  list.problems.push(...problems)
  if (matchesNull) list.allowNull = true
}
