import net from 'node:net'

export interface Talk {
  /** As latin1. */
  readonly received: string
  /** Whether the connection ended within the time that it had. */
  readonly isClosed: boolean
}

// Far more than any answer takes on a busy machine: after that, the server has forgotten the client.
const LIMIT = 20_000

/**
 * Sends pieces of bytes and reads until the connection closes. `leave` is how the client goes: `wait` for the server
 * to close, `end` its own half, or `destroy` the connection when all is sent.
 */
export function talk (port: number, pieces: readonly string[], leave: 'wait' | 'end' | 'destroy' = 'wait'): Promise<Talk> {
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const finish = (isClosed: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ received: Buffer.concat(chunks).toString('latin1'), isClosed })
    }
    const timer = setTimeout(() => { finish(false) }, LIMIT)
    socket.on('data', (chunk: Buffer) => { chunks.push(chunk) })
    // The server may close while we write: what it sent before counts.
    socket.on('error', () => {})
    socket.on('end', () => { finish(true) })
    socket.on('close', () => { finish(true) })
    const send = (i: number): void => {
      const piece = pieces[i]
      if (socket.destroyed) return
      if (piece !== undefined) {
        socket.write(Buffer.from(piece, 'latin1'), () => { setImmediate(send, i + 1) })
      } else if (leave === 'end') socket.end()
      else if (leave === 'destroy') socket.destroy()
    }
    send(0)
  })
}
