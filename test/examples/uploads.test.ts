import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { nginx, startNginx } from '../caches/nginx'
import { startChromium } from '../engines/chromium'
import { without } from '../engines/engines'
import { listen } from '../support/exchange'
import { example, start } from './program'
import type { Program } from './program'

/** The methods of the requests that the program logs for a path, once it has logged this many. */
async function methods (program: Program, path: string, count: number): Promise<string[]> {
  await program.until(() => methodsOf(program, path).length >= count)
  return methodsOf(program, path)
}

function methodsOf ({ lines }: Program, path: string): string[] {
  return lines.flatMap(({ req }) => {
    const { method, url } = req as { method: string, url: string } | undefined ?? { method: '', url: '' }
    return url.startsWith(path) ? [method] : []
  })
}

/** An empty page of its own origin. Chromium asks the user before a page that no server on this machine sent calls one here. */
async function servePage (t: Test): Promise<string> {
  const app = Fastify()
  t.teardown(() => app.close())
  app.get('/', (_request, reply) => reply.type('text/html').send('<!doctype html>'))
  return (await listen(app)).replace('127.0.0.1', 'localhost')
}

t.test('in Chromium, a photo and a video are uploaded with their progress', { skip: without('chromium') }, async t => {
  const program = await start(t, [example('uploads/server.mjs')])
  const browser = await startChromium()
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  await page.goto(await servePage(t))
  await page.addScriptTag({ content: readFileSync(require.resolve('tus-js-client/dist/tus.min.js'), 'utf8') })
  await page.addScriptTag({ content: readFileSync(example('uploads/page.js'), 'utf8') })

  const upload = async (name: string, path: string, size: number) => await page.evaluate(`(async () => {
    const steps = []
    const file = new File([new Uint8Array(${size})], 'a.bin')
    const result = await ${name}('${program.address}${path}', file, (part) => { steps.push(part) })
    return { result, last: steps.at(-1), steps: steps.length }
  })()`)
  t.match(await upload('uploadPhoto', '/photos', 300_000), { result: { filename: 'a.bin', size: 300_000 }, last: 1 })
  t.strictSame(await methods(program, '/photos', 2), ['OPTIONS', 'POST'], 'a preflight, for the listener alone')
  t.match(await upload('uploadVideo', '/videos', 12_000_000), { result: RegExp(`^${program.address}/videos/\\w+$`), last: 1 })
  const sent = await methods(program, '/videos', 6)
  t.strictSame(sent.filter(method => method !== 'OPTIONS'), ['POST', 'PATCH', 'PATCH', 'PATCH'])
  t.equal(sent.filter(method => method === 'OPTIONS').length, 2, 'a preflight for each URL, which is kept')
})

const withoutNginx = nginx === undefined && process.env.CI === undefined ? 'nginx is not installed (Debian: nginx-light)' : false

t.test('in Chromium, a 413 of nginx is a network error', { skip: without('chromium') || withoutNginx }, async t => {
  if (nginx === undefined) throw new Error('nginx is not installed (Debian: nginx-light)')
  const program = await start(t, [example('uploads/server.mjs')])
  const { port, stop } = await startNginx(nginx, `client_max_body_size 100k; location / { proxy_pass ${program.address}; }`)
  t.teardown(stop)
  const browser = await startChromium()
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  await page.goto(await servePage(t))
  const upload = async (size: number) => await page.evaluate(`(async () => {
    const form = new FormData()
    form.append('file', new File([new Uint8Array(${size})], 'a.bin'))
    return await fetch('http://127.0.0.1:${port}/photos', { method: 'POST', body: form }).then(({ status }) => status, String)
  })()`)
  t.equal(await upload(50_000), 200)
  t.equal(await upload(300_000), 'TypeError: Failed to fetch')
})
