import fc from 'fast-check'
import { type Handler, type Places, type Scenario, fill, isPreflight, pageNames } from './scenario'
import { stepsTo } from './steps'

/** The lines of one header: none, one or several. */
type Lines = readonly string[]

interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: Lines }
}

/** What a URL answers to a preflight, and to any other request. */
interface Resource {
  readonly preflight: Answer
  readonly actual: Answer
}

const often = <T>(weight: number, value: T) => ({ weight, arbitrary: fc.constant(value) })

/** Values that are wrong, odd or rare. */
const rarely = (...values: readonly Lines[]) => ({ weight: 4, arbitrary: fc.constantFrom(...values) })

const allowOrigin = fc.oneof(often(30, ['{origin}']), often(12, ['*']), often(3, ['null']), rarely(
  ['{origin}, {origin}'], ['{origin} http://b.test'], ['*, {origin}'], ['{origin}', '{origin}'], ['*', '*'], ['null', '{origin}']
), rarely(
  [], [''], ['{origin}/'], [' {origin}\t'], ['http://b.test'], ['HTTP://APP.TEST'], ['app.test'], ['http://'], ['http:'], ['//app.test'], ['http:app.test'],
  ['http://['], ['file:///'], ['data:,x'], ['foo:bar'], ['%'], ['http://a%b'], ['{origin}\tx'], ['Null'], ['**'], ['{origin}:x'], ['http://a:99999'],
  ['http://1.2.3.999'], ['javascript:'], ['x'], [':'], ['"{origin}"']
))

const allowCredentials = fc.oneof(often(20, ['true']), often(3, []), rarely(
  ['True'], ['TRUE'], [' true '], ['true, true'], ['true', 'true'], ['false'], [''], ['1']
))

const allowMethods = fc.oneof(often(15, ['PUT, DELETE, PATCH, OPTIONS']), often(6, ['*']), often(1, []), rarely(
  [''], ['put, patch, Query'], ['PUT,,DELETE,'], ['PUT DELETE'], ['PUT, @'], ['PUT', 'DELETE'], ['PUT', ''], [','], ['"PUT"'], ['*, PUT'], ['**'],
  ['PUT;q=1'], ['PUT,\tDELETE ,PATCH'], ['GET'], ['PUT, "a,b", DELETE'], ['P\xfcT']
))

const allowHeaders = fc.oneof(often(15, ['x-one, x-two, authorization, content-type, range']), often(6, ['*']), often(1, []), rarely(
  [''], ['X-ONE,X-TWO'], ['x-one,,x-two,'], ['x-one x-two'], ['x-one, @'], ['x-one', 'x-two'], ['*, authorization'], ['*, x-one'], ['"x-one"'],
  ['accept, accept-language, content-language, x-one'], ['*;'], ['x-one, "x-two, y"'], ['(x-one)'], ['authorization']
))

/** Left out are a plus sign and numbers beyond 64 bits, which Chromium reads otherwise than the standard and the library. */
const maxAge = fc.oneof(often(4, []), often(4, ['600']), often(2, ['0']), rarely(
  ['-1'], ['soon'], [''], ['1.5'], [' 600 '], ['600, 600'], ['600', '600'], ['1e3'], ['0x10'], ['0600'], ['99999'],
  ['600s'], ['6 00'], ['"600"'], ['-0'], ['--1'], ['-x'], ['\xb2']
))

const exposeHeaders = fc.oneof(often(3, []), often(2, ['*']), often(2, ['x-one, X-Two']), rarely(
  [''], ['x-one x-two'], ['x-one, @'], ['"x-one"'], ['*, x-one'], ['x-one', 'x-two'], ['set-cookie, x-one'], [',x-one,, etag,'], ['x-one;'],
  ['x-one, "x-two, etag"'], ['x-one', '@'], ['\tx-one\t'], ['**'], ['x-\xf6ne, etag'], ['(x), x-one']
))

const preflight: fc.Arbitrary<Answer> = fc.record({
  status: fc.oneof(often(50, 204), often(5, 200), often(1, 299), often(1, 404), often(1, 401), often(1, 302), often(1, 304), often(1, 500)),
  headers: fc.record({
    'access-control-allow-origin': allowOrigin,
    'access-control-allow-credentials': allowCredentials,
    'access-control-allow-methods': allowMethods,
    'access-control-allow-headers': allowHeaders,
    'access-control-max-age': maxAge,
    location: fc.oneof(often(60, []), often(1, ['/moved']), often(1, ['{third}/x']))
  })
}).map(answer => answer.headers.location.length > 0 ? { ...answer, status: 307 } : answer)

