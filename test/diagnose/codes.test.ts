import t from 'tap'
import { ALLOWED, EVIL, OTHER } from '../support/exchange'
import { type Row, explain, outline, ready, registered } from './outline'

const JSON_TYPE = { 'content-type': 'application/json' }
const APPLICATION = 'the registration of the application'
const ROUTE = 'config.cors of GET, POST, PUT /a'
const NULL = 'null is the origin of sandboxed frames, of files and of redirected requests: serve the page from a named origin' +
  `, or allow null, which any site can send, with \`origin: ['null', …]\` and \`dangerously: { nullOrigin: true }\` in ${APPLICATION}`

/** Every code that a response of the plugin can cause in a browser, with its fix. */
const rows: readonly Row[] = [
  {
    it: 'MissingAllowOriginHeader: an origin that is not on the list',
    app: registered({ origin: [ALLOWED, OTHER] }),
    ask: { origin: EVIL },
    is: { allowed: false, code: 'MissingAllowOriginHeader', fix: `if its pages may read this, add '${EVIL}' to \`origin\` in ${APPLICATION}`, where: APPLICATION, status: 'handler' }
  },
  {
    it: 'MissingAllowOriginHeader: an origin that looks like one on the list',
    app: registered({ origin: [ALLOWED, OTHER] }),
    ask: { origin: 'http://app.example.com' },
    is: { allowed: false, code: 'MissingAllowOriginHeader', fix: `if its pages may read this, add 'http://app.example.com' to \`origin\` in ${APPLICATION}, or open the page at ${ALLOWED}, which is a different origin and allowed`, where: APPLICATION, status: 'handler' }
  },
  {
    it: 'MissingAllowOriginHeader: refused on the server as well',
    app: registered({ origin: [ALLOWED, OTHER], enforce: 'all' }),
    ask: { origin: EVIL },
    is: { allowed: false, code: 'MissingAllowOriginHeader', fix: `if its pages may read this, add '${EVIL}' to \`origin\` in ${APPLICATION}`, where: APPLICATION, status: 403 }
  },
  {
    it: 'MissingAllowOriginHeader: null',
    app: registered({ origin: [ALLOWED, OTHER] }),
    ask: { origin: 'null' },
    is: { allowed: false, code: 'MissingAllowOriginHeader', fix: NULL, where: APPLICATION, status: 'handler' }
  },
  {
    it: 'MissingAllowOriginHeader: CORS is off for the route',
    app: registered({ origin: [ALLOWED, OTHER] }, { cors: false }),
    is: { allowed: false, code: 'MissingAllowOriginHeader', fix: `CORS is off in ${ROUTE}: if pages of ${ALLOWED} may call this, give it \`origin: ['${ALLOWED}']\``, where: ROUTE, status: 'handler', assumptions: ['neither the handler nor a hook sets CORS headers'] }
  },
  {
    it: 'MissingAllowOriginHeader: an origin function refuses',
    app: registered({ origin: () => false }),
    is: { allowed: false, code: 'MissingAllowOriginHeader', fix: `let the \`origin\` function in ${APPLICATION} return true for ${ALLOWED}`, where: APPLICATION, status: 'handler' }
  },
  {
    it: 'AllowOriginMismatch: an origin other than the only allowed one',
    app: registered({ origin: ALLOWED }),
    ask: { origin: EVIL },
    is: { allowed: false, code: 'AllowOriginMismatch', fix: `if its pages may read this, add '${EVIL}' to \`origin\` in ${APPLICATION}`, where: APPLICATION, status: 'handler' }
  },
  {
    it: 'WildcardOriginNotAllowed: credentials, where * is sent',
    app: registered({}),
    ask: { credentials: true },
    is: { allowed: false, code: 'WildcardOriginNotAllowed', fix: `name the origins in \`origin\` (browsers do not accept * with credentials) and set \`credentials: true\` in ${APPLICATION}, or let the page fetch without credentials`, where: APPLICATION, status: 'handler' }
  },
  {
    it: 'InvalidAllowCredentials: credentials that are not allowed',
    app: registered({ origin: ALLOWED }, { cors: { exposedHeaders: ['X-A'] } }),
    ask: { credentials: 'include' },
    is: { allowed: false, code: 'InvalidAllowCredentials', fix: `set \`credentials: true\` in ${APPLICATION}, or let the page fetch without credentials`, where: ROUTE, status: 'handler' }
  },
  {
    it: 'PreflightMissingAllowOriginHeader: a refused origin',
    app: registered({ origin: ALLOWED }),
    ask: { origin: EVIL, method: 'PUT' },
    is: { allowed: false, code: 'PreflightMissingAllowOriginHeader', fix: `if its pages may read this, add '${EVIL}' to \`origin\` in ${APPLICATION}`, where: APPLICATION, preflight: 403, status: null }
  },
  {
    it: 'PreflightMissingAllowOriginHeader: CORS is off for the route',
    app: registered({}, { cors: false }),
    ask: { method: 'PUT' },
    is: { allowed: false, code: 'PreflightMissingAllowOriginHeader', fix: `CORS is off in ${ROUTE}: if pages of ${ALLOWED} may call this, give it \`origin: ['${ALLOWED}']\``, where: ROUTE, preflight: 403, status: null }
  },
  {
    it: 'PreflightMissingAllowOriginHeader: preflights are left to routes that are missing',
    app: registered({ preflight: false }),
    ask: { method: 'PUT' },
    is: { allowed: false, code: 'PreflightMissingAllowOriginHeader', fix: 'add an OPTIONS route at this URL that answers preflights with 204, or remove `preflight: false`', where: APPLICATION, preflight: 404, status: null }
  },
  {
    it: 'PreflightWildcardOriginNotAllowed',
    app: registered({}),
    ask: { method: 'PUT', credentials: true },
    is: { allowed: false, code: 'PreflightWildcardOriginNotAllowed', fix: `name the origins in \`origin\` (browsers do not accept * with credentials) and set \`credentials: true\` in ${APPLICATION}, or let the page fetch without credentials`, where: APPLICATION, preflight: 204, status: null }
  },
  {
    it: 'PreflightInvalidAllowCredentials',
    app: registered({ origin: [ALLOWED, OTHER] }),
    ask: { method: 'PUT', credentials: true },
    is: { allowed: false, code: 'PreflightInvalidAllowCredentials', fix: `set \`credentials: true\` in ${APPLICATION}, or let the page fetch without credentials`, where: APPLICATION, preflight: 204, status: null }
  },
  {
    it: 'PreflightInvalidStatus: preflightContinue without an OPTIONS route',
    app: registered({ preflightContinue: true }),
    ask: { method: 'PUT' },
    is: { allowed: false, code: 'PreflightInvalidStatus', fix: 'add an OPTIONS route at this URL that answers preflights with 204, or remove `preflightContinue: true`', where: APPLICATION, preflight: 404, status: null }
  },
  {
    it: 'MethodDisallowedByPreflightResponse: a method without a route',
    app: registered({}),
    ask: { method: 'DELETE' },
    is: { allowed: false, code: 'MethodDisallowedByPreflightResponse', fix: `add a route for DELETE at this URL under the same policy, or list DELETE in \`methods\` in ${APPLICATION}`, where: APPLICATION, preflight: 204, status: null }
  },
  {
    it: 'MethodDisallowedByPreflightResponse: a method that is not on the list',
    app: registered({ methods: ['DELETE'] }),
    ask: { method: 'PUT' },
    is: { allowed: false, code: 'MethodDisallowedByPreflightResponse', fix: `add 'PUT' to \`methods\` in ${APPLICATION}, or leave \`methods\` out to allow what the URL serves`, where: APPLICATION, preflight: 204, status: null }
  },
  {
    it: 'MissingAllowOriginHeader: a method that Node.js knows in upper case only, where any is allowed',
    app: registered({ methods: '*' }),
    ask: { method: 'patch' },
    is: { allowed: false, code: 'MissingAllowOriginHeader', fix: 'let the page write the method as PATCH: Node.js does not parse patch, and answers 400 before the application sees the request', where: APPLICATION, preflight: 204, status: 400 }
  },
  {
    it: 'MissingAllowOriginHeader: a method that Node.js does not know, where any is allowed',
    app: registered({ methods: '*' }),
    ask: { method: 'TIDY' },
    is: { allowed: false, code: 'MissingAllowOriginHeader', fix: 'let the page use another method: Node.js does not parse TIDY, and answers 400 before the application sees the request', where: APPLICATION, preflight: 204, status: 400 }
  },
  {
    it: 'MethodDisallowedByPreflightResponse: a method in lower case',
    app: registered({ methods: ['PATCH'] }),
    ask: { method: 'patch' },
    is: { allowed: false, code: 'MethodDisallowedByPreflightResponse', fix: 'write the method as PATCH in the page: methods are case-sensitive', where: APPLICATION, preflight: 204, status: null }
  },
  {
    it: 'HeaderDisallowedByPreflightResponse',
    app: registered({ allowedHeaders: ['X-A'] }),
    ask: { method: 'POST', headers: { 'x-a': '1', ...JSON_TYPE } },
    is: { allowed: false, code: 'HeaderDisallowedByPreflightResponse', fix: `add content-type to \`allowedHeaders\` in ${APPLICATION}, or leave \`allowedHeaders\` out to allow any`, where: APPLICATION, preflight: 204, status: null }
  },
  {
    it: 'HeaderDisallowedByPreflightResponse: several',
    app: registered({ allowedHeaders: ['X-A'] }),
    ask: { method: 'POST', headers: { 'x-a': '1', 'x-b': '1', ...JSON_TYPE } },
    is: { allowed: false, code: 'HeaderDisallowedByPreflightResponse', fix: `add content-type, x-b to \`allowedHeaders\` in ${APPLICATION}, or leave \`allowedHeaders\` out to allow any`, where: APPLICATION, preflight: 204, status: null }
  },
  {
    it: 'MethodDisallowedByPreflightResponse: and a header',
    app: registered({ allowedHeaders: ['X-A'], methods: ['PATCH'] }),
    ask: { method: 'PUT', headers: { 'x-a': '1', ...JSON_TYPE } },
    is: { allowed: false, code: 'MethodDisallowedByPreflightResponse', fix: `add 'PUT' to \`methods\` in ${APPLICATION}, or leave \`methods\` out to allow what the URL serves; add content-type to \`allowedHeaders\` in ${APPLICATION}, or leave \`allowedHeaders\` out to allow any`, where: APPLICATION, preflight: 204, status: null }
  }
]

const page = 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS/Errors'

for (const { it, app: setUp, ask, is } of rows) {
  t.test(it, async t => {
    const explanation = await explain(await ready(setUp), ask)
    t.strictSame(outline(explanation), is)
    t.equal(explanation.code, it.split(':', 1)[0], 'the row is named after its code')
    t.equal(explanation.steps.at(-1)?.outcome, explanation.message, 'the browser stops at what blocks')
    t.ok(explanation.link?.startsWith(page))
  })
}

t.test('there is no fix if the page may read', async t => {
  for (const ask of [{}, { method: 'PUT' }, { method: 'POST', headers: JSON_TYPE }]) {
    const explanation = await explain(await ready(registered({ origin: ALLOWED })), ask)
    t.equal(explanation.allowed, true)
    for (const key of ['code', 'fix', 'link']) t.notOk(key in explanation, key)
  }
})
