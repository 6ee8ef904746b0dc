import t from 'tap'
import Fastify from 'fastify'
import corsPlugin from '../..'
import { ALLOWED } from '../support/exchange'
import { readInput } from '../../lib/diagnose/input'
import { explain, ready, registered } from './outline'

const HEADERS = "`headers` is neither an object of strings nor a list of pairs of strings; write { 'content-type': 'application/json' }"
const SAMPLE = "write an object, such as { origin: 'https://app.example.com', method: 'PUT', url: '/users/42' }"
const ORIGIN = "write the origin of the page, such as 'https://app.example.com'"
const URLS = "write a path of this application, such as '/users/42', or an absolute URL"

/** What cannot be read, and what is said of it. */
const refused: ReadonlyArray<readonly [it: string, input: unknown, message: string]> = [
  ['nothing', undefined, SAMPLE],
  ['null', null, SAMPLE],
  ['a text', '/a', SAMPLE],
  ['an unknown key', { origin: ALLOWED, url: '/a', metod: 'PUT' }, '`metod` is not a key of a request; write method'],
  ['a key that resembles no other', { origin: ALLOWED, url: '/a', somethingElse: 1 }, '`somethingElse` is not a key of a request; write one of origin, url, method, headers, credentials, uploadListener, pageAddressSpace, browser'],
  ['no origin', { url: '/a' }, `\`origin\` is missing; ${ORIGIN}`],
  ['an origin that is null', { origin: null, url: '/a' }, `\`origin\` is null; ${ORIGIN}`],
  ['several origins', { origin: [ALLOWED], url: '/a' }, `\`origin\` is an array; ${ORIGIN}`],
  ['an origin with a path', { origin: `${ALLOWED}/`, url: '/a' }, `\`origin\` is not an origin as browsers send it: '${ALLOWED}/'; write '${ALLOWED}'`],
  ['an origin with its default port', { origin: 'HTTPS://App.example.com:443', url: '/a' }, `\`origin\` is not an origin as browsers send it: 'HTTPS://App.example.com:443'; write '${ALLOWED}'`],
  ['an invalid origin', { origin: 'app.example.com', url: '/a' }, "`origin` is not an origin as browsers send it: 'app.example.com'"],
  ['an origin of a file', { origin: 'file:///a', url: '/a' }, "`origin` is not an origin as browsers send it: 'file:///a'"],
  ['no URL', { origin: ALLOWED }, `\`url\` is missing; ${URLS}`],
  ['a number', { origin: ALLOWED, url: 7 }, `\`url\` is a number; ${URLS}`],
  ['a relative URL', { origin: ALLOWED, url: 'a' }, "`url` is neither a path that starts with / nor an absolute http or https URL: 'a'"],
  ['a host alone', { origin: ALLOWED, url: 'https:a' }, "`url` is neither a path that starts with / nor an absolute http or https URL: 'https:a'"],
  ['another scheme', { origin: ALLOWED, url: 'ftp://a.test/' }, "`url` is neither a path that starts with / nor an absolute http or https URL: 'ftp://a.test/'"],
  ['an invalid URL', { origin: ALLOWED, url: 'https://a:b:c/' }, "`url` is neither a path that starts with / nor an absolute http or https URL: 'https://a:b:c/'"],
  ['an invalid percent escape', { origin: ALLOWED, url: '/%zz' }, "`url` has an invalid percent escape, which the server answers with 400: '/%zz'"],
  ['a password', { origin: ALLOWED, url: 'https://me:secret@a.test/' }, 'a page may not fetch a URL that contains a user name or password'],
  ['an unknown address space', { origin: ALLOWED, url: '/a', pageAddressSpace: 'private' }, '`pageAddressSpace` is not valid; write one of loopback, local, public'],
  ['no method', { origin: ALLOWED, url: '/a', method: 7 }, "`method` is a number; write a method, such as 'PUT'"],
  ['no token', { origin: ALLOWED, url: '/a', method: 'P T' }, '"P T" is not an HTTP method'],
  ['a forbidden method', { origin: ALLOWED, url: '/a', method: 'TRACE' }, 'a page may not use the method TRACE'],
  ['headers that are a text', { origin: ALLOWED, url: '/a', headers: 'x-a' }, HEADERS],
  ['headers that are null', { origin: ALLOWED, url: '/a', headers: null }, HEADERS],
  ['a header that is no text', { origin: ALLOWED, url: '/a', headers: { 'x-a': 7 } }, HEADERS],
  ['a name without value', { origin: ALLOWED, url: '/a', headers: [['x-a']] }, HEADERS],
  ['a name that is none', { origin: ALLOWED, url: '/a', headers: { 'x a': '1' } }, '"x a" is not a header name'],
  ['a value that is none', { origin: ALLOWED, url: '/a', headers: { 'x-a': 'a\nb' } }, 'the value of x-a contains a character that no header may contain'],
  ['an unknown upload listener', { origin: ALLOWED, url: '/a', uploadListener: 'yes' }, '`uploadListener` is not valid; write true or false'],
  ['unknown credentials', { origin: ALLOWED, url: '/a', credentials: 'yes' }, "`credentials` is not valid; write 'omit', 'same-origin', 'include', true or false"],
  ['an unknown browser', { origin: ALLOWED, url: '/a', browser: 'netscape' }, '`browser` is not valid; write one of standard, chromium, firefox, webkit'],
  [
    'all at once',
    { orgin: ALLOWED, url: 'a', method: 'TRACE', headers: { 'x a': '1', 'x-b': '\0' }, credentials: 1, browser: 'ie' },
    `\`orgin\` is not a key of a request; write origin; \`origin\` is missing; ${ORIGIN}; ` +
    "`url` is neither a path that starts with / nor an absolute http or https URL: 'a'; a page may not use the method TRACE; " +
    '"x a" is not a header name; the value of x-b contains a character that no header may contain; ' +
    "`credentials` is not valid; write 'omit', 'same-origin', 'include', true or false; `browser` is not valid; write one of standard, chromium, firefox, webkit"
  ]
]

