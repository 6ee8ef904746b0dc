import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t from 'tap'
import { root } from '../support/root'
import { startChromium } from '../engines/chromium'
import { without } from '../engines/engines'
import { open, startDemo, unfold } from './demo'

const FOLDER = join(root, 'examples/demo')
const MEASURES = join(root, 'test/browser/demo-measures.js')

/** What fails on the page as it is now, in both color schemes. */
async function faults (page: Page): Promise<unknown> {
  await page.addScriptTag({ path: MEASURES })
  const layout = await page.evaluate('[...overflowing(), ...narrow()]')
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await page.evaluate('faint()')
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await page.evaluate('faint()')
  return { layout, light, dark, background: await page.evaluate('getComputedStyle(document.body).backgroundColor') }
}

const none = { layout: [], light: [], dark: [], background: 'rgb(16, 19, 22)' }

t.test('the demo can be read', { skip: without('chromium') }, async t => {
  const demo = await startDemo()
  t.teardown(() => demo.stop())
  const browser = await startChromium()
  t.teardown(() => browser.close())

  for (const width of [320, 390, 1280]) {
    await t.test(`at a width of ${width} pixels, light and dark`, async t => {
      const page = await open(browser, demo.address, { viewport: { width, height: 844 } })
      t.same(await faults(page), none, 'at the first look')
      t.ok(await page.evaluate('document.documentElement.scrollHeight < 2800'), 'which is not long')
      await unfold(page)
      t.same(await faults(page), none, 'with all unfolded')
      t.equal(await page.evaluate("[...document.querySelectorAll('.answer > :not(details)')].some(part => part.innerText.includes('`'))"), false, 'code is not between backticks')
      await page.goto(`${demo.address}/README.md`)
      t.same(await page.evaluate('document.documentElement.scrollWidth'), width, 'and its documentation fits')
      await page.context().close()
    })
  }

  await t.test('with the keyboard alone', async t => {
    const page = await open(browser, demo.address)
    const reached = []
    for (let at = 0; at < 16; at++) {
      await page.keyboard.press('Tab')
      reached.push(await page.evaluate("document.activeElement.innerText?.split('\\n')[0] || document.activeElement.id"))
      t.not(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'none', `the focus shows on ${reached.at(-1)}`)
    }
    t.match(reached, [
      'app.cors.explain()', /^http:\/\/localhost:/,
      'PATCH /users/42', /^MDN on /, 'All causes (README)', 'All options (README)', 'The line in the server’s log',
      'GET /status', 'PUT /internal', 'Let through 5',
      /^http/, 'method', 'path', /^omit/, 'headers', 'Call'
    ])
    const status = page.getByRole('button', { name: /^GET \/status/ })
    await status.focus()
    await page.keyboard.press('Enter')
    t.equal(await status.getAttribute('aria-expanded'), 'true')
    t.ok(await page.locator(`#${await status.getAttribute('aria-controls')}`).isVisible())
    await page.keyboard.press('Space')
    t.equal(await status.getAttribute('aria-expanded'), 'false')
  })

  await t.test('and shows the answer to a call made below it on a phone', async t => {
    const page = await open(browser, demo.address, { viewport: { width: 390, height: 844 } })
    for (const [method, list] of [['PATCH', '#blocked'], ['GET', '#readable']] as const) {
      await page.fill('#method', method)
      await page.getByRole('button', { name: 'Call' }).click()
      const isInView = `(() => { const { top, bottom } = document.querySelector('${list} h3').getBoundingClientRect(); return top >= 0 && bottom <= innerHeight })()`
      await page.waitForFunction(`document.getElementById('summary').textContent.startsWith('${method} ') && ${isInView}`)
      t.match(await page.locator('#summary').innerText(), new RegExp(`^${method} /users/42 was `))
      t.equal(await page.evaluate('document.activeElement.innerText'), 'Call', 'and the focus stays')
    }
  })

  await t.test('by its headings and landmarks', async t => {
    const page = await open(browser, demo.address)
    for (const role of ['banner', 'main', 'status'] as const) t.equal(await page.getByRole(role).count(), 1, role)
    t.equal(await page.getByRole('region', { name: 'Blocked 3' }).count(), 1)
    t.equal(await page.getByRole('form', { name: 'Make a call' }).count(), 1)
    const levels = await page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(({ localName }) => localName.slice(1)).join('')")
    t.match(levels, /^12(34+)+2(34+)+2$/)
  })

  await t.test('and leads on to documentation that exists', async t => {
    const page = await open(browser, demo.address)
    await unfold(page)
    const links = await page.evaluate("[...new Set([...document.querySelectorAll('a')].map(({ href }) => href))].filter(href => new URL(href).pathname.endsWith('.md'))") as string[]
    t.equal(links.length, 3)
    for (const link of links) {
      t.equal((await page.request.get(link)).status(), 200, link)
      await page.goto(link)
      t.ok(await page.evaluate("location.hash === '' || document.getElementById(location.hash.slice(1)) !== null"), `${link} is a heading`)
    }
  })
})

// DEMO_PICTURE=write npm run test:only test/browser/demo-looks     makes the README's picture
const PICTURE = join(FOLDER, 'screenshot.png')
const MADE_FROM = join(FOLDER, 'screenshot.sha256')
const SIZE = { width: 1280, height: 1320 }

/** A hash of all that the demo consists of. The picture's own pixels depend on the fonts of the machine. */
function hashOfDemo (): string {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter(path => /\.(css|html|js)$/.test(path)).sort()
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(FOLDER, file)))
  return `${hash.digest('hex')}\n`
}

async function takePicture (): Promise<void> {
  const demo = await startDemo({ pagePort: 3001, apiPort: 3002 })
  const browser = await startChromium()
  const page = await open(browser, demo.address, { viewport: SIZE, colorScheme: 'light' })
  await page.screenshot({ path: PICTURE })
  await browser.close()
  await demo.stop()
  writeFileSync(MADE_FROM, hashOfDemo())
}

t.test('the picture in the README is made from the demo as it is', async t => {
  if (process.env.DEMO_PICTURE === 'write') await takePicture()
  t.equal(readFileSync(MADE_FROM, 'utf8'), hashOfDemo(), 'DEMO_PICTURE=write npm run test:only test/browser/demo-looks makes it')
  const header = readFileSync(PICTURE).subarray(16, 24) // the width and the height, in the chunk IHDR
  t.same({ width: header.readUInt32BE(0), height: header.readUInt32BE(4) }, SIZE)
})
