import { execFileSync } from 'node:child_process'
import t from 'tap'
import { root } from '../support/root'
import { WITHOUT_COVERAGE } from '../support/without-coverage'
import { example, preflightOf, start } from './program'

t.test('basic.js: a policy for the server, and two routes with their own', async t => {
  const program = await start(t, [example('basic.js')])
  const status = async (method: string, path: string, origin: string) => (await preflightOf(program, method, path, origin)).status
  t.equal(await status('GET', '/users/42', 'https://app.example.com'), 204)
  t.equal(await status('GET', '/users/42', 'https://evil.test'), 403)
  t.equal(await status('GET', '/status', 'https://evil.test'), 204)
  t.equal(await status('PUT', '/internal', 'https://app.example.com'), 403)
})

t.test('scoped.js prints the answers of its contexts', async t => {
  const printed = execFileSync('sh', ['-c', WITHOUT_COVERAGE, process.execPath, example('scoped.js')], { cwd: root, encoding: 'utf8' })
  t.strictSame(printed.trim().split('\n'), [
    'DELETE /admin/users/42 from https://admin.example.com: 204, https://admin.example.com',
    'DELETE /admin/users/42 from https://shop.example.com: 403, no Access-Control-Allow-Origin',
    'GET /open/catalogue from https://shop.example.com: 204, *',
    'PUT /partner/orders from https://eu.partner.example: 204, https://eu.partner.example',
    'GET /health from https://eu.partner.example: 404, no Access-Control-Allow-Origin'
  ])
})
