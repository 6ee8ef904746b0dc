import type { AllOptions } from '../schema'
import type { Settings } from '../settings'
import { booleanRule, dangerouslyRule } from './booleans'
import { allowedHeadersRule, exposedHeadersRule, varyRule } from './headers'
import { methodsRule } from './methods'
import { originRule } from './origin'
import { pathsRule } from './paths'
import type { Rule } from './rule'
import { cacheControlRule, delegatorRule, enforceRule, logLevelRule, maxAgeRule, optionsSuccessStatusRule } from './scalars'

type Rules<Key extends keyof Settings> = { readonly [K in Key]: Rule<Settings[K]> }

/** A rule for each option of the schema: a new key does not compile without one. */
export const rules: Rules<keyof Settings> = {
  origin: originRule,
  methods: methodsRule,
  allowedHeaders: allowedHeadersRule,
  exposedHeaders: exposedHeadersRule,
  credentials: booleanRule('credentials'),
  maxAge: maxAgeRule,
  paths: pathsRule,
  enforce: enforceRule,
  vary: varyRule,
  preflight: booleanRule('preflight'),
  preflightContinue: booleanRule('preflightContinue'),
  optionsSuccessStatus: optionsSuccessStatusRule,
  cacheControl: cacheControlRule,
  logLevel: logLevelRule,
  delegator: delegatorRule,
  dangerously: dangerouslyRule,
} satisfies Rules<keyof AllOptions>
