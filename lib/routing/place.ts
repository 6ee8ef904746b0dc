import type { FastifyInstance } from 'fastify'
import type { Settings } from '../options/settings'
import type { Registration } from './contexts'
import type { Governing, Overlay } from './layer'

/** The place of a registration, as data. */
export interface RegistrationPlace {
  /** The prefix of the context: empty if it has none, as for the application itself. */
  readonly prefix: string
  /** The name of the plugin function that made the context; `null` if the function has no name, and for the application itself. */
  readonly plugin: string | null
  /** The `paths` of the registration; `null` means every path. */
  readonly paths: readonly string[] | null
}

export function placeOf ({ instance, layer }: Registration): RegistrationPlace {
  return { prefix: instance.prefix, plugin: pluginOf(instance), paths: layer.settings.paths === undefined ? null : [...layer.settings.paths] }
}

/** The registration in a few words. */
export function sayPlace ({ prefix, plugin, paths }: RegistrationPlace): string {
  const context = [prefix === '' ? '' : ` under ${prefix}`, plugin === null ? '' : ` of the plugin ${plugin}`].join('')
  return `the registration${context === '' ? ' of the application' : context}${paths === null ? '' : ` for ${paths.join(', ')}`}`
}

/** Says where the options of a policy, or the given option, come from: the route, the result of a delegator, or the registration. */
export function sayWhere ({ registration, overlay }: Pick<Governing, 'registration' | 'overlay'>, route: () => string, option?: keyof Settings): string {
  if (isLaid(overlay, option)) return `config.cors of ${route()}`
  const place = sayPlace(placeOf(registration))
  return registration.layer.settings.delegator === undefined ? place : `what the delegator of ${place} returns`
}

/** Whether a route overlays any option, or the given one. */
export function isLaid (overlay: Overlay, option?: keyof Settings): boolean {
  if (typeof overlay !== 'object' || overlay === null) return overlay === false
  return option === undefined || (overlay as Partial<Settings>)[option] !== undefined // its keys are those of the settings
}

/** Fastify names a context after its plugin function; for a function without a name it gives the source text. */
function pluginOf ({ pluginName }: FastifyInstance): string | null {
  const [name] = pluginName.split(' -> ', 1) as [string] // split() returns at least one part
  return /^[\w@/.-]+$/.test(name) && name !== 'fastify' ? name : null
}
