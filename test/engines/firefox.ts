import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bidi, connect } from './bidi'
import { type Engine, type Failed, type Launch, type Tab, callOf } from './engine'

const preferences = {
  // All names are this machine. That needs neither a hosts file nor privileges.
  'network.dns.forceResolve': '127.0.0.1',
  // Else it would try https before http.
  'dom.security.https_first': false,
  // Requests that no test makes.
  'app.update.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,'
}

/** Firefox is driven over WebDriver BiDi, which it speaks by itself. */
export async function launchFirefox ({ port, publicPorts = [] }: Launch): Promise<Engine> {
  const profile = mkdtempSync(join(tmpdir(), 'cors-firefox-'))
  const all = { ...preferences, 'network.lna.address_space.public.override': publicPorts.map(port => `127.0.0.1:${port}`).join() }
  writeFileSync(join(profile, 'user.js'), Object.entries(all).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''))
  const child = spawn('/usr/bin/firefox-esr', [
    '--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', '--remote-allow-system-access', 'about:blank'
  ], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile } })
  const bidi = await connect(`${await addressOf(child)}/session`)
  await bidi.send('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } })
  const failed = await collectFailures(bidi)
  const open: Engine['open'] = async (url, inFrame = false) => {
    const { context } = await bidi.send('browsingContext.create', { type: 'tab' })
    await bidi.send('browsingContext.navigate', { context, url, wait: 'complete' })
    const tab = tabOf(bidi, failed, context, inFrame ? await frameIn(bidi, context) : context)
    // With public ports, and over https, the request would be blocked; tests there count no preflights.
    if (publicPorts.length === 0 && url.startsWith('http:')) await tab.run(warmUp, port)
    return tab
  }
  return {
    name: 'firefox',
    // A tab that opens takes the kept answers of the others with it.
    concurrent: false,
    scenarios: 8,
    open,
    async close () {
      bidi.close()
      child.kill()
      await once(child, 'exit')
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}

/** Runs in the page. Shortly after a tab has opened, Firefox forgets the answers to preflights once. */
async function warmUp (port: number): Promise<void> {
  for (let i = 0, kept = 0; kept < 5; i++) {
    const url = `http://warm-up.test:${port}/${Date.now()}-${i}`
    const preflights: string[] = []
    for (const method of ['PUT', 'PUT']) {
      const response = await fetch(url, { method })
      preflights.push(await response.text())
    }
    kept = preflights[0] === preflights[1] ? kept + 1 : 0
    await new Promise(resolve => { setTimeout(resolve, 100) })
  }
}

/** The address is printed once the server listens. */
async function addressOf (child: ChildProcess): Promise<string> {
  let printed = ''
  for await (const chunk of child.stderr?.iterator({ destroyOnReturn: false }) ?? []) {
    printed += chunk
    const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(printed) ?? []
    if (address !== undefined) {
      child.stderr?.resume()
      return address
    }
  }
  throw new Error(`Firefox did not start: ${printed}`)
}

async function frameIn (bidi: Bidi, context: string): Promise<string> {
  const { contexts } = await bidi.send('browsingContext.getTree', { root: context })
  const frame = contexts[0]?.children[0]
  if (frame === undefined) throw new Error('the sandboxed frame has not loaded')
  return frame.context
}

function tabOf (bidi: Bidi, failed: () => Promise<readonly Failed[]>, context: string, frame: string): Tab {
  return {
    // The text is the JSON of what the function returns.
    run: async (fn, argument) => await bidi.evaluate(frame, callOf(fn, argument)) as Awaited<ReturnType<typeof fn>>,
    failures: async () => {
      // What the page's process says arrives in order, so after this error nothing is missing.
      const last = `the last error of ${frame}`
      await bidi.evaluate(frame, callOf(async last => { setTimeout(() => { throw new Error(last) }) }, last))
      let all = await failed()
      while (!all.some(({ reason }) => reason.includes(last))) all = await failed()
      return all.filter(({ url }) => url !== '')
    },
    close: async () => { await bidi.send('browsingContext.close', { context }) }
  }
}

/** Collects what the console says of all tabs: BiDi's own log does not have the category, which says why a request failed. */
async function collectFailures (bidi: Bidi): Promise<() => Promise<readonly Failed[]>> {
  const { contexts: [chrome] } = await bidi.send('browsingContext.getTree', { 'moz:scope': 'chrome' })
  const { context } = chrome ?? { context: '' }
  await bidi.evaluate(context, `
    globalThis.said = []
    Services.console.registerListener({ observe (message) {
      if (message instanceof Ci.nsIScriptError) said.push([message.category, message.errorMessage])
    } })
    'null'`)
  return async () => {
    const said = await bidi.evaluate(context, 'JSON.stringify(said)') as ReadonlyArray<readonly [string, string]> // as above
    return said.map(([category, message]) => {
      const [, url = ''] = /^Cross-Origin Request Blocked: .* at ‘?(\S+?)’?\.? \(Reason/.exec(message) ?? /^Blocked loading .* “(\S+)”/.exec(message) ?? []
      return { url, reason: url === '' ? message : category, message }
    })
  }
}
