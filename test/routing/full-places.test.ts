import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, preflight, send } from '../support/exchange'

// The most routes that find-my-way takes at one place if they differ by constraints.
const MOST = 31

/** As many OPTIONS routes as one place takes, each for a host of its own. */
function fill (app: FastifyInstance, url: string): void {
  for (let i = 0; i < MOST; i++) app.options(url, { constraints: { host: hostOf(url, i) } }, () => `own ${url} ${i}`)
}

function hostOf (url: string, i: number): string {
  return `h${i}.${encodeURIComponent(url).replaceAll('%', '').toLowerCase().replaceAll('*', 'x')}.test`
}

const rows: ReadonlyArray<readonly [it: string, before: readonly string[], after: readonly string[]]> = [
  ['at the URL of a route', ['/a'], []],
  ['at the URL of a route, later', [], ['/a']],
  ['at /*', ['/*'], []],
  ['at /*, later', [], ['/*']],
  ['at *', ['*'], []],
  ['at both', ['*', '/*'], []],
  ['everywhere', ['*', '/*', '/a'], []]
]

t.test('an application starts although a place has no room for another OPTIONS route', async t => {
  for (const [it, before, after] of rows) {
    const app = Fastify()
    for (const url of before) fill(app, url)
    await app.register(corsPlugin, { origin: [ALLOWED], paths: ['/a'] })
    await app.register(async child => { await child.register(corsPlugin, { origin: [ALLOWED], logLevel: 'error' }); child.put('/b', () => 'b') })
    for (const url of after) fill(app, url)
    app.put('/a', () => 'a')
    await app.ready()
    const [full = ''] = [...before, ...after]
    const headers = { host: hostOf(full, 7) }
    for (const url of ['/a', '/b']) {
      const accepted = await preflight(app, 'PUT', url, { headers })
      t.strictSame([accepted.status, accepted.headers['access-control-allow-origin']], [204, ALLOWED], `${it}: ${url}`)
      t.equal((await preflight(app, 'PUT', url, { origin: EVIL, headers })).status, 403, `${it}: ${url} refused`)
    }
    const plain = await send(app, 'OPTIONS', '/a', { origin: undefined, headers })
    t.equal(plain.body, `own ${full} 7`, `${it}: an OPTIONS request that is not a preflight`)
    await app.close()
  }
})

t.test('at *, later: the error says how both have room', async t => {
  const FULL = { code: 'FST_CORS_NO_ROOM', message: /31 OPTIONS routes .* Give this one the URL \/\*, or register fastify-cors-policy after these routes/ }
  const cors = { origin: [ALLOWED] }
  const app = Fastify()
  await app.register(corsPlugin, cors)
  t.throws(() => { fill(app, '*') }, FULL)
  app.options('/*', { constraints: { host: 'other.test' } }, () => 'other')
  app.put('/a', () => 'a')
  await app.ready()
  t.equal((await send(app, 'OPTIONS', '/b', { origin: undefined, headers: { host: 'other.test' } })).body, 'other', 'as it says')
  t.equal((await preflight(app, 'PUT', '/a', { headers: { host: 'other.test' } })).status, 204)
  t.equal((await preflight(app, 'PUT', '/a', { headers: { host: hostOf('*', 3) } })).status, 204)
})

t.test('at *, later: a route that the router refuses takes no room', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [ALLOWED] })
  for (let i = 0; i < MOST - 1; i++) {
    app.options('*', { constraints: { host: hostOf('*', i) } }, () => 'a')
    if (i < MOST - 2) t.throws(() => { app.options('*', { constraints: { host: hostOf('*', i) } }, () => 'a') }, { code: 'FST_ERR_DUPLICATED_ROUTE' })
  }
  app.put('*', { constraints: { host: 'put.test' } }, () => 'not an OPTIONS route')
  t.throws(() => { app.options('*', () => 'one too many') }, { code: 'FST_CORS_NO_ROOM' })
})
