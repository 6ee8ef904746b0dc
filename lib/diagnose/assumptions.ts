import { instanceAt } from '../routing/target'
import { routerPath } from './dry-run'
import type { DryActual } from './dry-run'
import { type Exchange, isSent } from './exchange'

/** The assumptions of an explanation, each a sentence: they depend on code of the application that has not run. */
export function assumptionsOf (exchange: Exchange): string[] {
  const { preflight, actual } = exchange
  const isContinued = preflight?.by === 'application' && preflight.verdict !== undefined
  return [
    ...isContinued ? ['the OPTIONS route of the application answers the preflight with a status from 200 to 299'] : [],
    ...actual.isUnseen ? ['the route has no `config.cors`: it was added before fastify-cors-policy was loaded, so the plugin could not see one'] : [],
    ...ownConstraints(actual).map(name => `the request meets the constraint \`${name}\` of the route`),
    ...isSent(exchange) && isLeftToHandler(actual) ? ['neither the handler nor a hook sets CORS headers'] : [],
    ...isOutside(exchange) ? ['the 404 handler of the application answers, and not one of a context with a prefix'] : []
  ]
}

/** The names of the custom constraints of a route. Version and host are headers of the request, so they are known. */
function ownConstraints ({ route }: DryActual): string[] {
  return Object.keys(route?.constraints ?? {}).filter(name => name !== 'version' && name !== 'host')
}

/** Whether the handler's CORS headers reach the browser: the plugin does not govern the request, or CORS is off for it. */
function isLeftToHandler ({ status, policy }: DryActual): boolean {
  return status === undefined && (policy === undefined || policy.allow.kind === 'none')
}

/** Whether the URL is below the prefix of a context with a registration, which would govern the 404 if that context answered it. */
function isOutside ({ application, request, actual }: Exchange): boolean {
  const path = routerPath(application, new URL(request.url).pathname)
  return actual.status === 404 && instanceAt(application, path) !== application.root
}