t.test('what cannot be read is refused, with all that is wrong', async t => {
  const app = await ready(registered({ origin: ALLOWED }))
  for (const [it, input, message] of refused) {
    const error: unknown = await app.cors.explain(input as never).catch((error: unknown) => error)
    if (!(error instanceof Error)) throw new Error(`${it} is not refused`)
    t.match(error, { code: 'FST_CORS_INVALID_REQUEST' }, it)
    t.equal(error.message, `app.cors.explain() cannot read this request: ${message}`, it)
  }
})

t.test('explain and print wait until the application is ready', async t => {
  const app = Fastify()
  await app.register(corsPlugin)
  const message = (name: string) => `app.cors.${name}() needs to know every route: call it when the application is ready, after \`await app.ready()\` or \`await app.listen(…)\``
  await t.rejects(app.cors.explain({ origin: ALLOWED, url: '/a' }), { code: 'FST_CORS_NOT_READY', message: message('explain') })
  t.throws(() => app.cors.print(), { code: 'FST_CORS_NOT_READY', message: message('print') })
  t.throws(() => app.cors.print({ json: true }), { code: 'FST_CORS_NOT_READY' })
})

t.test('the forms of one request', async t => {
  const app = await ready(registered({ origin: ALLOWED, credentials: true }))
  const whole = await explain(app, { method: 'PUT', headers: { 'x-a': '1' }, credentials: 'include' })
  const forms = [
    { method: 'put', headers: [['X-A', ' 1 ']], credentials: true },
    { method: 'PUT', headers: new Map([['x-a', '1']]), credentials: 'include' },
    { method: 'PUT', headers: new Headers({ 'x-a': '1' }), credentials: 'include', browser: 'chromium' },
    { method: 'PUT', headers: { 'x-a': '1', cookie: 'a=b', Origin: 'https://other.test' }, credentials: true, browser: undefined },
    { url: '/a#fragment', method: 'PUT', headers: { 'x-a': '1' }, credentials: true }
  ]
  for (const form of forms) t.strictSame(await explain(app, form as never), whole)
  const bare = await explain(app)
  for (const form of [{ method: 'GET' }, { method: undefined }, { headers: {} }, { headers: undefined }, { credentials: 'same-origin' }, { credentials: 'omit' }, { credentials: false }]) {
    t.strictSame(await explain(app, form as never), bare)
  }
})

t.test('the credentials mode of each form', async t => {
  for (const [credentials, mode] of [[true, 'include'], [false, 'omit'], [undefined, 'same-origin'], ['include', 'include'], ['omit', 'omit'], ['same-origin', 'same-origin']] as const) {
    t.equal(readInput({ origin: 'https://app.test', url: '/a', credentials }).request.credentials, mode, String(credentials))
  }
})
