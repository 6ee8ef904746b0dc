import { governingOf, governsAll, registrationsOf } from '../routing/application'
import type { Application } from '../routing/application'
import { isLaid, placeOf } from '../routing/place'
import type { RegistrationPlace } from '../routing/place'
import type { KnownRoute } from '../routing/recorder'
import { constraintTexts, listOrder } from '../routing/routes'
import type { Registration } from '../routing/contexts'
import type { Policy } from '../policy/policy'
import { summarize } from './summary'
import type { PolicySummary } from './summary'
import { marksOf } from './marks'
import type { Mark } from './marks'

/** An entry of `app.cors.print({ json: true })`: the methods of one URL that share a policy. */
export interface PrintedRoute {
  readonly url: string
  readonly methods: readonly string[]
  /** The constraints of the routes as strings, such as `{ version: '1.0.0' }`. Empty for most routes. */
  readonly constraints: Readonly<Record<string, string>>
  /** The policy, without options of a `delegator`. `null` if no registration governs these routes: the plugin leaves them alone. */
  readonly policy: PolicySummary | null
  /** The registration that governs these routes, or `null`. */
  readonly registration: RegistrationPlace | null
  /** Whether the registration has a `delegator`, so that each request may have other options than these. */
  readonly delegated: boolean
  /** Whether the `config.cors` of the route is laid over the options of the registration. */
  readonly overlaid: boolean
  /** Warnings for a reviewer. */
  readonly marks: readonly Mark[]
}

/** A route, and one of the registrations that govern it; `undefined` for those of its URLs that none governs. */
interface Governed {
  readonly route: KnownRoute
  readonly registration: Registration | undefined
  readonly policy: Policy | undefined
}

/** All routes, sorted by URL. A route with parameters is listed once for each registration with `paths` that may govern it. */
export function printedRoutes (application: Application): PrintedRoute[] {
  const groups = new Map<string, Governed[]>()
  const ids = new Map<unknown, number>()
  const idOf = (value: unknown) => ids.get(value) ?? ids.set(value, ids.size).size - 1
  for (const governed of application.knownRoutes.flatMap(each => governedBy(application, each))) {
    const { route, registration, policy } = governed
    const key = JSON.stringify([route.url, constraintTexts(route.constraints), idOf(registration), idOf(policy)])
    groups.set(key, [...groups.get(key) ?? [], governed])
  }
  return [...groups.values()].map(printed).sort(byText)
}

function governedBy (application: Application, route: KnownRoute): Governed[] {
  const registrations = registrationsOf(application, route)
  const governed = registrations.map(registration => ({ route, registration, policy: governingOf(registration.layer, route).policy }))
  if (registrations.some(registration => governsAll(application, registration, route))) return governed
  return [...governed, { route, registration: undefined, policy: undefined }]
}

function printed (group: readonly Governed[]): PrintedRoute {
  const [{ route, registration, policy }] = group as [Governed, ...Governed[]] // each group has at least one route
  const methods = inOrder(group.flatMap(({ route }) => route.methods))
  return {
    url: route.url,
    methods,
    constraints: constraintTexts(route.constraints),
    policy: policy === undefined ? null : summarize(policy),
    registration: registration === undefined ? null : placeOf(registration),
    delegated: registration?.layer.settings.delegator !== undefined,
    overlaid: isLaid(route.overlay),
    marks: policy === undefined ? [] : marksOf(policy, methods)
  }
}

function inOrder (methods: readonly string[]): string[] {
  const present = new Set(methods)
  return listOrder(present).filter(method => present.has(method))
}

function byText (a: PrintedRoute, b: PrintedRoute): number {
  const [left, right] = [a, b].map(({ url, methods, constraints }) => JSON.stringify([url, constraints, methods]))
  return left === right ? 0 : String(left) < String(right) ? -1 : 1
}
