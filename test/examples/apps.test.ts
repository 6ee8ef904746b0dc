import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import corsPlugin from '../..'
import { createBrowser } from '../../lib/testing'
import { startChromium } from '../engines/chromium'
import { without } from '../engines/engines'
import { example, preflightOf, start } from './program'

const APPS = ['app://.', 'capacitor://localhost', 'https://localhost', 'chrome-extension://emjkcgjfjojkndgghmbomfmdpbpiefmi']

t.test('applications come in by the origin that their pages have', async t => {
  const program = await start(t, [example('apps.js')])
  const browser = createBrowser(program.address)
  for (const origin of APPS) {
    const response = await browser.open(origin).fetch('https://api.example.com/notes/1', { method: 'PUT' })
    t.strictSame(await response.json(), { id: '1' }, origin)
  }
  for (const origin of ['null', 'file://', 'app://other', 'chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'http://localhost']) {
    t.equal((await preflightOf(program, 'PUT', '/notes/1', origin)).status, 403, origin)
  }
})

t.test('what the recipe says is refused at boot is', async t => {
  const codes = (origin: unknown) => corsPlugin.check({ origin }).map(({ code }) => code)
  t.strictSame(codes(['null']), ['FST_CORS_ORIGIN_NULL'])
  t.strictSame(codes(['file://']), ['FST_CORS_ORIGIN_NULL'])
  t.strictSame(codes(['moz-extension://*']), ['FST_CORS_ORIGIN_WILDCARD'])
  t.strictSame(codes(/^moz-extension:\/\/[0-9a-f-]{36}$/), [])
})

t.test('in Chromium, a page from a file has the origin null, and is blocked', { skip: without('chromium') }, async t => {
  const program = await start(t, [example('apps.js')])
  const folder = mkdtempSync(join(tmpdir(), 'cors-file-'))
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  writeFileSync(join(folder, 'index.html'), '<!doctype html>')
  const browser = await startChromium()
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  await page.goto(pathToFileURL(join(folder, 'index.html')).href)
  await t.rejects(page.evaluate(`fetch('${program.address}/notes')`), /Failed to fetch/)
  t.match(await program.logged('blocked by CORS policy'), { origin: 'null' })
})
