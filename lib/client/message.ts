import type { Readable } from 'node:stream'
import type { ServerResponse } from '../browser/header-list'

/** A request as it leaves the browser: one value for each header, with names in lower case. */
export interface Message {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** A stream has no length, and is sent in chunks. */
  readonly body: Buffer | Readable | undefined
  readonly signal: AbortSignal | undefined
}

export interface ServerAnswer extends ServerResponse {
  readonly statusText: string
  /** If it is destroyed, the request ends, as seen by the server too. */
  readonly body: Readable
}

/** Throws for a status that no answer ends with, and ends the request. */
export function needFinal (answer: ServerAnswer): ServerAnswer {
  if (answer.status >= 200) return answer
  answer.body.destroy()
  throw new Error(`${answer.status} is not the status of a final answer`)
}

/**
 * What a proxy that terminates TLS adds for the plain server behind it. With `trustProxy`, Fastify takes
 * `request.protocol` from it.
 */
export function forwardedHeaders (url: string): Readonly<Record<string, string>> {
  return new URL(url).protocol === 'https:' ? { 'x-forwarded-proto': 'https' } : {}
}
