import http from 'node:http'
import https from 'node:https'
import type { HeaderLines, ServerResponse } from '../browser/header-list'

/** A request as it leaves the browser. */
export interface Message {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** How messages are sent. */
export interface Wire {
  /** Whether to accept any certificate. */
  readonly insecure: boolean
  /** Milliseconds until the head of the answer must be there. */
  readonly timeout: number
}

export const TIMEOUT = 30_000

/** Chromium takes no larger head of a response (`kMaxHeaderBufSize` in `net/http/http_stream_parser.h`). */
export const MAX_HEAD_SIZE = 256 * 1024

/**
 * Sends a request without a body and reads the head of the answer. CORS depends on nothing else, so the body is left unread.
 * Rejects if no complete head arrives.
 */
export async function send (message: Message, wire: Wire): Promise<ServerResponse> {
  return await new Promise((resolve, reject) => {
    const request = open(message, wire)
    request.on('response', response => {
      // A client's response always has a status. Node.js shares the type with a server's requests, which have none.
      const { statusCode: status = 0, rawHeaders } = response
      resolve({ status, headers: linesOf(rawHeaders) })
      request.destroy()
    })
    request.on('error', error => { reject(withCertificate(error, request)) })
    // An answer that switches protocols causes no other event.
    request.on('close', () => { reject(new Error('the server closed the connection without an answer')) })
    request.end()
  })
}

function open ({ method, url, headers }: Message, { insecure, timeout }: Wire): http.ClientRequest {
  const request = (url.startsWith('https:') ? https : http).request(url, {
    method,
    headers,
    agent: false,
    rejectUnauthorized: !insecure,
    maxHeaderSize: MAX_HEAD_SIZE,
    // Browsers read answers that the strict parser refuses, such as one with a bare LF at the end of a line.
    insecureHTTPParser: true,
    signal: AbortSignal.timeout(timeout)
  })
  // The constructor upper-cases the method, but a browser sends `patch` as it is.
  request.method = method
  // By default Node.js drops the lines after the thousandth.
  request.maxHeadersCount = 0
  return request
}

function linesOf (rawHeaders: readonly string[]): HeaderLines {
  return rawHeaders.flatMap((name, i) => i % 2 === 0 ? [[name, String(rawHeaders[i + 1])] as const] : [])
}

/** An answer that never came because of the server's certificate. */
export class CertificateError extends Error {}

/** The error of the connection; the socket says if the certificate caused it, with one of some thirty codes. */
function withCertificate (error: Error, { socket }: http.ClientRequest): Error {
  const refused = socket !== null && 'authorizationError' in socket && typeof socket.authorizationError === 'string'
  return refused ? new CertificateError(error.message) : error
}
