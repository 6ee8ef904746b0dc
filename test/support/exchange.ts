import { once } from 'node:events'
import http from 'node:http'
import { Writable } from 'node:stream'
import type { FastifyInstance, HTTPMethods } from 'fastify'

/** The parts of a response that tests compare. `cors` has all of its `access-control-*` and `vary` headers. */
export interface Exchange {
  readonly status: number
  readonly cors: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Ask {
  readonly origin?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export const ALLOWED = 'https://app.example.com'
export const OTHER = 'https://other.example.com'
export const EVIL = 'https://evil.test'

/** A preflight, as a browser sends it for a request of this method; `names` are the headers it would carry. */
export function preflight (app: FastifyInstance, method: string, url: string, { origin = ALLOWED, names, headers }: Ask & { names?: string } = {}): Promise<Exchange> {
  const asked: Record<string, string> = names === undefined ? {} : { 'access-control-request-headers': names }
  return send(app, 'OPTIONS', url, { origin, headers: { 'access-control-request-method': method, ...asked, ...headers } })
}

/** A request with an origin; `origin: undefined` sends none. */
export async function send (app: FastifyInstance, method: string, url: string, ask: Ask = {}): Promise<Exchange> {
  const response = await app.inject({
    method: method as HTTPMethods, // the types of light-my-request have only the common methods
    url,
    headers: headersOf(ask),
    ...(ask.body === undefined ? {} : { payload: ask.body })
  } as object)
  return exchange(response.statusCode, response.headers, response.body)
}

/** The same over a connection. */
export async function sendHttp (app: FastifyInstance, method: string, path: string, ask: Ask = {}): Promise<Exchange> {
  const request = http.request({ host: '127.0.0.1', port: portOf(app), method, path, headers: headersOf(ask), agent: false })
  request.end(ask.body)
  const [response] = await once(request, 'response') as [http.IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return exchange(response.statusCode ?? 0, response.headersDistinct, Buffer.concat(chunks).toString('latin1'))
}

export function preflightHttp (app: FastifyInstance, method: string, path: string, { origin = ALLOWED, headers }: Ask = {}): Promise<Exchange> {
  return sendHttp(app, 'OPTIONS', path, { origin, headers: { 'access-control-request-method': method, ...headers } })
}

export async function listen (app: FastifyInstance): Promise<string> {
  return app.listen({ port: 0, host: '127.0.0.1' })
}

export function portOf (app: FastifyInstance): number {
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function headersOf (ask: Ask): Record<string, string> {
  const origin = 'origin' in ask ? ask.origin : ALLOWED
  return { ...(origin === undefined ? {} : { origin }), ...ask.headers }
}

/** Keeps both values of a header that was sent twice. */
function exchange (status: number, received: object, body: string): Exchange {
  const headers = Object.fromEntries(Object.entries(received).map(([name, value]) => [name, Array.isArray(value) ? value.join(' | ') : String(value)]))
  const cors = Object.fromEntries(Object.entries(headers).filter(([name]) => name === 'vary' || name.startsWith('access-control-')))
  return { status, cors, headers, body }
}

export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly [key: string]: unknown
}

export const WARN = 40
export const ERROR = 50

/** A destination for a logger that keeps the lines. */
export function logLines (): { readonly lines: LogLine[], readonly stream: Writable } {
  const lines: LogLine[] = []
  const stream = new Writable({
    write (chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString().split('\n')) if (line !== '') lines.push(JSON.parse(line) as LogLine)
      done()
    }
  })
  return { lines, stream }
}
