import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { isUint8Array } from 'node:util/types'
import { onAbort } from './abort'

/**
 * The bytes of a request's body that is a stream. An abort cancels the stream with the signal's reason, and so does any
 * other end of the request. A chunk that is not a `Uint8Array` is a TypeError:
 * https://fetch.spec.whatwg.org/#incrementally-read-loop.
 */
export function uploadOf (stream: ReadableStream, signal: AbortSignal | undefined): Readable {
  const reader = stream.getReader()
  const cancel = (reason: unknown) => { reader.cancel(reason).catch(() => {}) }
  const upload = new Readable({
    read () {
      reader.read().then(({ done, value }) => {
        if (done) upload.push(null)
        // A chunk without bytes would end a body that is sent in chunks.
        else if (isUint8Array(value)) upload.push(Buffer.from(value.length === 0 ? [] : value))
        else upload.destroy(new TypeError('a stream that is sent as a body has to consist of Uint8Array chunks'))
      }, (error: unknown) => { upload.destroy(toError(error)) })
    },
    destroy (error, done) {
      cancel(error)
      done(error)
    }
  })
  upload.once('close', onAbort(signal, () => {
    cancel(signal?.reason)
    upload.destroy()
  }))
  // A request that does not come to be sent has nobody who listens to its body.
  upload.on('error', () => {})
  return upload
}

/** A stream can fail with anything, but one of Node.js only with an Error. */
function toError (reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(`the stream failed: ${String(reason)}`, { cause: reason })
}
