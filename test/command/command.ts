import { execFile } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Report } from '../../lib/command/report'
import { run } from '../../lib/command/run'
import { root } from '../support/root'

export const PAGE = 'https://app.example.com'

/** The command as it is built, which `npm test` does first. */
export const bin = join(root, 'dist/lib/command.js')

export interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

interface Terminal {
  readonly isTTY?: boolean
  readonly env?: Readonly<Record<string, string>>
  /** Milliseconds. */
  readonly timeout?: number
}

/** Runs the command in this process. */
export async function command (args: readonly string[], { isTTY = false, env = {}, timeout }: Terminal = {}): Promise<Outcome> {
  const written = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof written) => ({ isTTY, write: (text: string) => { written[name] += text } })
  const status = await run([...args], { stdout: stream('stdout'), stderr: stream('stderr'), env }, timeout)
  return { status, ...written }
}

/** Asks about a request of `PAGE`: the exit status, and the report as data. */
export async function ask (url: string, args: readonly string[] = [], terminal?: Terminal): Promise<{ readonly status: number, readonly report: Report }> {
  const { status, stdout } = await command([url, '--origin', PAGE, '--json', ...args], terminal)
  return { status, report: JSON.parse(stdout) as Report }
}

/** Runs a program in a process of its own. */
export async function execute (file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return await new Promise(resolve => {
    const child = execFile(file, args, { env: { ...process.env, ...env } }, (_error, stdout, stderr) => {
      resolve({ status: child.exitCode ?? -1, stdout, stderr })
    })
  })
}

/** Starts a server, closes it at the end of the test, and returns its address. */
export async function listen (t: Test, server: net.Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // It listens on a port, not on a pipe.
}

/** A status, and lines such as `vary: origin`. */
export type Answer = readonly [status: number, ...lines: string[]]

/** What a server answers: to preflights, and to all other requests. */
export interface Answers {
  readonly preflight?: Answer
  readonly actual?: Answer
}

/** A server with these answers, and the requests that it got, such as `PUT /x`. */
export async function answering (t: Test, { preflight = [404], actual = [404] }: Answers): Promise<{ readonly url: string, readonly got: string[] }> {
  const got: string[] = []
  const server = http.createServer((request, response) => {
    got.push(`${request.method} ${request.url}`)
    const [status, ...lines] = request.method === 'OPTIONS' ? preflight : actual
    const raw = lines.flatMap(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])
    response.writeHead(status, raw).end()
  })
  return { url: `${await listen(t, server)}/x`, got }
}

/** A server that writes these bytes when a request arrives, and then closes the connection, if it is told to. */
export async function writing (t: Test, bytes: string, ends = true): Promise<string> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(Buffer.from(bytes, 'latin1'))
      if (ends) socket.end()
    })
  })
  t.teardown(() => { for (const socket of sockets) socket.destroy() })
  return `${await listen(t, server)}/x`
}
