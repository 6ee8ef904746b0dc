import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { root } from '../support/root'
import type { LogLine } from '../support/exchange'
import { WITHOUT_COVERAGE } from '../support/without-coverage'

/** A program that listens, and what it has logged so far. */
export interface Program {
  /** Such as `http://127.0.0.1:41234`. */
  readonly address: string
  readonly lines: readonly LogLine[]
  /** The first line of the log that has this text, once it is there. */
  logged (text: string): Promise<LogLine>
  /** Waits until the log has what the function looks for. */
  until (isThere: () => boolean): Promise<void>
}

/** Runs a program with Node.js until the test ends. It has to log Fastify's line about its address. `PORT` is a free one. */
export async function start (t: Test, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Program> {
  const child = spawn('sh', ['-c', WITHOUT_COVERAGE, process.execPath, ...args], {
    cwd: root,
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const gone = once(child, 'exit')
  t.teardown(async () => { child.kill('SIGKILL'); await gone })
  const lines: LogLine[] = []
  const heard = createInterface(child.stdout).on('line', line => {
    if (line.startsWith('{')) lines.push(JSON.parse(line) as LogLine)
  })
  const until = async (isThere: () => boolean): Promise<void> => {
    const signal = AbortSignal.timeout(30_000)
    while (!isThere()) {
      if (child.exitCode !== null) throw new Error('the program ended without a line that was expected')
      await Promise.race([once(heard, 'line', { signal }), once(heard, 'close', { signal })])
    }
  }
  const logged = async (text: string): Promise<LogLine> => {
    const find = (): LogLine | undefined => lines.find(({ msg }) => msg.includes(text))
    await until(() => find() !== undefined)
    return find() as LogLine // it is there now
  }
  const { msg } = await logged('Server listening at http://127.0.0.1:')
  return { address: msg.slice(msg.indexOf('http://')), lines, logged, until }
}

export function example (path: string): string {
  return join(root, 'examples', path)
}

/** What a browser's preflight is answered. */
export async function preflightOf (program: Program, method: string, path: string, origin: string): Promise<Response> {
  return await fetch(new URL(path, program.address), { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method } })
}
