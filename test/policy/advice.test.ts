import t from 'tap'
import { parseOptions } from '../../lib/options/parse'
import { adviceOn, optionOf, sayObstacle } from '../../lib/policy/advice'
import type { Obstacle } from '../../lib/policy/advice'
import { compile } from '../../lib/policy/compile'
import type { Policy } from '../../lib/policy/policy'

const APP = 'https://app.test'
const HERE = 'the registration'

function policyOf (options: unknown): Policy {
  return compile(parseOptions(options))
}

function onOrigin (origin: string, options: unknown): string {
  return adviceOn({ kind: 'origin', origin }, policyOf(options), HERE)
}

t.test('the advice is to add a missing origin', async t => {
  for (const options of [{ origin: APP }, { origin: [APP, 'https://b.test'] }, { origin: ['https://*.b.test'] }, { origin: /^https:\/\/c\.test$/ }, {}]) {
    for (const origin of ['https://x.test', 'http://localhost:5173', 'https://[::1]:1', 'capacitor://localhost', `https://${'a'.repeat(60)}.test`]) {
      t.equal(onOrigin(origin, options), `if its pages may read this, add '${origin}' to \`origin\` in ${HERE}`)
    }
  }
})

t.test('an allowed origin that is easily mistaken for it is named', async t => {
  const rows: ReadonlyArray<readonly [it: string, allowed: string | RegExp | string[], origin: string, near: string | undefined]> = [
    ['http for https', APP, 'http://app.test', APP],
    ['https for http', 'http://app.test', 'https://app.test', 'http://app.test'],
    ['with www', APP, 'https://www.app.test', APP],
    ['without www', 'https://www.app.test', APP, 'https://www.app.test'],
    ['with a port', APP, 'https://app.test:8443', APP],
    ['with another scheme and port', APP, 'http://app.test:8080', APP],
    ['with another scheme, www and port', APP, 'http://www.app.test:8080', APP],
    ['the other name of the machine', 'http://localhost:3000', 'http://127.0.0.1:3000', 'http://localhost:3000'],
    ['and the other way round', 'http://127.0.0.1:3000', 'http://localhost:3000', 'http://127.0.0.1:3000'],
    ['TLS on the machine', 'http://localhost:3000', 'https://localhost:3000', 'http://localhost:3000'],
    ['an application on a telephone', 'https://localhost', 'capacitor://localhost', 'https://localhost'],
    ['in a list', ['https://b.test', APP], 'http://app.test', APP],
    ['by a pattern', ['https://*.app.test'], 'http://b.app.test', 'https://b.app.test'],
    ['the domain of a pattern', ['https://*.app.test'], APP, 'https://www.app.test'],
    ['by a RegExp', /^https:\/\/[a-z]\.test$/, 'http://a.test', 'https://a.test'],
    ['the nearest', [APP, 'http://www.app.test'], 'https://www.app.test', APP],
    ['none', 'https://app.test:8443', 'https://b.test', undefined],
    ['a longer host', APP, 'https://app.test.evil.test', undefined],
    ['another host', APP, 'https://wwww.app.test', undefined]
  ]
  for (const [it, allowed, origin, near] of rows) {
    const add = `if its pages may read this, add '${origin}' to \`origin\` in ${HERE}`
    t.equal(onOrigin(origin, { origin: allowed }), near === undefined ? add : `${add}, or open the page at ${near}, which is a different origin and allowed`, it)
  }
})

