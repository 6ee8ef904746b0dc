import { type Problem, below, problem } from './problems'
import { properties } from './schema'
import { closest } from './suggest'

/** Who gives the options: each may use other keys. */
export type Place = 'registration' | 'route' | 'delegator'

const known = Object.keys(properties)

interface Answer { readonly reason: string, readonly fix: string }

/** Keys of others: of Fastify, of @fastify/cors, of browsers of the past. */
const foreign: ReadonlyMap<string, Answer> = new Map([
  ['prefix', {
    reason: 'this plugin adds no routes below a prefix, so that it would have no effect',
    fix: "paths: ['/api/*'] to govern the URLs below a prefix"
  }],
  ['hook', {
    reason: '@fastify/cors needs it to run before or after other hooks; this plugin answers preflights before any authentication and makes the headers of every response final when it is sent',
    fix: 'the options without it'
  }],
  ['strictPreflight', {
    reason: '@fastify/cors answers 400 to OPTIONS requests that are no preflights; here they always go to your own OPTIONS route',
    fix: 'the options without it'
  }],
  ['hideOptionsRoute', {
    reason: '@fastify/cors adds an OPTIONS route that would show in the documentation; the route of this plugin is always hidden',
    fix: 'the options without it'
  }],
  ['privateNetwork', {
    reason: 'browsers have given up Private Network Access preflights; Chrome asks the user for permission, and no header answers that',
    fix: 'the options without it'
  }],
])

const once = 'it is decided once for a registration'
const ofRegistration: ReadonlyMap<string, Answer> = new Map([
  ['paths', { reason: `${once}, and a route has its own path`, fix: 'it in the options of the registration' }],
  ['delegator', { reason: `${once}, and its options are laid over these`, fix: 'it in the options of the registration' }],
  ['logLevel', { reason: `${once}, whose preflight route answers for all routes`, fix: 'it in the options of the registration' }],
])

const which = 'which route answers a preflight is decided before the delegator runs'
const ofRoute: ReadonlyMap<string, Answer> = new Map([
  ['preflight', { reason: which, fix: 'it in the options of the registration or in config.cors of the route' }],
  ['preflightContinue', { reason: which, fix: 'it in the options of the registration or in config.cors of the route' }],
])

const misplaced: { readonly [P in Place]: ReadonlyMap<string, Answer> } = {
  registration: new Map(),
  route: ofRegistration,
  delegator: new Map([...ofRegistration, ...ofRoute]),
}

/** Fastify gives a registration this key of its own, which means nothing to a plugin. */
const ignored: { readonly [P in Place]: readonly string[] } = { registration: ['logSerializers'], route: [], delegator: [] }

/** What is wrong with the keys of an options object, whatever their values. */
export function keyProblems (keys: readonly string[], place: Place): Problem[] {
  return keys.filter(key => !ignored[place].includes(key)).flatMap(key => {
    const pointer = below('', key)
    const wrongPlace = misplaced[place].get(key)
    if (wrongPlace !== undefined) return [problem('MISPLACED_OPTION', pointer, { key, ...wrongPlace })]
    if (known.includes(key)) return []
    const answer = foreign.get(key)
    if (answer !== undefined) return [problem('FOREIGN_OPTION', pointer, { key, ...answer })]
    const usable = known.filter(each => !misplaced[place].has(each))
    return [problem('UNKNOWN_OPTION', pointer, { key, closest: closest(key, usable), known: usable })]
  })
}
