import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import t from 'tap'
import { root } from '../support/root'
import { WITHOUT_COVERAGE } from '../support/without-coverage'
import { startChromium } from '../engines/chromium'
import { without } from '../engines/engines'

interface Demo {
  readonly address: string
  readonly curls: readonly string[]
  stop (): Promise<number | null>
}

/** Runs what `npm start` runs after the build, on free ports. */
async function startDemo (): Promise<Demo> {
  const server = spawn('sh', ['-c', WITHOUT_COVERAGE, process.execPath, join(root, 'examples/demo/server.js')], {
    env: { ...process.env, PAGE_PORT: '0', API_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  let printed = ''
  server.stdout.setEncoding('utf8')
  for await (const chunk of server.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk
    if (printed.includes('Ctrl-C')) break
  }
  return {
    address: /^Open (\S+)$/m.exec(printed)?.[1] ?? '',
    curls: printed.match(/^ {2}curl .*$/gm) ?? [],
    async stop () {
      if (server.exitCode !== null) return server.exitCode
      server.kill('SIGINT')
      const [code] = await once(server, 'exit') as [number | null]
      return code
    }
  }
}

interface Row {
  readonly call: string
  readonly browser: string
  readonly server: string
}

/** The rows of the page's table, one for each call. */
async function rowsOf (page: Page): Promise<Row[]> {
  const rows = await page.locator('#calls tr').all()
  return await Promise.all(rows.map(async row => {
    const [call = '', browser = '', server = ''] = await row.locator('td').allInnerTexts()
    return { call: call.replace(/\s+/g, ' '), browser: inOneLine(browser), server: inOneLine(server) }
  }))
}

function inOneLine (text: string): string {
  return text.replaceAll('\n', ' | ')
}

async function open (browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(address)
  await page.waitForFunction("document.getElementById('summary').textContent !== ''")
  return page
}

interface Composed { readonly origin: number, readonly method: string, readonly headers: string, readonly credentials: string }

/** Sends a request with the page's form, and returns its row, which comes first. */
async function compose (page: Page, { origin, method, headers, credentials }: Composed): Promise<Row | undefined> {
  await page.selectOption('#origin', { index: origin })
  await page.fill('#method', method)
  await page.fill('#headers', headers)
  await page.selectOption('#credentials', credentials)
  const rows = await page.locator('#calls tr').count()
  await page.click('#compose button')
  await page.waitForFunction(`document.querySelectorAll('#calls tr').length === ${rows + 1}`)
  return (await rowsOf(page))[0]
}

const LET_THROUGH = /^let through \| \d+ .* \| headers: content-length, content-type, server-timing, x-request-id$/
const BLOCKED = /^blocked \| TypeError: Failed to fetch/
const READABLE = /^let through \| a page of .* and read the answer \| readable: .*, server-timing, x-request-id$/

t.test('the demo runs in a real browser, explains each call as the browser judged it, and stops at Ctrl-C', { skip: without('chromium') }, async t => {
  const demo = await startDemo()
  t.teardown(() => demo.stop())
  const browser = await startChromium()
  t.teardown(() => browser.close())
  const page = await open(browser, demo.address)
  t.match(await rowsOf(page), [
    { call: `GET /users/42 from ${demo.address} without credentials`, browser: LET_THROUGH, server: READABLE },
    { call: `GET /users/42 from ${demo.address} with credentials`, browser: /"signedIn":true/, server: READABLE },
    { call: /^PUT \/users\/42 .* with credentials Content-Type: application\/json$/, browser: LET_THROUGH, server: READABLE },
    { call: /^DELETE \/users\/42 /, browser: LET_THROUGH, server: READABLE },
    { call: /^PATCH \/users\/42 /, browser: BLOCKED, server: /^blocked \| MethodDisallowedByPreflightResponse \| .*add a route for PATCH/ },
    { call: /^GET \/status .* without/, browser: LET_THROUGH, server: READABLE },
    { call: /^GET \/status .* with credentials/, browser: BLOCKED, server: /^blocked \| WildcardOriginNotAllowed \| .*credentials: true/ },
    { call: /^PUT \/internal /, browser: BLOCKED, server: /^blocked \| PreflightMissingAllowOriginHeader \| .*CORS is off in config.cors of PUT \/internal/ }
  ])
  t.equal((await rowsOf(page)).length, 8)

  const unlisted = await compose(page, { origin: 1, method: 'PUT', headers: 'X-A: 1\nContent-Type: application/json', credentials: 'include' })
  t.match(unlisted, { call: /from http:\/\/localhost:\d+ with credentials X-A: 1 Content-Type: application\/json$/, browser: BLOCKED, server: /PreflightMissingAllowOriginHeader .* add 'http:\/\/localhost:\d+' to `origin`/ })
  const sandboxed = await compose(page, { origin: 2, method: 'GET', headers: '', credentials: 'omit' })
  t.match(sandboxed, { call: /from null without/, browser: BLOCKED, server: /^blocked \| MissingAllowOriginHeader \| .*nullOrigin/ })
  const lower = await compose(page, { origin: 0, method: 'patch', headers: '', credentials: 'omit' })
  t.match(lower, { browser: BLOCKED, server: /write the method as PATCH/ })
  const wrong = await compose(page, { origin: 0, method: 'P T', headers: '', credentials: 'omit' })
  t.match(wrong, { browser: /not a valid HTTP method/, server: /^cannot say .*"P T"/ })
  t.equal(await page.locator('#summary').innerText(), '12 of 12 times, the browser and the server say the same.')

  const stranger = await open(browser, demo.address.replace('127.0.0.1', 'localhost'))
  const passed = (await rowsOf(stranger)).filter(({ browser }) => browser.startsWith('let through'))
  t.match(passed, [{ call: /^GET \/status .* without credentials$/, server: READABLE }])
  t.equal(passed.length, 1)
  t.equal(await stranger.locator('#summary').innerText(), '8 of 8 times, the browser and the server say the same.')
  t.equal(await demo.stop(), 0)
})

const withoutCurl = spawnSync('curl', ['--version']).error !== undefined && process.env.CI === undefined && 'there is no curl'

t.test('the curl commands of the demo show an accepted and a refused preflight', { skip: withoutCurl }, async t => {
  const demo = await startDemo()
  const answers = demo.curls.map(line => spawnSync('sh', ['-c', `${line} -s`], { encoding: 'utf8' }).stdout)
  await demo.stop()
  t.match(answers[0], /^HTTP\/1\.1 204 No Content\r\n[^]*access-control-allow-origin: http:\/\/127\.0\.0\.1:\d+\r\n/)
  t.notMatch(answers[0], /content-length/i)
  t.match(answers[1], /^HTTP\/1\.1 403 Forbidden\r\n[^]*FST_CORS_ORIGIN_NOT_ALLOWED/)
  t.notMatch(answers[1], /access-control-/i)
  t.equal(answers.length, 2)
})
