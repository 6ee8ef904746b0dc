import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import { startChromium } from '../engines/chromium'
import { without } from '../engines/engines'
import { freePort, nginx, startNginx } from '../caches/nginx'
import { cert, key } from '../command/certificate'
import { root } from '../support/root'
import { WITHOUT_COVERAGE } from '../support/without-coverage'
import { example, start } from './program'

const skip = nginx === undefined && process.env.CI === undefined ? 'nginx is not installed (Debian: nginx-light)' : false

/** A folder with a certificate for all hosts. */
function makeFolder (t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'cors-sessions-'))
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  writeFileSync(join(folder, 'cert.pem'), cert)
  writeFileSync(join(folder, 'key.pem'), key)
  return folder
}

/** Builds the page as `npx vite build` does. In this process, Vite would set NODE_ENV for what comes after it. */
function buildPage (folder: string): void {
  const args = [join(root, 'node_modules/vite/bin/vite.js'), 'build', example('cookie-sessions/page'), '--logLevel', 'error', '--emptyOutDir', '--outDir', join(folder, 'dist')]
  execFileSync('sh', ['-c', WITHOUT_COVERAGE, process.execPath, ...args], { cwd: root })
}

/** The program and nginx as the recipe has them, apart from ports and files. Returns the port of nginx for TLS. */
async function serve (t: Test, folder: string, change = (conf: string) => conf): Promise<number> {
  const { address } = await start(t, [example('cookie-sessions/server.js')], { NODE_ENV: 'production' })
  const port = await freePort()
  const conf = change(readFileSync(example('cookie-sessions/nginx.conf'), 'utf8'))
    .replaceAll('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
    .replaceAll(/ssl_certificate \S+;/g, `ssl_certificate ${folder}/cert.pem;`)
    .replaceAll(/ssl_certificate_key \S+;/g, `ssl_certificate_key ${folder}/key.pem;`)
    .replace(/root \S+;/, `root ${folder}/dist;`)
    .replace('http://127.0.0.1:3000', address)
  if (nginx === undefined) throw new Error('nginx is not installed (Debian: nginx-light)')
  const { stop } = await startNginx(nginx, 'return 404;', `types { text/html html; text/javascript js; }\n${conf}`)
  t.teardown(stop)
  return port
}

/** The answer to a POST without `Sec-Fetch-Site`, as browsers before 2023 send it: its status, and whether it sets a cookie. */
async function postLogin (port: number, origin: string): Promise<{ readonly status: number | undefined, readonly hasCookie: boolean }> {
  const body = '{"name":"Ada"}'
  const headers = { host: 'api.example.net', origin, 'content-type': 'application/json', 'content-length': body.length }
  const request = https.request({ host: '127.0.0.1', port, path: '/login', method: 'POST', headers, rejectUnauthorized: false, agent: false })
  request.end(body)
  const [response] = await once(request, 'response') as [IncomingMessage]
  response.resume()
  return { status: response.statusCode, hasCookie: response.headers['set-cookie'] !== undefined }
}

async function logIn (page: Page): Promise<void> {
  await page.getByText('Nobody is logged in.').waitFor()
  await page.click('button')
  await page.getByText('Hello, Ada!').waitFor()
}

t.test('behind nginx with TLS, a page of another site has a session', { skip: skip || without('chromium') }, async t => {
  const folder = makeFolder(t)
  buildPage(folder)
  const port = await serve(t, folder)
  const browser = await startChromium(`--host-resolver-rules=MAP *:443 127.0.0.1:${port}`)
  t.teardown(() => browser.close())
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  const page = await context.newPage()
  await page.goto('https://app.example/')
  await logIn(page)
  await page.reload()
  await page.getByText('Hello, Ada!').waitFor()

  const stranger = await context.newPage()
  await stranger.goto('https://evil.example/')
  const failed = stranger.evaluate("fetch('https://api.example.net/me', { credentials: 'include' }).then(response => response.text())")
  await t.rejects(failed, /Failed to fetch/)
  const form = "fetch('https://api.example.net/login', { method: 'POST', mode: 'no-cors', body: 'name=Eve' })"
  const [refused] = await Promise.all([stranger.waitForResponse(/login/), stranger.evaluate(form)])
  t.equal(refused.status(), 403, 'what a form of a stranger sends is refused')
})

t.test('with the headers of the proxy, the own origin of the API is known', { skip }, async t => {
  const folder = makeFolder(t)
  const port = await serve(t, folder)
  const OWN = 'https://api.example.net'
  t.strictSame(await postLogin(port, OWN), { status: 200, hasCookie: true }, 'its own page')
  t.strictSame(await postLogin(port, 'https://app.example'), { status: 200, hasCookie: true }, 'an allowed page')
  t.strictSame(await postLogin(port, 'https://evil.example'), { status: 403, hasCookie: false }, 'a foreign page')

  const withoutScheme = await serve(t, folder, conf => conf.replace(/^.*X-Forwarded-Proto.*$/m, ''))
  t.strictSame(await postLogin(withoutScheme, OWN), { status: 403, hasCookie: false }, 'without X-Forwarded-Proto its own page is refused')
  t.strictSame(await postLogin(withoutScheme, 'https://app.example'), { status: 200, hasCookie: false }, 'and nobody gets a session')
  const withoutHost = await serve(t, folder, conf => conf.replace(/^.*set_header Host.*$/m, ''))
  t.strictSame(await postLogin(withoutHost, OWN), { status: 403, hasCookie: false }, 'without Host its own page is refused')
  const forwarded = await serve(t, folder, conf => conf.replace('set_header Host', 'set_header X-Forwarded-Host'))
  t.strictSame(await postLogin(forwarded, OWN), { status: 200, hasCookie: true }, 'X-Forwarded-Host will do')
})

t.test('while you develop, the page comes from Vite and calls the program on its port', { skip: without('chromium') }, async t => {
  const { address } = await start(t, [example('cookie-sessions/server.js')])
  const { createServer } = await import('vite')
  const vite = await createServer({
    root: example('cookie-sessions/page'),
    cacheDir: join(root, '.tests/vite'),
    configFile: false,
    logLevel: 'error',
    define: { 'import.meta.env.VITE_API': JSON.stringify(address.replace('127.0.0.1', 'localhost')) },
    server: { host: '127.0.0.1', port: await freePort() }
  })
  t.teardown(() => vite.close())
  await vite.listen()
  const browser = await startChromium('--host-resolver-rules=MAP localhost 127.0.0.1')
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  await page.goto(`http://localhost:${vite.config.server.port}/`)
  await logIn(page)
})
