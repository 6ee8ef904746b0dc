import type { FastifyInstance } from 'fastify'

// Fastify has no public way to read its `rewriteUrl` option or the hooks of a context. Explanations read them where it keeps
// them, and say less if a version keeps them elsewhere. Nothing that a request meets depends on this.

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

function internal (root: FastifyInstance, instance: FastifyInstance, name: string): unknown {
  const symbol = Object.getOwnPropertySymbols(root).find(({ description }) => description === `fastify.${name}`)
  return symbol && Reflect.get(instance, symbol) as unknown
}
