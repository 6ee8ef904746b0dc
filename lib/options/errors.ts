import type { FastifyError } from '@fastify/error'
import { FST_CORS_INVALID_OPTIONS } from '../errors'
import { type Problem, sentence } from './problems'

/** All that is wrong with a set of options, as one error. */
export interface InvalidOptionsError extends FastifyError {
  readonly code: 'FST_CORS_INVALID_OPTIONS'
  readonly statusCode: 500
  readonly problems: readonly Problem[]
}

export function invalidOptions (subject: string, problems: readonly Problem[]): InvalidOptionsError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const list = problems.map((problem, i) => `\n  ${i + 1}. ${sentence(problem)}`).join('')
  return Object.assign(new FST_CORS_INVALID_OPTIONS(`${subject}: ${count}${list}`), { problems })
}
