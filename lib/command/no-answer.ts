import { MalformedAnswer } from '../client/byte-reader'
import { CertificateError } from '../client/send'

/** Why there is no answer, and what to do about it, if that is known. */
export interface NoAnswer {
  readonly why: string
  readonly change?: string
}

const CERTIFICATE = 'use a certificate that browsers trust for this host. If they do so on this machine, but Node.js does not, ' +
  'name the file of its authority in NODE_EXTRA_CA_CERTS, or let this command accept any certificate with --insecure'

/** Says why a request got no answer. */
export function sayNoAnswer (error: unknown, url: string, timeout: number): NoAnswer {
  const { host, hostname, origin } = new URL(url)
  const { code, message } = detailsOf(error)
  if (error instanceof CertificateError) return { why: `browsers refuse the certificate of ${origin}: ${message}`, change: CERTIFICATE }
  if (error instanceof MalformedAnswer) return { why: `the answer of ${origin} is not HTTP: ${message}` }
  switch (code) {
    case 'ENOTFOUND': return { why: `the name ${hostname} has no address`, change: 'check the URL' }
    case 'ECONNREFUSED': return { why: `nothing listens at ${host}`, change: 'start the server, or check the port' }
    case 'ABORT_ERR': return { why: `${origin} sent no answer within ${timeout / 1000} seconds` }
    case 'EPROTO': return { why: `there is no TLS connection with ${host}: ${reasonIn(message)}`, change: 'check the port: it may be one for http' }
  }
  return { why: `${origin} gave no answer: ${message}` }
}

/** OpenSSL's message has its reason among the names of its files and functions. */
function reasonIn (message: string): string {
  return /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message
}

/** If a name has several addresses, the error has one for each, and no text of its own. */
function detailsOf (error: unknown): { readonly code: string, readonly message: string } {
  const { code, message } = error as NodeJS.ErrnoException // `send` rejects with nothing else
  return { code: String(code), message: message === '' ? String(code) : message }
}
