import { trimWhitespace } from '../protocol/headers'
import { isToken } from '../protocol/methods'
import { type HeaderLines, valuesOf } from '../browser/header-list'
import { type ByteReader, MAX_HEAD, MalformedAnswer } from './byte-reader'

export interface AnswerHead {
  readonly status: number
  readonly statusText: string
  readonly headers: HeaderLines
}

/**
 * Reads the head of the final answer (RFC 9112, 2 to 5), as leniently as Chromium does. The client of Node.js cannot be
 * told to: even with `insecureHTTPParser` it refuses a repeated `Content-Length` and a line without a colon.
 */
export async function readHead (reader: ByteReader): Promise<AnswerHead> {
  const { status, statusText } = readStatusLine(await needLine(reader))
  const headers = readFields(await readLines(reader))
  // 101 is final: no fetch asks for another protocol.
  return status > 99 && status < 200 && status !== 101 ? await readHead(reader) : { status, statusText, headers }
}

async function needLine (reader: ByteReader): Promise<string> {
  const line = await reader.line()
  if (line !== undefined) return line
  throw Object.assign(new Error('the connection was closed before the answer was complete'), { code: 'ECONNRESET' })
}

function readStatusLine (line: string): Pick<AnswerHead, 'status' | 'statusText'> {
  const [, status, statusText = ''] = /^HTTP\/\d\.\d +(\d{3})(?: +(.*))?$/i.exec(line) ?? []
  if (status === undefined) throw new MalformedAnswer(`${JSON.stringify(line)} is not the status line of an answer`)
  return { status: Number(status), statusText }
}

/** The lines up to an empty one, where a line that starts with a blank continues the one before. */
async function readLines (reader: ByteReader): Promise<string[]> {
  const lines: string[] = []
  let size = 0
  for (let line = await needLine(reader); line !== ''; line = await needLine(reader)) {
    size += line.length
    if (size > MAX_HEAD) throw new MalformedAnswer(`the headers of the answer are larger than ${MAX_HEAD} bytes`)
    if (/[\0\r]/.test(line)) throw new MalformedAnswer(`the header line ${JSON.stringify(line)} contains a character that no header may contain`)
    if (/^[ \t]/.test(line)) lines.push(`${lines.pop() ?? ''} ${trimWhitespace(line)}`)
    else lines.push(line)
  }
  return lines
}

/** A line without a proper name is skipped. */
function readFields (lines: readonly string[]): HeaderLines {
  return lines.flatMap(line => {
    const colon = line.indexOf(':')
    const name = trimWhitespace(line.slice(0, Math.max(colon, 0)))
    return isToken(name) ? [[name, trimWhitespace(line.slice(colon + 1))] as const] : []
  })
}

/** https://fetch.spec.whatwg.org/#null-body-status, without 101. */
const nullBodyStatus: ReadonlySet<number> = new Set([204, 205, 304])

export function hasBody (method: string, status: number): boolean {
  return method !== 'HEAD' && !nullBodyStatus.has(status)
}

/** RFC 9112, 6.3: the bytes of the body, which fail if the connection ends too early. Throws if its length is unclear. */
export function readBody (reader: ByteReader, method: string, { status, headers }: AnswerHead): AsyncGenerator<Buffer> {
  if (!hasBody(method, status)) return readBytes(reader, 0)
  const coding = valuesOf(headers, 'transfer-encoding').join(',')
  if (/(?:^|[ ,])chunked$/i.test(coding)) return readChunks(reader)
  return readBytes(reader, extractLength(valuesOf(headers, 'content-length')) ?? Infinity)
}

/** https://fetch.spec.whatwg.org/#extract-a-length; `undefined` for none and for what is not a number. */
function extractLength (values: readonly string[]): number | undefined {
  const [first = '', ...others] = values.join(',').split(',').map(trimWhitespace)
  if (others.some(other => other !== first)) throw new MalformedAnswer(`the answer has several lengths: ${values.join(', ')}`)
  return /^\d+$/.test(first) ? Number(first) : undefined
}

async function * readBytes (reader: ByteReader, length: number): AsyncGenerator<Buffer> {
  for (let left = length; left > 0;) {
    const bytes = await reader.some(left)
    if (bytes === undefined) {
      if (length === Infinity) return
      throw new Error('the connection was closed in the middle of the body')
    }
    left -= bytes.length
    yield bytes
  }
}

/** RFC 9112, 7.1. The trailer section is read and dropped. */
async function * readChunks (reader: ByteReader): AsyncGenerator<Buffer> {
  for (let size = await readChunkSize(reader); size > 0; size = await readChunkSize(reader)) {
    yield * readBytes(reader, size)
    await needLine(reader)
  }
  await readLines(reader)
}

async function readChunkSize (reader: ByteReader): Promise<number> {
  const line = await needLine(reader)
  const [, digits] = /^([0-9a-f]{1,8})[ \t]*(?:;|$)/i.exec(line) ?? []
  if (digits === undefined) throw new MalformedAnswer(`${JSON.stringify(line)} is not the size of a chunk`)
  return parseInt(digits, 16)
}
