import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Browser, BrowserContext, CDPSession, Frame } from 'playwright-core'
import { chromium } from 'playwright-core'
import { type Engine, type Failed, type Launch, type Tab, callOf } from './engine'

const EXECUTABLE = '/usr/bin/chromium'

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'
]

/** Third-party cookies are blocked in private windows alone: Chromium's own default, which Debian changes. */
const preferences = { profile: { cookie_controls_mode: 2 } }

export async function startChromium (...flags: string[]): Promise<Browser> {
  return await chromium.launch({ executablePath: EXECUTABLE, args: [...FLAGS, ...flags] })
}

/** Chromium with the extension of this folder. Only the context of a profile has extensions. */
export async function startWithExtension (folder: string, ...flags: string[]): Promise<BrowserContext> {
  return await chromium.launchPersistentContext('', { executablePath: EXECUTABLE, ignoreDefaultArgs: ['--disable-extensions'], args: [...FLAGS, `--load-extension=${folder}`, ...flags] })
}

export async function launchChromium ({ publicPorts = [] }: Launch): Promise<Engine> {
  const spaces = publicPorts.map(port => `127.0.0.1:${port}=public`).join()
  const profile = mkdtempSync(join(tmpdir(), 'cors-chromium-'))
  mkdirSync(join(profile, 'Default'))
  writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify(preferences))
  const flags = ['--host-resolver-rules=MAP *.test 127.0.0.1', ...spaces === '' ? [] : [`--ip-address-space-overrides=${spaces}`]]
  const context = await chromium.launchPersistentContext(profile, { executablePath: EXECUTABLE, ignoreHTTPSErrors: true, args: [...FLAGS, ...flags] })
  return {
    name: 'chromium',
    concurrent: true,
    scenarios: 12,
    async open (url, inFrame = false) {
      const page = await context.newPage()
      await page.goto(url)
      const frame = inFrame ? page.frames()[1] : page.mainFrame()
      if (frame === undefined) throw new Error('the sandboxed frame has not loaded')
      return await tabOf(frame)
    },
    async close () {
      await context.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}

async function tabOf (frame: Frame): Promise<Tab> {
  const failed = await collectFailures(frame)
  return {
    // The text is the JSON of what the function returns.
    run: async (fn, argument) => JSON.parse(await frame.evaluate<string>(callOf(fn, argument))),
    failures: async count => {
      // The last reports arrive after the page has seen the failures.
      for (let i = 0; i < 100 && failed.length < count; i++) await setTimeout(20)
      return failed
    },
    close: async () => { await frame.page().close() }
  }
}

/** Why requests failed, as the developer tools say it. */
async function collectFailures (frame: Frame): Promise<Failed[]> {
  const session = await sessionOf(frame)
  const urls = new Map<string, string>()
  const failed: Failed[] = []
  session.on('Network.requestWillBeSent', ({ requestId, request, redirectResponse }) => {
    if (redirectResponse === undefined) urls.set(requestId, request.url)
  })
  session.on('Network.loadingFailed', ({ requestId, type, errorText, blockedReason, corsErrorStatus }) => {
    const url = urls.get(requestId)
    if (url === undefined || type === 'Preflight') return
    urls.delete(requestId) // A second report about the same request only says that it was cancelled after the first.
    failed.push({ url, reason: corsErrorStatus?.corsError ?? blockedReason ?? errorText })
  })
  session.on('Audits.issueAdded', ({ issue }) => {
    const { corsErrorStatus, request } = issue.details.corsIssueDetails ?? {}
    // What never became a request has no id, and this is its only report.
    if (corsErrorStatus === undefined || request === undefined || request.requestId !== undefined) return
    failed.push({ url: request.url ?? '', reason: corsErrorStatus.corsError })
  })
  await session.send('Network.enable')
  await session.send('Audits.enable')
  return failed
}

/** A sandboxed frame has a process of its own, and so a session of its own. */
async function sessionOf (frame: Frame): Promise<CDPSession> {
  const page = frame.page()
  return await page.context().newCDPSession(frame === page.mainFrame() ? page : frame)
}