t.test('if no list of origins decides, the advice is about the option that does', async t => {
  const escapes = { anyOriginWithCredentials: true }
  const nobody = 'null is the origin of sandboxed frames, of files and of redirected requests: serve the page from a named origin, or allow null, which any site can send, with'
  const files = 'file:// is the origin of every page from a file in older web views: serve the page over HTTP or from a custom scheme, or allow file://, which any such file can send, with'
  const rows: ReadonlyArray<readonly [origin: string, options: object, advice: string]> = [
    [APP, { origin: false }, `CORS is off in ${HERE}: if pages of ${APP} may call this, give it \`origin: ['${APP}']\``],
    [APP, { origin: () => false }, `let the \`origin\` function in ${HERE} return true for ${APP}`],
    ['null', { origin: APP }, `${nobody} \`origin: ['null', …]\` and \`dangerously: { nullOrigin: true }\` in ${HERE}`],
    ['null', { origin: [APP, 'https://b.test'] }, `${nobody} \`origin: ['null', …]\` and \`dangerously: { nullOrigin: true }\` in ${HERE}`],
    ['null', { origin: false }, `${nobody} \`origin: ['null', …]\` and \`dangerously: { nullOrigin: true }\` in ${HERE}`],
    ['null', { origin: () => true }, `${nobody} a function that returns true for it and \`dangerously: { nullOrigin: true }\` in ${HERE}`],
    ['null', { origin: true, credentials: true, dangerously: escapes }, `${nobody} \`dangerously: { nullOrigin: true }\` in ${HERE}`],
    ['file://', { origin: APP }, `${files} \`origin: ['file://', …]\` and \`dangerously: { nullOrigin: true }\` in ${HERE}`],
    ['file://', { origin: () => true }, `${files} a function that returns true for it and \`dangerously: { nullOrigin: true }\` in ${HERE}`],
    ['file:', { origin: () => false }, 'nothing: browsers do not send an origin like this, so no page was blocked'],
    // Beside these options, an origin over plain HTTP is refused at boot.
    ['http://b.test:8080', { origin: APP, credentials: true }, `if its pages may read this, serve them over https and add 'https://b.test:8080' to \`origin\` in ${HERE}`],
    ['http://b.test:443', { origin: APP, enforce: 'all' }, `if its pages may read this, serve them over https and add 'https://b.test' to \`origin\` in ${HERE}`],
    ['ws://b.test', { origin: false, credentials: true }, `CORS is off in ${HERE}: if pages of ws://b.test may call this, serve them over https and give it \`origin: ['wss://b.test']\``],
    ['http://app.test', { origin: APP, credentials: true }, `open the page at ${APP}, which is a different origin and allowed`],
    ['http://b.test', { origin: APP, credentials: true, dangerously: { insecureOrigins: true } }, `if its pages may read this, add 'http://b.test' to \`origin\` in ${HERE}`],
    ['http://b.test', { origin: () => false, credentials: true }, `let the \`origin\` function in ${HERE} return true for http://b.test`]
  ]
  for (const [origin, options, advice] of rows) t.equal(onOrigin(origin, options), advice, `${origin} ${JSON.stringify(options)}`)
})

t.test('an origin that browsers do not send needs no change', async t => {
  for (const origin of ['', 'x', '*', APP + '/', APP.toUpperCase(), `${APP}, ${APP}`, 'https://a@b.test', 'https://app.test:443', 'NULL', 'x'.repeat(256) + '…', '://', 'undefined']) {
    for (const options of [{ origin: APP }, { origin: false }, { origin: () => true }]) t.equal(onOrigin(origin, options), 'nothing: browsers do not send an origin like this, so no page was blocked', origin)
  }
})

t.test('a method', async t => {
  const route = (method: string) => `add a route for ${method} at this URL under the same policy, or list ${method} in \`methods\` in ${HERE}`
  const list = (method: string) => `add '${method}' to \`methods\` in ${HERE}, or leave \`methods\` out to allow what the URL serves`
  const upper = 'write the method as PATCH in the page: methods are case-sensitive'
  const rows: ReadonlyArray<readonly [method: string, options: object, advice: string]> = [
    ['PUT', {}, route('PUT')],
    ['patch', {}, upper],
    ['PUT', { methods: ['PATCH'] }, list('PUT')],
    ['PUT', { methods: [] }, list('PUT')],
    ['patch', { methods: ['PATCH'] }, upper],
    ['Patch', { methods: ['PATCH', 'PUT'] }, upper],
    ['patch', { methods: ['PUT'] }, `${upper}, and add 'PATCH' to \`methods\` in ${HERE}`],
    ['purge', { methods: ['PUT'] }, `${upper.replace('PATCH', 'PURGE')}, and add 'PURGE' to \`methods\` in ${HERE}`],
    ['brew', { methods: ['PUT'] }, list('brew')],
    ['TRACE', { methods: ['PUT'] }, 'nothing: browsers do not let a script send TRACE, so no page was blocked']
  ]
  for (const [method, options, advice] of rows) t.equal(adviceOn({ kind: 'method', method }, policyOf(options), HERE), advice, `${method} ${JSON.stringify(options)}`)
})

