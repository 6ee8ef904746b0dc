import type { ServerResponse } from '../browser/header-list'
import { sendOverHttp } from '../client/send'
import { type Message, needFinal } from '../client/message'

/** A request without a body. */
export type BareMessage = Pick<Message, 'method' | 'url' | 'headers'>

/** How requests are sent. */
export interface Wire {
  /** Whether to accept any certificate. */
  readonly insecure: boolean
  /** Milliseconds until the head of the answer must be there. */
  readonly timeout: number
}

export const TIMEOUT = 30_000

/** CORS depends only on the head of the answer, so the body is left unread. Rejects if no complete head arrives. */
export async function send (bare: BareMessage, { insecure, timeout }: Wire): Promise<ServerResponse> {
  const message = { ...bare, body: undefined, signal: AbortSignal.timeout(timeout) }
  const { status, headers, body } = needFinal(await sendOverHttp(new URL(new URL(bare.url).origin), message, insecure))
  body.destroy()
  return { status, headers }
}
