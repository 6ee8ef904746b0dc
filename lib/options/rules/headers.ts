import {
  isCorsRequestHeader, isCorsResponseHeader, isForbiddenRequestHeader, isForbiddenResponseHeader, isPreflightOnlyHeader
} from '../../protocol/headers'
import { isToken } from '../../protocol/methods'
import { type Code, type Problem, problem } from '../problems'
import type { Settings } from '../settings'
import { plainList, starOrList } from './lists'
import type { Result } from './rule'

type HeaderCode = Extract<Code, `HEADER_${string}`>

export function allowedHeadersRule (value: unknown): Result<Settings['allowedHeaders']> {
  return starOrList('allowedHeaders', value, headerRule(name => {
    if (isForbiddenRequestHeader(name)) return 'HEADER_FORBIDDEN_REQUEST'
    return isCorsResponseHeader(name) ? 'HEADER_OF_RESPONSES' : undefined
  }))
}

export function exposedHeadersRule (value: unknown): Result<Settings['exposedHeaders']> {
  return starOrList('exposedHeaders', value, headerRule(name => {
    if (isForbiddenResponseHeader(name)) return 'HEADER_FORBIDDEN_RESPONSE'
    if (isCorsRequestHeader(name)) return 'HEADER_OF_REQUESTS'
    return isPreflightOnlyHeader(name) ? 'HEADER_OF_PREFLIGHTS' : undefined
  }))
}

export function varyRule (value: unknown): Result<Settings['vary']> {
  const check = headerRule(() => undefined)
  return plainList('vary', value, (name, pointer) => name === '*' ? problem('VARY_ANY', pointer, {}) : check(name, pointer))
}

function headerRule (codeFor: (name: string) => HeaderCode | undefined) {
  return (name: string, pointer: string): Problem | undefined => {
    const code = isToken(name) ? codeFor(name) : 'HEADER_TOKEN'
    return code === undefined ? undefined : problem(code, pointer, { value: name })
  }
}
