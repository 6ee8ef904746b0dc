import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { parse } from 'node:querystring'
import type { FastifyRequest } from 'fastify'
import type { Application } from '../routing/application'
import { type Address, addressOf, rewriteUrlOf } from '../routing/internals'
import type { KnownRoute } from '../routing/recorder'
import { urlBeforeRewrite } from '../routing/governing'

/** A request that is not sent. */
export interface ImaginedRequest {
  readonly method: string
  /** Absolute. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** The message that the server would route for this request, on a socket that is not connected. The application's `rewriteUrl` does run. */
export function imagine ({ root }: Application, { method, url, headers }: ImaginedRequest): IncomingMessage {
  const { protocol, host, pathname, search } = new URL(url)
  const socket = Object.assign(new Socket(), { encrypted: protocol === 'https:' })
  const raw = Object.assign(new IncomingMessage(socket), { method, url: pathname + search, headers: { ...headers, host } })
  const rewriteUrl = rewriteUrlOf(root)
  if (rewriteUrl === undefined) return raw
  Object.assign(raw, { originalUrl: raw.url })
  return Object.assign(raw, { url: String(rewriteUrl.call(root, raw)) })
}

/**
 * The request object that the delegator and the `origin` function get where Fastify has made none. It has what the message
 * and its route tell, and no decorators of other plugins.
 */
export function standIn ({ root }: Application, raw: IncomingMessage, route: KnownRoute | undefined): FastifyRequest {
  const { method, headers } = raw
  const url = String(raw.url)
  const address = addressOf(root, raw) ?? addressWithoutProxies(raw)
  const found = {
    id: 'fastify-cors-policy',
    raw,
    method,
    url,
    originalUrl: urlBeforeRewrite(raw) ?? url,
    headers,
    // `trustProxy` may be a function of the application, so it is called only if these are read.
    get host () { return address.host },
    get hostname () { return address.hostname },
    get port () { return address.port },
    get protocol () { return address.protocol },
    get ip () { return address.ip },
    get ips () { return address.ips },
    socket: raw.socket,
    params: root.findRoute({ method: String(method), url })?.params ?? {},
    query: queryOf(url),
    body: undefined,
    log: root.log,
    server: route?.instance ?? root,
    is404: route === undefined,
    routeOptions: { url: route?.url, method: route?.methods, config: route?.config ?? {} }
  }
  return found as unknown as FastifyRequest // it has only the properties that are listed above
}

function addressWithoutProxies ({ headers, socket }: IncomingMessage): Address {
  const host = String(headers.host ?? headers[':authority'] ?? '')
  const [name = '', port] = host.split(/:(\d+)$/)
  return {
    host,
    hostname: name,
    port: port === undefined ? null : Number(port),
    protocol: 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http',
    ip: String(socket.remoteAddress)
  }
}

function queryOf (url: string): object {
  const mark = url.indexOf('?')
  return mark === -1 ? {} : parse(url.slice(mark + 1))
}
