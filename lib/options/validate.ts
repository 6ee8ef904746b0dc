import { types } from 'node:util'
import { invalidOptions } from './errors'
import { type Place, keyProblems } from './keys'
import { type Problem, problem } from './problems'
import { rules } from './rules'
import { noEscapes } from './rules/booleans'
import { crossProblems } from './rules/credentials'
import { defaultOrigin } from './rules/origin'
import { isBooleanString, wrongType } from './rules/rule'
import type { Settings } from './settings'

/** What holds for a registration that says nothing. */
const defaults: Settings = {
  origin: defaultOrigin,
  methods: 'route',
  allowedHeaders: 'any',
  exposedHeaders: [],
  credentials: false,
  maxAge: undefined,
  paths: undefined,
  enforce: false,
  vary: [],
  preflight: true,
  preflightContinue: false,
  optionsSuccessStatus: 204,
  cacheControl: undefined,
  logLevel: undefined,
  delegator: undefined,
  dangerously: noEscapes,
}

/** What stands in for values that were refused: nothing that would raise a second problem. */
const refused: Settings = { ...defaults, origin: { kind: 'none' } }

const expected: { readonly [P in Place]: string } = {
  registration: 'an object of options',
  route: 'an object of options, true or false',
  delegator: 'an object of options or false',
}

/** The options of a registration. Throws one error with all that is wrong. */
export function parseOptions (input: unknown): Settings {
  return parse(defaults, input === undefined ? {} : input, 'The configuration of fastify-cors-policy', 'registration')
}

/** Options laid over others; `subject` says whose they are. Throws one error with all that is wrong. */
export function parseOverlay (base: Settings, input: unknown, subject: string, kind: 'route' | 'delegator'): Settings {
  return parse(base, input, subject, kind)
}

function parse (base: Settings, input: unknown, subject: string, place: Place): Settings {
  if (!isRecord(input)) throw invalidOptions(subject, [inputProblem(input, place)])
  if (inherits(input)) throw invalidOptions(subject, [wrongType('', 'a plain object, whose options are its own', input)])
  // A key without a value is an absent key, whatever its name.
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
  const problems = keyProblems(Object.keys(given), place)
  const merged = merge(base, given, problems)
  problems.push(...crossProblems(merged).map(each => place === 'registration' || isIn(given, each) ? each : { ...each, inherited: true }))
  if (problems.length > 0) throw invalidOptions(subject, problems)
  return merged
}

/** Whether the problem is with a value of these options, rather than of those that they are laid over. */
function isIn (given: object, { pointer }: Problem): boolean {
  return Object.keys(given).some(key => pointer === `/${key}` || pointer.startsWith(`/${key}/`))
}

function isRecord (input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !Array.isArray(input) && !types.isRegExp(input) && !types.isPromise(input)
}

/** Whether a class or a prototype has options for it, which would be lost: the defaults are open to everybody. */
function inherits (input: object): boolean {
  return Object.keys(defaults).some(key => key in input && !Object.hasOwn(input, key))
}

function inputProblem (input: unknown, place: Place): Problem {
  if (typeof input === 'function') return problem('OPTIONS_FUNCTION', '', {})
  if (isBooleanString(input) && place !== 'registration') return problem('BOOLEAN_STRING', '', { value: input, key: 'cors' })
  return wrongType('', expected[place], input)
}

/** The given values over the base's. Problems with them are added to the others. */
function merge (base: Settings, given: Readonly<Record<string, unknown>>, problems: Problem[]): Settings {
  function read<K extends keyof Settings> (key: K, escapes: Settings['dangerously']): Settings[K] {
    if (!Object.hasOwn(given, key)) return base[key]
    const result = rules[key](given[key], escapes)
    if (result.ok) return result.value
    problems.push(...result.problems)
    return refused[key]
  }
  const dangerously = read('dangerously', base.dangerously)
  const value = <K extends keyof Settings>(key: K) => read(key, dangerously)
  return {
    origin: value('origin'),
    methods: value('methods'),
    allowedHeaders: value('allowedHeaders'),
    exposedHeaders: value('exposedHeaders'),
    credentials: value('credentials'),
    maxAge: value('maxAge'),
    paths: value('paths'),
    enforce: value('enforce'),
    vary: value('vary'),
    preflight: value('preflight'),
    preflightContinue: value('preflightContinue'),
    optionsSuccessStatus: value('optionsSuccessStatus'),
    cacheControl: value('cacheControl'),
    logLevel: value('logLevel'),
    delegator: value('delegator'),
    dangerously,
  }
}
