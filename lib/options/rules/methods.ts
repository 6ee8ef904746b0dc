import { isForbiddenMethod, isKnownMethod, isToken } from '../../protocol/methods'
import { type Problem, problem } from '../problems'
import type { Settings } from '../settings'
import { quote } from '../texts/text'
import { starOrList } from './lists'
import type { Result } from './rule'

export function methodsRule (value: unknown): Result<Settings['methods']> {
  return starOrList('methods', value, methodProblem)
}

function methodProblem (method: string, pointer: string): Problem | undefined {
  const upper = method.toUpperCase()
  if (!isToken(method)) return problem('METHOD_TOKEN', pointer, { value: method })
  if (isForbiddenMethod(method)) return problem('METHOD_FORBIDDEN', pointer, { value: method })
  if (isKnownMethod(upper) && upper !== method) return problem('METHOD_CASE', pointer, { value: method, fix: quote(upper) })
  return undefined
}
