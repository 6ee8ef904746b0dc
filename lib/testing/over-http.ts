import http from 'node:http'
import https from 'node:https'
import type { HeaderList } from '../browser/header-list'
import { type Answer, type Message, type Transport, forwardedHeaders } from './transport'

/** Speaks HTTP/1.1 to one server, over a connection for each request that ends with its answer. */
export function overHttp (address: URL): Transport {
  return {
    async ready () {},
    send: async message => await read(await receive(open(address, message), message.body))
  }
}

function open (address: URL, { method, url, headers, signal }: Message): http.ClientRequest {
  const secure = address.protocol === 'https:'
  const { pathname, search } = new URL(url)
  const request = (secure ? https : http).request(address, {
    method,
    path: `${pathname}${search}`,
    headers: { ...headers, ...!secure && forwardedHeaders(url) },
    agent: false,
    ...signal !== undefined && { signal }
  })
  // The constructor upper-cases it, and a browser sends `patch` as it stands.
  request.method = method
  return request
}

async function receive (request: http.ClientRequest, body: Buffer | undefined): Promise<http.IncomingMessage> {
  return await new Promise((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', reject)
    // An answer that switches protocols ends here too, without any other event.
    request.on('close', () => { reject(new Error('the connection was closed before an answer came')) })
    request.end(body)
  })
}

async function read (response: http.IncomingMessage): Promise<Answer> {
  // The chunks of a response without an encoding are buffers.
  const body = Buffer.concat(await response.toArray() as Buffer[])
  // A response that a client receives has both; the type is shared with the requests of servers.
  const { statusCode: status = 0, statusMessage: statusText = '' } = response
  return { status, statusText, headers: linesOf(response.rawHeaders), body }
}

function linesOf (rawHeaders: readonly string[]): HeaderList {
  return rawHeaders.flatMap((name, i) => i % 2 === 0 ? [[name, String(rawHeaders[i + 1])] as const] : [])
}