const shown = {
  'content-type': ['text/plain'],
  'content-language': ['en'],
  'x-one': ['1'],
  'x-two': ['2', 'again'],
  etag: ['"x"'],
  'set-cookie': ['own=1; SameSite=Lax'],
  'last-modified': ['Thu, 01 Jan 1970 00:00:00 GMT']
}

const actual: fc.Arbitrary<Answer> = fc.record({
  status: fc.oneof(often(20, 200), often(1, 201), often(1, 204), often(1, 404), often(1, 500), often(1, 401), often(1, 302), often(1, 300)),
  headers: fc.record({
    'access-control-allow-origin': allowOrigin,
    'access-control-allow-credentials': allowCredentials,
    'access-control-expose-headers': exposeHeaders
  }).map(headers => ({ ...headers, ...shown }))
})

/** The prefix of a URL that gets a user name and a password. */
const USER = 'u:p@'

/**
 * Left out are an empty Location, which to Chromium is not a redirect, and a redirect within the page's own origin to a
 * URL with a user name, which Chromium blocks. The standard and the library follow both. Left out too is a redirect from the
 * page's own origin to such a URL at another, for which WebKit sends a preflight before it blocks it.
 */
const target = fc.oneof(
  often(4, '{api}/1'), often(4, '{third}/1'), often(2, '{own}/1'), often(2, '/1'), often(1, '{api}/2'), often(1, '{third}/2'),
  often(1, '{own}/2'), often(2, '/0'), often(1, '/1#part'), often(1, `${USER}{third}/1`),
  often(1, 'ftp://a.test/'), { weight: 1, arbitrary: fc.constantFrom('http://', 'data:text/plain,x', 'ftp://a.test/', 'about:blank', 'mailto:x', 'foo:bar', 'javascript:1', 'file:///x') }
)

const redirecting: fc.Arbitrary<Answer> = fc.record({
  status: fc.constantFrom(301, 302, 303, 307, 308),
  answer: actual,
  location: target
}).map(({ status, answer, location }) => ({ status, headers: { ...answer.headers, location: [location] } }))

const resource = (redirects: number): fc.Arbitrary<Resource> =>
  fc.record({ preflight, actual: fc.oneof({ weight: 10 - redirects, arbitrary: actual }, { weight: redirects, arbitrary: redirecting }) })

/** The answers at `/0`, where most redirects start, at `/1` and at `/2`. */
const resources = fc.tuple(resource(4), resource(2), resource(0))

const urls = fc.oneof(often(12, '{api}/0'), often(2, '{own}/0'), often(2, '{api}/1'), often(1, '{third}/1'))

/** Servers that answer with anything, and pages that call them. */
export const rawScenario: fc.Arbitrary<Scenario> = fc.record({
  page: fc.constantFrom(...pageNames),
  resources,
  steps: stepsTo(urls)
}).map(({ page, resources, steps }) => ({
  told: resources.map(tellResource),
  page,
  steps,
  serve: async places => ({ handle: serve(resources, places) })
}))

function serve (resources: readonly Resource[], places: Places): Handler {
  return (request, response) => {
    const [, index = ''] = /^\/([012])(?:\?|$)/.exec(request.url ?? '') ?? []
    const resource = resources[Number(index)]
    if (index === '' || resource === undefined) {
      response.writeHead(404).end()
      return
    }
    const { status, headers } = isPreflight(request) ? resource.preflight : resource.actual
    const lines = Object.entries(headers).flatMap(([name, values]) =>
      values.flatMap(value => [name, withUser(fill(value, places), !places.own.includes(String(request.headers.host)))]))
    response.writeHead(status, [...lines, 'cache-control', 'no-store'])
    response.end(`${request.method} ${request.url}`)
  }
}

function withUser (url: string, isCrossOrigin: boolean): string {
  return url.startsWith(USER) ? url.slice(USER.length).replace('//', isCrossOrigin ? '//u:p@' : '//') : url
}

function tellResource ({ preflight, actual }: Resource) {
  return { preflight: tellAnswer(preflight), actual: tellAnswer(actual) }
}

function tellAnswer ({ status, headers }: Answer): string {
  const lines = Object.entries(headers).filter(([name]) => !(name in shown)).flatMap(([name, values]) => values.map(value => `${name}: ${JSON.stringify(value)}`))
  return [status, ...lines].join('; ')
}
