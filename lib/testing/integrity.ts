import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Answered, Hop } from './hop'
import type { PageFetch } from './page-fetch'
import { refusal } from './refusal'

/** https://fetch.spec.whatwg.org/#main-fetch, "integrity metadata": the whole body is read before the page gets any of it. */
export async function checkIntegrity ({ integrity, request: { url } }: PageFetch, hop: Answered): Promise<Hop> {
  const refuse = (message: string, cause?: unknown) => refusal('the integrity of the response', 'main-fetch', message, cause)
  try {
    const bytes = Buffer.concat(await hop.answer.body.toArray() as Uint8Array[])
    if (hop.type === 'opaque' || !hasIntegrity(bytes, integrity)) return refuse(`${url} does not have the integrity ${integrity}`)
    return { ...hop, answer: { ...hop.answer, body: Readable.from([bytes], { objectMode: false }) } }
  } catch (error) {
    return refuse(`the answer of ${url} broke off`, error)
  }
}

const strongestFirst = ['sha512', 'sha384', 'sha256'] as const

/**
 * https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist: whether the bytes have one of the
 * hashes. Only those of the strongest algorithm count, and what is not a hash does not.
 */
function hasIntegrity (bytes: Uint8Array, metadata: string): boolean {
  const hashes = metadata.split(/[\t\n\f\r ]+/).flatMap(item => {
    const [, algorithm, value] = /^(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+={0,2})(?:\?.*)?$/i.exec(item) ?? []
    return algorithm === undefined || value === undefined ? [] : [{ algorithm: algorithm.toLowerCase(), value }]
  })
  const strongest = strongestFirst.find(algorithm => hashes.some(hash => hash.algorithm === algorithm))
  if (strongest === undefined) return true
  const digest = createHash(strongest).update(bytes).digest()
  return hashes.some(({ algorithm, value }) => algorithm === strongest && Buffer.from(value, 'base64').equals(digest))
}
