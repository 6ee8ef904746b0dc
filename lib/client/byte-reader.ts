const LINE_FEED = 10

/** Chromium's limit for the head of an answer (`kMaxHeaderBufSize` in `net/http/http_stream_parser.h`), and here for each line. */
export const MAX_HEAD = 262_144

/** What a server sent is not HTTP as browsers understand it. */
export class MalformedAnswer extends Error {}

/** Reads what arrives on a connection: lines, then bytes. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>
  #rest = Buffer.alloc(0)

  constructor (chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** The next line without its end, which may be a bare LF; `undefined` if the connection ends first. */
  async line (): Promise<string | undefined> {
    let end = this.#rest.indexOf(LINE_FEED)
    while (end === -1) {
      if (this.#rest.length > MAX_HEAD) throw new MalformedAnswer(`a line of the answer is longer than ${MAX_HEAD} bytes`)
      if (!await this.#fill()) return undefined
      end = this.#rest.indexOf(LINE_FEED)
    }
    return this.#take(end + 1).toString('latin1').replace(/\r?\n$/, '')
  }

  /** The bytes that are there, at least one and at most `limit`; `undefined` at the end of the connection. */
  async some (limit: number): Promise<Buffer | undefined> {
    if (this.#rest.length === 0 && !await this.#fill()) return undefined
    return this.#take(limit)
  }

  async #fill (): Promise<boolean> {
    const next = await this.#chunks.next()
    if (next.done === true) return false
    this.#rest = Buffer.concat([this.#rest, next.value])
    return true
  }

  #take (length: number): Buffer {
    const taken = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    return taken
  }
}
