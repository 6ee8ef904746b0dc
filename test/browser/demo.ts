import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { root } from '../support/root'
import { WITHOUT_COVERAGE } from '../support/without-coverage'

export interface Demo {
  readonly address: string
  readonly curls: readonly string[]
  stop (): Promise<number | null>
}

/** Runs what `npm start` runs after the build. Port 0 is a free one. */
export async function startDemo ({ pagePort = 0, apiPort = 0 } = {}): Promise<Demo> {
  const server = spawn('sh', ['-c', WITHOUT_COVERAGE, process.execPath, join(root, 'examples/demo/server.js')], {
    env: { ...process.env, PAGE_PORT: String(pagePort), API_PORT: String(apiPort) },
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

/** Opens the page in a context of its own, and waits until its calls are made. */
export async function open (browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage(options)
  await page.goto(address)
  await page.waitForFunction("document.getElementById('summary').textContent !== ''")
  return page
}

/** Opens all that the page folds. */
export async function unfold (page: Page): Promise<void> {
  await page.evaluate(`
    for (const details of document.querySelectorAll('details')) details.open = true
    for (const button of document.querySelectorAll('button[aria-expanded=false]')) button.click()
  `)
}
