import type { FastifyInstance } from 'fastify'
import type { Settings } from '../options/settings'
import type { Registration } from './contexts'
import type { Governing, Overlay } from './layer'

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
  return { prefix: instance.prefix, plugin: pluginOf(instance), paths: layer.settings.paths === undefined ? null : [...layer.settings.paths] }
}

/** The registration in a few words. */
export function sayPlace ({ prefix, plugin, paths }: RegistrationPlace): string {
  const context = [prefix === '' ? '' : ` under ${prefix}`, plugin === null ? '' : ` of the plugin ${plugin}`].join('')
  return `the registration${context === '' ? ' of the application' : context}${paths === null ? '' : ` for ${paths.join(', ')}`}`
}

/** Whose options a policy has, or whose one option: of the route, of what a delegator returned, or of the registration. */
export function sayWhere ({ registration, overlay }: Pick<Governing, 'registration' | 'overlay'>, route: () => string, option?: keyof Settings): string {
  if (isLaid(overlay, option)) return `config.cors of ${route()}`
  const place = sayPlace(placeOf(registration))
  return registration.layer.settings.delegator === undefined ? place : `what the delegator of ${place} returns`
}

/** Whether a route has options of its own, or that one among them. */
export function isLaid (overlay: Overlay, option?: keyof Settings): boolean {
  if (typeof overlay !== 'object' || overlay === null) return overlay === false
  return option === undefined || (overlay as Partial<Settings>)[option] !== undefined // its keys are those of the settings
}

/** Fastify names a context by its function, and gives the source of one that has no name. */
function pluginOf ({ pluginName }: FastifyInstance): string | null {
  const [name] = pluginName.split(' -> ', 1) as [string] // split() returns at least one part
  return /^[\w@/.-]+$/.test(name) && name !== 'fastify' ? name : null
}
