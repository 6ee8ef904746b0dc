import t from 'tap'
import { browsers } from '../../lib/browser/engines'
import { isRedirect, redirect, serializeOrigin } from '../../lib/browser/redirect'
import { type PageInit, type PageRequest, createRequest } from '../../lib/browser/request'

const APP = 'https://app.test'
const A = 'https://a.test/'
const B = 'https://b.test/'

const page = (init: Partial<PageInit> = {}) => createRequest({ origin: APP, url: A, ...init })

function to (location: string, request = page(), status = 302, browser = browsers.standard) {
  return redirect(request, { status, headers: [['Location', location]] }, browser)
}

function followed (location: string, request = page(), status = 302): PageRequest {
  const redirected = to(location, request, status)
  if (redirected?.ok !== true) throw new Error(`not followed: ${redirected?.code}`)
  return redirected.request
}

function code (location: string, request = page(), browser = browsers.standard): string {
  const redirected = to(location, request, 302, browser)
  return redirected === undefined ? 'no redirect' : redirected.ok ? 'ok' : redirected.code
}

t.test('which responses redirect', async t => {
  for (const status of [301, 302, 303, 307, 308]) t.equal(isRedirect(status), true)
  for (const status of [200, 300, 304, 305, 306, 309]) t.equal(isRedirect(status), false)
  t.equal(redirect(page(), { status: 302, headers: [] }, browsers.standard), undefined)
  t.equal(to('/y', page(), 304), undefined)
})

t.test('the origin is null once a third origin is involved', async t => {
  const cases: [string, string[], string][] = [
    ['no redirect', [A], APP],
    ['within one origin', [A, `${A}x`, `${A}y`], APP],
    ['from the own origin to another', [`${APP}/`, A], APP],
    ['from another origin to a third', [A, B], 'null'],
    ['from another origin back to the own', [A, `${APP}/`], 'null'],
    ['there, back and on', [`${APP}/`, A, `${A}y`], APP],
    ['once null, always null', [A, B, `${B}x`], 'null']
  ]
  for (const [name, [url = A, ...more], origin] of cases) {
    t.equal(serializeOrigin(more.reduce((request, next) => followed(next, request), page({ url }))), origin, name)
  }
})

t.test('where a redirect may not lead', async t => {
  t.equal(code('https://u:p@b.test/'), 'RedirectContainsCredentials')
  t.equal(code('https://u@a.test/'), 'RedirectContainsCredentials')
  t.equal(code('https://u:p@app.test/x', page({ url: '/' })), 'ok', 'but within the own origin it may')
  t.equal(code('https://u:p@app.test/x'), 'RedirectContainsCredentials', 'not back to it from another')
  t.equal(code('data:text/plain,x'), 'CorsDisabledScheme')
  t.equal(code('ftp://a.test/'), 'CorsDisabledScheme')
  t.equal(code('http://'), 'InvalidResponse')
  t.equal(code('https://u:p@app.test/x', page({ url: '/' }), browsers.chromium), 'RedirectContainsCredentials', 'Chromium lets nobody there')
})

t.test('an empty Location is the URL that was asked for, and in Chromium none', async t => {
  t.equal(followed('').url, A)
  t.equal(code('', page(), browsers.chromium), 'no redirect')
})

t.test('a fragment is kept until a redirect brings another', async t => {
  const request = page({ url: `${A}#part` })
  t.match(followed('/y', request), { url: `${A}y`, fragment: '#part' })
  t.match(followed('/y#', request), { url: `${A}y`, fragment: '#part' })
  t.match(followed('/y#b', request), { url: `${A}y`, fragment: '#b' })
  t.match(followed('/y#b#c'), { url: `${A}y`, fragment: '#b#c' })
})

t.test('the password of a redirect is not repeated', async t => {
  t.notMatch(JSON.stringify(to('https://user:secret@b.test/')), /user|secret/)
})

t.test('twenty redirects are followed, and no more', async t => {
  let request = page()
  for (let i = 0; i < 20; i++) request = followed(`/${i}#x`, request)
  t.equal(request.url, `${A}19`)
  t.equal(code('/20', request), 'InvalidResponse')
})

t.test('what becomes of the method', async t => {
  const cases: [number, string, string][] = [
    [301, 'POST', 'GET'], [302, 'POST', 'GET'], [303, 'POST', 'GET'], [303, 'PUT', 'GET'], [303, 'HEAD', 'HEAD'], [303, 'GET', 'GET'],
    [301, 'PUT', 'PUT'], [302, 'DELETE', 'DELETE'], [307, 'POST', 'POST'], [308, 'POST', 'POST']
  ]
  for (const [status, method, expected] of cases) t.equal(followed('/y', page({ method }), status).method, expected, `${status} ${method}`)
})

t.test('what becomes of the headers', async t => {
  const request = page({ method: 'POST', headers: [['Content-Type', 'x'], ['Authorization', 'x'], ['X-A', '1']] })
  const names = (location: string, status: number) => followed(location, request, status).headers.map(([name]) => name)
  t.same(names('/y', 307), ['Content-Type', 'Authorization', 'X-A'])
  t.same(names('/y', 302), ['Authorization', 'X-A'])
  t.same(names(B, 307), ['Content-Type', 'X-A'])
  t.same(names(B, 303), ['X-A'])
  const hints = page({ headers: [['DPR', '2'], ['Save-Data', 'on'], ['X-A', '1']] })
  const left = (location: string, request: PageRequest, browser = browsers.chromium) => {
    const redirected = to(location, request, 302, browser)
    return redirected?.ok === true && redirected.request.headers.map(([name]) => name)
  }
  t.same(left('/y', hints, browsers.standard), ['DPR', 'Save-Data', 'X-A'])
  t.same(left('/y', hints), ['Save-Data', 'X-A'], 'Chromium hides the device from all but the own origin')
  t.same(left(`${APP}/y`, hints), ['DPR', 'Save-Data', 'X-A'])
})

t.test('the headers of a body go with the body', async t => {
  const names = ['content-encoding', 'Content-Language', 'content-location', 'Content-Type', 'Content-Own']
  const left = (method: string, status: number) =>
    followed('/y', page({ method, headers: names.map(name => [name, 'x'] as const) }), status).headers.map(([name]) => name)
  t.same(left('POST', 302), ['Content-Own'])
  t.same(left('PUT', 303), ['Content-Own'])
  for (const [method, status] of [['POST', 307], ['PUT', 302], ['GET', 303], ['HEAD', 303]] as const) t.same(left(method, status), names, `${method} ${status}`)
})
