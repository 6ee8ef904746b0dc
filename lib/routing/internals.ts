import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'

// Fastify has no public way to read its `rewriteUrl` and `trustProxy` options or the hooks of a context. They are read here
// where Fastify keeps them. If a version keeps them elsewhere, explanations say less, no proxy is trusted for messages that
// no hook meets, and after a `rewriteUrl` the requests that no policy governs are refused.

type RewriteUrl = (this: FastifyInstance, req: object) => unknown

/** The `rewriteUrl` option of an application, if it has one. */
export function rewriteUrlOf (root: FastifyInstance): RewriteUrl | undefined {
  const { rewriteUrl } = (internal(root, root, 'options') ?? {}) as { rewriteUrl?: RewriteUrl }
  return rewriteUrl
}

/** The `onRequest` hooks that run in a context, in order. */
export function onRequestHooksOf (root: FastifyInstance, instance: FastifyInstance): ReadonlyArray<(...args: never[]) => unknown> {
  const { onRequest = [] } = (internal(root, instance, 'hooks') ?? {}) as { onRequest?: Array<() => unknown> }
  return onRequest
}

/** What a request tells about its sender and its receiver, as `trustProxy` has it. */
export type Address = Pick<FastifyRequest, 'ip' | 'ips' | 'host' | 'hostname' | 'port' | 'protocol'>

type Request = new (id: string, params: object, raw: IncomingMessage, query: object, log: object, context: object) => Address

/** A request of the class that Fastify makes requests of. Only its address can be read, since it has no route. */
export function addressOf (root: FastifyInstance, raw: IncomingMessage): Address | undefined {
  const Request = internal(root, root, 'Request') as Request | undefined
  return Request && new Request('', {}, raw, {}, root.log, {})
}

function internal (root: FastifyInstance, instance: FastifyInstance, name: string): unknown {
  const symbol = Object.getOwnPropertySymbols(root).find(({ description }) => description === `fastify.${name}`)
  return symbol && Reflect.get(instance, symbol) as unknown
}
