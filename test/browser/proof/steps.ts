import fc from 'fast-check'
import type { Init, Step } from './scenario'

const often = <T>(weight: number, value: T) => ({ weight, arbitrary: fc.constant(value) })

const method = fc.oneof(
  often(6, 'GET'), often(4, 'PUT'), often(3, 'POST'), often(2, 'DELETE'), often(2, 'PATCH'),
  often(1, 'HEAD'), often(1, 'patch'), often(1, 'put'), often(1, 'OPTIONS'), often(1, 'Query')
)

const a128 = 'a'.repeat(128)

/**
 * Values on both sides of every limit of https://fetch.spec.whatwg.org/#cors-safelisted-request-header. Of the unsafe
 * bytes, the controls are missing: the server would never see the request, since Node.js reads none with them.
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
    'bytes=00-01', 'bytes=9223372036854775807-', 'bytes=9223372036854775808-', `bytes=0-${'9'.repeat(30)}`, `bytes=${'0'.repeat(120)}-`
  ]
}

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
  'save-data': ['on', 'off'],
  dpr: ['2', '2.5', 'x'],
  width: ['100', '1.5'],
  'viewport-width': ['100'],
  'device-memory': ['8', '0.5'],
  rtt: ['50'],
  downlink: ['2.5'],
  ect: ['4g', '9g'],
  intervention: ['x']
}

const named = (values: { readonly [name: string]: readonly string[] }) =>
  fc.oneof(...Object.entries(values).map(([name, values]) => fc.tuple(fc.constant(name), fc.constantFrom(...values))))

const simple = fc.tuple(fc.constantFrom('x-one', 'X-Two', 'authorization'), fc.constant('1'))
const header = fc.oneof({ weight: 3, arbitrary: simple }, { weight: 2, arbitrary: named(safelisted) }, { weight: 1, arbitrary: named(unsafe) })

/** Safelisted values at their greatest length. Those of the standard's names are still below 1024 bytes together. */
const longest: Readonly<Record<string, string>> = {
  accept: a128,
  'accept-language': a128,
  'content-language': a128,
  'content-type': `text/plain;${'a'.repeat(117)}`,
  range: `bytes=${'0'.repeat(121)}-`,
  intervention: a128,
  dpr: '1'.repeat(128),
  width: '1'.repeat(128),
  rtt: '1'.repeat(128)
}

const many = fc.constantFrom(3, 5, 7, 8, 9).map(count => Object.entries(longest).slice(0, count))

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
  body: fc.option(fc.constantFrom('', 'a body'), { nil: undefined, freq: 3 })
}).map(({ body, ...init }) => body === undefined || !hasBody(init.method) ? init : { ...init, body })

/** What a page fetches next: the same again, or something that differs from it in one respect. */
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

/** `urls` are those that the server has answers for. In a few scenarios, answers expire before the last step. */
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

/** Seconds that are more than the 5 for which an answer is kept that does not say for how long. */
const EXPIRED = 5.5
