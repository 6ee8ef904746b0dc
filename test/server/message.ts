import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'

/** A message as the server receives it, on a socket that is not connected, with these properties. */
export function message (method: string, url: string, headers: Record<string, string>, socket: object = {}): IncomingMessage {
  const unconnected: Socket = Object.defineProperties(new Socket(), Object.getOwnPropertyDescriptors(socket)) // some have only a getter
  return Object.assign(new IncomingMessage(unconnected), { method, url, headers })
}
