import fc from 'fast-check'
import t from 'tap'
import type { HeaderLines } from '../../lib/browser/header-list'
import { createRequest } from '../../lib/browser/request'
import { exposedHeaders, namesOf, readableNames } from '../../lib/browser/response'

const cross = createRequest({ origin: 'https://app.test', url: 'https://api.test/' })
const withCredentials = createRequest({ origin: 'https://app.test', url: 'https://api.test/', credentials: 'include' })
const own = createRequest({ origin: 'https://app.test', url: '/' })

const sent: HeaderLines = [['Content-Type', 'x'], ['ETag', 'x'], ['X-A', '1'], ['X-A', '2'], ['Set-Cookie', 'x'], ['set-cookie2', 'x'], ['*', 'x']]
const expose = (value: string): HeaderLines[number] => ['access-control-expose-headers', value]

t.test('which headers a page may read', async t => {
  const cases: [string, typeof cross, HeaderLines, string[]][] = [
    ['the safelisted headers', cross, sent, ['content-type']],
    ['and the exposed headers', cross, [...sent, expose('x-a, etag')], ['content-type', 'etag', 'x-a']],
    ['headers that are exposed on two lines', cross, [...sent, expose('X-A'), expose('ETAG')], ['content-type', 'etag', 'x-a']],
    ['all headers but cookies if * is exposed', cross, [...sent, expose('*')], ['*', 'access-control-expose-headers', 'content-type', 'etag', 'x-a']],
    ['with credentials, * is only a name', withCredentials, [...sent, expose('*')], ['*', 'content-type']],
    ['with credentials, exposed names', withCredentials, [...sent, expose('etag')], ['content-type', 'etag']],
    ['no cookies, even if they are exposed', cross, [...sent, expose('Set-Cookie, set-cookie2')], ['content-type']],
    ['no further header if the list is malformed', cross, [...sent, expose('etag, x/y')], ['content-type']],
    ['no further header if the list is empty', cross, [...sent, expose('')], ['content-type']],
    ['all headers but cookies from the page\'s own origin', own, sent, ['*', 'content-type', 'etag', 'x-a']]
  ]
  for (const [name, request, headers, names] of cases) t.same(namesOf(exposedHeaders(request, headers)), names, name)
})

t.test('the safelisted response headers are those of the standard', async t => {
  const names = ['cache-control', 'content-language', 'content-length', 'content-type', 'expires', 'last-modified', 'pragma']
  const headers = [...names, 'date', 'location', 'server', 'age'].map(name => [name, 'x'] as const)
  t.same(namesOf(exposedHeaders(cross, headers)), names)
})

t.test('exposed headers keep their order, and cookies are never among them', async t => {
  const name = fc.constantFrom('ETag', 'expires', 'Set-Cookie', 'x-a', 'X-B')
  const list = fc.array(fc.oneof(fc.tuple(name, fc.string()), fc.tuple(fc.constant('Access-Control-Expose-Headers'), fc.constantFrom('*', 'etag', 'x-a,x-b', '?'))))
  fc.assert(fc.property(list, fc.constantFrom(cross, withCredentials, own), (headers, request) => {
    const exposed = exposedHeaders(request, headers)
    return JSON.stringify(headers.filter(header => exposed.includes(header))) === JSON.stringify(exposed) &&
      !namesOf(exposed).includes('set-cookie')
  }))
})

t.test('the readable names include headers that were not sent', async t => {
  const safelisted = ['cache-control', 'content-language', 'content-length', 'content-type', 'expires', 'last-modified', 'pragma']
  t.same(readableNames(cross, [expose('X-B, etag, Set-Cookie, A')]), ['a', ...safelisted.slice(0, 4), 'etag', ...safelisted.slice(4), 'x-b'])
  t.equal(readableNames(cross, [expose('*')]), '*')
  t.same(readableNames(withCredentials, [expose('*')]), ['*', ...safelisted])
  t.equal(readableNames(own, []), '*')
})
