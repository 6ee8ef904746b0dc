import FindMyWay from 'find-my-way'

/** The router options that decide how a URL is read. `paths` are read in the same way. */
export interface RouterOptions {
  readonly caseSensitive: boolean
  readonly ignoreTrailingSlash: boolean
  readonly ignoreDuplicateSlashes: boolean
  readonly useSemicolonDelimiter: boolean
}

/** Reads the path of a request's URL as the router does. The result is `undefined` if the router answers 400. */
export type PathReader = (url: string) => string | undefined

/**
 * Makes a reader that normalises URLs as the router does, so that no spelling of a URL escapes its policy. `%2F` is read as a
 * slash, because handlers see it decoded in a route's parameter.
 */
export function pathReader (options: RouterOptions): PathReader {
  return url => {
    const path = toOriginForm(url)
    if (path === undefined) return undefined
    try {
      // Slashes are folded before decoding, as in the router, so that encoded ones stay.
      const decoded = FindMyWay.sanitizeUrlPath(foldSlashes(cutQuery(path, options.useSemicolonDelimiter), options))
      return options.caseSensitive ? decoded : decoded.toLowerCase()
    } catch {
      return undefined // the URL has an invalid percent escape
    }
  }
}

/** The path and query of a request target, which may be a whole URL (RFC 9112, 3.2.2, absolute-form). */
function toOriginForm (url: string): string | undefined {
  if (url.charCodeAt(0) === 47 /* / */ || !/^https?:\/\//i.test(url)) return url
  const rest = url.slice(url.indexOf('://') + 3)
  const end = rest.search(/[/?]/)
  // A request target cannot have a fragment, and a slash in one does not begin a path.
  if (end === 0 || rest.includes('#') || !URL.canParse(url)) return undefined
  if (end === -1) return '/'
  return rest[end] === '/' ? rest.slice(end) : '/' + rest.slice(end)
}

function cutQuery (url: string, semicolon: boolean): string {
  const end = url.slice(1).search(semicolon ? /[?#;]/ : /[?#]/)
  return end === -1 ? url : url.slice(0, end + 1)
}

/** A request target without its query, which may hold secrets, for messages and the log. */
export function beforeQuery (url: string): string {
  return before('#', before('?', url))
}

function before (mark: string, text: string): string {
  const at = text.indexOf(mark)
  return at === -1 ? text : text.slice(0, at)
}

/** Folds slashes as two options of the router say, in a URL or in the pattern of a route. */
export function foldSlashes (path: string, options: Pick<RouterOptions, 'ignoreDuplicateSlashes' | 'ignoreTrailingSlash'>): string {
  const single = options.ignoreDuplicateSlashes ? path.replace(/\/\/+/g, '/') : path
  return options.ignoreTrailingSlash && single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single
}

/** A compiled list of `paths`. */
export interface PathMatcher {
  /** The `paths` as the router reads them. */
  readonly patterns: readonly string[]
  matches (path: string): boolean
}

export function pathMatcher (paths: readonly string[], read: PathReader): PathMatcher {
  const patterns = paths.map(path => read(path) ?? path)
  const exact = new Set(patterns.filter(pattern => !pattern.includes('*')))
  const globs = patterns.filter(pattern => pattern.includes('*')).map(pattern => pattern.split('*'))
  return { patterns, matches: path => exact.has(path) || globs.some(parts => matchesGlob(parts, path)) }
}

/** Finds each part in turn, at its first place after the part before. That is enough for `*`, and a RegExp could backtrack. */
function matchesGlob (parts: readonly string[], path: string): boolean {
  const first = parts[0] as string // split() returns at least one part
  const last = parts[parts.length - 1] as string
  if (!path.startsWith(first) || !path.endsWith(last)) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = path.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return at <= path.length - last.length
}

/**
 * Whether every path that `covered` matches is one that `covering` matches. Each `*` of `covered` is replaced by a character
 * that only a `*` of `covering` can match.
 */
export function coversPaths (covering: PathMatcher | undefined, covered: PathMatcher | undefined): boolean {
  if (covering === undefined) return true
  if (covered === undefined) return covering.patterns.some(pattern => /^\/?\*+$/.test(pattern))
  return covered.patterns.every(pattern => covering.matches(pattern.replaceAll('*', '\0')))
}

/** Whether a URL of the route can match the list. The route's parameters are wildcards too. */
export function mayMatchRoute (matcher: PathMatcher, url: string, read: PathReader): boolean {
  return globsOf(url, read).some(route => matcher.patterns.some(pattern => overlap(pattern, route)))
}

/** Whether every URL of the route matches the list. */
export function coversRoute (matcher: PathMatcher, url: string, read: PathReader): boolean {
  return coversPaths(matcher, pathMatcher(globsOf(url, read), read))
}

/** The route's pattern as globs: two if its last parameter is optional. */
function globsOf (url: string, read: PathReader): string[] {
  return withoutOptional(url).map(url => read(routeGlob(url)) ?? url)
}

/** The patterns that find-my-way makes from a route's URL: `/a/:b?` becomes `/a/:b` and `/a`. */
export function withoutOptional (url: string): string[] {
  const optional = /(\/:[^/()]*)\?(\/?)$/
  return optional.test(url) ? [url.replace(optional, '$1$2'), url.replace(optional, '$2') || '/'] : [url]
}

/** Makes a function that tells whether a path is below the prefix of a context. A parameter in the prefix matches within one segment. */
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

/** A route's pattern with `*` for each parameter. In find-my-way these are `:name` and `:name(regexp)`; `::` is a colon. */
export function routeGlob (url: string): string {
  return url.replace(/::|:[^/(:]*(\([^/]*\))?\??/g, part => part === '::' ? ':' : '*')
}

/** Whether a path exists that both patterns match. It looks at every pair of positions once, so it cannot backtrack. */
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
