import { raised } from '../concerns'
import { type Problem, problem } from '../problems'
import type { Settings } from '../settings'

/** The rules across options. They judge settings that are complete, overlays with what they lie on. */
export function crossProblems (settings: Settings): Problem[] {
  const problems = raised(settings.origin, settings.credentials, settings.dangerously)
  if (settings.credentials && settings.exposedHeaders === 'any') {
    problems.push(problem('EXPOSED_ANY_WITH_CREDENTIALS', '/exposedHeaders', {}))
  }
  if (!settings.preflight && settings.preflightContinue) {
    problems.push(problem('PREFLIGHT_CONTRADICTION', '/preflightContinue', {}))
  }
  return problems
}
