import type { FastifyError } from '@fastify/error'
import { FST_CORS_INVALID_OPTIONS } from '../errors'
import { declared } from './checks'
import type * as Keys from './keys'
import { type Problem, problem, raised } from './problems'
import { isBooleanString, isRecord, wrongType } from './rule'
import type { Exposure, Settings } from './settings'
import { type Option, table } from './table'
import type * as Texts from './texts'

/** Everything that is wrong with a set of options, as one error. */
export interface InvalidOptionsError extends FastifyError {
  readonly code: 'FST_CORS_INVALID_OPTIONS'
  readonly statusCode: 500
  readonly problems: readonly Problem[]
}

/** Only a wrong key needs words. */
function keys (): typeof Keys {
  return require('./keys')
}

/** Only an error needs words. */
function texts (): typeof Texts {
  return require('./texts')
}

const options: { readonly [K in keyof Settings]: Option<Settings[K]> } = table
const optionKeys = Object.keys(options) as (keyof Settings)[] // the keys of a constant

function fromEach (value: (key: keyof Settings) => unknown): Settings {
  return Object.fromEntries(optionKeys.map(key => [key, value(key)])) as Settings // each value is of its key
}

/** What holds for a registration that says nothing. */
const defaults = fromEach(key => options[key].absent)

/** What stands in for values of which nothing can be read: nothing that would raise a second problem. */
const refused: Settings = { ...defaults, origin: { kind: 'none' } }

const expected: { readonly [P in Keys.Place]: string } = {
  registration: 'an object of options',
  route: 'an object of options, true or false',
  delegator: 'an object of options or false',
}

/** The options of a registration. Throws one error with everything that is wrong. */
export function parseOptions (input: unknown): Settings {
  return parse(defaults, input === undefined ? {} : input, 'The configuration of fastify-cors-policy', 'registration')
}

/** What is wrong with the options of a registration: nothing, if the list is empty. */
export function checkOptions (input: unknown): readonly Problem[] {
  try {
    parseOptions(input)
    return []
  } catch (error) {
    if (error instanceof FST_CORS_INVALID_OPTIONS) return (error as InvalidOptionsError).problems // only `invalidOptions` makes one
    throw error
  }
}

/** Options laid over others. `subject` names them in the error, of which there is one with everything that is wrong. */
export function parseOverlay (base: Settings, input: unknown, subject: string, place: 'route' | 'delegator'): Settings {
  return parse(base, input, subject, place)
}

function parse (base: Settings, input: unknown, subject: string, place: Keys.Place): Settings {
  if (!isRecord(input)) throw invalidOptions(subject, [inputProblem(input, place)])
  if (inherits(input)) throw invalidOptions(subject, [wrongType('', 'a plain object, whose options are its own', input)])
  // A key with the value `undefined` is an absent key, except where "absent" would let in everybody.
  const given = Object.fromEntries(Object.entries(input).filter(([key, value]) => value !== undefined || key === 'origin'))
  const problems = Object.entries(given).filter(([key]) => !isUsable(key, place)).flatMap(([key, value]) => keys().keyProblem(key, value, place) ?? [])
  const merged = merge(base, given, problems)
  problems.push(...crossProblems(merged, place).map(each => place === 'registration' || isIn(given, each) ? each : { ...each, inherited: true }))
  if (problems.length > 0) throw invalidOptions(subject, problems)
  return merged
}

/** Whether options are in a class or a prototype: they would be lost, and the defaults allow every origin. */
function inherits (input: object): boolean {
  return optionKeys.some(key => key in input && !Object.hasOwn(input, key))
}

function inputProblem (input: unknown, place: Keys.Place): Problem {
  if (typeof input === 'function') return problem('OPTIONS_FUNCTION', '', {})
  if (isBooleanString(input) && place !== 'registration') return problem('BOOLEAN_STRING', '', { value: input, key: 'cors' })
  return wrongType('', expected[place], input)
}

/** Whether options of this place may have the key. Fastify adds `logSerializers`, which has no effect on a plugin. */
function isUsable (key: string, place: Keys.Place): boolean {
  if (key === 'logSerializers') return place === 'registration'
  if (!Object.hasOwn(declared, key)) return false
  const { places }: { readonly places: readonly Keys.Place[] } = declared[key as keyof Settings] // it has just been found there
  return places.includes(place)
}

/** The given values over the base's. What is wrong with them is added to `problems`. */
function merge (base: Settings, given: Readonly<Record<string, unknown>>, problems: Problem[]): Settings {
  function read<K extends keyof Settings> (key: K, exposure: Exposure): Settings[K] {
    if (!Object.hasOwn(given, key)) return base[key]
    const option: Option<Settings[K]> = options[key]
    const result = option.rule(given[key], exposure)
    if (result.ok) return result.value
    problems.push(...result.problems)
    return result.meant ?? refused[key]
  }
  const exposure = { credentials: read('credentials', base), enforce: read('enforce', base), dangerously: read('dangerously', base) }
  const alreadyRead: Partial<Settings> = exposure
  return fromEach(key => alreadyRead[key] ?? read(key, exposure))
}

/** The rules across options. They judge complete settings: an overlay together with what it is laid over. */
export function crossProblems (settings: Settings, place: Keys.Place): Problem[] {
  const problems = raised(settings, place === 'delegator')
  if (settings.credentials && settings.exposedHeaders === 'any') {
    problems.push(problem('EXPOSED_ANY_WITH_CREDENTIALS', '/exposedHeaders', {}))
  }
  if (!settings.preflight && settings.preflightContinue) {
    problems.push(problem('PREFLIGHT_CONTRADICTION', '/preflightContinue', {}))
  }
  return problems
}

/** Whether the problem is with a value of these options, rather than of those that they are laid over. */
function isIn (given: object, { pointer }: Problem): boolean {
  return Object.keys(given).some(key => pointer === `/${key}` || pointer.startsWith(`/${key}/`))
}

function invalidOptions (subject: string, problems: readonly Problem[]): InvalidOptionsError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const list = problems.map((problem, i) => `\n  ${i + 1}. ${texts().sentence(problem)}`).join('')
  return Object.assign(new FST_CORS_INVALID_OPTIONS(`${subject}: ${count}${list}`), { problems })
}
