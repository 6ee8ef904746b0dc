import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http, { type RequestListener } from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { root } from '../support/root'

/** A server for every name, over http and https. It is also the proxy by which WebKit finds it. */
export interface Server {
  readonly port: number
  readonly securePort: number
  close (): Promise<void>
}

export async function serve (listener: RequestListener): Promise<Server> {
  const warmUp = warmUpServer()
  const plain = http.createServer((request, response) => {
    // A request to a proxy has the whole URL.
    request.url = request.url?.replace(/^http:\/\/[^/]*/, '')
    if (request.headers.host?.includes('warm-up') === true) warmUp(request, response)
    else listener(request, response)
  })
  const files = { key: pem('key'), cert: pem('certificate') }
  const secure = https.createServer(files, listener)
  // Node.js would destroy the connection of a method that it does not parse, before the client has read the answer.
  for (const server of [plain, secure]) {
    server.on('clientError', (_error, socket) => { socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n') })
  }
  plain.on('connect', (request, socket: net.Socket, head) => { tunnel(request.url ?? '', socket, head) })
  for (const server of [plain, secure]) {
    server.keepAliveTimeout = 120_000
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  return {
    port: portOf(plain),
    securePort: portOf(secure),
    async close () {
      for (const server of [plain, secure]) {
        server.closeAllConnections()
        await new Promise(resolve => { server.close(resolve) })
      }
    }
  }
}

/** Allows anything for an hour, and tells how many preflights it has answered. */
function warmUpServer (): RequestListener {
  let preflights = 0
  return ({ method }, response) => {
    if (method === 'OPTIONS') preflights++
    response.writeHead(200, {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'PUT',
      'access-control-max-age': '3600',
      'cache-control': 'no-store'
    })
    response.end(String(preflights))
  }
}

/** Whatever the name, the port is on this machine. */
function tunnel (target: string, socket: net.Socket, head: Buffer): void {
  const upstream = net.connect(Number(target.split(':').at(-1)), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connected\r\n\r\n')
    upstream.write(head)
    upstream.pipe(socket).pipe(upstream)
  })
  for (const [one, other] of [[socket, upstream], [upstream, socket]] as const) {
    one.on('error', () => { other.destroy() })
    one.on('close', () => { other.destroy() })
  }
}

function portOf (server: http.Server | https.Server): number {
  const { port } = server.address() as AddressInfo // It listens on a port, not on a pipe.
  return port
}

/** Signed by itself, and valid until 2125: every engine is told to accept it. */
function pem (name: string): string {
  return readFileSync(join(root, 'test/engines/certificate', `${name}.pem`), 'utf8')
}
