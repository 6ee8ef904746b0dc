import type { IncomingMessage } from 'node:http'
import { type Server, serve } from '../server'
import { type Handler, isPreflight } from './scenario'

export interface ProofServer extends Server {
  /** By the scenario's id. */
  readonly handlers: Map<number, Handler>
  /** The requests that arrived, one line each, oldest first, by the scenario's id. */
  readonly seen: Map<number, string[]>
}

/** One server for all hosts: for the pages, and for the servers of all scenarios. */
export async function startServer (): Promise<ProofServer> {
  const handlers = new Map<number, Handler>()
  const seen = new Map<number, string[]>()
  const server = await serve((request, response) => {
    const id = takeId(request)
    const handler = handlers.get(id)
    if (handler === undefined) {
      servePage(request, response)
      return
    }
    seen.set(id, [...seen.get(id) ?? [], tell(request)])
    handler(request, response)
  })
  return { ...server, handlers, seen }
}
/** The scenario's id is in the host or, for the pages' own origins, at the start of the path, from which it is removed. */
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

/** Headers that only a page sets, and a browser does not add by itself. */
const pageHeaders = [
  'content-type', 'content-language', 'authorization', 'x-one', 'x-two', 'range', 'if-none-match', 'x-http-method-override', 'sec-own', 'cookie'
]

function tell (request: IncomingMessage): string {
  const { method, url, headers } = request
  const { host = '', origin, 'sec-fetch-site': site } = headers
  const asked = isPreflight(request)
    ? ` asks for ${headers['access-control-request-method']} with ${headers['access-control-request-headers'] ?? 'nothing'}`
    : ''
  // Whether a sandboxed frame has the cookies of the page around it is for the engine to say; the library knows no such page.
  const names = pageHeaders.filter(name => name in headers && !(name === 'cookie' && origin === 'null'))
  // Chromium restarts some redirected requests, and then Sec-Fetch-Site ignores the sites before the redirect.
  const from = origin === 'null' ? origin : `${origin} (${site})`
  return `${host.split(/[-.]/)[0]} ${method} ${url} from ${from}${asked} and has ${names.join() || 'nothing'}`
}
