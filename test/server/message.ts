import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'

/** A message as the server receives it, on a socket that is not connected. */
export function message (method: string, url: string, headers: Record<string, string>, socket: object = {}): IncomingMessage {
  return Object.assign(new IncomingMessage(Object.assign(new Socket(), socket)), { method, url, headers })
}
