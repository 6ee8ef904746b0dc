import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Application } from '../routing/application'
import { governingFor } from '../routing/governing'
import type { Governing } from '../routing/layer'
import { instanceAt, routeFor } from '../routing/target'
import { standIn } from './stand-in'

/** A message that no hook of Fastify meets: code beside Fastify answers it, or Fastify does before its hooks. */
export interface Outside {
  readonly raw: IncomingMessage
  /** The URL, with its percent signs escaped if it cannot be decoded, so that it is compared as it is written. */
  readonly url: string
  readonly request: FastifyRequest
}

export function outside (application: Application, raw: IncomingMessage): Outside {
  const url = readable(application, String(raw.url))
  return { raw, url, request: standIn(application, raw, routeFor(application, raw, url)) }
}

/** The policy of its route. If it has none, the policy of the innermost context with a prefix that its path is below. */
export function governingOutside (application: Application, { request, url }: Outside): Governing | undefined {
  const instance = request.is404 ? instanceAt(application, application.read(url) ?? url) : request.server
  return governingFor(application, instance, request, url)
}

function readable ({ read }: Application, url: string): string {
  return read(url) === undefined ? url.replaceAll('%', '%25') : url
}
