import type { OutgoingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import type { HTTPMethods, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { HeaderLines } from '../browser/header-list'
import { isKnownMethod } from '../protocol/methods'
import { onAbort } from '../client/abort'
import { type Message, type ServerAnswer, forwardedHeaders } from '../client/message'

/** The part of a Fastify application that the browser uses. Every application has it, with any server or type provider. */
export interface TestedApplication {
  ready (): PromiseLike<unknown>
  inject (options: InjectOptions): PromiseLike<LightMyRequestResponse>
}

/** Calls the application without a connection, through `app.inject`. */
export async function sendByInject (app: TestedApplication, message: Message): Promise<ServerAnswer> {
  // `inject` would turn `patch`, which Node.js does not parse, into PATCH.
  return isKnownMethod(message.method) ? await inject(app, message) : unparsed()
}

/** How Node.js answers a method that it does not parse. The application does not see such a request. */
function unparsed (): ServerAnswer {
  return { status: 400, statusText: 'Bad Request', headers: [['connection', 'close']], body: Readable.from([]) }
}

async function inject (app: TestedApplication, { method, url, headers, body, signal }: Message): Promise<ServerAnswer> {
  const payload = body instanceof Readable ? body : Readable.from(body === undefined ? [] : [body])
  // The application sees its client go away, before and after it has read the body. The `signal` that `inject` takes only works
  // before, and emits an error that no connection has.
  const hangUp = () => { payload.emit('error', undefined) }
  const stopListening = onAbort(signal, hangUp)
  const settle = () => {
    stopListening()
    payload.destroy()
  }
  try {
    const response = await app.inject({
      method: method as HTTPMethods, // Fastify's type only has the common methods.
      url,
      headers: { ...headers, ...forwardedHeaders(url), ...payload === body && { 'transfer-encoding': 'chunked' } },
      payload,
      payloadAsStream: true
    })
    const { statusCode: status, statusMessage: statusText } = response
    const stream = response.stream()
    stream.once('close', () => {
      settle()
      if (!response.raw.res.destroyed) hangUp()
    })
    return { status, statusText, headers: injectedLines(response.headers), body: stream }
  } catch (error) {
    settle()
    throw error
  }
}

function injectedLines (headers: OutgoingHttpHeaders): HeaderLines {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().map(line => [name, String(line)] as const))
}
