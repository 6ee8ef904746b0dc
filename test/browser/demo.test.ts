import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { launch, withoutChromium } from './chromium'

interface Demo {
  readonly address: string
  readonly curls: readonly string[]
  stop (): Promise<number | null>
}

/** Runs what `npm start` runs after the build, on free ports. */
async function startDemo (): Promise<Demo> {
  // Without what makes tap measure coverage in child processes: the build is not to be measured.
  const command = 'unset NODE_V8_COVERAGE NODE_OPTIONS; exec "$0" "$1"'
  const server = spawn('sh', ['-c', command, process.execPath, join(__dirname, '../../examples/demo/server.js')], {
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
      server.kill('SIGINT')
      const [code] = await once(server, 'exit') as [number | null]
      return code
    }
  }
}

/** What the page's table says, a line for each call. */
async function outcomes (address: string): Promise<string[]> {
  const browser = await launch()
  try {
    const page = await browser.newPage()
    await page.goto(address)
    await page.waitForFunction("document.getElementById('summary').textContent !== ''")
    const rows = await page.locator('#calls tr').all()
    return await Promise.all(rows.map(async row => {
      const [call, verdict, , headers] = await row.locator('td').allInnerTexts()
      return `${call?.replace(/\s+/g, ' ')}: ${verdict}, ${headers}`
    }))
  } finally {
    await browser.close()
  }
}

t.test('the demo stands in a real browser, and stops at Ctrl-C', { skip: withoutChromium }, async t => {
  const demo = await startDemo()
  const listed = await outcomes(demo.address)
  const stranger = await outcomes(demo.address.replace('127.0.0.1', 'localhost'))
  t.equal(await demo.stop(), 0)
  const exposed = 'content-length, content-type, server-timing, x-request-id'
  t.strictSame(listed, [
    `GET /users/42 without credentials: let through, ${exposed}`,
    `GET /users/42 with credentials: let through, ${exposed}`,
    `PUT /users/42 with credentials: let through, ${exposed}`,
    `DELETE /users/42 without credentials: let through, ${exposed}`,
    'PATCH /users/42 without credentials: blocked, none',
    `GET /status without credentials: let through, ${exposed}`,
    'GET /status with credentials: blocked, none',
    'PUT /internal without credentials: blocked, none'
  ])
  t.strictSame(stranger.filter(line => line.includes('let through')), [`GET /status without credentials: let through, ${exposed}`])
})

const withoutCurl = spawnSync('curl', ['--version']).error !== undefined && process.env.CI === undefined && 'there is no curl'

t.test('the curl lines of the demo show an accepted and a refused preflight', { skip: withoutCurl }, async t => {
  const demo = await startDemo()
  const answers = demo.curls.map(line => spawnSync('sh', ['-c', `${line} -s`], { encoding: 'utf8' }).stdout)
  await demo.stop()
  t.match(answers[0], /^HTTP\/1\.1 204 No Content\r\n[^]*access-control-allow-origin: http:\/\/127\.0\.0\.1:\d+\r\n/)
  t.notMatch(answers[0], /content-length/i)
  t.match(answers[1], /^HTTP\/1\.1 403 Forbidden\r\n[^]*FST_CORS_ORIGIN_NOT_ALLOWED/)
  t.notMatch(answers[1], /access-control-/i)
  t.equal(answers.length, 2)
})