t.test('a header, and credentials', async t => {
  const rows: ReadonlyArray<readonly [Obstacle, options: object, advice: string]> = [
    [{ kind: 'header', names: ['x-a'] }, { allowedHeaders: ['x-b'] }, `add x-a to \`allowedHeaders\` in ${HERE}, or leave \`allowedHeaders\` out to allow any`],
    [{ kind: 'header', names: ['x-a', 'x-c'] }, { allowedHeaders: ['x-b'] }, `add x-a, x-c to \`allowedHeaders\` in ${HERE}, or leave \`allowedHeaders\` out to allow any`],
    [{ kind: 'header', names: ['x-a', 'host', 'access-control-allow-origin', 'sec-x'] }, { allowedHeaders: ['x-b'] }, `add x-a to \`allowedHeaders\` in ${HERE}, or leave \`allowedHeaders\` out to allow any; let the page leave access-control-allow-origin out of its request: only a server sends it; browsers do not let a script send host, sec-x, so no page was blocked for it`],
    [{ kind: 'header', names: ['host'] }, { allowedHeaders: ['x-b'] }, 'browsers do not let a script send host, so no page was blocked for it'],
    [{ kind: 'credentials' }, { origin: 'http://a.test', exposedHeaders: '*' }, `set \`credentials: true\` in ${HERE}, at /origin, since 'http://a.test' is not encrypted and is combined with credentials: true, write 'https://a.test', at /exposedHeaders, since exposedHeaders is '*' and is combined with credentials: true, write the headers that a page reads, such as ['ETag', 'X-Total-Count'], or let the page fetch without credentials`],
    [{ kind: 'credentials' }, {}, `name the origins in \`origin\` (browsers do not accept * with credentials) and set \`credentials: true\` in ${HERE}, or let the page fetch without credentials`],
    [{ kind: 'credentials' }, { origin: APP }, `set \`credentials: true\` in ${HERE}, or let the page fetch without credentials`],
    [{ kind: 'credentials' }, { origin: () => true }, `set \`credentials: true\` in ${HERE}, or let the page fetch without credentials`]
  ]
  for (const [obstacle, options, advice] of rows) t.equal(adviceOn(obstacle, policyOf(options), HERE), advice)
})

t.test('each obstacle has a clause and an option', async t => {
  const rows: ReadonlyArray<readonly [Obstacle, options: object, clause: string, option: string]> = [
    [{ kind: 'origin', origin: APP }, {}, 'the origin is not allowed', 'origin'],
    [{ kind: 'method', method: 'PUT' }, {}, 'the method PUT is not allowed', 'methods'],
    [{ kind: 'header', names: ['x-a'] }, {}, 'the header x-a is not allowed', 'allowedHeaders'],
    [{ kind: 'header', names: ['x-a', 'x-b'] }, {}, 'the headers x-a, x-b are not allowed', 'allowedHeaders'],
    [{ kind: 'credentials' }, {}, 'the request has credentials, and the policy does not allow them', 'origin'],
    [{ kind: 'credentials' }, { origin: APP }, 'the request has credentials, and the policy does not allow them', 'credentials']
  ]
  for (const [obstacle, options, clause, option] of rows) {
    t.equal(sayObstacle(obstacle), clause)
    t.equal(optionOf(obstacle, policyOf(options)), option)
  }
})

// The advice is followed literally. The obstacle must then be gone.
t.test('advice about an origin, once followed, allows it', async t => {
  for (const [origin, options] of [['https://x.test', { origin: [APP] }], ['http://app.test', { origin: APP }], ['capacitor://localhost', { origin: false }]] as const) {
    const named = /'([^']+)'/.exec(onOrigin(origin, options))?.[1]
    t.equal(named, origin)
    const given: unknown = options.origin
    const { allow } = policyOf({ origin: [...[given].flat().filter(each => typeof each === 'string'), named] })
    t.ok(allow.kind === 'set' ? allow.set.has(origin) : allow.kind === 'one' && allow.origin === origin)
  }
})
