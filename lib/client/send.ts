import net from 'node:net'
import { Readable } from 'node:stream'
import tls from 'node:tls'
import { onAbort } from './abort'
import { readBody, readHead } from './answer'
import { ByteReader } from './byte-reader'
import { type Message, type ServerAnswer, forwardedHeaders } from './message'

/** An answer that never came because of the server's certificate. */
export class CertificateError extends Error {}

/**
 * Speaks HTTP/1.1 to a server. Each request has a connection of its own, which ends with the answer. The client of Node.js
 * is not used: it does not send what a browser does (control characters in header values), and does not read it either.
 *
 * @param insecure whether to accept any certificate
 */
export async function sendOverHttp (address: URL, message: Message, insecure = false): Promise<ServerAnswer> {
  const socket = connect(address, insecure)
  const { signal, body: upload } = message
  // The reader of the socket gets its errors too. Without this listener, an error that no reader waits for would end the process.
  socket.on('error', () => {})
  socket.once('close', onAbort(signal, () => { socket.destroy(Object.assign(new Error('the request was aborted'), { code: 'ABORT_ERR' })) }))
  if (upload instanceof Readable) socket.once('close', () => { upload.destroy() })
  writeRequest(socket, address, message).catch((error: Error) => { socket.destroy(error) })
  const reader = new ByteReader(socket)
  try {
    const head = await readHead(reader)
    return { ...head, body: bodyOf(socket, readBody(reader, message.method, head)) }
  } catch (error) {
    socket.destroy()
    throw withCertificate(error, socket)
  }
}

/** The socket says if the certificate caused the error, which has one of some thirty codes. */
function withCertificate (error: unknown, socket: net.Socket): unknown {
  const refused = 'authorizationError' in socket && typeof socket.authorizationError === 'string'
  return refused ? new CertificateError((error as Error).message, { cause: error }) : error // Sockets fail with nothing else.
}

/** `Readable.from` could only be destroyed once the next bytes have arrived. */
function bodyOf (socket: net.Socket, chunks: AsyncGenerator<Buffer>): Readable {
  return new Readable({
    read () {
      chunks.next().then(({ done, value }) => { this.push(done === true ? null : value) }, (error: Error) => { this.destroy(error) })
    },
    destroy (error, done) {
      socket.destroy()
      done(error)
    }
  })
}

function connect ({ protocol, hostname, port }: URL, insecure: boolean): net.Socket {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (protocol === 'http:') return net.connect({ host, port: Number(port === '' ? 80 : port) })
  const servername = net.isIP(host) === 0 ? { servername: host } : {}
  return tls.connect({ host, port: Number(port === '' ? 443 : port), rejectUnauthorized: !insecure, ...servername })
}

async function writeRequest (socket: net.Socket, address: URL, message: Message): Promise<void> {
  const { body } = message
  socket.write(headOf(address, message), 'latin1')
  if (Buffer.isBuffer(body)) socket.write(body)
  if (!(body instanceof Readable)) return
  // The chunks of a stream without an encoding are buffers.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    await write(socket, Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]))
  }
  socket.write('0\r\n\r\n')
}

function headOf (address: URL, { method, url, headers, body }: Message): string {
  const { pathname, search } = new URL(url)
  const all = {
    ...headers,
    ...address.protocol === 'http:' && forwardedHeaders(url),
    ...body instanceof Readable && { 'transfer-encoding': 'chunked' },
    Connection: 'close'
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`
}

/** Resolves once the bytes have left, so that no stream is read faster than it is sent. */
async function write (socket: net.Socket, bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.write(bytes, error => { if (error == null) resolve(); else reject(error) })
  })
}
