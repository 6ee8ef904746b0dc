import { type Readable, type Transform, pipeline } from 'node:stream'
import zlib from 'node:zlib'
import { valuesOf } from '../browser/header-list'
import type { ServerAnswer } from '../client/message'

/** Browsers put up with data that ends too early, as long as it is valid so far. */
const deflate = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH }
const brotli = { flush: zlib.constants.BROTLI_OPERATION_FLUSH, finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }

const decoders: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => zlib.createGunzip(deflate)],
  ['x-gzip', () => zlib.createGunzip(deflate)],
  ['deflate', () => zlib.createInflate(deflate)],
  ['br', () => zlib.createBrotliDecompress(brotli)]
])

/**
 * https://fetch.spec.whatwg.org/#handle-content-codings: the answer with its body unpacked as it arrives. A coding that is not
 * known leaves the bytes as they are; data that is not in its coding is an error of the body.
 */
export function unpack (answer: ServerAnswer): ServerAnswer {
  const codings = valuesOf(answer.headers, 'content-encoding').join(',').toLowerCase().split(',').map(coding => coding.trim())
  const open = codings.filter(coding => coding !== '').map(coding => decoders.get(coding))
  if (!open.every(decoder => decoder !== undefined)) return answer
  return { ...answer, body: open.reduceRight<Readable>((packed, decoder) => pipeline(packed, decoder(), () => {}), answer.body) }
}
