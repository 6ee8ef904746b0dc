import { randomBytes } from 'node:crypto'
import http from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { portOf } from '../support/exchange'

export interface Upgrade {
  readonly status: number
  /** What the server said first over the socket, or its answer if it did not upgrade. */
  readonly said: string
}

/** The handshake of a browser (RFC 6455, 4.1), which sends an origin, cookies and no preflight; then a message, if there is one. A number is a port. */
export async function upgrade (app: FastifyInstance | number, path: string, headers: Record<string, string>, message?: string): Promise<Upgrade> {
  const request = http.get({
    host: '127.0.0.1',
    port: typeof app === 'number' ? app : portOf(app),
    path,
    agent: false,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      ...headers
    }
  })
  return await new Promise<Upgrade>((resolve, reject) => {
    request.on('error', reject)
    request.on('upgrade', (response, socket: Socket, head) => {
      const done = (frame: Buffer) => { socket.destroy(); resolve({ status: response.statusCode ?? 0, said: frame.subarray(2).toString() }) }
      if (message !== undefined) socket.write(frameOf(message))
      if (head.length > 0) done(head)
      else socket.once('data', done)
    })
    request.on('response', response => {
      let said = ''
      response.on('data', chunk => { said += chunk })
      response.on('end', () => { resolve({ status: response.statusCode ?? 0, said }) })
    })
  })
}

/** A short text of a client, whose mask of zeros changes nothing (RFC 6455, 5.2). */
function frameOf (text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])
}
