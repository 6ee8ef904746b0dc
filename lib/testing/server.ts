import http, { type OutgoingHttpHeaders } from 'node:http'
import https from 'node:https'
import type { HTTPMethods, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { HeaderLines, ServerResponse } from '../browser/header-list'
import { isKnownMethod } from '../protocol/methods'

/** The part of a Fastify application that the browser uses. Every application has it, with any server or type provider. */
export interface TestedApplication {
  ready (): PromiseLike<unknown>
  inject (options: InjectOptions): PromiseLike<LightMyRequestResponse>
}

/** A request as it leaves the browser: one value for each header, with names in lower case. */
export interface Message {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
  readonly signal: AbortSignal | undefined
}

export interface ServerAnswer extends ServerResponse {
  readonly statusText: string
  readonly body: Buffer
}

export interface Transport {
  /** Rejects with the error that keeps the application from starting, for which no request is to blame. */
  ready (): Promise<void>
  /** Rejects if no complete answer arrives. */
  send (message: Message): Promise<ServerAnswer>
}

export function transportTo (server: TestedApplication | string): Transport {
  if (typeof server === 'string') return overHttp(readAddress(server))
  if (isApplication(server)) return overInject(server)
  throw new TypeError('createBrowser needs a Fastify application, or the address of a server such as http://127.0.0.1:3000')
}

/** The type says so already, but JavaScript callers can pass anything. */
function isApplication (server: unknown): server is TestedApplication {
  return typeof server === 'object' && server !== null &&
    'ready' in server && typeof server.ready === 'function' &&
    'inject' in server && typeof server.inject === 'function'
}

function readAddress (text: string): URL {
  const address = URL.canParse(text) ? new URL(text) : undefined
  if (address !== undefined && /^https?:$/.test(address.protocol) && address.href === `${address.origin}/`) return address
  throw new TypeError(`${JSON.stringify(text)} is not the address of a server: write it as http://127.0.0.1:3000`)
}

/**
 * What a proxy that terminates TLS adds for the plain server behind it. With `trustProxy`, Fastify takes
 * `request.protocol` from it.
 */
function forwardedHeaders (url: string): Readonly<Record<string, string>> {
  return new URL(url).protocol === 'https:' ? { 'x-forwarded-proto': 'https' } : {}
}

/** How Node.js answers a method that it does not parse. The application does not see such a request. */
const unparsed: ServerAnswer = {
  status: 400,
  statusText: 'Bad Request',
  headers: [['connection', 'close']],
  body: Buffer.alloc(0)
}

/** Calls the application without a connection, through `app.inject`. */
function overInject (app: TestedApplication): Transport {
  return {
    async ready () { await app.ready() },
    // `inject` would turn `patch`, which Node.js does not parse, into PATCH.
    send: async message => isKnownMethod(message.method) ? await inject(app, message) : unparsed
  }
}

async function inject (app: TestedApplication, { method, url, headers, body }: Message): Promise<ServerAnswer> {
  const response = await app.inject({
    method: method as HTTPMethods, // Fastify's type only has the common methods.
    url,
    headers: { ...headers, ...forwardedHeaders(url) },
    ...body !== undefined && { payload: body }
  })
  const { statusCode: status, statusMessage: statusText, rawPayload } = response
  return { status, statusText, headers: injectedLines(response.headers), body: rawPayload }
}

function injectedLines (headers: OutgoingHttpHeaders): HeaderLines {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().map(line => [name, String(line)] as const))
}

/** Speaks HTTP/1.1 to one server. Each request has a connection of its own, which ends with the answer. */
function overHttp (address: URL): Transport {
  return {
    async ready () {},
    send: async message => await readResponse(await responseTo(openRequest(address, message), message.body))
  }
}

function openRequest (address: URL, { method, url, headers, signal }: Message): http.ClientRequest {
  const secure = address.protocol === 'https:'
  const { pathname, search } = new URL(url)
  const request = (secure ? https : http).request(address, {
    method,
    path: `${pathname}${search}`,
    headers: { ...headers, ...!secure && forwardedHeaders(url) },
    agent: false,
    ...signal !== undefined && { signal }
  })
  // The constructor upper-cases the method, but a browser sends `patch` as it is.
  request.method = method
  return request
}

async function responseTo (request: http.ClientRequest, body: Buffer | undefined): Promise<http.IncomingMessage> {
  return await new Promise((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', reject)
    // An answer that switches protocols causes no other event.
    request.on('close', () => { reject(new Error('the connection was closed before an answer came')) })
    request.end(body)
  })
}

async function readResponse (response: http.IncomingMessage): Promise<ServerAnswer> {
  // The chunks of a response without an encoding are buffers.
  const body = Buffer.concat(await response.toArray() as Buffer[])
  // A client's response always has both. Node.js shares the type with a server's requests, which have neither.
  const { statusCode: status = 0, statusMessage: statusText = '' } = response
  return { status, statusText, headers: rawLines(response.rawHeaders), body }
}

function rawLines (rawHeaders: readonly string[]): HeaderLines {
  return rawHeaders.flatMap((name, i) => i % 2 === 0 ? [[name, String(rawHeaders[i + 1])] as const] : [])
}
