import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import { startChromium, startWithExtension } from '../engines/chromium'
import { without } from '../engines/engines'
import { example, start } from './program'

/** From this key Chromium makes the id that the example allows. Without a key, the id depends on the folder. */
const KEY = Buffer.from('a key of this extension').toString('base64')
const BLOCKED = 'TypeError: Failed to fetch'
const skip = without('chromium')

/** Calls the page's own URL, then the same at 127.0.0.1, where the page is from another origin. */
const CONTENT_SCRIPT = `
fetch(location.href, { method: 'PUT' }).then(({ status }) => { document.title = status })
fetch(location.href.replace('localhost', '127.0.0.1'), { method: 'PUT' }).catch(error => { document.body.textContent = error })
`

/** A folder with an extension. */
function makeExtension (t: Test, manifest: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'cors-extension-'))
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  const content = { matches: ['http://localhost/*'], js: ['content.js'] }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ manifest_version: 3, name: 'Notes', version: '1', background: { service_worker: 'worker.js' }, content_scripts: [content], ...manifest }))
  writeFileSync(join(folder, 'worker.js'), '')
  writeFileSync(join(folder, 'content.js'), CONTENT_SCRIPT)
  return folder
}

async function startExtension (t: Test, manifest: object) {
  const context = await startWithExtension(makeExtension(t, manifest), '--host-resolver-rules=MAP localhost 127.0.0.1')
  t.teardown(() => context.close())
  return { context, worker: context.serviceWorkers()[0] ?? await context.waitForEvent('serviceworker') }
}

async function put (worker: Worker, url: string): Promise<string> {
  return await worker.evaluate(async url => await fetch(url, { method: 'PUT' }).then(({ status }) => String(status), String), url)
}

t.test('an extension is known by its id, its content scripts by the page that they are in', { skip }, async t => {
  const { address } = await start(t, [example('apps.js')])
  const { context, worker } = await startExtension(t, { key: KEY })
  t.equal(await put(worker, `${address}/notes/1`), '200')
  const page = await context.newPage()
  await page.goto(`${address.replace('127.0.0.1', 'localhost')}/notes/1`)
  await page.getByText(BLOCKED).waitFor()
  await page.waitForFunction("document.title === '200'")
})

t.test('for a host that the user has given it, an extension needs no CORS and passes enforce', { skip }, async t => {
  const program = await start(t, [example('apps.js')])
  const call = async (manifest: object) => await put((await startExtension(t, manifest)).worker, `${program.address}/notes/1`)
  t.equal(await call({ host_permissions: ['http://127.0.0.1/*'] }), '200')
  t.equal(await call({ content_scripts: [{ matches: ['http://127.0.0.1/*'], js: ['content.js'] }] }), '200')
  t.equal(await call({}), BLOCKED)
})

t.test('a frame in a sandbox, which any site can have, is blocked as a page from a file is', { skip }, async t => {
  const program = await start(t, [example('apps.js')])
  const browser = await startChromium()
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  await page.goto(`${program.address}/`)
  await page.setContent('<iframe sandbox="allow-scripts" srcdoc="<title>Framed</title>"></iframe>')
  const frame = await (await page.waitForSelector('iframe')).contentFrame()
  t.equal(await frame?.evaluate(async url => await fetch(url).then(async response => await response.text(), String), `${program.address}/notes`), BLOCKED)
  t.match(await program.logged('blocked by CORS policy'), { origin: 'null' })
})
