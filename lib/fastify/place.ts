import type { FastifyInstance } from 'fastify'
import type { Overlay } from './layer'
import type { Registration } from './scope'

/** Where a policy comes from, as data. */
export interface RegistrationPlace {
  /** The prefix of the context; empty for the application itself. */
  readonly prefix: string
  /** The name of the plugin whose context it is; `null` where it has none, and for the application itself. */
  readonly plugin: string | null
  /** `null`: every path. */
  readonly paths: readonly string[] | null
}

export function placeOf ({ instance, layer }: Registration): RegistrationPlace {
  return { prefix: instance.prefix, plugin: pluginOf(instance), paths: layer.settings.paths ?? null }
}

/** The registration in a few words. */
export function sayPlace ({ prefix, plugin, paths }: RegistrationPlace): string {
  const context = [prefix === '' ? '' : ` under ${prefix}`, plugin === null ? '' : ` of the plugin ${plugin}`].join('')
  return `the registration${context === '' ? ' of the application' : context}${paths === null ? '' : ` for ${paths.join(', ')}`}`
}

/** Whose options a policy has: of the route, of what a delegator returned, or of the registration. */
export function sayWhere (registration: Registration, overlay: Overlay, route: () => string): string {
  const place = sayPlace(placeOf(registration))
  if (overlay !== undefined && overlay !== true) return `config.cors of ${route()}`
  return registration.layer.settings.delegator === undefined ? place : `what the delegator of ${place} returns`
}

/** Fastify names a context by its function, and gives the source of one that has no name. */
function pluginOf ({ pluginName }: FastifyInstance): string | null {
  const [name] = pluginName.split(' -> ', 1) as [string] // split() returns at least one part
  return /^[\w@/.-]+$/.test(name) && name !== 'fastify' ? name : null
}
