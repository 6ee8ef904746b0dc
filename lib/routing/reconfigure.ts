import type { FastifyInstance } from 'fastify'
import { parseOptions } from '../options/check'
import type { Settings } from '../options/settings'
import { pathMatcher } from '../policy/paths'
import { policyOf, registrationsOf } from './application'
import type { Application } from './application'
import { FST_CORS_FIXED_OPTION, FST_CORS_NO_SUCH_REGISTRATION } from '../errors'
import { layer } from './layer'
import { placeOf, sayPlace } from './place'
import { declarationOf } from './recorder'
import { hasOwnScope, scopeOf } from './contexts'
import type { Registration, Scope } from './contexts'

/** Puts other options in the place of a registration's, all at once; if they are invalid, nothing changes. */
export function reconfigure (application: Application, instance: FastifyInstance, options: unknown): void {
  const settings = parseOptions(options)
  const registration = registrationWith(application, instance, settings)
  const { logLevel } = registration.layer.settings
  if (settings.logLevel !== undefined && settings.logLevel !== logLevel) throw new FST_CORS_FIXED_OPTION(settings.logLevel)
  const next = layer({ ...settings, logLevel })
  for (const declaration of application.recording.sightings.map(declarationOf)) {
    if (registrationsOf(application, declaration).includes(registration)) policyOf(next, declaration)
  }
  registration.layer = next
}

function registrationWith ({ read }: Application, instance: FastifyInstance, { paths }: Settings): Registration {
  const own = hasOwnScope(instance) ? (scopeOf(instance) as Scope).registrations : [] // just found to be there
  const wanted = patternsOf(paths && pathMatcher(paths, read))
  const found = own.find(({ paths }) => patternsOf(paths) === wanted)
  if (found !== undefined) return found
  const known = own.map(registration => sayPlace(placeOf(registration)))
  throw new FST_CORS_NO_SUCH_REGISTRATION(
    paths === undefined ? 'without `paths`' : `for ${paths.join(', ')}`,
    known.length === 0 ? 'none' : known.join('; '))
}

function patternsOf (paths: Registration['paths']): string {
  return paths === undefined ? '' : [...new Set(paths.patterns)].sort().join('\n')
}
