import fc from 'fast-check'
import t from 'tap'
import type { HeaderList } from '../../lib/browser/header-list'
import { createRequest } from '../../lib/browser/request'
import { filterHeaders, namesOf, readableNames } from '../../lib/browser/response'

const cross = createRequest({ origin: 'https://app.test', url: 'https://api.test/' })
const withCredentials = createRequest({ origin: 'https://app.test', url: 'https://api.test/', credentials: 'include' })
const own = createRequest({ origin: 'https://app.test', url: '/' })

const sent: HeaderList = [['Content-Type', 'x'], ['ETag', 'x'], ['X-A', '1'], ['X-A', '2'], ['Set-Cookie', 'x'], ['set-cookie2', 'x'], ['*', 'x']]
const expose = (value: string): HeaderList[number] => ['access-control-expose-headers', value]

t.test('which headers a page may read', async t => {
  const cases: [string, typeof cross, HeaderList, string[]][] = [
    ['the safelisted ones', cross, sent, ['content-type']],
    ['and those that are exposed', cross, [...sent, expose('x-a, etag')], ['content-type', 'etag', 'x-a']],
    ['exposed on two lines', cross, [...sent, expose('X-A'), expose('ETAG')], ['content-type', 'etag', 'x-a']],
    ['all by *, but no cookies', cross, [...sent, expose('*')], ['*', 'access-control-expose-headers', 'content-type', 'etag', 'x-a']],
    ['with credentials, * is a name', withCredentials, [...sent, expose('*')], ['*', 'content-type']],
    ['with credentials, names', withCredentials, [...sent, expose('etag')], ['content-type', 'etag']],
    ['never cookies', cross, [...sent, expose('Set-Cookie, set-cookie2')], ['content-type']],
    ['none by a malformed list', cross, [...sent, expose('etag, x/y')], ['content-type']],
    ['none by an empty list', cross, [...sent, expose('')], ['content-type']],
    ['all of the own origin, but no cookies', own, sent, ['*', 'content-type', 'etag', 'x-a']]
  ]
  for (const [name, request, headers, names] of cases) t.same(namesOf(filterHeaders(request, headers).exposed), names, name)
})

t.test('the safelist', async t => {
  const names = ['cache-control', 'content-language', 'content-length', 'content-type', 'expires', 'last-modified', 'pragma']
  const headers = [...names, 'date', 'location', 'server', 'age'].map(name => [name, 'x'] as const)
  t.same(namesOf(filterHeaders(cross, headers).exposed), names)
})

t.test('each header is either exposed or hidden, in the order in which it was sent', async t => {
  const name = fc.constantFrom('ETag', 'expires', 'Set-Cookie', 'x-a', 'X-B')
  const list = fc.array(fc.oneof(fc.tuple(name, fc.string()), fc.tuple(fc.constant('Access-Control-Expose-Headers'), fc.constantFrom('*', 'etag', 'x-a,x-b', '?'))))
  fc.assert(fc.property(list, fc.constantFrom(cross, withCredentials, own), (headers, request) => {
    const { exposed, hidden } = filterHeaders(request, headers)
    return JSON.stringify(headers.filter(header => exposed.includes(header))) === JSON.stringify(exposed) &&
      exposed.length + hidden.length === headers.length && !namesOf(exposed).includes('set-cookie')
  }))
})

t.test('the names that a page may read, sent or not', async t => {
  const safelisted = ['cache-control', 'content-language', 'content-length', 'content-type', 'expires', 'last-modified', 'pragma']
  t.same(readableNames(cross, [expose('X-B, etag, Set-Cookie, A')]), ['a', ...safelisted.slice(0, 4), 'etag', ...safelisted.slice(4), 'x-b'])
  t.equal(readableNames(cross, [expose('*')]), '*')
  t.same(readableNames(withCredentials, [expose('*')]), ['*', ...safelisted])
  t.equal(readableNames(own, []), '*')
})
