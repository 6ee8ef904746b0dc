import fc from 'fast-check'
import FindMyWay from 'find-my-way'
import t from 'tap'
import { coversPaths, coversRoute, mayMatchRoute, pathMatcher, pathReader, prefixMatcher, routeGlob } from '../../lib/routing/paths'
import type { RouterOptions } from '../../lib/routing/paths'

const SEED = { seed: 20_261_127 }

const DEFAULTS: RouterOptions = { caseSensitive: true, ignoreTrailingSlash: false, ignoreDuplicateSlashes: false, useSemicolonDelimiter: false }
const read = pathReader(DEFAULTS)

const both = [true, false]
const everyRouter: RouterOptions[] = both.flatMap(caseSensitive => both.flatMap(ignoreTrailingSlash => both.flatMap(ignoreDuplicateSlashes =>
  both.map(useSemicolonDelimiter => ({ caseSensitive, ignoreTrailingSlash, ignoreDuplicateSlashes, useSemicolonDelimiter })))))

const pathTokens = ['/', '/', 'a', 'A', 'b', 'É', 'é', ' ', '.', '-']
const urlTokens = [...pathTokens, '%61', '%41', '%2F', '%2f', '%25', '%2561', '%zz', '%', '%C3%89', '%c3%a9', '%FF', '%20', '%3F', '%23', '%3B', '%2B', '%00', '?', '#', ';', '=', '&', '+', '://', 'http://', ':']
const route = fc.array(fc.constantFrom(...pathTokens), { maxLength: 5 }).map(tokens => '/' + tokens.join(''))
const anyUrl = fc.tuple(fc.constantFrom('/', '/', '/', 'http://api.test', 'HTTPS://api.test:1/', 'http://u@api.test?', 'ftp://x/'), fc.array(fc.constantFrom(...urlTokens), { maxLength: 8 })).map(([start, tokens]) => start + tokens.join(''))

/** Spells a path in another way, as a client may. */
const spelling = (path: string): fc.Arbitrary<string> => fc.tuple(
  fc.array(fc.constantFrom('plain', 'encoded', 'upper', 'lower', 'double'), { minLength: path.length, maxLength: path.length }),
  fc.constantFrom('', '', '/', '?x=/', '#x', ';x', '%2F')
).map(([ways, end]) => [...path].map((char, i) => {
  switch (ways[i]) {
    case 'encoded': return [...Buffer.from(char)].map(byte => '%' + byte.toString(16)).join('')
    case 'upper': return encodeURI(char.toUpperCase())
    case 'lower': return encodeURI(char.toLowerCase())
    case 'double': return char === '/' ? '//' : encodeURI(char)
    default: return encodeURI(char)
  }
}).join('') + end)

for (const options of everyRouter) {
  const reader = pathReader(options)
  const name = Object.entries(options).filter(([, on]) => on).map(([option]) => option).join(', ') || 'no option'

  t.test(`a URL is read as the router reads it: ${name}`, async t => {
    const cases = fc.oneof(fc.tuple(route, anyUrl), route.chain(path => fc.tuple(fc.constant(path), spelling(path))))
    let found = 0
    fc.assert(fc.property(cases, ([path, url]) => {
      const router = FindMyWay({ ...options })
      router.on('GET', path, () => {}, 'the route')
      const store = (router.find('GET', url) as { store?: unknown } | null)?.store
      if (store === 'the route') found++
      return store !== 'the route' || reader(url) === reader(path)
    }), { ...SEED, numRuns: 1500 })
    t.ok(found > 100, 'and some were found')
  })

  t.test(`a wildcard begins where the router's does: ${name}`, async t => {
    const cases = fc.oneof(anyUrl, spelling('/a/b'), spelling('/A/'), spelling('/a'))
    const wildcard = pathMatcher(['/a/*'], reader)
    fc.assert(fc.property(cases, url => {
      const router = FindMyWay({ ...options })
      router.on('GET', '/a/*', () => {}, 'the route')
      const path = reader(url)
      const store = (router.find('GET', url) as { store?: unknown } | null)?.store
      return store !== 'the route' || (path !== undefined && wildcard.matches(path))
    }), { ...SEED, numRuns: 1500 })
  })

  t.test(`a URL is read as a parameter of a route shows it: ${name}`, async t => {
    fc.assert(fc.property(fc.oneof(anyUrl, spelling('/a/b'), spelling('/É/@')), url => {
      const router = FindMyWay({ ...options })
      router.on('GET', '/*', () => {}, 'the route')
      const found = router.find('GET', url) as { store?: unknown, params: { '*': string } } | null
      // A request target begins in one of these ways.
      if (!/^(?:\/|https?:)/i.test(url)) return true
      return found?.store !== 'the route' || reader(url) === reader('/' + encodeURIComponent(found.params['*']))
    }), { ...SEED, numRuns: 1500 })
  })
}

