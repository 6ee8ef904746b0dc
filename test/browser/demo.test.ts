import { spawnSync } from 'node:child_process'
import type { Page } from 'playwright-core'
import t from 'tap'
import { startChromium } from '../engines/chromium'
import { without } from '../engines/engines'
import { open, startDemo, unfold } from './demo'

/** What the page says of a call: the line that opens it, and each of its parts by its title. */
type Card = Readonly<Record<string, string>>

async function cardsIn (page: Page, part: string): Promise<Card[]> {
  await unfold(page)
  return await page.evaluate(`[...document.querySelectorAll('${part} .call')].map(card => {
    const [call, verdict, facts] = card.querySelector('h3').innerText.split(/\\n+/)
    const parts = [...card.querySelectorAll('.part')].map(part => {
      const [title, ...lines] = part.innerText.split(/\\n+/)
      return [title, lines.join(' ')]
    })
    return { call, verdict, facts, ...Object.fromEntries(parts) }
  })`)
}

const summaryOf = async (page: Page): Promise<string> => await page.locator('#summary').innerText()

interface Composed { readonly origin?: number, readonly method?: string, readonly path?: string, readonly headers?: string, readonly credentials?: string }

/** Makes a call with the page's form, and returns its card, which comes first among the blocked. */
async function compose (page: Page, { origin = 0, method = 'GET', path = '/users/42', headers = '', credentials = 'omit' }: Composed): Promise<Card | undefined> {
  const before = await summaryOf(page)
  await page.selectOption('#origin', { index: origin })
  await page.fill('#method', method)
  await page.fill('#path', path)
  await page.fill('#headers', headers)
  await page.selectOption('#credentials', credentials)
  await page.click('#compose button')
  await page.waitForFunction(`document.getElementById('summary').textContent !== ${JSON.stringify(before)}`)
  return (await cardsIn(page, '#blocked'))[0]
}

const BROWSER = 'The browser'
const SERVER = 'The server'
const CHANGE = 'What to change'
const OPTIONS = 'The options that govern'
const LOG = 'The line in the server’s log'

const BLOCKED = /^TypeError: Failed to fetch The page learns no more\./
const LINKS = / MDN on \w+ All causes \(README\) All options \(README\)$/
const through = {
  verdict: '200',
  [BROWSER]: /^200 \{.*\} The page sees the headers content-length, content-type, server-timing, x-request-id\.$/,
  [SERVER]: /^A page of .* and read the answer\. Readable if sent: .*, server-timing, x-request-id\.$/,
  [LOG]: 'None: the server saw nothing to refuse.'
}

t.test('the demo runs in a real browser, explains each call as the browser judged it, and stops at Ctrl-C', { skip: without('chromium') }, async t => {
  const demo = await startDemo()
  t.teardown(() => demo.stop())
  const browser = await startChromium()
  t.teardown(() => browser.close())
  const page = await open(browser, demo.address)

  t.match(await cardsIn(page, '#blocked'), [
    {
      call: 'PATCH /users/42',
      verdict: 'MethodDisallowedByPreflightResponse',
      facts: 'without credentials · Content-Type: application/json',
      [BROWSER]: BLOCKED,
      [SERVER]: /^The answer to the preflight does not allow the method PATCH: /,
      [CHANGE]: /^Add a route for PATCH .* list PATCH in methods in the registration of the application\. /,
      [OPTIONS]: /^from the registration of the application origin http:.*, https:\/\/\*\.example\.org methods what the URL serves ← change .* maxAge 60 seconds/,
      [LOG]: /^\{ .*"method": "PATCH".*"code": "MethodDisallowedByPreflightResponse".* the method PATCH is not allowed" \}$/
    },
    { call: 'GET /status', verdict: 'WildcardOriginNotAllowed', facts: 'with credentials', [BROWSER]: BLOCKED, [CHANGE]: /credentials: true/, [OPTIONS]: /^from config\.cors of GET \/status origin \* ← change .* credentials false ← change/, [LOG]: /"code": "WildcardOriginNotAllowed"/ },
    { call: 'PUT /internal', verdict: 'PreflightMissingAllowOriginHeader', [BROWSER]: BLOCKED, [CHANGE]: LINKS, [OPTIONS]: /^from config\.cors of PUT \/internal origin none: CORS is off ← change/, [LOG]: /"url": "\/internal"/ }
  ])
  t.match(await cardsIn(page, '#readable'), [
    { call: 'GET /users/42', facts: 'without credentials', ...through },
    { call: 'GET /users/42', facts: 'with credentials', ...through, [BROWSER]: /"signedIn":true/ },
    { call: 'PUT /users/42', facts: 'with credentials · Content-Type: application/json', ...through },
    { call: 'DELETE /users/42', ...through },
    { call: 'GET /status', ...through, [OPTIONS]: /^from config\.cors of GET \/status origin \* methods/ }
  ])
  t.same(await page.locator('.count').allInnerTexts(), ['3', '5'])

  const unlisted = await compose(page, { origin: 1, method: 'PUT', headers: 'X-A: 1\nContent-Type: application/json', credentials: 'include' })
  t.match(unlisted, { facts: /^from http:\/\/localhost:\d+ · with credentials · X-A: 1 · Content-Type: application\/json$/, verdict: 'PreflightMissingAllowOriginHeader', [BROWSER]: BLOCKED, [CHANGE]: /add 'http:\/\/localhost:\d+' to origin/ })
  t.equal(await summaryOf(page), 'PUT /users/42 was blocked. 9 of 9 times, the browser and the server say the same.')
  const sandboxed = await compose(page, { origin: 2 })
  t.match(sandboxed, { facts: 'from null · without credentials', verdict: 'MissingAllowOriginHeader', [BROWSER]: BLOCKED, [CHANGE]: /^null is the origin .* dangerously: \{ nullOrigin: true \}/ })
  const lower = await compose(page, { method: 'patch' })
  t.match(lower, { [BROWSER]: BLOCKED, [CHANGE]: /^Write the method as PATCH/ })
  const wrong = await compose(page, { method: 'P T' })
  t.match(wrong, { verdict: 'not sent', [BROWSER]: /not a valid HTTP method\.$/, [SERVER]: /"P T"/, [LOG]: through[LOG] })
  t.notOk(CHANGE in (wrong ?? {}))
  const markup = await compose(page, { origin: 2, method: 'put', path: '/<b>`x`</b>' })
  t.match(markup, { call: 'put /<b>`x`</b>', [LOG]: /"url": "\/%3Cb%3E%60x%60%3C\/b%3E"/ }, 'what a visitor writes never becomes markup')
  t.equal(await page.locator('b').count(), 0)
  t.match(await summaryOf(page), /13 of 13 times, the browser and the server say the same\.$/)

  const stranger = await open(browser, demo.address.replace('127.0.0.1', 'localhost'))
  t.match(await cardsIn(stranger, '#readable'), [{ call: 'GET /status', facts: 'without credentials', ...through }])
  t.match((await cardsIn(stranger, '#blocked')).map(card => card[LOG]), [/GET/, /GET/, /PUT/, /DELETE/, /PATCH/, /^None/, /PUT/], 'without a cookie the server sees nothing to refuse in GET /status')
  t.equal(await summaryOf(stranger), '8 of 8 times, the browser and the server say the same.')
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
