import { instanceAt } from '../routing/target'
import { routerPath } from './dry-run'
import type { DryActual } from './dry-run'
import { type Exchange, isSent } from './exchange'

/** What an explanation takes for granted, since only the application's own code knows better. */
export function assumptionsOf (exchange: Exchange): string[] {
  const { preflight, actual } = exchange
  const isContinued = preflight?.by === 'application' && preflight.verdict !== undefined
  return [
    ...isContinued ? ['the OPTIONS route of the application answers the preflight with a status from 200 to 299'] : [],
    ...actual.isUnseen ? ['the route has no `config.cors`: it was added before fastify-cors-policy was loaded, and so nobody saw one'] : [],
    ...ownConstraints(actual).map(name => `the request meets the constraint \`${name}\` of the route`),
    ...isSent(exchange) && isLeftToHandler(actual) ? ['the handler sets no CORS headers of its own, and no hook does'] : [],
    ...isOutside(exchange) ? ['no context around this URL has a 404 handler of its own'] : []
  ]
}

/** Those of the application's own; what meets a version or a host is known. */
function ownConstraints ({ route }: DryActual): string[] {
  return Object.keys(route?.constraints ?? {}).filter(name => name !== 'version' && name !== 'host')
}

/** The plugin takes nobody's headers away where it does not govern or where CORS is off. */
function isLeftToHandler ({ status, policy }: DryActual): boolean {
  return status === undefined && (policy === undefined || policy.allow.kind === 'none')
}

/** Whether a registration that is not the root's would govern the 404, if its context answered it. */
function isOutside ({ application, request, actual }: Exchange): boolean {
  const path = routerPath(application, new URL(request.url).pathname)
  return actual.status === 404 && instanceAt(application, path) !== application.root
}