t.test('a URL in absolute-form is read without its scheme and authority', async t => {
  t.equal(read('http://api.test/a?b'), '/a')
  t.equal(read('HTTPS://api.test/a'), '/a')
  t.equal(read('http://api.test'), '/')
  t.equal(read('http://api.test?x'), '/')
  t.equal(read('*'), '*')
  t.equal(read('a?http://b'), 'a')
  for (const url of ['http://api.test#x', 'http://api.test/a#/b', 'http:///a', 'http://?a', 'http://', 'http://[/a', 'http://a b/']) t.equal(read(url), undefined, url)
})

t.test('a URL that cannot be decoded has no path', async t => {
  for (const url of ['/%', '/%zz', '/a/%c0%af', '/%ff']) t.equal(read(url), undefined, url)
  t.equal(read('/a?%zz'), '/a')
})

t.test('an encoded slash is a slash, and nothing is decoded twice', async t => {
  t.equal(read('/a%2Fb'), '/a/b')
  t.equal(read('/%40%24'), '/@$')
  t.equal(read('/%2561'), '/%61')
  t.equal(read('/%252F'), '/%2F')
  t.equal(read('/%61'), '/a')
})

t.test('patterns', async t => {
  const cases: [string[], string, boolean][] = [
    [['/a'], '/a', true], [['/a'], '/a/', false], [['/a'], '/ab', false], [['/a'], '/A', false],
    [['/a/*'], '/a/', true], [['/a/*'], '/a', false], [['/a/*'], '/a/b/c', true], [['/a/*'], '/b/a/c', false],
    [['/a*'], '/a', true], [['/a*'], '/abc/d', true], [['*'], '/', true], [['/*'], '/', true], [['/*'], '/x', true],
    [['/a/*/c'], '/a/b/c', true], [['/a/*/c'], '/a//c', true], [['/a/*/c'], '/a/c', false], [['/a/*/c'], '/a/b/d/c', true], [['/a/*/c'], '/a/b/cd', false],
    [['/*a*b'], '/ab', true], [['/*a*b'], '/xaxb', true], [['/*a*b'], '/ba', false], [['/*a*a*'], '/a', false], [['/*a*a*'], '/aa', true],
    [['/*.*.*'], '/a.b', false], [['/*ab*b'], '/ab', false], [['/*ab*b'], '/abb', true], [['/**'], '/x', true],
    [['/a', '/b/*'], '/b/x', true], [['/a', '/b/*'], '/a', true], [['/a', '/b/*'], '/c', false],
    [['/%61'], '/a', true], [['/%'], '/%', true]
  ]
  for (const [patterns, path, matches] of cases) t.equal(pathMatcher(patterns, read).matches(path), matches, `${patterns} ${path}`)
})

t.test('patterns match like the equivalent RegExp', async t => {
  const text = fc.array(fc.constantFrom('a', 'b', '/', '*'), { maxLength: 8 }).map(chars => '/' + chars.join(''))
  const path = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 10 }).map(chars => '/' + chars.join(''))
  fc.assert(fc.property(text, path, (pattern, path) =>
    pathMatcher([pattern], read).matches(path) === new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(path)), { ...SEED, numRuns: 5000 })
})

