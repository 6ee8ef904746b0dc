import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import ts from 'typescript'
import { createBrowser } from '../../lib/testing'
import { WARN } from '../support/exchange'
import { root } from '../support/root'
import { example, preflightOf, start } from './program'
import type { Program } from './program'

const PAGE = 'https://app.example.com'
const source = readFileSync(example('nest/main.mts'), 'utf8')

/** Runs the example as a Nest project compiles it. `npm run types` checks its types. */
async function startNest (t: Test, name: string, text = source, env = {}): Promise<Program> {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, experimentalDecorators: true, emitDecoratorMetadata: true }
  const { outputText } = ts.transpileModule(text, { compilerOptions, fileName: 'main.mts' })
  const folder = join(root, '.tests/nest') // within the package, so that it finds Nest and this package by name
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.mjs`)
  writeFileSync(file, outputText)
  return await start(t, [file], env)
}

function pageOf ({ address }: Program) {
  const { fetch } = createBrowser(address).open(PAGE)
  return async (method: string, path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`https://api.example.com${path}`, { method, headers, credentials: 'include' })
    return { status: response.status, body: await response.json() as unknown }
  }
}

const SECRET = { Authorization: 'Bearer secret' }

t.test('versions in the URL, each with policies of its own', async t => {
  const program = await startNest(t, 'uri')
  const call = pageOf(program)
  t.strictSame(await call('GET', '/v1/cats'), { status: 200, body: [{ id: '42' }] })
  t.strictSame(await call('PUT', '/v1/cats/42', SECRET), { status: 200, body: { id: '42', version: 1 } })
  t.match(await call('PUT', '/v1/cats/42'), { status: 401, body: { message: 'Unauthorized' } }, 'the page reads what the guard says')
  t.match(await call('GET', '/v1/dogs'), { status: 404 }, 'and that there is no such controller')
  await t.rejects(call('PUT', '/v2/cats/42'), { cause: { code: 'PreflightMissingAllowOriginHeader' } })
  t.equal((await preflightOf(program, 'PUT', '/v1/cats/42', 'https://evil.test')).status, 403)
  t.equal((await fetch(new URL('/v2/cats', program.address))).headers.get('access-control-allow-origin'), '*')
  t.strictSame(program.lines.filter(({ level }) => level >= WARN), [])
})

t.test('versions in a header: a preflight cannot tell them apart, the request is held to its own', async t => {
  const program = await startNest(t, 'header', source, { VERSIONING: 'header' })
  const call = pageOf(program)
  t.strictSame(await call('PUT', '/cats/42', { ...SECRET, 'X-Version': '1' }), { status: 200, body: { id: '42', version: 1 } })
  const held = await fetch(new URL('/cats/42', program.address), { method: 'PUT', headers: { origin: PAGE, 'X-Version': '2' } })
  t.match(await held.json(), { statusCode: 403, message: /the policy of PUT \/cats\/42 does not accept it/ })
})

t.test('enableCors() answers by rules of its own, and the log says so', async t => {
  const program = await startNest(t, 'enable-cors', source.replace('await app.listen', 'app.enableCors()\nawait app.listen'))
  t.match((await program.logged('@fastify/cors')), { level: WARN, msg: /enableCors/ })
  const { status, headers } = await preflightOf(program, 'PUT', '/v2/cats/42', 'https://evil.test')
  t.equal(status, 204)
  t.equal(headers.get('access-control-allow-origin'), '*', 'which lets every site read')
})
