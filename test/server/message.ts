import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'

/** A message as it comes to the server, on a socket that is connected to nothing. */
export function message (method: string, url: string, headers: Record<string, string>, socket: object = {}): IncomingMessage {
  return Object.assign(new IncomingMessage(Object.assign(new Socket(), socket)), { method, url, headers })
}
