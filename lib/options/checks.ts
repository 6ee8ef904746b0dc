// Written by `npm run checks` from schema.ts: change that.
/* eslint-disable */
import { kinds } from './kinds'
import type { Given } from './schema'

/** What the schema says of each option: who may give it, the words for what it takes, its default and limits. */
export const declared = {
  origin: {"places":["registration","route","delegator"],"expects":"'*', an origin, a RegExp, an array of origins and RegExps, a boolean or a function","default":"*","items":{"expects":"an origin, a pattern or a RegExp"}},
  methods: {"places":["registration","route","delegator"],"expects":"'*', an array of strings or one comma-separated string","items":{"expects":"a string"}},
  allowedHeaders: {"places":["registration","route","delegator"],"expects":"'*', an array of strings or one comma-separated string","items":{"expects":"a string"}},
  exposedHeaders: {"places":["registration","route","delegator"],"expects":"'*', an array of strings or one comma-separated string","items":{"expects":"a string"}},
  credentials: {"places":["registration","route","delegator"],"expects":"true or false","default":false},
  maxAge: {"places":["registration","route","delegator"],"expects":"a whole number of seconds","minimum":0,"maximum":86400},
  timingAllowOrigin: {"places":["registration","route","delegator"],"expects":"true or false","default":false},
  enforce: {"places":["registration","route","delegator"],"expects":"false, 'unsafe' or 'all'","default":false,"values":[false,"unsafe","all"]},
  vary: {"places":["registration","route","delegator"],"expects":"an array of strings","items":{"expects":"a string"}},
  optionsSuccessStatus: {"places":["registration","route","delegator"],"expects":"a status from 200 to 299","default":204,"minimum":200,"maximum":299},
  cacheControl: {"places":["registration","route","delegator"],"expects":"a whole number of seconds or a string"},
  dangerously: {"places":["registration","route","delegator"],"expects":"an object of booleans","default":{},"properties":{"nullOrigin":{"expects":"true or false","default":false},"anyOriginWithCredentials":{"expects":"true or false","default":false},"insecureOrigins":{"expects":"true or false","default":false},"publicSuffixOrigins":{"expects":"true or false","default":false},"unsafeRegex":{"expects":"true or false","default":false}}},
  preflight: {"places":["registration","route"],"expects":"true or false","default":true},
  preflightContinue: {"places":["registration","route"],"expects":"true or false","default":false},
  paths: {"places":["registration"],"expects":"an array of paths","items":{"expects":"a string"}},
  logLevel: {"places":["registration"],"expects":"a log level","values":["trace","debug","info","warn","error","fatal","silent"]},
  delegator: {"places":["registration"],"expects":"a function"}
} as const

/** The options that are not lists or objects. */
export type Scalar = 'credentials' | 'maxAge' | 'timingAllowOrigin' | 'enforce' | 'optionsSuccessStatus' | 'cacheControl' | 'preflight' | 'preflightContinue' | 'logLevel' | 'delegator'

/** Whether the schema takes a value: the code of TypeBox's compiler, whose `any` it is. */
export const checks: { readonly [K in Scalar]: (value: unknown) => value is Given[K] } = {
  credentials (value: any): value is Given['credentials'] {
    return (
      (typeof value === 'boolean')
    )
  },
  maxAge (value: any): value is Given['maxAge'] {
    return (
      Number.isInteger(value) &&
      value <= 86400 &&
      value >= 0
    )
  },
  timingAllowOrigin (value: any): value is Given['timingAllowOrigin'] {
    return (
      (typeof value === 'boolean')
    )
  },
  enforce (value: any): value is Given['enforce'] {
    return (
      (((value === false)) || ((value === 'unsafe')) || ((value === 'all')))
    )
  },
  optionsSuccessStatus (value: any): value is Given['optionsSuccessStatus'] {
    return (
      Number.isInteger(value) &&
      value <= 299 &&
      value >= 200
    )
  },
  cacheControl (value: any): value is Given['cacheControl'] {
    return (
      ((Number.isInteger(value) && value >= 0) || ((typeof value === 'string')))
    )
  },
  preflight (value: any): value is Given['preflight'] {
    return (
      (typeof value === 'boolean')
    )
  },
  preflightContinue (value: any): value is Given['preflightContinue'] {
    return (
      (typeof value === 'boolean')
    )
  },
  logLevel (value: any): value is Given['logLevel'] {
    return (
      (((value === 'trace')) || ((value === 'debug')) || ((value === 'info')) || ((value === 'warn')) || ((value === 'error')) || ((value === 'fatal')) || ((value === 'silent')))
    )
  },
  delegator (value: any): value is Given['delegator'] {
    return (
      kinds.FastifyCorsPolicyFunction(value)
    )
  }
}
