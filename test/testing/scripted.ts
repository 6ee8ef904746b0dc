import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { type BrowserOptions, type TestBrowser, createBrowser } from '../../lib/testing'

export const APP = 'https://app.example.com'
export const API = 'https://api.example.com/x'
export const OTHER = 'https://other.test/x'

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Buffer
}

export type Script = (request: FastifyRequest) => Reply

/** A server that answers only as the script says. Its CORS headers are written by hand, as any server could do. */
export function scripted (script: Script): FastifyInstance {
  const app = fastify({ forceCloseConnections: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body) })
  app.all('*', async (request, reply) => {
    const { status = 200, headers = {}, body } = script(request)
    return reply.code(status).headers(headers).send(body)
  })
  return app
}

/** Headers that allow any origin whatever it asks for. */
export function allow (request: FastifyRequest, more: Reply['headers'] = {}): Readonly<Record<string, string | string[]>> {
  const asked = (name: string) => String(request.headers[name] ?? '')
  return {
    'access-control-allow-origin': asked('origin'),
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': asked('access-control-request-method'),
    'access-control-allow-headers': asked('access-control-request-headers'),
    ...more
  }
}

export function browse (script: Script = request => ({ headers: allow(request) }), options?: BrowserOptions): TestBrowser {
  return createBrowser(scripted(script), options)
}

/** The requests that were sent, one line each: `preflight OPTIONS https://… 200`. */
export function lines ({ sent }: TestBrowser): string[] {
  return sent.map(({ preflight, method, url, status }) => `${preflight ? 'preflight ' : ''}${method} ${url} ${status}`)
}

/** The error that a page gets. */
export async function failureOf (fetched: Promise<Response>): Promise<TypeError & { readonly cause: Record<string, unknown> }> {
  try {
    await fetched
  } catch (error) {
    return error as TypeError & { readonly cause: Record<string, unknown> }
  }
  throw new Error('fetch did not fail')
}
