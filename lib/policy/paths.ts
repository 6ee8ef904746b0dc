import FindMyWay from 'find-my-way'

/** How the server's router reads a URL; `paths` are read the same way. */
export interface RouterOptions {
  readonly caseSensitive: boolean
  readonly ignoreTrailingSlash: boolean
  readonly ignoreDuplicateSlashes: boolean
  readonly useSemicolonDelimiter: boolean
}

/** The path that the router sees in a request's URL, or `undefined` where the router answers 400. */
export type PathReader = (url: string) => string | undefined

/**
 * Reads a URL as the router and the parameters of its routes do, so that no spelling of it slips
 * from one policy to another. `%2F` is a slash too: a route's parameter has it decoded.
 */
export function pathReader (options: RouterOptions): PathReader {
  return url => {
    const path = toOriginForm(url)
    if (path === undefined) return undefined
    try {
      // Slashes are folded first, as the router does: an encoded one is part of a parameter then.
      const decoded = FindMyWay.sanitizeUrlPath(foldSlashes(cutQuery(path, options.useSemicolonDelimiter), options))
      return options.caseSensitive ? decoded : decoded.toLowerCase()
    } catch {
      return undefined // an escape that is none
    }
  }
}

/** RFC 9112, 3.2.2: a request may name the whole URL (absolute-form). */
function toOriginForm (url: string): string | undefined {
  if (url.charCodeAt(0) === 47 /* / */ || !/^https?:\/\//i.test(url)) return url
  const rest = url.slice(url.indexOf('://') + 3)
  const end = rest.search(/[/?]/)
  // No request target has a fragment, in which a slash would begin no path.
  if (end === 0 || rest.includes('#') || !URL.canParse(url)) return undefined
  if (end === -1) return '/'
  return rest[end] === '/' ? rest.slice(end) : '/' + rest.slice(end)
}

function cutQuery (url: string, semicolon: boolean): string {
  const end = url.slice(1).search(semicolon ? /[?#;]/ : /[?#]/)
  return end === -1 ? url : url.slice(0, end + 1)
}

/** What two options of the router make of slashes, in URLs and in patterns of routes. */
export function foldSlashes (path: string, options: Pick<RouterOptions, 'ignoreDuplicateSlashes' | 'ignoreTrailingSlash'>): string {
  const single = options.ignoreDuplicateSlashes ? path.replace(/\/\/+/g, '/') : path
  return options.ignoreTrailingSlash && single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single
}

/** A compiled list of `paths`. */
export interface PathMatcher {
  /** Patterns as the router reads them. */
  readonly patterns: readonly string[]
  matches (path: string): boolean
}

export function pathMatcher (paths: readonly string[], read: PathReader): PathMatcher {
  const patterns = paths.map(path => read(path) ?? path)
  const exact = new Set(patterns.filter(pattern => !pattern.includes('*')))
  const globs = patterns.filter(pattern => pattern.includes('*')).map(pattern => pattern.split('*'))
  return { patterns, matches: path => exact.has(path) || globs.some(parts => matchesGlob(parts, path)) }
}

/** Each part in turn at its first place: enough for `*`, and linear where a RegExp backtracks. */
function matchesGlob (parts: readonly string[], path: string): boolean {
  const first = parts[0] as string // split() returns at least one part
  const last = parts[parts.length - 1] as string
  if (path.length < first.length + last.length || !path.startsWith(first) || !path.endsWith(last)) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = path.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return at <= path.length - last.length
}

/**
 * Whether every path of one list is in the other. A `*` in the covered pattern stands for a
 * character that the covering one can only match with a `*` of its own.
 */
export function coversPaths (covering: PathMatcher | undefined, covered: PathMatcher | undefined): boolean {
  if (covering === undefined) return true
  if (covered === undefined) return covering.patterns.some(pattern => /^\/?\*+$/.test(pattern))
  return covered.patterns.every(pattern => covering.matches(pattern.replaceAll('*', '\0')))
}

/** Whether some URL of the route can fall under the list: a route's parameters are wildcards too. */
export function mayMatchRoute (matcher: PathMatcher, url: string, read: PathReader): boolean {
  return globsOf(url, read).some(route => matcher.patterns.some(pattern => overlap(pattern, route)))
}

/** Whether every URL of the route falls under the list. */
export function coversRoute (matcher: PathMatcher, url: string, read: PathReader): boolean {
  return coversPaths(matcher, pathMatcher(globsOf(url, read), read))
}

/** The route's pattern as globs: two, where its last parameter may be missing. */
function globsOf (url: string, read: PathReader): string[] {
  const optional = /\/:[^/()]*\?(\/?)$/
  const urls = optional.test(url) ? [url, url.replace(optional, '$1') || '/'] : [url]
  return urls.map(url => read(routeGlob(url)) ?? url)
}

/** Whether a path is below the prefix of a context, in which a parameter is one segment. */
export function prefixMatcher (prefix: string, read: PathReader): (path: string) => boolean {
  const glob = read(routeGlob(prefix)) ?? prefix
  const segments = glob.replace(/\/$/, '').split('/').map(segment => segment.split('*'))
  return path => {
    const found = path.split('/')
    return segments.every((parts, i) => {
      const segment = found[i]
      return segment !== undefined && (parts.length === 1 ? segment === parts[0] : matchesGlob(parts, segment))
    })
  }
}

/** A route's pattern with `*` for each parameter (find-my-way: `:name`, `:name(regexp)`, `::` is a colon). */
export function routeGlob (url: string): string {
  return url.replace(/::|:[^/(:]*(\([^/]*\))?\??/g, part => part === '::' ? ':' : '*')
}

/** Whether two patterns have a common path; every pair of positions is looked at once. */
function overlap (a: string, b: string): boolean {
  let row = new Array<boolean>(b.length + 1).fill(false)
  for (let i = 0; i <= a.length; i++) {
    const next = new Array<boolean>(b.length + 1).fill(false)
    for (let j = 0; j <= b.length; j++) {
      const up = i > 0 && row[j] === true
      const left = j > 0 && next[j - 1] === true
      const diagonal = i > 0 && j > 0 && row[j - 1] === true
      const same = a[i - 1] === b[j - 1]
      next[j] = (i === 0 && j === 0) || (a[i - 1] === '*' && (up || left || diagonal)) ||
        (b[j - 1] === '*' && (up || left || diagonal)) || (diagonal && same)
    }
    row = next
  }
  return row[b.length] === true
}
