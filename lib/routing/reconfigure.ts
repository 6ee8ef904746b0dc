import type { FastifyInstance } from 'fastify'
import { parseOptions } from '../options/parse'
import type { Settings } from '../options/settings'
import { pathMatcher } from './paths'
import { governingOf, registrationsOf } from './application'
import type { Application } from './application'
import { FST_CORS_FIXED_OPTION, FST_CORS_NO_SUCH_REGISTRATION } from '../errors'
import { Layer } from './layer'
import { placeOf, sayPlace } from './place'
import { knownRouteOf } from './recorder'
import { ownContextOf } from './contexts'
import type { Registration } from './contexts'

/** Swaps the options of a registration atomically. Throws if they are invalid, and then changes nothing. */
export function reconfigure (application: Application, instance: FastifyInstance, options: unknown): void {
  const settings = parseOptions(options)
  const registration = findRegistration(application, instance, settings)
  const { logLevel } = registration.layer.settings
  if (settings.logLevel !== undefined && settings.logLevel !== logLevel) throw new FST_CORS_FIXED_OPTION(settings.logLevel)
  const next = new Layer(registration, { ...settings, logLevel })
  for (const route of application.recording.sightings.map(knownRouteOf)) {
    if (registrationsOf(application, route).includes(registration)) governingOf(next, route)
  }
  registration.layer = next
}

function findRegistration ({ read }: Application, instance: FastifyInstance, { paths }: Settings): Registration {
  const own = ownContextOf(instance)?.registrations ?? []
  const wanted = patternKey(paths && pathMatcher(paths, read))
  const found = own.find(({ paths }) => patternKey(paths) === wanted)
  if (found !== undefined) return found
  const known = own.map(registration => sayPlace(placeOf(registration)))
  throw new FST_CORS_NO_SUCH_REGISTRATION(
    paths === undefined ? 'without `paths`' : `for ${paths.join(', ')}`,
    known.length === 0 ? 'none' : known.join('; '))
}

function patternKey (paths: Registration['paths']): string {
  return paths === undefined ? '' : [...new Set(paths.patterns)].sort().join('\n')
}