t.test('a hostile path takes no time', async t => {
  const matcher = pathMatcher(['/' + '*a'.repeat(20) + '*b'], read)
  // With backtracking, this would never end.
  t.equal(matcher.matches('/' + 'a'.repeat(16_000)), false)
})

t.test('patterns are read as the router reads paths', async t => {
  const loose = pathReader({ caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, useSemicolonDelimiter: true })
  t.same(pathMatcher(['/API/', '//a//*'], loose).patterns, ['/api', '/a/*'])
  t.ok(pathMatcher(['/API/'], loose).matches(loose('//aPi/;x') ?? ''))
})

t.test('whether one list covers another', async t => {
  const cases: [string[] | undefined, string[] | undefined, boolean][] = [
    [undefined, undefined, true], [undefined, ['/a'], true],
    [['/*'], undefined, true], [['*'], undefined, true], [['/**'], undefined, true], [['/a', '/*'], undefined, true], [['/*a'], undefined, false], [['/a/*'], undefined, false], [['/a'], undefined, false],
    [['/a'], ['/a'], true], [['/a'], ['/b'], false], [['/a/*'], ['/a/b'], true], [['/a/b'], ['/a/*'], false],
    [['/a/*'], ['/a/*'], true], [['/a/*'], ['/a/b/*'], true], [['/a/b/*'], ['/a/*'], false], [['/*'], ['/a', '/b/*'], true],
    [['/a', '/b/*'], ['/b/c', '/a'], true], [['/a', '/b/*'], ['/b/c', '/c'], false], [['/a*'], ['/a/*'], true], [['/a/*'], ['/a*'], false],
    // No character stands for a wildcard.
    ...[...'abcdefghijklmnopqrstuvwxyz0123456789-._~!$&\'()+,;=:@ %\u0001\ufffd'].map((char): [string[], string[], boolean] => [[`/${char}`], ['/*'], false])
  ]
  const list = (paths: string[] | undefined) => paths && pathMatcher(paths, read)
  for (const [covering, covered, covers] of cases) t.equal(coversPaths(list(covering), list(covered)), covers, `${covering} covers ${covered}`)
})

t.test('a list that covers another matches every path that the other matches', async t => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '/', '*'), { maxLength: 5 }).map(chars => '/' + chars.join(''))
  const list = fc.array(pattern, { minLength: 1, maxLength: 3 })
  const path = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 7 }).map(chars => '/' + chars.join(''))
  fc.assert(fc.property(list, list, path, (covering, covered, path) => {
    const [a, b] = [pathMatcher(covering, read), pathMatcher(covered, read)]
    return !coversPaths(a, b) || !b.matches(path) || a.matches(path)
  }), { ...SEED, numRuns: 5000 })
})

t.test("a route's pattern as a glob", async t => {
  const cases: [string, string][] = [
    ['/a', '/a'], ['/users/:id', '/users/*'], ['/users/:id/posts/:post', '/users/*/posts/*'], ['/:a-:b', '/**'], ['/users/:id?', '/users/*'],
    ['/files/:name(^\\d+$).png', '/files/*.png'], ['/files/:name(^\\d+$)', '/files/*'], ['/a::b', '/a:b'], ['/*', '/*'], ['*', '*'], ['/:a/::b', '/*/:b'],
    ['/:kind(a|b(c|d))', '/*'], ['/:kind(a|b(c|d)).png', '/*.png'], ['/:hour(^\\d{2})h:minute(^\\d{2})m', '/*m']
  ]
  for (const [url, glob] of cases) t.equal(routeGlob(url), glob, url)
})

