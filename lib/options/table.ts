import { declared } from './checks'
import { allowedHeadersRule, exposedHeadersRule, methodsRule, pathsRule, varyRule } from './lists'
import { defaultOrigin, originRule } from './origin'
import type { Rule } from './rule'
import {
  booleanRule, cacheControlRule, dangerouslyRule, delegatorRule, enforceRule, logLevelRule, maxAgeRule, noEscapes, optionsSuccessStatusRule
} from './scalars'
import type { Given } from './schema'

export interface Option<V> {
  /** Reads a given value. */
  readonly rule: Rule<V>
  /** What holds where the option is not given. */
  readonly absent: V
}

/** The rule comes first, so that `absent` may be a form that no value is read as. */
function option<R, const A> (rule: Rule<R>, absent: A): Option<R | A> {
  return { rule, absent }
}

/** One row an option. The schema has its type, default, words, and who may give it. */
export const table = {
  origin: option(originRule, defaultOrigin),
  /** `route`: what the URL serves. */
  methods: option(methodsRule, 'route'),
  allowedHeaders: option(allowedHeadersRule, 'any'),
  exposedHeaders: option(exposedHeadersRule, []),
  credentials: option(booleanRule('credentials'), declared.credentials.default),
  /** Seconds. */
  maxAge: option(maxAgeRule, undefined),
  timingAllowOrigin: option(booleanRule('timingAllowOrigin'), declared.timingAllowOrigin.default),
  enforce: option(enforceRule, declared.enforce.default),
  vary: option(varyRule, []),
  optionsSuccessStatus: option(optionsSuccessStatusRule, declared.optionsSuccessStatus.default),
  /** The field value itself. */
  cacheControl: option(cacheControlRule, undefined),
  dangerously: option(dangerouslyRule, noEscapes),
  preflight: option(booleanRule('preflight'), declared.preflight.default),
  preflightContinue: option(booleanRule('preflightContinue'), declared.preflightContinue.default),
  paths: option(pathsRule, undefined),
  logLevel: option(logLevelRule, undefined),
  delegator: option(delegatorRule, undefined),
} satisfies { readonly [K in keyof Given]: Option<unknown> }
