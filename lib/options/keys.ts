import { declared } from './checks'
import { closest } from './correct'
import { type Problem, below, problem } from './problems'
import { synonymOf } from './synonyms'
import type { DelegatedCorsOptions, Given } from './schema'

// What is said of keys that cannot be used where they are. Loaded only then.

/** What the options object is for: each may have other keys. */
export type Place = 'registration' | 'route' | 'delegator'

interface Answer { readonly reason: string, readonly fix: string }
/** `same`: the value that describes what happens anyway. */
interface ForeignAnswer extends Answer { readonly same?: unknown }

/** Keys of Fastify, of @fastify/cors, and of what browsers once did. */
const foreign: ReadonlyMap<string, ForeignAnswer> = new Map([
  ['prefix', {
    reason: 'this plugin adds no routes below a prefix, so the key would have no effect',
    fix: "paths: ['/api/*'] to govern the URLs below a prefix"
  }],
  ['hook', {
    same: 'onRequest',
    reason: '@fastify/cors needs it to run before or after other hooks; this plugin answers preflights before any authentication, and finishes the headers of every response when it is sent',
    fix: 'the options without it'
  }],
  ['strictPreflight', {
    same: false,
    reason: '@fastify/cors answers 400 to OPTIONS requests that are not preflights; this plugin always leaves them to your own OPTIONS route',
    fix: 'the options without it'
  }],
  ['hideOptionsRoute', {
    same: true,
    reason: '@fastify/cors adds an OPTIONS route that would show in the documentation; the route of this plugin is always hidden',
    fix: 'the options without it'
  }],
  ['privateNetwork', {
    reason: 'browsers no longer send Private Network Access preflights; Chrome asks the user for permission, and no header answers that',
    fix: 'the options without it'
  }],
])

const once = 'it is decided once for a registration'
const before = 'which route answers a preflight is decided before the delegator runs'
const inRegistration = 'it in the options of the registration'
const inRegistrationOrRoute = 'it in the options of the registration or in config.cors of the route'

/** The options that not every place may have. */
const misplaced: { readonly [K in Exclude<keyof Given, keyof DelegatedCorsOptions>]: Answer } = {
  paths: { reason: `${once}, and a route has its own path`, fix: inRegistration },
  delegator: { reason: `${once}, and its options are laid over these`, fix: inRegistration },
  logLevel: { reason: `${once}, and its preflight route answers for all routes`, fix: inRegistration },
  preflight: { reason: before, fix: inRegistrationOrRoute },
  preflightContinue: { reason: before, fix: inRegistrationOrRoute },
}

/** What is wrong with a key that no option of the place has. One of @fastify/cors may say what happens anyway. */
export function keyProblem (key: string, value: unknown, place: Place): Problem | undefined {
  const pointer = below('', key)
  if (isMisplaced(key)) return problem('MISPLACED_OPTION', pointer, { key, ...misplaced[key] })
  const answer = foreign.get(key)
  if (answer !== undefined) return foreignProblem(pointer, key, answer, value)
  const usable = Object.entries(declared).filter(([, { places }]) => (places as readonly Place[]).includes(place)).map(([key]) => key)
  return problem('UNKNOWN_OPTION', pointer, { key, closest: synonymOf(key, usable) ?? closest(key, usable), known: usable })
}

function foreignProblem (pointer: string, key: string, { reason, fix, same }: ForeignAnswer, value: unknown): Problem | undefined {
  return same !== undefined && same === value ? undefined : problem('FOREIGN_OPTION', pointer, { key, reason, fix })
}

function isMisplaced (key: string): key is keyof typeof misplaced {
  return Object.hasOwn(misplaced, key)
}
