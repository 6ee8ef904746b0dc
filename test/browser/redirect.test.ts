import t from 'tap'
import { type BrowserName, browsers } from '../../lib/browser/engines'
import { isRedirect, redirect, serializeOrigin } from '../../lib/browser/redirect'
import { type PageInit, type PageRequest, createRequest, sendsOrigin } from '../../lib/browser/request'

const APP = 'https://app.test'
const A = 'https://a.test/'
const B = 'https://b.test/'

const page = (init: Partial<PageInit> = {}) => createRequest({ origin: APP, url: A, ...init })

function to (location: string, request = page(), status = 302) {
  return redirect(request, { status, headers: [['Location', location]] }, browsers.standard)
}

function followed (location: string, request = page(), status = 302): PageRequest {
  const redirected = to(location, request, status)
  if (redirected?.ok !== true) throw new Error(`not followed: ${redirected?.code}`)
  return redirected.request
}

function code (location: string, request = page()): string {
  const redirected = to(location, request)
  return redirected === undefined ? 'no redirect' : redirected.ok ? 'ok' : redirected.code
}

t.test('a response redirects if it has a redirect status and a Location', async t => {
  for (const status of [301, 302, 303, 307, 308]) t.equal(isRedirect(status), true)
  for (const status of [200, 300, 304, 305, 306, 309]) t.equal(isRedirect(status), false)
  t.equal(redirect(page(), { status: 302, headers: [] }, browsers.standard), undefined)
  t.equal(to('/y', page(), 304), undefined)
})

t.test('the origin becomes null once another origin redirects to a third', async t => {
  const cases: [string, string[], string][] = [
    ['no redirect', [A], APP],
    ['within one origin', [A, `${A}x`, `${A}y`], APP],
    ['from the page\'s own origin to another', [`${APP}/`, A], APP],
    ['from another origin to a third', [A, B], 'null'],
    ['from another origin back to the page\'s own', [A, `${APP}/`], 'null'],
    ['there, back and on', [`${APP}/`, A, `${A}y`], APP],
    ['once null, always null', [A, B, `${B}x`], 'null']
  ]
  for (const [name, [url = A, ...more], origin] of cases) {
    t.equal(serializeOrigin(more.reduce((request, next) => followed(next, request), page({ url }))), origin, name)
  }
})

t.test('some redirects are not followed', async t => {
  t.equal(code('https://u:p@b.test/'), 'RedirectContainsCredentials')
  t.equal(code('https://u@a.test/'), 'RedirectContainsCredentials')
  t.equal(code('https://u:p@app.test/x', page({ url: '/' })), 'ok', 'followed within the page\'s own origin')
  t.equal(code('https://u:p@app.test/x'), 'RedirectContainsCredentials', 'not followed from another origin back to it')
  t.equal(code('data:text/plain,x'), 'CorsDisabledScheme')
  t.equal(code('ftp://a.test/'), 'CorsDisabledScheme')
  t.equal(code('http://'), 'InvalidResponse')
})

t.test('an empty Location is the URL of the request', async t => {
  t.equal(followed('').url, A)
})

t.test('a fragment is kept until a redirect has one of its own', async t => {
  const request = page({ url: `${A}#part` })
  t.match(followed('/y', request), { url: `${A}y`, fragment: '#part' })
  t.match(followed('/y#', request), { url: `${A}y`, fragment: '#part' })
  t.match(followed('/y#b', request), { url: `${A}y`, fragment: '#b' })
  t.match(followed('/y#b#c'), { url: `${A}y`, fragment: '#b#c' })
})

t.test('the failure does not repeat the password in the URL', async t => {
  t.notMatch(JSON.stringify(to('https://user:secret@b.test/')), /user|secret/)
})

t.test('twenty redirects are followed, and the next one is not', async t => {
  let request = page()
  for (let i = 0; i < 20; i++) request = followed(`/${i}#x`, request)
  t.equal(request.url, `${A}19`)
  t.equal(code('/20', request), 'InvalidResponse')
})

