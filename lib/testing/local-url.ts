import { resolveObjectURL } from 'node:buffer'
import { Readable } from 'node:stream'
import { MIMEType } from 'node:util'
import type { PageRequest } from '../browser/request'
import type { ServerAnswer } from '../client/message'

/** https://fetch.spec.whatwg.org/#scheme-fetch: the answer to a `data:` or `blob:` URL, for which nothing is sent. */
export function answerLocally ({ method, url }: PageRequest): ServerAnswer | undefined {
  const { protocol } = new URL(url)
  if (protocol === 'data:') return answerData(url)
  return protocol === 'blob:' && method === 'GET' ? answerBlob(url) : undefined
}

/** https://fetch.spec.whatwg.org/#data-url-processor */
function answerData (url: string): ServerAnswer | undefined {
  const match = /^data:([^,]*?)(; *base64 *)?,(.*)$/i.exec(url)
  if (match === null) return undefined
  const [, type = '', base64, data = ''] = match
  const bytes = percentDecode(data)
  const body = base64 === undefined ? bytes : decodeBase64(bytes)
  return body && answer([['content-type', readType(type)]], body)
}

function answerBlob (url: string): ServerAnswer | undefined {
  const blob = resolveObjectURL(url)
  if (blob === undefined) return undefined
  // The standard passes on a type that is not a MIME type, such as `text`. No browser does.
  return answer([['content-length', String(blob.size)], ['content-type', parseType(blob.type) === undefined ? '' : blob.type]], blob.stream())
}

function answer (headers: ServerAnswer['headers'], body: Buffer | AsyncIterable<Uint8Array>): ServerAnswer {
  return { status: 200, statusText: 'OK', headers, body: Readable.from(Buffer.isBuffer(body) ? [body] : body, { objectMode: false }) }
}

/** https://url.spec.whatwg.org/#percent-decode, of a URL, which is ASCII. */
function percentDecode (text: string): Buffer {
  return Buffer.from(text.replace(/%([0-9a-f]{2})/gi, (_all, digits: string) => String.fromCharCode(parseInt(digits, 16))), 'latin1')
}

/** https://infra.spec.whatwg.org/#forgiving-base64-decode, which is `atob`; `undefined` for what is not base64. */
function decodeBase64 (bytes: Buffer): Buffer | undefined {
  try {
    return Buffer.from(atob(bytes.toString('latin1')), 'latin1')
  } catch {
    return undefined
  }
}

function readType (text: string): string {
  const type = text.trim()
  return parseType(type.startsWith(';') ? `text/plain${type}` : type) ?? 'text/plain;charset=US-ASCII'
}

function parseType (text: string): string | undefined {
  try {
    return new MIMEType(text).toString()
  } catch {
    return undefined
  }
}