t.test('whether a list may match a URL of a route', async t => {
  const cases: [string[], string, boolean][] = [
    [['/a'], '/a', true], [['/a'], '/b', false], [['/a/b'], '/a/:x', true], [['/a/*'], '/:x/b', true], [['/a/*'], '/b/:x', false],
    [['/a'], '/*', true], [['/a'], '*', true], [['/api/*'], '/api/:id', true], [['/api/*'], '/apis/:id', false], [['/a/b', '/c'], '/c', true], [['/a*z'], '/ab*yz', true], [['/a*z'], '/ab*y', false],
    [['/users'], '/users/:id?', true], [['/users/7'], '/users/:id?', true], [['/'], '/:id?', true], [['/users'], '/users/:id', false],
    [['/users/'], '/users/:id?/', true], [['/users'], '/users/:id?/', false]
  ]
  for (const [paths, url, may] of cases) t.equal(mayMatchRoute(pathMatcher(paths, read), url, read), may, `${paths} ${url}`)
})

t.test('whether a list matches every URL of a route', async t => {
  const cases: [string[], string, boolean][] = [
    [['/a'], '/a', true], [['/a'], '/b', false], [['/a/*'], '/a/:id', true], [['/a/b'], '/a/:id', false], [['/*'], '/:any', true], [['/a*'], '/:any', false],
    [['/a', '/b'], '/b', true], [['/users/*'], '/users/:id?', false], [['/users*'], '/users/:id?', true], [['/', '/*'], '/:id?', true], [['/a/*/c'], '/a/:b/c', true]
  ]
  for (const [paths, url, all] of cases) t.equal(coversRoute(pathMatcher(paths, read), url, read), all, `${paths} ${url}`)
})

t.test('a list that matches a URL of a route may match the route', async t => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '/', '*'), { maxLength: 5 }).map(chars => '/' + chars.join(''))
  const path = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 7 }).map(chars => '/' + chars.join(''))
  fc.assert(fc.property(pattern, pattern, path, (list, route, path) => {
    const matcher = pathMatcher([list], read)
    const inBoth = matcher.matches(path) && pathMatcher([route], read).matches(path)
    return !inBoth || mayMatchRoute(matcher, route, read)
  }), { ...SEED, numRuns: 5000 })
})

t.test('a path is below a prefix by whole segments, and a parameter is one of them', async t => {
  const below = (prefix: string, path: string, options: Partial<RouterOptions> = {}) => prefixMatcher(prefix, pathReader({ ...DEFAULTS, ...options }))(path)
  for (const path of ['/', '/a', '/a/b', '']) t.ok(below('', path), `the application itself has ${path}`)
  for (const path of ['/v1', '/v1/', '/v1/a/b']) t.ok(below('/v1', path), path)
  for (const path of ['/', '/v', '/v12', '/v12/a', '/a/v1', '/V1/a']) t.notOk(below('/v1', path), path)
  t.ok(below('/V1', '/v1/a', { caseSensitive: false }), 'letters as the router has them')
  for (const path of ['/v1', '/v1/a']) t.ok(below('/v1/', path), `${path} is below /v1/`)
  for (const path of ['/x/items', '/x/items/7']) t.ok(below('/:tenant/items', path), path)
  for (const path of ['/items', '/x/y/items', '/x/items7', '/x']) t.notOk(below('/:tenant/items', path), path)
  t.ok(below('/%zz', '/%zz/a'), 'what is no escape is read to the letter')
  t.notOk(below('/%zz', '/a'), 'and has nothing else below it')
  for (const path of ['/v7', '/v7/a']) t.ok(below('/v:version', path), path)
  for (const path of ['/w7', '/x/v7']) t.notOk(below('/v:version', path), path)
})

t.test('a path that is shorter than a prefix is not below it', async t => {
  for (const [prefix, path, below] of [['/v1/:tenant', '/v1', false], ['/v1/:tenant', '/v1/a', true], ['/v1/a', '/v1', false], ['/:tenant/v1', '/a', false]] as const) {
    t.equal(prefixMatcher(prefix, read)(path), below, `${prefix} ${path}`)
  }
})
