import type { Browser } from '../browser/engines'
import type { PreflightCache } from '../browser/preflight-cache'
import type { SentHeaders } from '../browser/sent-headers'
import type { Cookies } from './cookies'
import { type Message, type ServerAnswer, needFinal } from '../client/message'
import type { Transport } from './server'

/** A request that the browser sent to a server. */
export interface SentRequest {
  readonly preflight: boolean
  readonly method: string
  /** The URL that the page asked for. */
  readonly url: string
  /** With names in lower case. */
  readonly headers: SentHeaders
  /** The status of the answer; `undefined` until one arrives. */
  readonly status: number | undefined
}

/** What all pages of a browser share. */
export interface Agent {
  readonly transport: Transport
  readonly browser: Browser
  /** Milliseconds since 1970, on the browser's own clock. */
  readonly now: () => number
  readonly cache: PreflightCache
  readonly cookies: Cookies
  readonly sent: SentRequest[]
}

/** The answer to a request, or the error that came in its place. */
export type Received =
  | { readonly ok: true, readonly answer: ServerAnswer }
  | { readonly ok: false, readonly error: unknown }

/** Throws the reason of an aborted signal. Any other failure is a result. */
export async function send ({ transport, sent }: Agent, preflight: boolean, message: Message): Promise<Received> {
  message.signal?.throwIfAborted()
  const { method, url, headers } = message
  const index = sent.push({ preflight, method, url, headers, status: undefined }) - 1
  try {
    const answer = await transport.send(message)
    sent[index] = { preflight, method, url, headers, status: answer.status }
    return { ok: true, answer: needFinal(answer) }
  } catch (error) {
    return { ok: false, error }
  }
}
