import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import fastify from 'fastify'
import { Hono } from 'hono'
import { cors as honoCors } from 'hono/cors'
import t, { type Test } from 'tap'
import plugin from '../..'
import { root } from '../support/root'
import { PAGE, ask, listen } from './command'

/** The part of Express and of cors that this test uses. Neither package has types. */
interface ExpressApplication extends http.RequestListener {
  use (handler: unknown): void
  all (path: RegExp, handler: (request: unknown, response: { send (body: string): void }) => void): void
}
const express = module.require('express') as () => ExpressApplication
const cors = module.require('cors') as (options?: object) => unknown

const JSON_PUT = ['--method', 'PUT', '--header', 'content-type: application/json']

function expressWith (...handlers: unknown[]): http.Server {
  const app = express()
  for (const handler of handlers) app.use(handler)
  app.all(/./, (_request, response) => { response.send('x') })
  return http.createServer(app)
}

t.test('Express with cors', async t => {
  const any = await listen(t, expressWith(cors()))
  t.match(await ask(any), { status: 0, report: { verdict: 'readable', message: /^a page of https:\/\/app\.example\.com may send GET .* and read the answer, a 200$/ } })
  t.match(await ask(any, JSON_PUT), { status: 0, report: { verdict: 'accepted', allowed: null, code: null, message: 'the preflight is accepted; the PUT itself was not sent: add --send' } })
  t.match(await ask(any, [...JSON_PUT, '--send']), { status: 0, report: { verdict: 'readable' } })
  t.match(await ask(any, ['--credentials', 'include']), { status: 1, report: { code: 'WildcardOriginNotAllowed' } })
  const other = await listen(t, expressWith(cors({ origin: 'https://other.test' })))
  t.match(await ask(other), { status: 1, report: { code: 'AllowOriginMismatch' } })
})

t.test('Hono with its middleware', async t => {
  const app = new Hono()
  app.use('/ok', honoCors({ origin: PAGE, credentials: true, allowMethods: ['PUT'] }))
  app.put('/ok', c => c.text('x'))
  const url = await listen(t, http.createServer(getRequestListener(app.fetch)))
  t.match(await ask(`${url}/ok`, [...JSON_PUT, '--credentials', 'include', '--send']), { status: 0, report: { verdict: 'readable' } })
  t.match(await ask(`${url}/ok`, ['--method', 'DELETE']), { status: 1, report: { code: 'MethodDisallowedByPreflightResponse', changes: ['add DELETE to Access-Control-Allow-Methods'] } })
  t.match(await ask(`${url}/none`), { status: 1, report: { code: 'MissingAllowOriginHeader', notes: [/^the answer is an error, a 404: /] } })
})

t.test('this plugin', async t => {
  const app = fastify()
  t.teardown(() => app.close())
  app.register(plugin, { origin: PAGE, credentials: true, methods: ['PUT'], allowedHeaders: ['x-token'], exposedHeaders: ['x-id'] })
  app.put('/x', async (_request, reply) => { reply.header('x-id', '1').header('x-other', '1').send('x') })
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/x`
  const { status, report } = await ask(url, ['--method', 'PUT', '--header', 'x-token: 1', '--credentials', 'include', '--send'])
  t.equal(status, 0)
  t.match(report, { exposedHeaders: ['content-length', 'content-type', 'x-id'], changes: [], notes: ['the PUT was sent without a body: the answer to one with a body may differ', 'no cookies were sent: the answer to a page with cookies may differ'] })
  t.ok(report.hiddenHeaders.includes('x-other'))
  t.match(await ask(url, ['--method', 'PUT', '--header', 'x-a: 1']), { status: 1, report: { code: 'HeaderDisallowedByPreflightResponse' } })
})

const python = spawnSync('python3', ['--version']).error === undefined
const skip = !python && process.env.CI === undefined ? 'python3 is not installed' : false

t.test('a server in Python', { skip }, async t => {
  const url = await startPython(t)
  t.match(await ask(url), { status: 0, report: { verdict: 'readable' } })
  t.match(await ask(url, ['--method', 'PUT']), { status: 0, report: { verdict: 'accepted' } })
  t.match(await ask(url, ['--method', 'PUT', '--credentials', 'include']), { status: 1, report: { code: 'PreflightInvalidAllowCredentials' } })
  t.match(await ask(url, ['--method', 'HEAD']), { status: 1, report: { notes: [/a 501/] } })
})

async function startPython (t: Test): Promise<string> {
  const child = spawn('python3', [join(root, 'test/command/server.py')], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => { child.kill() })
  const [port] = await once(child.stdout, 'data') as [Buffer]
  return `http://127.0.0.1:${port.toString().trim()}`
}
