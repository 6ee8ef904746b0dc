import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Engine, type Launch, type Tab, callOf } from './engine'

/** A session of https://w3c.github.io/webdriver/. */
type Command = (method: 'POST' | 'DELETE', path: string, body?: object) => Promise<unknown>

/** WebKitGTK is driven over WebDriver, in its MiniBrowser, on a display that nobody sees. */
export async function launchWebKit (launch: Launch): Promise<Engine> {
  const home = mkdtempSync(join(tmpdir(), 'cors-webkit-'))
  const screen = spawn('/usr/bin/Xvfb', ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const [display] = await once(screen.stdio[3] as NodeJS.ReadableStream, 'data') as [Buffer] // it writes the number of the display there
  // Its own sandbox needs namespaces, which containers often lack.
  const env = { ...process.env, HOME: home, DISPLAY: `:${display.toString().trim()}`, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' }
  const { driver, command } = await startDriver(env, launch)
  return {
    name: 'webkit',
    // A session runs one command after the other.
    concurrent: false,
    scenarios: 12,
    async open (url, inFrame = false) {
      await command('POST', '/url', { url })
      if (inFrame) await command('POST', '/frame', { id: 0 })
      return tabOf(command)
    },
    async close () {
      await command('DELETE', '')
      await Promise.all([driver, screen].map(stop))
      rmSync(home, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}

/** In milliseconds. A session that starts takes about two seconds; one in ten never does, and another driver has to try. */
const SESSION_TIMEOUT = 20_000

async function startDriver (env: NodeJS.ProcessEnv, launch: Launch): Promise<{ readonly driver: ChildProcess, readonly command: Command }> {
  for (let i = 0; i < 5; i++) {
    const port = await freePort()
    const driver = spawn('/usr/bin/WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], { stdio: 'ignore', env })
    const command = await startSession(`http://127.0.0.1:${port}`, launch)
    if (command !== undefined) return { driver, command }
    await stop(driver)
  }
  throw new Error('WebKit did not start')
}

async function stop (child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}

function tabOf (command: Command): Tab {
  return {
    async run (fn, argument) {
      const script = `const done = arguments[0]; ${callOf(fn, argument)}.then(done, error => done('!' + error))`
      const text = String(await command('POST', '/execute/async', { script, args: [] }))
      if (text.startsWith('!')) throw new Error(text)
      return JSON.parse(text)
    },
    failures: async () => [],
    close: async () => { await command('POST', '/frame', { id: null }) }
  }
}

/** `undefined` if it takes too long. */
async function startSession (address: string, { port }: Launch): Promise<Command | undefined> {
  const send = async (method: string, path: string, body?: object, signal?: AbortSignal): Promise<unknown> => {
    const response = await fetch(address + path, { method, ...signal !== undefined && { signal }, ...body !== undefined && { body: JSON.stringify(body) } })
    const { value } = await response.json() as { value: unknown } // the protocol says so
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(value)}`)
    return value
  }
  const signal = AbortSignal.timeout(SESSION_TIMEOUT)
  const started = await retried(async () => await send('POST', '/session', { capabilities: { alwaysMatch: capabilities(port) } }, signal), signal)
  if (started === undefined) return undefined
  const { sessionId } = started as { sessionId: string } // as above
  const command: Command = async (method, path, body) => await send(method, `/session/${sessionId}${path}`, body)
  await command('POST', '/timeouts', { script: 600_000, pageLoad: 60_000 })
  return command
}

/** With tracking prevention, which Safari has on. All names but those of this machine go through the proxy. That needs neither a hosts file nor privileges. */
function capabilities (port: number): object {
  const proxy = `127.0.0.1:${port}`
  return {
    acceptInsecureCerts: true,
    proxy: { proxyType: 'manual', httpProxy: proxy, noProxy: ['localhost', '127.0.0.1'] },
    'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation', '--enable-itp'] }
  }
}

function miniBrowser (): string {
  const folders = readdirSync('/usr/lib').map(folder => join('/usr/lib', folder, 'webkit2gtk-4.1'))
  const found = folders.map(folder => join(folder, 'MiniBrowser')).find(existsSync)
  if (found === undefined) throw new Error("MiniBrowser is missing: install Debian's webkit2gtk-driver")
  return found
}

/** The driver does not say when it listens. */
async function retried (start: () => Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  while (!signal.aborted) {
    try {
      return await start()
    } catch (error) {
      if (!signal.aborted && !(error instanceof TypeError)) throw error
      await setTimeout(50)
    }
  }
  return undefined
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // It listens on a port, not on a pipe.
  server.close()
  await once(server, 'close')
  return port
}
