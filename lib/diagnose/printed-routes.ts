import { governingOf, governsAll, registrationsOf } from '../routing/application'
import type { Application } from '../routing/application'
import { isLaid, placeOf } from '../routing/place'
import type { RegistrationPlace } from '../routing/place'
import type { Declaration } from '../routing/recorder'
import { listOrder, textOf } from '../routing/routes'
import type { Registration } from '../routing/contexts'
import type { Policy } from '../policy/policy'
import { summarize } from '../policy/summary'
import type { PolicySummary } from '../policy/summary'
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
  readonly declaration: Declaration
  readonly registration: Registration | undefined
  readonly policy: Policy | undefined
}

/** All routes, sorted by URL. A route with parameters is listed once for each registration with `paths` that may govern it. */
export function printedRoutes (application: Application): PrintedRoute[] {
  const groups = new Map<string, Governed[]>()
  const ids = new Map<unknown, number>()
  const idOf = (value: unknown) => ids.get(value) ?? ids.set(value, ids.size).size - 1
  for (const governed of application.declarations.flatMap(each => governedBy(application, each))) {
    const { declaration, registration, policy } = governed
    const key = JSON.stringify([declaration.url, constraintTexts(declaration.constraints), idOf(registration), idOf(policy)])
    groups.set(key, [...groups.get(key) ?? [], governed])
  }
  return [...groups.values()].map(printed).sort(byText)
}

function governedBy (application: Application, declaration: Declaration): Governed[] {
  const registrations = registrationsOf(application, declaration)
  const governed = registrations.map(registration => ({ declaration, registration, policy: governingOf(registration.layer, declaration).policy }))
  if (registrations.some(registration => governsAll(application, registration, declaration))) return governed
  return [...governed, { declaration, registration: undefined, policy: undefined }]
}

function printed (group: readonly Governed[]): PrintedRoute {
  const [{ declaration, registration, policy }] = group as [Governed, ...Governed[]] // each group has at least one route
  const methods = inOrder(group.flatMap(({ declaration }) => declaration.methods))
  return {
    url: declaration.url,
    methods,
    constraints: constraintTexts(declaration.constraints),
    policy: policy === undefined ? null : summarize(policy),
    registration: registration === undefined ? null : placeOf(registration),
    delegated: registration?.layer.settings.delegator !== undefined,
    overlaid: isLaid(declaration.overlay),
    marks: policy === undefined ? [] : marksOf(policy, methods)
  }
}

function inOrder (methods: readonly string[]): string[] {
  const present = new Set(methods)
  return listOrder(present).filter(method => present.has(method))
}

function constraintTexts (constraints: Declaration['constraints']): Record<string, string> {
  return Object.fromEntries(Object.entries(constraints).map(([name, value]) => [name, textOf(value)]))
}

function byText (a: PrintedRoute, b: PrintedRoute): number {
  const [left, right] = [a, b].map(({ url, methods, constraints }) => JSON.stringify([url, constraints, methods]))
  return left === right ? 0 : String(left) < String(right) ? -1 : 1
}
