import {
  isCorsRequestHeader, isCorsResponseHeader, isForbiddenRequestHeader, isForbiddenResponseHeader, isPreflightOnlyHeader
} from '../protocol/headers'
import { isForbiddenMethod, isKnownMethod, isToken } from '../protocol/methods'
import { declared } from './checks'
import type * as Correct from './correct'
import { type Code, type Problem, below, problem } from './problems'
import { type Result, accept, judged, refuse, wrongOption, wrongType } from './rule'

/** Only a wrong value needs a correction. */
function correct (): typeof Correct {
  return require('./correct')
}

type StarList = 'methods' | 'allowedHeaders' | 'exposedHeaders'
type PlainList = 'vary' | 'paths'
type ItemRule = (item: string, pointer: string) => Problem | undefined

export function methodsRule (value: unknown): Result<'any' | readonly string[]> {
  return starOrList('methods', value, (method, pointer) => {
    const upper = method.toUpperCase()
    if (!isToken(method)) return problem('METHOD_TOKEN', pointer, { value: method })
    if (isForbiddenMethod(method)) return problem('METHOD_FORBIDDEN', pointer, { value: method })
    return isKnownMethod(upper) && upper !== method ? problem('METHOD_CASE', pointer, { value: method, fix: upper }) : undefined
  })
}

export function allowedHeadersRule (value: unknown): Result<'any' | readonly string[]> {
  return starOrList('allowedHeaders', value, headerRule(name => {
    if (isForbiddenRequestHeader(name)) return 'HEADER_FORBIDDEN_REQUEST'
    return isCorsResponseHeader(name) ? 'HEADER_OF_RESPONSES' : undefined
  }))
}

export function exposedHeadersRule (value: unknown): Result<'any' | readonly string[]> {
  return starOrList('exposedHeaders', value, headerRule(name => {
    if (isForbiddenResponseHeader(name)) return 'HEADER_FORBIDDEN_RESPONSE'
    if (isCorsRequestHeader(name)) return 'HEADER_OF_REQUESTS'
    return isPreflightOnlyHeader(name) ? 'HEADER_OF_PREFLIGHTS' : undefined
  }))
}

export function varyRule (value: unknown): Result<readonly string[]> {
  const check = headerRule(() => undefined)
  return plainList('vary', value, (name, pointer) => name === '*' ? problem('VARY_ANY', pointer, {}) : check(name, pointer))
}

function headerRule (codeFor: (name: string) => Extract<Code, `HEADER_${string}`> | undefined): ItemRule {
  return (name, pointer) => {
    const code = isToken(name) ? codeFor(name) : 'HEADER_TOKEN'
    return code === undefined ? undefined : problem(code, pointer, { value: name })
  }
}

export function pathsRule (value: unknown): Result<readonly string[]> {
  if (Array.isArray(value) && value.length === 0) return refuse(problem('PATHS_EMPTY', '/paths', {}))
  return plainList('paths', value, (path, pointer) => {
    if (!path.startsWith('/')) return problem('PATH_RELATIVE', pointer, { value: path, fix: correct().absolutePath(path) })
    if (/[?#]/.test(path)) return problem('PATH_QUERY', pointer, { value: path, fix: path.replace(/[?#].*/s, '') })
    return isDecodable(path) ? undefined : problem('PATH_ENCODING', pointer, { value: path, fix: correct().decodablePath(path) })
  })
}

export function isDecodable (path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

/** A list as an array, whose items are taken to the letter, or as a string, whose items are trimmed. */
function starOrList (key: StarList, value: unknown, check: ItemRule): Result<'any' | readonly string[]> {
  const isText = typeof value === 'string'
  const items: unknown = isText ? value.split(',').map(item => item.trim()) : value
  if (!Array.isArray(items)) return refuse(wrongOption(key, value))
  const result = listOf(key, items, (item, pointer) => item === '*' ? undefined : check(item, isText ? `/${key}` : pointer))
  if (result.ok) return result.value.includes('*') ? accept('any') : result
  return { ...result, ...items.includes('*') && { meant: 'any' } }
}

/** An array of strings. The error for a string alone shows it as an array. */
function plainList (key: PlainList, value: unknown, check: ItemRule): Result<readonly string[]> {
  if (Array.isArray(value)) return listOf(key, value, check)
  return refuse(wrongOption(key, value, typeof value === 'string' ? correct().arrayOf(value) : undefined))
}

function listOf (key: StarList | PlainList, items: readonly unknown[], check: ItemRule): Result<readonly string[]> {
  const texts: string[] = []
  const problems: Problem[] = []
  for (const [i, item] of items.entries()) {
    const place = below(`/${key}`, i)
    const found = typeof item === 'string' ? check(item, place) : wrongType(place, declared[key].items.expects, item)
    if (found !== undefined) problems.push(found)
    else texts.push(String(item))
  }
  return judged(texts, problems)
}
