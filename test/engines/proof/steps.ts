import fc from 'fast-check'
import type { Init, Step } from './scenario'

const often = <T>(weight: number, value: T) => ({ weight, arbitrary: fc.constant(value) })

const method = fc.oneof(
  often(6, 'GET'), often(4, 'PUT'), often(3, 'POST'), often(2, 'DELETE'), often(2, 'PATCH'),
  often(1, 'HEAD'), often(1, 'patch'), often(1, 'put'), often(1, 'OPTIONS'), often(1, 'Query')
)

const a128 = 'a'.repeat(128)

/**
 * Values on both sides of every limit of https://fetch.spec.whatwg.org/#cors-safelisted-request-header. Left out are
 * - control characters: Node.js rejects a request with them, so that the server would not see it;
 * - the cache mode `force-cache`, since the browser for tests has no HTTP cache;
 * - positions of a `Range` beyond 64 bits, which Chromium does not safelist, unlike the standard and the library.
 */
const safelisted: { readonly [name: string]: readonly string[] } = {
  accept: ['text/html;q=0.9, */*', '', a128, `${a128}a`, 'a(b', 'a\tb', 'a\xe9b', 'text/"x"', 'a{b}', 'a@b', 'a:b', 'a[b', 'a<b'],
  'accept-language': ['de-DE, en;q=0.5, *', 'de_DE', 'de"', 'd\xe9', a128],
  'content-language': ['en', 'en/us', 'en+de', `${a128}a`],
  'content-type': [
    'text/plain', 'text/plain;charset=UTF-8', 'TEXT/Plain', 'text/plain;', 'text/plain ; x', 'text/plain, application/json',
    'text/plain;charset="utf-8"', 'text/plain\xa0', 'text', 'application/json', 'application/json;charset=utf-8',
    'application/x-www-form-urlencoded', 'application/x-www-form-urlencoded;x', 'multipart/form-data; boundary=x',
    'multipart/form-data; boundary="x"', '', `text/plain;x=${a128}`
  ],
  range: [
    'bytes=0-', 'bytes=0-99', 'bytes=5-5', 'bytes=-5', 'bytes=6-5', 'bytes=10-9', 'bytes=9-10', 'bytes=0-1,2-3', 'bytes=0-1,',
    'bytes= 0-1', 'bytes=0 -1', 'bytes=0-1 x', 'Bytes=0-1', 'bytes 0-1', 'bytes=', 'bytes=-', 'bytes=a-b', 'bytes=0x1-', 'bytes=+1-2',
    'bytes=00-01', `bytes=${'0'.repeat(120)}-`
  ]
}

/**
 * Left out are the old client hints (`DPR`, `Save-Data` and so on) and `Intervention`, which Chromium safelists, unlike the
 * standard and the library.
 */
const unsafe: { readonly [name: string]: readonly string[] } = {
  'x-one': ['1', ''],
  'X-Two': ['2'],
  authorization: ['Bearer x'],
  'if-none-match': ['"x"'],
  'if-match': ['*'],
  'if-range': ['"x"'],
  'if-modified-since': ['Thu, 01 Jan 1970 00:00:00 GMT'],
  'if-unmodified-since': ['x'],
  'cache-control': ['no-transform', 'no-cache', 'max-age=0', 'no-store'],
  pragma: ['no-cache'],
  'x-requested-with': ['XMLHttpRequest'],
  'x-http-method-override': ['PUT', 'TRACE'],
  'sec-own': ['1'],
  cookie: ['a=1'],
  'user-agent': ['x']
}

const named = (values: { readonly [name: string]: readonly string[] }) =>
  fc.oneof(...Object.entries(values).map(([name, values]) => fc.tuple(fc.constant(name), fc.constantFrom(...values))))

const simple = fc.tuple(fc.constantFrom('x-one', 'X-Two', 'authorization'), fc.constant('1'))
const header = fc.oneof({ weight: 3, arbitrary: simple }, { weight: 2, arbitrary: named(safelisted) }, { weight: 1, arbitrary: named(unsafe) })

/** Safelisted values of the greatest length. Together they are still shorter than 1024 bytes. */
const longest: Readonly<Record<string, string>> = {
  accept: a128,
  'accept-language': a128,
  'content-language': a128,
  'content-type': `text/plain;${'a'.repeat(117)}`,
  range: `bytes=${'0'.repeat(121)}-`
}

const many = fc.constantFrom(3, 4, 5).map(count => Object.entries(longest).slice(0, count))

const headers = fc.oneof(
  often(3, []),
  { weight: 5, arbitrary: fc.array(header, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: many }
).map(pairs => Object.fromEntries(pairs))

const credentials = fc.oneof(often(3, 'same-origin' as const), often(2, 'include' as const), often(1, 'omit' as const))

const hasBody = (method: string) => !['GET', 'HEAD'].includes(method)

export const init: fc.Arbitrary<Init> = fc.record({
  method,
  headers,
  credentials,
  mode: fc.oneof(often(40, 'cors' as const), often(1, 'same-origin' as const)),
  cache: fc.option(fc.constantFrom('no-store' as const, 'reload' as const, 'no-cache' as const), { nil: undefined, freq: 12 }),
  body: fc.option(fc.constantFrom('', 'a body'), { nil: undefined, freq: 3 })
}).map(({ body, cache, ...init }) => ({ ...init, ...cache !== undefined && { cache }, ...body !== undefined && hasBody(init.method) && { body } }))

/** What a page fetches next: the same again, or the same with one difference. */
type Change = (step: Step) => Step

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.constant((step: Step) => step) },
  { weight: 2, arbitrary: method.map((method): Change => step => ({ ...step, init: withMethod(step.init, method) })) },
  { weight: 2, arbitrary: headers.map((headers): Change => step => ({ ...step, init: { ...step.init, headers } })) },
  { weight: 2, arbitrary: credentials.map((credentials): Change => step => ({ ...step, init: { ...step.init, credentials } })) },
  { weight: 1, arbitrary: fc.constantFrom('#a', '#b', '?q').map((end): Change => step => ({ ...step, url: step.url.replace(/[?#].*/, '') + end })) },
  { weight: 1, arbitrary: init.map((init): Change => step => ({ ...step, init })) }
)

function withMethod (init: Init, method: string): Init {
  const { body, ...rest } = init
  return body === undefined || !hasBody(method) ? { ...rest, method } : { ...rest, method, body }
}

/** `urls`: those that the server answers. In a few scenarios, cached answers expire before the last step. */
export function stepsTo (urls: fc.Arbitrary<string>): fc.Arbitrary<readonly Step[]> {
  const first = fc.record({ url: urls, init, wait: fc.constant(0) })
  const changes = fc.array(fc.tuple(change, fc.option(urls, { nil: undefined, freq: 4 })), { maxLength: 4 })
  const wait = fc.oneof(often(25, 0), often(1, EXPIRED))
  return fc.tuple(first, changes, wait).map(([first, changes, wait]) => {
    const steps: Step[] = [first]
    for (const [next, url] of changes) {
      const step = next(steps.at(-1) ?? first)
      steps.push({ ...step, url: url ?? step.url, wait: steps.length === changes.length ? wait : 0 })
    }
    return steps
  })
}

/** In seconds: longer than the 5 seconds for which an answer without a maximum age is cached. */
const EXPIRED = 5.5