t.test('a redirect changes the method as the standard says', async t => {
  const cases: [number, string, string][] = [
    [301, 'POST', 'GET'], [302, 'POST', 'GET'], [303, 'POST', 'GET'], [303, 'PUT', 'GET'], [303, 'HEAD', 'HEAD'], [303, 'GET', 'GET'],
    [301, 'PUT', 'PUT'], [302, 'DELETE', 'DELETE'], [307, 'POST', 'POST'], [308, 'POST', 'POST']
  ]
  for (const [status, method, expected] of cases) t.equal(followed('/y', page({ method }), status).method, expected, `${status} ${method}`)
})

t.test('a redirect drops the headers of the body, and Authorization if it leads to another origin', async t => {
  const request = page({ method: 'POST', headers: [['Content-Type', 'x'], ['Authorization', 'x'], ['X-A', '1']] })
  const names = (location: string, status: number) => followed(location, request, status).headers.map(([name]) => name)
  t.same(names('/y', 307), ['Content-Type', 'Authorization', 'X-A'])
  t.same(names('/y', 302), ['Authorization', 'X-A'])
  t.same(names(B, 307), ['Content-Type', 'X-A'])
  t.same(names(B, 303), ['X-A'])
})

t.test('the headers of the body are dropped together with the body', async t => {
  const names = ['content-encoding', 'Content-Language', 'content-location', 'Content-Type', 'Content-Own']
  const left = (method: string, status: number) =>
    followed('/y', page({ method, headers: names.map(name => [name, 'x'] as const) }), status).headers.map(([name]) => name)
  t.same(left('POST', 302), ['Content-Own'])
  t.same(left('PUT', 303), ['Content-Own'])
  for (const [method, status] of [['POST', 307], ['PUT', 302], ['GET', 303], ['HEAD', 303]] as const) t.same(left(method, status), names, `${method} ${status}`)
})

t.test('headers that one redirect removed are back after the next in Firefox and WebKit', async t => {
  const names = (name: BrowserName, method: string, ...redirects: ReadonlyArray<readonly [status: number, location: string]>) => {
    let request = page({ method, headers: [['content-type', 'x'], ['authorization', 'x'], ['x-a', '1']] })
    for (const [status, location] of redirects) {
      const next = redirect(request, { status, headers: [['location', location]] }, browsers[name])
      if (next?.ok !== true) throw new Error('it was not followed')
      request = next.request
    }
    return request.headers.map(([name]) => name)
  }
  const all = ['content-type', 'authorization', 'x-a']
  for (const [name, ...expected] of [
    ['standard', ['x-a'], ['x-a'], ['x-a']],
    ['firefox', ['x-a'], ['content-type', 'x-a'], all],
    ['webkit', ['x-a'], ['content-type', 'x-a'], ['content-type', 'x-a']]
  ] as const) {
    t.strictSame(names(name, 'PUT', [303, B]), expected[0], `${name}, after one`)
    t.strictSame(names(name, 'PUT', [303, A], [302, B]), expected[1], `${name}, after another to a third origin`)
    t.strictSame(names(name, 'PUT', [303, B], [302, '/y']), expected[2], `${name}, after another within an origin`)
  }
  t.strictSame(names('firefox', 'POST', [303, A], [302, '/y']), ['authorization', 'x-a'], 'Firefox removes what the redirect would remove from the first request')
  for (const name of ['standard', 'firefox', 'webkit'] as const) t.strictSame(names(name, 'POST', [307, A], [308, A]), all, `${name}: nothing is doubled`)
})

t.test('in WebKit a DELETE that leaves its origin becomes a GET, and a request that did so keeps its Origin', async t => {
  const remove = page({ method: 'DELETE' })
  const to = (name: BrowserName, location: string, request: PageRequest, status: number) => {
    const redirected = redirect(request, { status, headers: [['location', location]] }, browsers[name])
    if (redirected?.ok !== true) throw new Error('it was not followed')
    return redirected.request
  }
  t.strictSame([to('standard', B, remove, 307).method, to('webkit', B, remove, 307).method, to('webkit', '/x', remove, 307).method], ['DELETE', 'GET', 'DELETE'])
  t.equal(to('standard', B, remove, 307).hasAsked, true)
  t.equal(to('standard', B, page(), 307).hasAsked, false)
  const own = page({ method: 'PUT', url: '/' })
  t.strictSame((['standard', 'webkit'] as const).map(name => sendsOrigin(to(name, '/x', own, 303))), [false, true])
})
