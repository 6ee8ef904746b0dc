import { type Problem, problem } from '../problems'
import { quote } from '../texts/text'
import { plainList } from './lists'
import { type Result, refuse } from './rule'

export function pathsRule (value: unknown): Result<readonly string[]> {
  if (Array.isArray(value) && value.length === 0) return refuse(problem('PATHS_EMPTY', '/paths', {}))
  return plainList('paths', value, pathProblem)
}

function pathProblem (path: string, pointer: string): Problem | undefined {
  if (!path.startsWith('/')) return problem('PATH_RELATIVE', pointer, { value: path, fix: quote(absolute(path)) })
  if (/[?#]/.test(path)) return problem('PATH_QUERY', pointer, { value: path, fix: quote(path.replace(/[?#].*/s, '')) })
  if (!isDecodable(path)) return problem('PATH_ENCODING', pointer, { value: path, fix: quote(decodable(path)) })
  return undefined
}

/** The path of a URL, or what was written with a slash before it. */
function absolute (path: string): string {
  return URL.canParse(path) ? new URL(path).pathname : `/${path}`
}

/** The path with its stray percent signs encoded; with all, if some encode no UTF-8. */
function decodable (path: string): string {
  const encoded = path.replace(/%(?![0-9a-f]{2})/gi, '%25')
  return isDecodable(encoded) ? encoded : path.replaceAll('%', '%25')
}

function isDecodable (path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
