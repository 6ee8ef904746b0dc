import { callsSecondParameter } from './callbacks'
import { type Scalar, checks, declared } from './checks'
import type * as Correct from './correct'
import { type Problem, below, problem } from './problems'
import { type Result, type Rule, accept, isBooleanString, isRecord, refuse, wrongOption, wrongType } from './rule'
import type { Given } from './schema'
import type { Dangerously, Delegator, Exposure } from './settings'

/** Only a wrong value needs a correction. */
function correct (): typeof Correct {
  return require('./correct')
}

type ByType = (value: unknown) => Problem
type Meant<V> = (value: unknown) => V | undefined

/** Takes what the schema takes; `problemOf` says what is wrong with anything else, `meantBy` what it may have meant. */
function scalarRule<K extends Scalar> (key: K, problemOf: ByType, meantBy: Meant<Given[K]> = () => undefined): Rule<Given[K]> {
  return value => {
    if (checks[key](value)) return accept(value)
    const meant = meantBy(value)
    return { ...refuse(problemOf(value)), ...meant !== undefined && { meant } }
  }
}

export function booleanRule (key: 'credentials' | 'timingAllowOrigin' | 'preflight' | 'preflightContinue'): Rule<boolean> {
  return scalarRule(key, value => booleanProblem(`/${key}`, key, declared[key].expects, value), spelledBoolean)
}

function spelledBoolean (value: unknown): boolean | undefined {
  return isBooleanString(value) ? /true/i.test(value) : undefined
}

function booleanProblem (pointer: string, key: string, expects: string, value: unknown): Problem {
  return isBooleanString(value) ? problem('BOOLEAN_STRING', pointer, { value, key }) : wrongType(pointer, expects, value)
}

export const maxAgeRule = scalarRule('maxAge', value =>
  typeof value === 'number' ? problem('MAX_AGE', '/maxAge', { value }) : wrongNumber('maxAge', value))

export const optionsSuccessStatusRule = scalarRule('optionsSuccessStatus', value =>
  typeof value === 'number' ? problem('STATUS', '/optionsSuccessStatus', { value }) : wrongNumber('optionsSuccessStatus', value))

/** A number in a string usually comes from the environment. */
function wrongNumber (key: 'maxAge' | 'optionsSuccessStatus', value: unknown): Problem {
  return wrongOption(key, value, typeof value === 'string' && /^\d+$/.test(value) ? `${Number(value)} without quotes, or Number(…)` : undefined)
}

export const enforceRule = scalarRule('enforce', value => {
  if (isBooleanString(value) && /false/i.test(value)) return problem('BOOLEAN_STRING', '/enforce', { value, key: 'enforce' })
  return typeof value === 'string' || value === true ? problem('ENFORCE', '/enforce', { value }) : wrongOption('enforce', value)
}, value => value === true || spelledBoolean(value) === true ? 'unsafe' : undefined)

export const logLevelRule = scalarRule('logLevel', value => {
  if (typeof value !== 'string') return wrongOption('logLevel', value)
  return problem('LOG_LEVEL', '/logLevel', { value, fix: correct().closest(value, declared.logLevel.values) ?? 'info' })
})

export function delegatorRule (value: unknown): Result<Delegator> {
  if (!checks.delegator(value)) return refuse(wrongOption('delegator', value))
  return value.length > 1 || callsSecondParameter(value) ? refuse(problem('DELEGATOR_CALLBACK', '/delegator', {})) : accept(value)
}

export function cacheControlRule (value: unknown): Result<string> {
  if (typeof value === 'number' && checks.cacheControl(value)) return accept(`max-age=${value}`)
  if (typeof value === 'string' && isFieldValue(value)) return accept(value)
  const rightType = typeof value === 'number' || typeof value === 'string'
  return refuse(rightType ? problem('CACHE_CONTROL', '/cacheControl', { value }) : wrongOption('cacheControl', value))
}

/** One line of visible ASCII. Digits alone are seconds that were meant as a number. */
function isFieldValue (value: string): boolean {
  return /^[\x21-\x7e]+(?:[\t ]+[\x21-\x7e]+)*$/.test(value) && !/^\d+$/.test(value)
}

const { properties } = declared.dangerously

export const noEscapes: Dangerously = Object.freeze({
  nullOrigin: properties.nullOrigin.default,
  anyOriginWithCredentials: properties.anyOriginWithCredentials.default,
  insecureOrigins: properties.insecureOrigins.default,
  publicSuffixOrigins: properties.publicSuffixOrigins.default,
  unsafeRegex: properties.unsafeRegex.default
})

/** `under`: the escapes that hold where this object does not name them. */
export function dangerouslyRule (value: unknown, { dangerously: under }: Exposure): Result<Dangerously> {
  if (!isRecord(value)) return refuse(wrongOption('dangerously', value))
  const entries = Object.entries(value)
  const problems = entries.flatMap(([key, each]) => escapeProblem(key, each) ?? [])
  const given = entries.map(([key, each]): [string, unknown] => [key, spelledBoolean(each) ?? each])
  const meant = { ...under, ...Object.fromEntries(given.filter(([, each]) => typeof each === 'boolean')) }
  return problems.length === 0 ? accept(meant) : { ...refuse(...problems), meant }
}

function escapeProblem (key: string, value: unknown): Problem | undefined {
  const pointer = below('/dangerously', key)
  const known = Object.keys(properties)
  if (!known.includes(key)) {
    return problem('UNKNOWN_OPTION', pointer, { key: `dangerously.${key}`, closest: correct().closest(key, known), known })
  }
  const { expects } = properties[key as keyof Dangerously] // a known one
  return value === undefined || typeof value === 'boolean' ? undefined : booleanProblem(pointer, key, expects, value)
}
