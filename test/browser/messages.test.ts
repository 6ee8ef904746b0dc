import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { tables } from '../documents'
import { startChromium } from '../engines/chromium'
import { launch, without } from '../engines/engines'
import { servePage } from '../support/pages'

interface Fetched {
  readonly url: string
  readonly init?: RequestInit
  /** Whether the page comes from a public address, as far as the browser knows. */
  readonly fromPublic?: boolean
}

/** What a page fetches, by the message that Chromium's console then has, as the README quotes it. */
const FETCHED: Readonly<Record<string, Fetched>> = {
  "No 'Access-Control-Allow-Origin' header is present on the requested resource": { url: '/others' },
  "header has a value '…' that is not equal to the supplied origin": { url: '/other' },
  "header contains multiple values '…', but only one is allowed": { url: '/twice' },
  "must not be the wildcard '*' when the request's credentials mode is 'include'": { url: '/any', init: { credentials: 'include' } },
  "'Access-Control-Allow-Credentials' header in the response is '' which must be 'true'": { url: '/page', init: { credentials: 'include' } },
  'Method … is not allowed by Access-Control-Allow-Methods in preflight response': { url: '/page', init: { method: 'PUT' } },
  'Request header field … is not allowed by Access-Control-Allow-Headers in preflight response': { url: '/page', init: { headers: { 'x-b': '1' } } },
  "Response to preflight request doesn't pass access control check: It does not have HTTP ok status": { url: '/login', init: { method: 'DELETE' } },
  'Redirect is not allowed for a preflight request': { url: '/moved', init: { method: 'DELETE' } },
  "Mixed Content: The page at '…' was loaded over HTTPS, but requested an insecure resource": { url: 'http://api.test/', fromPublic: true },
  'Permission was denied for this request to access the … address space': { url: '/any', fromPublic: true }
}

/** An API with the mistakes that the table says how to correct. */
async function api (): Promise<string> {
  const app = Fastify()
  t.teardown(() => app.close())
  // Hooks before the plugin, which answer preflights as an authentication or a proxy may.
  app.addHook('onRequest', async ({ url, headers: { origin = '' } }, reply) => {
    reply.header('access-control-allow-origin', origin)
    if (url === '/login') return await reply.code(401).send()
    if (url === '/moved') return await reply.redirect('/any', 308)
    if (url === '/twice') return await reply.header('access-control-allow-origin', `${origin}, *`).send()
    reply.removeHeader('access-control-allow-origin')
  })
  const own = { origin: 'https://localhost:*', allowedHeaders: ['x-a'] }
  const registered = { others: { origin: ['https://a.example', 'https://b.example'] }, other: { origin: 'https://a.example' }, any: { origin: '*' }, page: own }
  for (const [name, options] of Object.entries(registered)) {
    app.register(corsPlugin, { ...options, paths: [`/${name}`] })
    app.get(`/${name}`, async () => name)
  }
  return await app.listen({ port: 0, host: '127.0.0.1' })
}

/** The messages of the README, by browser, a row for each cause. */
function messages (): ReadonlyArray<Readonly<Record<string, string>>> {
  const [rows = []] = tables('the console says', 'cause, and what to change')
  return rows.map(row => Object.fromEntries([...(row['the console says'] ?? '').matchAll(/`([^`]+)` \((\w+)\)/g)].map(([, message, browser]) => [browser, message])))
}

/** Whether a message has the text of a row, in which an ellipsis stands for anything. */
function has (message: string, row: string): boolean {
  const parts = row.split('…').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(parts.join('.*')).test(message)
}

t.test('the messages of Chromium that the README explains are those that it prints', { skip: without('chromium') }, async t => {
  const shown = messages().flatMap(each => each.Chromium ?? [])
  t.same(shown.sort(), Object.keys(FETCHED).sort())

  const [server, own, open] = await Promise.all([api(), servePage(t), servePage(t)])
  const browser = await startChromium(`--ip-address-space-overrides=127.0.0.1:${open}=public`)
  t.teardown(() => browser.close())
  for (const [row, { url, init, fromPublic = false }] of Object.entries(FETCHED)) {
    const page = await browser.newPage({ ignoreHTTPSErrors: true })
    const messages: string[] = []
    page.on('console', message => { messages.push(message.text()) })
    await page.goto(`https://localhost:${fromPublic ? open : own}/`)
    const said = page.waitForEvent('console', { predicate: message => has(message.text(), row), timeout: 10_000 }).then(() => true, () => false)
    const outcome = await page.evaluate(async ([url, init]) => await fetch(url, init).then(({ status }) => String(status), String), [new URL(url, server).href, init ?? {}] as const)
    t.equal(outcome, 'TypeError: Failed to fetch', row)
    t.ok(await said, `${row}: ${messages.join('\n')}`)
    await page.close()
  }
})

/** The messages of Firefox, each with what the page fetches: the same as for that of Chromium. */
function firefoxRows (): ReadonlyArray<readonly [row: string, fetched: Fetched]> {
  return messages().flatMap(({ Chromium = '', Firefox }) => Firefox === undefined ? [] : [[Firefox, FETCHED[Chromium] ?? NOBODY] as const])
}

/** Nobody listens there. */
const NOBODY: Fetched = { url: 'http://127.0.0.1:9999/' }

t.test('the messages of Firefox that the README explains are those that it prints', { skip: without('firefox'), timeout: 120_000 }, async t => {
  const [server, own] = await Promise.all([api(), servePage(t)])
  const engine = await launch('firefox', { port: own, publicPorts: [9999] })
  t.teardown(async () => { await engine.close() })
  for (const [row, { url, init }] of firefoxRows()) {
    const tab = await engine.open(`https://localhost:${own}/`)
    const called = new URL(url, server).href
    const read = await tab.run(async ([url, init]: readonly [string, RequestInit]) => await fetch(url, init).then(({ status }) => String(status), String), [called, init ?? {}])
    t.match(read, 'TypeError', row)
    const messages = (await tab.failures(1)).filter(failed => failed.url === called).map(({ message = '' }) => message)
    t.ok(messages.some(message => has(message, row)), `${row}: ${messages.join('\n')}`)
    await tab.close()
  }
})
