import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { createBrowser } from '../../lib/testing'
import { freePort, nginx, startNginx } from '../caches/nginx'
import { example, preflightOf, start } from './program'

const skip = nginx === undefined && process.env.CI === undefined ? 'nginx is not installed (Debian: nginx-light)' : false
const [A, B] = ['https://a.partner.example', 'https://b.partner.example']

t.test('behind a shared cache, one answer serves every origin, and partners get their own', { skip }, async t => {
  if (nginx === undefined) throw new Error('nginx is not installed (Debian: nginx-light)')
  const program = await start(t, [example('public-api/server.js')])
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'cors-cdn-'))
  t.teardown(() => { rmSync(folder, { recursive: true, force: true }) })
  const conf = readFileSync(example('public-api/nginx.conf'), 'utf8')
    .replace('listen 80', `listen 127.0.0.1:${port}`)
    .replace('/var/cache/nginx/api', `${folder}/cache`)
    .replace('http://127.0.0.1:3000', program.address)
  const { stop } = await startNginx(nginx, 'return 404;', conf)
  t.teardown(stop)

  const ask = async (path: string, origin?: string) => {
    const { headers } = await fetch(`http://127.0.0.1:${port}${path}`, { headers: origin === undefined ? {} : { origin } })
    return [headers.get('x-cache'), headers.get('access-control-allow-origin'), headers.get('vary')]
  }
  t.strictSame(await ask('/catalogue'), ['MISS', '*', null])
  t.strictSame(await ask('/catalogue', A), ['HIT', '*', null])
  t.strictSame(await ask('/catalogue', 'https://any.example'), ['HIT', '*', null])
  t.strictSame(await ask('/prices'), ['MISS', null, 'Origin'])
  t.strictSame(await ask('/prices', A), ['MISS', A, 'Origin'])
  t.strictSame(await ask('/prices', B), ['MISS', B, 'Origin'])
  t.strictSame(await ask('/prices', B), ['HIT', B, 'Origin'])
  t.strictSame(await ask('/prices', 'https://any.example'), ['MISS', null, 'Origin'])

  const page = createBrowser(`http://127.0.0.1:${port}`).open('http://any.example')
  t.strictSame(await (await page.fetch('http://api.example.com/catalogue', { headers: { 'X-Request-Id': '1' } })).json(), ['tea', 'coffee'])
  await t.rejects(page.fetch('http://api.example.com/catalogue', { credentials: 'include' }), { cause: { code: 'WildcardOriginNotAllowed' } })
})

t.test('a CDN can keep preflights: the answer is the same for all of them', async t => {
  const program = await start(t, [example('public-api/server.js')])
  const answers = await Promise.all([A, 'https://any.example'].map(async origin => {
    const { status, headers } = await preflightOf(program, 'GET', '/catalogue', origin)
    t.equal(status, 204)
    return Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control') || name === 'vary' || name === 'cache-control'))
  }))
  t.strictSame(answers[0], answers[1])
  t.match(answers[0], {
    'access-control-allow-headers': /^\*, Authorization/,
    'access-control-allow-methods': 'GET, HEAD, POST',
    'access-control-allow-origin': '*',
    'access-control-max-age': '86400',
    'cache-control': 'public, max-age=86400'
  })
  t.notOk('vary' in (answers[0] ?? {}), 'so that a cache needs one of them')
})
