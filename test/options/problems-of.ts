import type { Problem } from '../../lib/options/problems'
import type { Settings } from '../../lib/options/settings'
import { tryOffers } from './tried'
import { parseOptions, parseOverlay } from '../../lib/options/parse'

export function settings (options: unknown): Settings {
  return parseOptions(options)
}

/** The problems that the options are refused for; none if they are accepted. */
export function problemsOf (options: unknown): readonly Problem[] {
  const problems = refusal(() => parseOptions(options))
  tryOffers(options, problems)
  return problems
}

export function overlayProblems (base: Settings, overlay: unknown, kind: 'route' | 'delegator' = 'route'): readonly Problem[] {
  return refusal(() => parseOverlay(base, overlay, 'config.cors of PUT /users/:id', kind))
}

function refusal (parse: () => Settings): readonly Problem[] {
  try {
    parse()
    return []
  } catch (error) {
    if (error instanceof Error && 'problems' in error && Array.isArray(error.problems)) return error.problems
    throw error
  }
}
