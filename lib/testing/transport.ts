import type { ServerResponse } from '../browser/header-list'

/** A request as it leaves the browser: one line for each header, with names in lower case. */
export interface Message {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
  readonly signal: AbortSignal | undefined
}

export interface Answer extends ServerResponse {
  readonly statusText: string
  readonly body: Buffer
}

export interface Transport {
  /** Rejects with the error that keeps the application from starting, which no request is to blame for. */
  ready (): Promise<void>
  /** Rejects where no whole answer comes. */
  send (message: Message): Promise<Answer>
}

/**
 * What a proxy that ends TLS says to the plain server behind it. Fastify heeds it where `trustProxy` is
 * on, and `request.protocol` is then that of the URL.
 */
export function forwardedHeaders (url: string): Readonly<Record<string, string>> {
  return new URL(url).protocol === 'https:' ? { 'x-forwarded-proto': 'https' } : {}
}
