import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export interface Upstream {
  readonly url: string
  /** The requests that reached it. */
  readonly seen: readonly string[]
}

/** A server with a CORS layer of its own, and a poor one. */
export async function startUpstream (t: Test): Promise<Upstream> {
  const seen: string[] = []
  const server = http.createServer((req, res) => {
    seen.push(`${req.method} ${req.url}`)
    res.writeHead(req.url === '/moved' ? 302 : 200, {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Methods': 'GET',
      'Access-Control-Allow-Headers': 'x-upstream',
      'Access-Control-Max-Age': '600',
      'Access-Control-Expose-Headers': 'X-Upstream, x-base',
      Vary: 'Accept, origin',
      Location: '/elsewhere'
    })
    res.end('upstream')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => { server.close(); server.closeAllConnections() })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

/** What an allowed page gets of it, behind a policy with credentials that exposes `x-base`. */
export function readable (origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'x-base, X-Upstream',
    vary: 'Accept, origin'
  }
}
