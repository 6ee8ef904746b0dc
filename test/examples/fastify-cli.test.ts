import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import autoload from '@fastify/autoload'
import Fastify from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { createBrowser } from '../../lib/testing'
import { freePort } from '../caches/nginx'
import { WARN } from '../support/exchange'
import { root } from '../support/root'
import { example, preflightOf, start } from './program'

const PAGE = 'https://app.example.com'

/** As `npx fastify start` does, with the log as it is in production. */
async function fastifyStart (t: Test, file: string) {
  return await start(t, [require.resolve('fastify-cli/cli.js'), 'start', '--address', '127.0.0.1', '--port', String(await freePort()), '--log-level', 'info', file])
}

t.test('started by fastify-cli, the plugin file governs the routes of all files', async t => {
  const program = await fastifyStart(t, example('fastify-cli/app.js'))
  const page = createBrowser(program.address).open(PAGE)
  const response = await page.fetch('https://api.example.com/users/42', { method: 'PUT', credentials: 'include', headers: { 'Content-Type': 'application/json' }, body: '{}' })
  t.strictSame(await response.json(), { id: '42' })
  await t.rejects(page.fetch('https://api.example.com/users/42', { method: 'DELETE' }), { cause: { code: 'PreflightMissingAllowOriginHeader' } }, 'the config.cors of the route counts')
  t.equal((await preflightOf(program, 'PUT', '/users/42', 'https://evil.test')).status, 403)
  const shop = createBrowser(program.address).open('https://shop.partner.example')
  t.strictSame(await (await shop.fetch('https://api.example.com/partners/orders/7', { method: 'PUT' })).json(), { ordered: '7' })
  t.equal((await preflightOf(program, 'PUT', '/partners/orders/7', PAGE)).status, 403, 'a folder has a policy of its own')
  t.equal((await preflightOf(program, 'PUT', '/users/42', 'https://shop.partner.example')).status, 403)
  t.strictSame(program.lines.filter(({ level }) => level >= WARN), [])
})

/** A copy of the example with a plugin file that is not wrapped in fastify-plugin. */
function unwrapped (t: Test): string {
  const folder = mkdtempSync(join(root, '.tests/fastify-cli-'))
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  cpSync(example('fastify-cli'), folder, { recursive: true })
  edit(join(folder, 'plugins/cors.js'), /fp\((async function [^]*)\)/)
  return folder
}

/** Replaces what matches by its first group. */
function edit (file: string, pattern: RegExp): void {
  const text = readFileSync(file, 'utf8')
  if (!pattern.test(text)) throw new Error(`${file} is another one`)
  writeFileSync(file, text.replace(pattern, '$1'))
}

t.test('without fastify-plugin it governs nothing, and the log says so', async t => {
  const folder = unwrapped(t)
  edit(join(folder, 'routes/users/index.js'), /\{ config: \{ cors: false \} \}, ()/)
  const program = await fastifyStart(t, join(folder, 'app.js'))
  const warnings = program.lines.filter(({ level }) => level >= WARN).map(({ msg }) => msg)
  t.match(warnings, [/plugins\/cors\.js governs no route.*fastify-plugin/])
  t.equal(warnings.length, 1)
  t.equal((await preflightOf(program, 'PUT', '/users/42', PAGE)).status, 404)
  const { headers } = await fetch(new URL('/users', program.address), { headers: { origin: PAGE } })
  t.equal(headers.get('access-control-allow-origin'), null)
})

t.test('a registration in a file of routes governs that file, and with fastify-plugin the routes of all files', async t => {
  const allowed = async (code: (body: string) => string) => {
    const folder = mkdtempSync(join(root, '.tests/autoload-'))
    t.teardown(() => { rmSync(folder, { recursive: true }) })
    for (const name of ['users', 'users/deep', 'other']) {
      mkdirSync(join(folder, name))
      const register = name === 'users' ? "await app.register(require('fastify-cors-policy'), { origin: '*' }); " : ''
      const body = `async app => { ${register}app.get('/${name}', () => 'a') }`
      writeFileSync(join(folder, name, 'index.js'), `module.exports = ${name === 'users' ? code(body) : body}`)
    }
    const app = Fastify()
    t.teardown(() => app.close())
    app.register(autoload, { dir: folder, dirNameRoutePrefix: false })
    const answers = await Promise.all(['/users', '/users/deep', '/other'].map(async url => await app.inject({ url, headers: { origin: PAGE } })))
    return answers.map(({ statusCode, headers }) => statusCode === 200 && headers['access-control-allow-origin'] === '*')
  }
  t.strictSame(await allowed(body => body), [true, false, false])
  t.strictSame(await allowed(body => `require('fastify-plugin')(${body})`), [true, true, true])
})

t.test('without fastify-plugin, a route with config.cors stops the start', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  app.register(require(join(unwrapped(t), 'app.js')))
  await t.rejects(async () => { await app.ready() }, { code: 'FST_CORS_UNGOVERNED_ROUTE' })
})
