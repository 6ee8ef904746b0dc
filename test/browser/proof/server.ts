import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Handler, isPreflight } from './scenario'

export interface Server {
  readonly port: number
  /** By the number of the scenario. */
  readonly handlers: Map<number, Handler>
  /** The requests that came, each in a line, by the number of the scenario, the oldest first. */
  readonly seen: Map<number, string[]>
  close (): Promise<void>
}

/** One server for every host: the pages, and the servers of all scenarios. */
export async function startServer (): Promise<Server> {
  const handlers = new Map<number, Handler>()
  const seen = new Map<number, string[]>()
  const server = http.createServer((request, response) => {
    const id = takeId(request)
    const handler = handlers.get(id)
    if (handler === undefined) {
      servePage(request, response)
      return
    }
    seen.set(id, [...seen.get(id) ?? [], tell(request)])
    handler(request, response)
  })
  server.keepAliveTimeout = 120_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // It listens at a port.
  return {
    port,
    handlers,
    seen,
    async close () {
      server.closeAllConnections()
      await new Promise(resolve => { server.close(resolve) })
    }
  }
}

/** The host names the scenario or, at the pages' own origins, the start of the path, which is then cut off. */
function takeId (request: IncomingMessage): number {
  const [, id] = /^(?:api|third)-(\d+)\./.exec(request.headers.host ?? '') ?? []
  if (id !== undefined) return Number(id)
  const [start = '', ownId] = /^\/~(\d+)(?=\/)/.exec(request.url ?? '') ?? []
  request.url = request.url?.slice(start.length)
  return ownId === undefined ? -1 : Number(ownId)
}

const servePage: Handler = (request, response) => {
  const isFrame = request.url === '/frame'
  response.writeHead(200, { 'content-type': 'text/html' })
  response.end(isFrame ? '<!doctype html>' : '<!doctype html><link rel=icon href=data:,><iframe sandbox=allow-scripts src=/frame></iframe>')
}

/** What a page may have set, and browsers of their own accord do not. */
const pageHeaders = [
  'content-type', 'content-language', 'authorization', 'x-one', 'x-two', 'range', 'if-none-match', 'x-http-method-override', 'sec-own', 'cookie',
  'save-data', 'dpr', 'width', 'viewport-width', 'device-memory', 'rtt', 'downlink', 'ect', 'intervention'
]

function tell (request: IncomingMessage): string {
  const { method, url, headers } = request
  const { host = '', origin, 'sec-fetch-site': site } = headers
  const asked = isPreflight(request)
    ? ` asks for ${headers['access-control-request-method']} with ${headers['access-control-request-headers'] ?? 'nothing'}`
    : ''
  const names = pageHeaders.filter(name => name in headers)
  // Chromium starts some redirected requests anew, and has then forgotten which sites they came from.
  const from = origin === 'null' ? origin : `${origin} (${site})`
  return `${host.split(/[-.]/)[0]} ${method} ${url} from ${from}${asked} and has ${names.join() || 'nothing'}`
}
