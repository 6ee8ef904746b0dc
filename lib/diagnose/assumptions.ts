import type { IncomingMessage } from 'node:http'
import { addressSpaceOf } from '../browser/network'
import { type PageRequest, isCrossOrigin } from '../browser/request'
import { urlBeforeRewrite } from '../routing/governing'
import { placeOf, sayPlace } from '../routing/place'
import { instanceAt } from '../routing/target'
import { hooksBefore } from '../server/hooks'
import { routerPath } from './dry-run'
import type { DryActual } from './dry-run'
import { type Exchange, isSent } from './exchange'

/** The assumptions of an explanation, each a sentence: they depend on code of the application that has not run. */
export function assumptionsOf (exchange: Exchange): string[] {
  const { preflight, actual, request } = exchange
  const isContinued = preflight?.by === 'application' && preflight.verdict !== undefined
  return [
    ...rewrites(exchange),
    ...preflight === undefined ? [] : hooksBefore(exchange.application).map(sayHook),
    ...isContinued ? ['the OPTIONS route of the application answers the preflight with a status from 200 to 299'] : [],
    ...actual.isUnseen ? unseen(exchange) : [],
    ...ownConstraints(actual).map(name => `the request meets the constraint \`${name}\` of the route`),
    ...exchange.verdict.allowed ? outsideOf(request) : [],
    ...isSent(exchange) && isLeftToHandler(actual) ? ['neither the handler nor a hook sets CORS headers'] : [],
    ...isOutside(exchange) ? ['the 404 handler of the application answers, and not one of a context with a prefix'] : []
  ]
}

/** What the browser knows of the page and the server, and the explanation does not. */
function outsideOf (request: PageRequest): string[] {
  const { url, pageAddressSpace } = request
  const space = addressSpaceOf(url)
  const isNear = pageAddressSpace === undefined && isCrossOrigin(request) && (space === 'loopback' || space === 'local')
  return isNear ? [`the user lets the page call ${new URL(url).host}, or the page was loaded from an address as close to the user; otherwise give \`pageAddressSpace\``] : []
}

/** What `rewriteUrl` made of the URLs. It may look at headers that the real requests have besides those that are known. */
function rewrites ({ preflight, actual }: Exchange): string[] {
  const of = (raw: IncomingMessage | undefined, what: string) => {
    const before = raw && urlBeforeRewrite(raw)
    return before === undefined ? [] : [`\`rewriteUrl\` turns ${before} of the ${what} into ${String(raw?.url)}, as it did for this explanation`]
  }
  return [...of(preflight?.raw, 'preflight'), ...of(actual.raw, 'request')]
}

/** What may differ for a route that the plugin could not see. */
function unseen ({ application, actual: { registration } }: Exchange): string[] {
  const isInContext = registration !== undefined && registration.instance !== application.root
  return [
    `the route has no \`config.cors\`: ${UNSEEN}, so the plugin could not see one`,
    ...isInContext ? [`the route is in the context of ${sayPlace(placeOf(registration))}, or in one inside: the plugin could not see where it is`] : []
  ]
}

const UNSEEN = 'it was added before fastify-cors-policy was loaded, or in a context that is older'

function sayHook (name: string): string {
  return `the \`onRequest\` hook ${name === '' ? 'without a name' : `\`${name}\``}, which runs before that of fastify-cors-policy, does not answer the preflight`
}

/** The names of the custom constraints of a route. Version and host are headers of the request, so they are known. */
function ownConstraints ({ route }: DryActual): string[] {
  return (route?.custom ?? []).map(([name]) => name)
}

/** Whether the handler's CORS headers reach the browser: the plugin does not govern the request, or CORS is off for it. */
function isLeftToHandler ({ status, policy }: DryActual): boolean {
  return status === undefined && (policy === undefined || policy.allow.kind === 'none')
}

/** Whether the URL is below the prefix of a context with a registration, which would govern the 404 if that context answered it. */
function isOutside ({ application, actual }: Exchange): boolean {
  return actual.status === 404 && instanceAt(application, routerPath(application, String(actual.raw.url))) !== application.root
}
