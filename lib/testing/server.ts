import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { overHttp } from './over-http'
import { overInject } from './over-inject'
import type { Transport } from './transport'

/** What of a Fastify application the browser uses: any has it, whatever its server and its type provider. */
export interface Application {
  ready (): PromiseLike<unknown>
  inject (options: InjectOptions): PromiseLike<LightMyRequestResponse>
}

export function transportTo (server: Application | string): Transport {
  if (typeof server === 'string') return overHttp(readAddress(server))
  if (isApplication(server)) return overInject(server)
  throw new TypeError('createBrowser needs a Fastify application, or the address of a server such as http://127.0.0.1:3000')
}

/** Whoever calls from JavaScript can hand over anything. */
function isApplication (server: unknown): server is Application {
  return typeof server === 'object' && server !== null &&
    'ready' in server && typeof server.ready === 'function' &&
    'inject' in server && typeof server.inject === 'function'
}

function readAddress (text: string): URL {
  const address = URL.canParse(text) ? new URL(text) : undefined
  if (address !== undefined && /^https?:$/.test(address.protocol) && address.href === `${address.origin}/`) return address
  throw new TypeError(`${JSON.stringify(text)} is no address of a server: write it as http://127.0.0.1:3000`)
}
