import Fastify from 'fastify'
import type { HTTPMethods } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { parseOptions } from '../../lib/options/parse'
import { compile } from '../../lib/policy/compile'
import { marksOf } from '../../lib/diagnose/marks'
import { ALLOWED } from '../support/exchange'

const DANGEROUS = { dangerously: { anyOriginWithCredentials: true } }
const UNENFORCED = " ! requests from any site reach the handler with the user's session: `enforce` is off"

/** What a reviewer is to look at twice. */
const rows: ReadonlyArray<readonly [options: corsPlugin.CorsOptions, method: HTTPMethods, marks: readonly string[], said: readonly string[]]> = [
  [{}, 'GET', ['any-origin'], ['  ! any site may read']],
  [{ origin: true }, 'POST', ['any-origin'], ['  ! any site may read']],
  [{ origin: true, credentials: true, ...DANGEROUS }, 'PUT', ['any-origin-with-credentials', 'unenforced'], ["  ! any site may read with the user's session", `    /a (PUT)${UNENFORCED}`]],
  [{ origin: ALLOWED, credentials: true }, 'PUT', ['unenforced'], [`    /a (PUT)${UNENFORCED}`]],
  [{ origin: () => true, credentials: true }, 'POST', ['unenforced'], [`    /a (POST)${UNENFORCED}`]],
  [{ origin: ALLOWED, credentials: true }, 'GET', [], []],
  [{ origin: ALLOWED, credentials: true }, 'OPTIONS', [], []],
  [{ origin: ALLOWED, credentials: true, enforce: 'unsafe' }, 'PUT', [], []],
  [{ origin: ALLOWED, credentials: true, enforce: 'all' }, 'DELETE', [], []],
  [{ origin: ALLOWED }, 'PUT', [], []],
  [{ origin: false, credentials: true }, 'PUT', [], []],
  [{ origin: () => true }, 'PUT', [], []]
]

t.test('marks', async t => {
  for (const [options, method, marks, said] of rows) {
    const app = Fastify()
    await app.register(corsPlugin, options)
    app.route({ method, url: '/a', handler: () => '' })
    await app.ready()
    const name = `${JSON.stringify(options)} ${method}`
    t.strictSame(app.cors.print({ json: true }).map(({ marks }) => marks), [marks], name)
    t.strictSame(app.cors.print().split('\n').filter(line => line.includes('!')), said, name)
  }
})

t.test('one method that changes things is enough', async t => {
  const policy = compile(parseOptions({ origin: ALLOWED, credentials: true }))
  t.strictSame(marksOf(policy, ['GET', 'HEAD', 'PUT']), ['unenforced'])
  t.strictSame(marksOf(policy, ['GET', 'HEAD', 'OPTIONS', 'TRACE']), [])
})
