import { ReadableStream } from 'node:stream/web'
import type { Readable } from 'node:stream'
import { getHeader } from '../browser/header-list'
import { exposedHeaders } from '../browser/response'
import { onAbort } from '../client/abort'
import { hasBody } from '../client/answer'
import type { Answered } from './hop'
import type { ServerAnswer } from '../client/message'
import type { PageFetch } from './page-fetch'

/** https://fetch.spec.whatwg.org/#concept-filtered-response, as the page's `Response`. */
export function pageResponse (fetch: PageFetch, { answer, type }: Answered): Response {
  const { request: { url, redirectedFrom }, signal } = fetch
  if (type === 'opaqueredirect') {
    answer.body.destroy()
    return withFacts(Response.error(), { type, url })
  }
  if (type === 'opaque') {
    // The page gets none of the body, but the browser receives it.
    toWebStream(answer.body, signal)
    return withFacts(Response.error(), { type, url: '' })
  }
  const { status, statusText } = answer
  const headers = exposedHeaders(fetch.request, answer.headers).map(([name, value]): [string, string] => [name, value])
  // A status such as 699, which a server can send, cannot be given to the constructor.
  const response = withFacts(new Response(bodyOf(fetch, answer, signal), { headers }), {
    status, statusText, ok: status <= 299, url, type, redirected: redirectedFrom.length > 0
  })
  if (signal !== undefined) failAtOnce(response, answer.body, signal)
  return response
}

/** Once an abort has cut the body off, it cannot be read. Node.js takes some turns to say so, and then says that it was read. */
function failAtOnce (response: Response, body: Readable, signal: AbortSignal): void {
  for (const method of ['arrayBuffer', 'blob', 'formData', 'json', 'text'] as const) {
    const value = async () => {
      if (signal.aborted && body.readableAborted && !response.bodyUsed) throw signal.reason
      return await Response.prototype[method].call(response) as unknown
    }
    Object.defineProperty(response, method, { value })
  }
}

/** The members that the constructor cannot set, and `clone` would lose. */
type Facts = Partial<Pick<Response, 'status' | 'statusText' | 'ok' | 'url' | 'redirected' | 'type'>>

function withFacts (response: Response, facts: Facts): Response {
  const clone = () => withFacts(Response.prototype.clone.call(response), facts)
  makeImmutable(response.headers)
  const members = Object.entries({ ...facts, clone }).map(([name, value]) => [name, { value }])
  return Object.defineProperties(response, Object.fromEntries(members))
}

/** https://fetch.spec.whatwg.org/#concept-headers-guard, "immutable", which only Node.js itself can set. */
function makeImmutable (headers: Headers): void {
  const refuse = () => { throw new TypeError('the headers of a response from fetch cannot be changed') }
  for (const name of ['append', 'delete', 'set']) Object.defineProperty(headers, name, { value: refuse })
}

type Body = ConstructorParameters<typeof Response>[0]

function bodyOf ({ request }: PageFetch, { status, headers, body }: ServerAnswer, signal: AbortSignal | undefined): Body {
  const isEmpty = getHeader(headers, 'content-length') === '0'
  // A stream of Node.js is the same as a global one.
  if (hasBody(request.method, status) && !isEmpty) return toWebStream(body, signal) as Body
  body.destroy()
  // An abort is too late for a body that is known to have no bytes.
  return hasBody(request.method, status) ? new ReadableStream({ start: controller => { controller.close() } }) as Body : null
}

/** How many bytes of a body are read before the page asks for them, so that no server waits for a page that never does. */
const READ_AHEAD = 16_777_216

/** The body as it arrives. It fails with the signal's reason after an abort, and as in a browser if it breaks off. */
function toWebStream (body: Readable, signal: AbortSignal | undefined): ReadableStream {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  return new ReadableStream({
    type: 'bytes',
    start (controller) {
      body.once('close', onAbort(signal, () => {
        controller.error(signal?.reason)
        body.destroy()
      }))
    },
    async pull (controller) {
      const next = await chunks.next().catch((cause: unknown) => { throw new TypeError('network error', { cause }) })
      // Chunks of a connection share memory, and a byte stream transfers the memory of each chunk that it is given.
      if (next.done !== true) return controller.enqueue(new Uint8Array(next.value))
      controller.close()
      controller.byobRequest?.respond(0)
    },
    cancel () { body.destroy() }
  }, { highWaterMark: READ_AHEAD })
}
