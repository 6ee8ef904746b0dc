import { type Problem, problem } from '../problems'
import type { Delegator, Settings } from '../settings'
import { closest } from '../suggest'
import { quote } from '../texts/text'
import { type Result, accept, describe, fits, isBooleanString, refuse, wrongOption } from './rule'

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

export function maxAgeRule (value: unknown): Result<number> {
  if (typeof value !== 'number') return refuse(wrongNumber('maxAge', value))
  if (fits('maxAge', value)) return accept(value)
  return refuse(problem('MAX_AGE', '/maxAge', { value, fix: value > 86400 ? '86400' : '0 for no caching, or a number such as 7200' }))
}

export function optionsSuccessStatusRule (value: unknown): Result<number> {
  if (typeof value !== 'number') return refuse(wrongNumber('optionsSuccessStatus', value))
  return fits('optionsSuccessStatus', value) ? accept(value) : refuse(problem('STATUS', '/optionsSuccessStatus', { value }))
}

/** A number in a string comes from the environment. */
function wrongNumber (key: 'maxAge' | 'optionsSuccessStatus', value: unknown): Problem {
  return wrongOption(key, value, typeof value === 'string' && /^\d+$/.test(value) ? `${Number(value)} without quotes, or Number(…)` : undefined)
}

export function enforceRule (value: unknown): Result<Settings['enforce']> {
  if (value === false || value === 'unsafe' || value === 'all') return accept(value)
  if (isBooleanString(value) && /false/i.test(value)) return refuse(problem('BOOLEAN_STRING', '/enforce', { value, key: 'enforce' }))
  const known = typeof value === 'string' || value === true
  return refuse(known ? problem('ENFORCE', '/enforce', { value: describe(value) }) : wrongOption('enforce', value))
}

export function cacheControlRule (value: unknown): Result<string> {
  if (typeof value === 'number') {
    if (fits('cacheControl', value)) return accept(`max-age=${value}`)
    return refuse(problem('CACHE_CONTROL', '/cacheControl', { value: String(value), fix: "a number of seconds such as 600, or 'no-store'" }))
  }
  if (typeof value !== 'string') return refuse(wrongOption('cacheControl', value))
  if (/^[\x21-\x7e]+(?:[\t ]+[\x21-\x7e]+)*$/.test(value) && !/^\d+$/.test(value)) return accept(value)
  const fix = /^\d+$/.test(value.trim()) ? `${Number(value)} without quotes` : "a field value such as 'public, max-age=600', or leave it out"
  return refuse(problem('CACHE_CONTROL', '/cacheControl', { value: JSON.stringify(value), fix }))
}

export function logLevelRule (value: unknown): Result<string> {
  if (typeof value !== 'string') return refuse(wrongOption('logLevel', value))
  if (fits('logLevel', value)) return accept(value)
  return refuse(problem('LOG_LEVEL', '/logLevel', { value, fix: quote(closest(value, logLevels) ?? 'info') }))
}

export function delegatorRule (value: unknown): Result<Delegator> {
  return isDelegator(value) ? accept(value) : refuse(wrongOption('delegator', value))
}

function isDelegator (value: unknown): value is Delegator {
  return typeof value === 'function'
}
