import type { Browser } from '../browser/engines'
import type { PreflightCache } from '../browser/preflight-cache'
import type { SentHeaders } from './browser-headers'
import type { Clock } from './clock'
import type { Cookies } from './cookies'
import type { Answer, Message, Transport } from './transport'

/** A request that has gone to the server. */
export interface SentRequest {
  readonly preflight: boolean
  readonly method: string
  /** As the page means it; the request went to the browser's one server. */
  readonly url: string
  /** With names in lower case. */
  readonly headers: SentHeaders
  /** That of the answer; `undefined` as long as none has come. */
  readonly status: number | undefined
}

/** What all pages of a browser share. */
export interface Agent {
  readonly transport: Transport
  readonly browser: Browser
  readonly clock: Clock
  readonly cache: PreflightCache
  readonly cookies: Cookies
  readonly sent: SentRequest[]
}

/** What has become of a request: an answer, or the error in its place. */
export type Received =
  | { readonly ok: true, readonly answer: Answer }
  | { readonly ok: false, readonly error: unknown }

/** Throws the reason of a signal that has been aborted; everything else that goes wrong is a result. */
export async function send ({ transport, sent }: Agent, preflight: boolean, message: Message): Promise<Received> {
  message.signal?.throwIfAborted()
  const { method, url, headers } = message
  const index = sent.push({ preflight, method, url, headers, status: undefined }) - 1
  try {
    const answer = await transport.send(message)
    sent[index] = { preflight, method, url, headers, status: answer.status }
    if (answer.status < 200 || answer.status > 599) throw new Error(`${answer.status} is the status of no final answer`)
    return { ok: true, answer }
  } catch (error) {
    return { ok: false, error }
  }
}
