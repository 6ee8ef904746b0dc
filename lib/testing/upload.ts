import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { isUint8Array } from 'node:util/types'
import { onAbort } from '../client/abort'

/**
 * The bytes of a request's body that is a stream. An abort cancels the stream with the signal's reason, and so does any
 * other end of the request.
 */
export function uploadOf (stream: ReadableStream, signal: AbortSignal | undefined): Readable {
  const reader = stream.getReader()
  const cancel = (reason: unknown) => { reader.cancel(reason).catch(() => {}) }
  const upload = new Readable({
    // The page's stream is read only when a chunk can be sent.
    highWaterMark: 0,
    read () {
      nextBytes().then(bytes => { upload.push(bytes) }, (reason: unknown) => { upload.destroy(toError(reason)) })
    },
    destroy (error, done) {
      cancel(error)
      done(error)
    }
  })

  /** https://fetch.spec.whatwg.org/#incrementally-read-loop; `null` at the end. */
  async function nextBytes (): Promise<Buffer | null> {
    // A stream that always has a chunk would leave no time for anything else.
    await nextTurn()
    const { done, value } = await reader.read()
    if (done) return null
    if (!isUint8Array(value)) throw new TypeError('a stream that is sent as a body has to consist of Uint8Array chunks')
    // A chunk without bytes would end a body that is sent in chunks.
    return value.length === 0 ? await nextBytes() : Buffer.from(value)
  }

  upload.once('close', onAbort(signal, () => {
    cancel(signal?.reason)
    upload.destroy()
  }))
  // A request that is not sent has no listener for errors of its body.
  upload.on('error', () => {})
  return upload
}

/** A stream can fail with anything, but one of Node.js only with an Error. */
function toError (reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(`the stream failed: ${String(reason)}`, { cause: reason })
}
