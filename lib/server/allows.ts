import type { IncomingMessage } from 'node:http'
import { FST_CORS_NOT_READY } from '../errors'
import type { Application } from '../routing/application'
import type { Governing } from '../routing/layer'
import { type Outside, governingOutside, outside } from './outside'
import { notAllowed } from './refusal'
import { reportActual, reportOutside } from './report'
import { isOwnOrigin } from './request'
import { type Verdict, judge, whenDecided } from './verdict'

/**
 * Whether the policy lets in a message that code beside Fastify answers. Without a policy, only messages of the site itself
 * and those without an origin are let in. Rejects with the error that a request would end with.
 */
export async function allows (application: Application, raw: IncomingMessage): Promise<boolean> {
  if (!application.isReady) throw new FST_CORS_NOT_READY('allows')
  const { origin } = raw.headers
  if (origin === undefined) return true
  const message = outside(application, raw)
  if (isOwnOrigin(message.request)) return true
  const governing = governingOutside(application, message)
  const verdict = governing && await decided(governing, message)
  if (verdict?.outcome.allowed === true) return true
  if (verdict === undefined) reportOutside(application, message.request)
  else reportActual(application, verdict, origin, notAllowed(origin, message.request), message.request)
  return false
}

function decided (governing: Governing, { request }: Outside): Promise<Verdict> {
  return new Promise((resolve, reject) => { whenDecided(() => judge(governing, request, () => {}), resolve, reject) })
}
