import t from 'tap'
import { type Answers, PAGE, answering, ask } from './command'

const ALLOW = `access-control-allow-origin: ${PAGE}`
const CREDENTIALS = 'access-control-allow-credentials: true'
const PUT = ['--method', 'PUT']
const JSON_PUT = [...PUT, '--header', 'content-type: application/json']
const INCLUDE = ['--credentials', 'include']
const MENDED = `send Access-Control-Allow-Origin: ${PAGE}`

interface Row extends Answers {
  readonly it: string
  readonly args?: readonly string[]
  readonly code: string
  /** What the server gets; `OPTIONS /x` if it is not said. */
  readonly got?: readonly string[]
  /** All of the advice. */
  readonly changes: readonly (string | RegExp)[]
}

const rows: readonly Row[] = [
  {
    it: 'two lines of Access-Control-Allow-Origin',
    actual: [200, ALLOW, ALLOW],
    code: 'MultipleAllowOriginValues',
    got: ['GET /x'],
    changes: [/^send the header once/]
  },
  {
    it: 'two values in one line',
    actual: [200, `${ALLOW}, *`],
    code: 'MultipleAllowOriginValues',
    got: ['GET /x'],
    changes: [/^send the header once/]
  },
  {
    it: 'True for credentials',
    args: INCLUDE,
    actual: [200, ALLOW, 'access-control-allow-credentials: True'],
    code: 'InvalidAllowCredentials',
    got: ['GET /x'],
    changes: ['send Access-Control-Allow-Credentials: true, in lower case']
  },
  {
    it: '* with credentials, which the other headers do not fix',
    args: [...INCLUDE, ...JSON_PUT],
    preflight: [204, 'access-control-allow-origin: *', CREDENTIALS, 'access-control-allow-methods: *', 'access-control-allow-headers: *'],
    code: 'PreflightWildcardOriginNotAllowed',
    changes: [`${MENDED}, or let the page fetch without credentials`, 'add PUT to Access-Control-Allow-Methods', 'add content-type to Access-Control-Allow-Headers']
  },
  {
    it: 'an empty Access-Control-Allow-Origin',
    actual: [200, 'access-control-allow-origin:'],
    code: 'InvalidAllowOriginValue',
    got: ['GET /x'],
    changes: [MENDED]
  },
  {
    it: 'another origin, by a slash at its end',
    actual: [200, `${ALLOW}/`],
    code: 'AllowOriginMismatch',
    got: ['GET /x'],
    changes: [/^allow exactly https:\/\/app\.example\.com;/]
  },
  {
    it: 'a redirected preflight, in which nothing else matters',
    args: JSON_PUT,
    preflight: [308, 'location: /x/'],
    code: 'PreflightDisallowedRedirect',
    changes: ['let the page call /x/ directly, or answer preflights before anything redirects']
  },
  {
    it: '401 to the preflight, without headers',
    args: PUT,
    preflight: [401, 'www-authenticate: Basic'],
    code: 'PreflightMissingAllowOriginHeader',
    changes: [MENDED, 'add PUT to Access-Control-Allow-Methods', /^answer preflights before authentication/]
  },
  {
    it: '401 to the preflight, with all headers',
    args: PUT,
    preflight: [401, ALLOW, 'access-control-allow-methods: PUT'],
    code: 'PreflightInvalidStatus',
    changes: [/^answer preflights before authentication/]
  },
  {
    it: '404 to the preflight, without headers',
    args: JSON_PUT,
    preflight: [404],
    code: 'PreflightMissingAllowOriginHeader',
    changes: [MENDED, 'add PUT to Access-Control-Allow-Methods', 'add content-type to Access-Control-Allow-Headers', 'answer OPTIONS requests at this URL with 204']
  },
  {
    it: 'several headers that are not allowed',
    args: ['--header', 'x-a: 1', '--header', 'x-b: 1', '--header', 'x-c: 1'],
    preflight: [200, ALLOW, 'access-control-allow-headers: X-B'],
    code: 'HeaderDisallowedByPreflightResponse',
    changes: ['add x-a to Access-Control-Allow-Headers', 'add x-c to Access-Control-Allow-Headers']
  },
  {
    it: 'lists that are malformed',
    args: JSON_PUT,
    preflight: [204, ALLOW, 'access-control-allow-methods: GET PUT', 'access-control-allow-headers: "content-type"'],
    code: 'InvalidAllowMethodsPreflightResponse',
    changes: ['list method names, separated by commas', 'list header names, separated by commas']
  },
  {
    it: 'a preflight that passes, and a response without headers',
    args: [...JSON_PUT, '--send'],
    preflight: [204, ALLOW, 'access-control-allow-methods: PUT', 'access-control-allow-headers: content-type'],
    actual: [200],
    code: 'MissingAllowOriginHeader',
    got: ['OPTIONS /x', 'PUT /x'],
    changes: [MENDED]
  },
  {
    it: 'the same for a GET, which needs no --send',
    args: ['--header', 'x-a: 1'],
    preflight: [204, ALLOW, 'access-control-allow-headers: x-a'],
    actual: [200],
    code: 'MissingAllowOriginHeader',
    got: ['OPTIONS /x', 'GET /x'],
    changes: [MENDED]
  },
  {
    it: 'a redirect without headers',
    actual: [301, 'location: https://127.0.0.1/y'],
    code: 'MissingAllowOriginHeader',
    got: ['GET /x'],
    changes: [MENDED, /^or let the page call https:\/\/127\.0\.0\.1\/y directly/]
  },
  {
    it: 'a redirect without headers, to what is not a URL',
    actual: [301, 'location: http://'],
    code: 'MissingAllowOriginHeader',
    got: ['GET /x'],
    changes: [MENDED]
  },
  {
    it: 'a redirect to another scheme',
    actual: [302, ALLOW, 'location: ftp://a.test/'],
    code: 'CorsDisabledScheme',
    got: ['GET /x'],
    changes: ['serve it over https']
  },
  {
    it: 'a redirect without an end',
    actual: [302, ALLOW, 'location: /x'],
    code: 'InvalidResponse',
    got: Array.from({ length: 21 }, () => 'GET /x'),
    changes: [/must not loop$/]
  }
]

t.test('what is wrong with a server is found', async t => {
  for (const { it, args, code, got = ['OPTIONS /x'], changes, ...answers } of rows) {
    await t.test(it, async t => {
      const server = await answering(t, answers)
      const { status, report } = await ask(server.url, args)
      t.equal(status, 1)
      t.match(report, { verdict: 'blocked', allowed: false, code, message: /./, link: /^https:\/\/developer\.mozilla\.org\// })
      t.strictSame(server.got, got)
      t.match(report.changes, changes)
      t.equal(report.changes.length, changes.length, report.changes.join('; '))
    })
  }
})
