import { METHODS } from 'node:http'

/** A request as it was sent. Names are lower-case; of a name that came twice the values are joined, as Node.js does. */
export interface Asked {
  readonly method: string
  readonly target: string
  readonly headers: ReadonlyMap<string, string>
}

export interface Sent {
  /** The requests that any server has to answer, in order. */
  readonly requests: readonly Asked[]
  /** Whether something follows that a server may refuse or wait for. */
  readonly isDoubtful: boolean
}

export interface Answer {
  readonly status: number
  /** Names as they came. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: string
}

export interface Received {
  readonly answers: readonly Answer[]
  /** What is left after the last whole answer, or is none. */
  readonly rest: string
}

const REQUEST_LINE = /^([A-Z-]+) (\/[\x21-\x7e]*|\*|https?:\/\/[a-z.]+(?:[/?][\x21-\x7e]*)?) HTTP\/1\.([01])$/
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*((?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)[\t ]*$/

// A server may refuse a request with one of these fields before a hook sees it.
const DOUBTFUL = ['expect', 'upgrade', 'trailer', 'te']

/** Takes sent bytes apart, by RFC 9112 and no further than it leaves no doubt. */
export function readRequests (text: string, maxHeadSize: number): Sent {
  const requests: Asked[] = []
  let at = 0
  while (at < text.length) {
    const end = text.indexOf('\r\n\r\n', at)
    if (end === -1 || end - at + 4 > maxHeadSize) return { requests, isDoubtful: true }
    const head = readHead(text.slice(at, end))
    const bodyEnd = head === undefined ? undefined : endOfBody(text, end + 4, head.headers)
    if (head === undefined || bodyEnd === undefined) return { requests, isDoubtful: true }
    requests.push(head)
    at = bodyEnd
    if (head.isLast) return { requests, isDoubtful: at < text.length }
  }
  return { requests, isDoubtful: false }
}

function readHead (head: string): Asked & { isLast: boolean } | undefined {
  const [first = '', ...lines] = head.split('\r\n')
  const [, method = '', target = '', minor] = REQUEST_LINE.exec(first) ?? []
  const headers = new Map<string, string>()
  let hosts = 0
  for (const line of lines) {
    const [, name = '', value = ''] = FIELD.exec(line) ?? []
    const lower = name.toLowerCase()
    if (name === '' || DOUBTFUL.includes(lower)) return undefined
    if (lower === 'host') hosts++
    if (headers.has(lower) && ['content-length', 'transfer-encoding', 'connection', 'host'].includes(lower)) return undefined
    const known = headers.get(lower)
    headers.set(lower, known === undefined ? value : `${known}, ${value}`)
  }
  if (!METHODS.includes(method) || method === 'CONNECT' || hosts > 1 || (hosts === 0 && minor === '1')) return undefined
  const connection = headers.get('connection')?.toLowerCase()
  if (connection !== undefined && connection !== 'close' && connection !== 'keep-alive') return undefined
  return { method, target, headers, isLast: connection === 'close' || (minor === '0' && connection !== 'keep-alive') }
}

function endOfBody (text: string, start: number, headers: ReadonlyMap<string, string>): number | undefined {
  const length = headers.get('content-length')
  const coding = headers.get('transfer-encoding')
  if (coding !== undefined) return coding !== 'chunked' || length !== undefined ? undefined : readChunks(text, start)?.end
  if (length === undefined) return start
  const end = start + Number(length)
  return /^\d{1,9}$/.test(length) && end <= text.length ? end : undefined
}

function readChunks (text: string, start: number): { end: number, body: string } | undefined {
  let body = ''
  for (let at = start; ;) {
    const [line, hex = ''] = /^([0-9A-Fa-f]{1,6})\r\n/.exec(text.slice(at, at + 10)) ?? []
    if (line === undefined) return undefined
    const from = at + line.length
    const to = from + parseInt(hex, 16)
    if (text.slice(to, to + 2) !== '\r\n') return undefined
    if (to === from) return { end: to + 2, body }
    body += text.slice(from, to)
    at = to + 2
  }
}

/** Takes answers apart; `methods` are those of the requests, since the answer to HEAD has no body. */
export function readAnswers (text: string, methods: readonly string[]): Received {
  const answers: Answer[] = []
  let at = 0
  while (at < text.length) {
    const end = text.indexOf('\r\n\r\n', at)
    const [first = '', ...lines] = end === -1 ? [] : text.slice(at, end).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3}) [\x20-\x7e]*$/.exec(first)?.[1])
    if (end === -1 || Number.isNaN(status)) break
    const headers = lines.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return colon === -1 ? ['', line] : [line.slice(0, colon), line.slice(colon + 1).trim()]
    })
    if (status === 100) {
      at = end + 4
      continue
    }
    const body = readBody(text, end + 4, status, methods[answers.length], headers)
    if (body === undefined) break
    answers.push({ status, headers, body: body.body })
    at = body.end
  }
  return { answers, rest: text.slice(at) }
}

function readBody (text: string, start: number, status: number, method: string | undefined, headers: Answer['headers']): { end: number, body: string } | undefined {
  if (method === 'HEAD' || status === 204 || status === 304) return { end: start, body: '' }
  if (valueOf(headers, 'transfer-encoding') === 'chunked') return readChunks(text, start)
  const length = valueOf(headers, 'content-length')
  const end = length === undefined ? text.length : start + Number(length)
  return end > text.length ? undefined : { end, body: text.slice(start, end) }
}

export function valueOf (headers: Answer['headers'], name: string): string | undefined {
  return headers.find(([known]) => known.toLowerCase() === name)?.[1]
}
