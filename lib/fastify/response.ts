import type { FastifyReply } from 'fastify'
import { mergeVary } from '../protocol/vary'

/**
 * Fastify copies the headers of a `Response` onto the reply after `onSend`, where they would
 * undo what the plugin has set. So they are taken from it now, and a copy without them is sent.
 */
export function adoptHeaders (payload: unknown, reply: FastifyReply): unknown {
  // A body that was read already cannot move to a copy; Fastify has an error of its own for it.
  if (!isResponse(payload) || payload.bodyUsed || payload.body?.locked === true) return payload
  const taken = [...payload.headers].filter(([name]) => name === 'vary' || name.startsWith('access-control-'))
  if (taken.length === 0) return payload
  const headers = new Headers(payload.headers)
  for (const [name, value] of taken) {
    headers.delete(name)
    reply.header(name, name === 'vary' ? mergeVary(reply.getHeader(name), value) : value)
  }
  const { status, statusText } = payload
  return new Response(payload.body, { status, statusText, headers })
}

function isResponse (payload: unknown): payload is Response {
  return Object.prototype.toString.call(payload) === '[object Response]'
}
