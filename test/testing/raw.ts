import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** Starts the server, closes it at the end of the test, and returns its address. */
export async function listen (t: Test, server: net.Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // It listens on a port, not on a pipe.
}

/** A server that answers with these bytes, in these pieces, and the requests that it received. */
export async function raw (t: Test, ...pieces: string[]): Promise<{ readonly address: string, readonly received: string[] }> {
  const received: string[] = []
  const server = net.createServer({ noDelay: true }, socket => {
    socket.on('error', () => {})
    socket.once('data', bytes => {
      received.push(bytes.toString('latin1'))
      for (const piece of pieces) socket.write(piece, 'latin1')
      socket.end()
    })
  })
  return { address: await listen(t, server), received }
}
