import type { OutgoingHttpHeaders } from 'node:http'
import type { HTTPMethods } from 'fastify'
import type { HeaderList } from '../browser/header-list'
import { isKnownMethod } from '../protocol/methods'
import type { Application } from './server'
import { type Answer, type Message, type Transport, forwardedHeaders } from './transport'

/** How Node.js answers a method that it does not parse; no application sees such a request. */
const unparsed: Answer = {
  status: 400,
  statusText: 'Bad Request',
  headers: [['connection', 'close']],
  body: Buffer.alloc(0)
}

/** Calls the application without a connection, through `app.inject`. */
export function overInject (app: Application): Transport {
  return {
    async ready () { await app.ready() },
    // `inject` would make a PATCH of `patch`, which is no method that Node.js parses.
    send: async message => isKnownMethod(message.method) ? await inject(app, message) : unparsed
  }
}

async function inject (app: Application, { method, url, headers, body }: Message): Promise<Answer> {
  const response = await app.inject({
    method: method as HTTPMethods, // Fastify's type has the common methods alone.
    url,
    headers: { ...headers, ...forwardedHeaders(url) },
    ...body !== undefined && { payload: body }
  })
  const { statusCode: status, statusMessage: statusText, rawPayload } = response
  return { status, statusText, headers: linesOf(response.headers), body: rawPayload }
}

function linesOf (headers: OutgoingHttpHeaders): HeaderList {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().map(line => [name, String(line)] as const))
}
