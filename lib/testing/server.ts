import { sendOverHttp } from '../client/send'
import { type TestedApplication, sendByInject } from './inject'
import type { Message, ServerAnswer } from '../client/message'

export type { TestedApplication }

/** A Fastify application, or the address of any running HTTP/1.1 server, such as `http://127.0.0.1:3000`. */
export type TestedServer = TestedApplication | string

/** A server for each origin, such as `https://api.example.com`. */
export type TestedServers = Readonly<Record<string, TestedServer>>

export interface Transport {
  /** Rejects with the error that keeps an application from starting, for which no request is to blame. */
  ready (): Promise<void>
  /** Rejects if no answer begins to arrive. */
  send (message: Message): Promise<ServerAnswer>
}

export function transportTo (servers: TestedServer | TestedServers): Transport {
  return transportToOne(servers) ?? transportToEach(servers)
}

function transportToOne (server: unknown): Transport | undefined {
  if (typeof server === 'string') {
    const address = readAddress(server)
    return { async ready () {}, send: async message => await sendOverHttp(address, message) }
  }
  if (!isApplication(server)) return undefined
  return {
    async ready () { await server.ready() },
    send: async message => await sendByInject(server, message)
  }
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

function transportToEach (servers: unknown): Transport {
  const byOrigin = new Map(Object.entries(Object(servers) as object).map(readServer))
  if (byOrigin.size === 0) throw new TypeError(expected)
  return {
    async ready () { await Promise.all([...byOrigin.values()].map(async transport => { await transport.ready() })) },
    async send (message) {
      const { origin } = new URL(message.url)
      const transport = byOrigin.get(origin)
      if (transport === undefined) throw new Error(`${origin} has no server here, only ${[...byOrigin.keys()].join(', ')}`)
      return await transport.send(message)
    }
  }
}

const expected = 'createBrowser needs a Fastify application, or the address of a server such as http://127.0.0.1:3000, ' +
  'or an object that has one of them for each origin such as https://api.example.com'

function readServer ([origin, server]: [string, unknown]): [string, Transport] {
  const isOrigin = URL.canParse(origin) && /^https?:/.test(origin) && new URL(origin).origin === origin
  if (!isOrigin) throw new TypeError(`${expected}; ${JSON.stringify(origin)} is not an origin`)
  const transport = transportToOne(server)
  if (transport === undefined) throw new TypeError(`${expected}; the server of ${origin} is neither`)
  return [origin, transport]
}
